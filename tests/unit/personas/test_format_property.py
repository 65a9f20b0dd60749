"""The persona format under any text: an edit of one rule leaves every other byte alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from personas import edit
from personas.library import Library
from personas.model import Rule
from personas.parse import examine
from personas.parsed import KINDS, ParsedPersona, read_draft
from personas.source import Findings, version_of

quickly = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WORDS = st.lists(
    st.sampled_from(
        ["being", "told", "to", "calm", "down", "โทษ", "refund", "a", "name", "café", "3", '12"']
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
REPLY = st.sampled_from(["", ': "No way."', ": “Nein.”", ' - "I said no!" / "Never."'])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
JUNK = st.sampled_from(
    [
        "",
        "\t",
        "   ",
        "<!-- (+9) a remark -->",
        "Some *words* in between.  ",
        "```\n- (+3) no rule\n```",
        "> quoted",
        "| a | b |",
        "***",
    ]
)


@dataclass(frozen=True)
class File:
    """A persona text that somebody might have written."""

    text: str

    @property
    def draft(self) -> ParsedPersona:
        return read_draft(self.text, Findings())

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.draft.all_rules


@st.composite
def bullets(draw: st.DrawFn, mark: str) -> list[str]:
    """The lines of a section: rules, with and without marks, and what else may stand there."""
    lines: list[str] = []
    for words in draw(st.lists(WORDS, min_size=1, max_size=4, unique=True)):
        sign = draw(st.sampled_from(["- ", "* ", "+  ", "-\t", "1. ", "- [ ] "]))
        shown = draw(st.sampled_from(["", mark, f"**{mark}**" if mark else ""]))
        lines.append(f"{sign}{words} {shown}".rstrip() + draw(REPLY))
        if draw(st.booleans()):
            lines.append('    - "And another thing!"')
        # Below an empty line: right below a bullet, words would be some of its own.
        lines += ["", draw(JUNK)]
    return lines


@st.composite
def files(draw: st.DrawFn) -> File:
    """A whole file: sections in any order, mixed line ends, perhaps a mark at the beginning."""
    sections = [
        ["# Profile Data", "- Account: TC-1"],
        ["#Scenario Context", "Late."],
        ["# Emotional State & Behavior Rules"],
        ["## Phase 1: Opening", "- Intensity: 8/10", '- "Where is it?"'],
        ["## Phase 2: Escalation Triggers", *draw(bullets("(+2)"))],
        ["## PHASE 3", *draw(bullets("(-3)")), "- Threshold: 4/10"],
        ["## Phase 4 - Resolution", *draw(bullets(""))],
        ["# Test Objectives", *draw(bullets("(weight 2)"))],
        ["# Constraints", "- Never swears"],
        ["# Backstory of no known kind", draw(st.text(alphabet='aé \t#-*(+2)ก"', max_size=40))],
    ]
    order = draw(st.permutations(sections))
    lines = ["# Persona: Ann Lee", *(line for section in order for line in section)]
    front = draw(st.sampled_from([[], ["---", "scenario: Late", "odd:   1", "---"]]))
    text = draw(st.sampled_from(["", "\ufeff"]))
    same = draw(st.one_of(st.none(), ENDS))
    for line in [*front, *lines]:
        end = same or draw(ENDS)
        if not line and end == "\n" and text.endswith("\r"):
            end = "\r\n"  # or the empty line would be none
        text += line.replace("\n", same or "\n") + end
    return File(text if draw(st.booleans()) else text.rstrip("\r\n"))


def changed_part(before: str, after: str) -> tuple[str, str]:
    """What differs: the texts without what they begin and end with alike."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


def line_end(text: str) -> bool:
    return "\n" in text or "\r" in text


def edited(work: Callable[[], str]) -> str:
    """What the edit made; examples that it refuses, with its reason, are none."""
    try:
        return work()
    except ValueError:
        assume(False)
        raise


@quickly
@given(files(), st.data())
def test_another_change_of_intensity_alters_nothing_but_its_mark(
    file: File, data: st.DataObject
) -> None:
    rules = [rule for rule in file.rules if rule.kind in ("trigger", "deescalation")]
    assume(rules)
    rule = data.draw(st.sampled_from(rules))
    change = data.draw(st.integers(-10, 10))
    after = edited(lambda: edit.set_change(file.text, rule.id, change))
    taken, given_ = changed_part(file.text, after)
    assert not line_end(taken)
    assert not line_end(given_)
    assert len(given_) <= len(" (+10)")
    others = [r for r in File(after).rules if r.id != rule.id]
    assert others == [r for r in file.rules if r.id != rule.id]
    (same,) = [r for r in File(after).rules if r.id == rule.id]
    assert same.change == change


@quickly
@given(files(), st.data())
def test_other_words_alter_nothing_but_the_words_and_their_id(
    file: File, data: st.DataObject
) -> None:
    assume(file.rules and len({rule.id for rule in file.rules}) == len(file.rules))
    rule = data.draw(st.sampled_from(file.rules))
    words = "something quite different"
    after = edited(lambda: edit.set_rule(file.text, rule.id, words))
    ids = [r.id for r in file.rules if r.id != rule.id]
    new = File(after).rules
    assert [r.id for r in new if r.text != words] == ids
    (same,) = [r for r in new if r.text == words]
    assert (same.change, same.weight, same.replies) == (rule.change, rule.weight, rule.replies)
    assert words in after
    taken, _ = changed_part(file.text, after)
    assert not line_end(taken)
    assert edited(lambda: edit.set_rule(after, same.id, words)) == after


MIXED = (
    "# Persona: Ann Lee\r# Emotional State & Behavior Rules\n## Phase 2: Triggers\n"
    "- being told\n\n\n## Phase 3: Calm\n- a refund\n"
)
"""Another line's end, put before an empty line, would make one end of two."""


def test_a_rule_between_mixed_line_ends_is_added_and_removed() -> None:
    after = edit.add_rule(MIXED, "trigger", "mentions the weather")
    (added,) = {r.id for r in File(after).rules} - {r.id for r in File(MIXED).rules}
    assert edit.remove_rule(after, added) == MIXED


@quickly
@given(files(), st.data())
def test_a_rule_that_is_added_and_removed_leaves_the_file_as_it_was(
    file: File, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(list(KINDS.values())))
    words = "mentions the weather"
    after = edited(lambda: edit.add_rule(file.text, kind, words))
    assert {r.id for r in file.rules} < {r.id for r in File(after).rules}
    taken, given_ = changed_part(file.text, after)
    assert not taken
    assert words in given_
    (added,) = {r.id for r in File(after).rules} - {r.id for r in file.rules}
    back = edit.remove_rule(after, added)
    assert back in (file.text, after[: len(back)])
    assert back.rstrip("\r\n") == file.text.rstrip("\r\n")


@quickly
@given(files(), st.data())
def test_a_rule_that_is_removed_takes_only_its_own_lines(file: File, data: st.DataObject) -> None:
    assume(file.rules)
    rule = data.draw(st.sampled_from(file.rules))
    after = edited(lambda: edit.remove_rule(file.text, rule.id))
    taken, given_ = changed_part(file.text, after)
    assert not given_.strip()
    kept = [r for r in file.rules if r.id != rule.id]
    assert [(r.id, r.change, r.replies) for r in File(after).rules] == [
        (r.id, r.change, r.replies) for r in kept
    ]
    assert len(file.text) - len(after) == len(taken) - len(given_)


@quickly
@given(files(), st.data())
def test_a_save_of_an_edit_writes_these_bytes(
    tmp_path: Path, file: File, data: st.DataObject
) -> None:
    assume(file.rules)
    rule = data.draw(st.sampled_from(file.rules))
    after = edited(lambda: edit.set_rule(file.text, rule.id, "something quite different"))
    (tmp_path / "ann.md").write_bytes(file.text.encode())
    entry = Library(tmp_path).save("ann", after, base=version_of(file.text), author="kim")
    assert (tmp_path / "ann.md").read_bytes() == after.encode()
    assert (entry.text, entry.version) == (after, version_of(after))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=400), files().map(lambda file: file.text.encode())), st.data())
def test_any_bytes_are_examined(data: bytes, more: st.DataObject) -> None:
    at = more.draw(st.integers(0, len(data)))
    broken = data[:at] + more.draw(st.binary(max_size=8)) + data[at + 1 :]
    for each in (data, broken):
        found = examine(each, "ann")
        assert found.persona is not None or found.errors
        lines = each.count(b"\n") + each.count(b"\r") + 1
        assert all(1 <= finding.line <= lines for finding in found.findings)
        assert found.persona is None or found.persona.text.encode() == each


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["t-00000000", ""]))
def test_an_unknown_rule_is_said_so(text: str, rule_id: str) -> None:
    with pytest.raises(KeyError):
        edit.set_rule(text, rule_id, "x")
    with pytest.raises(KeyError):
        edit.set_change(text, rule_id, 1)
    with pytest.raises(KeyError):
        edit.remove_rule(text, rule_id)
