"""The persona format under any text."""

from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from personas.library import Library
from personas.model import Rule
from personas.parse import examine
from personas.parsed import ParsedPersona, parse_text
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
    def parsed(self) -> ParsedPersona:
        return parse_text(self.text, Findings())

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.parsed.all_rules


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
        if draw(st.booleans()):
            lines += ['    - like: "I will see to it."', '    - unlike: "Will I?"', "    - odd: x"]
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


@quickly
@given(files(), st.data())
def test_a_rule_more_leaves_the_others_as_they_were(file: File, data: st.DataObject) -> None:
    """A report points back to a rule by its id, whatever happens to its neighbours."""
    rules = file.rules
    assume(rules and len({rule.id for rule in rules}) == len(rules))
    lines = file.text.splitlines(keepends=True)
    below = data.draw(st.sampled_from(rules)).line - 1
    lines[below:below] = ["- mentions the weather\n"]
    after = [rule for rule in File("".join(lines)).rules if rule.text != "mentions the weather"]
    assert len(after) == len(File("".join(lines)).rules) - 1
    assert [replace(rule, line=0) for rule in after] == [replace(rule, line=0) for rule in rules]


@quickly
@given(files(), st.data())
def test_a_save_of_an_edit_writes_these_bytes(
    tmp_path: Path, file: File, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(file.text)))
    after = f"{file.text[:at]}something quite different{file.text[at:]}"
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
