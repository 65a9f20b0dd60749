"""Prompts and lists of scenarios of other tools become drafts: one for each customer."""

# ruff: noqa: RUF001

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from personas.arrivals import arrivals
from personas.bundle import Loose, opened
from personas.library import Library
from personas.model import Persona
from personas.parse import examine
from personas.prompt_files import kind_of
from personas.prompt_labels import role_of
from tests.support.persona_text import FULL
from tests.support.prompts import CASES, Case, text_of


def read(name: str, text: str) -> list[Loose]:
    return opened([(name, text.encode())])


def pasted(text: str) -> list[Loose]:
    """As the page reads a pasted text."""
    return read(f"Pasted text{kind_of(text)}", text)


def persona(loose: Loose) -> Persona:
    found = examine(loose.data, "x")
    assert loose.trouble == ""
    assert found.persona is not None, found.findings
    return found.persona


def fields_of(one: Persona) -> dict[str, Any]:
    """What a draft says, by the names that ``prompts.yaml`` uses."""
    return {
        "scenario": one.scenario,
        "opening": list(one.phases[0].lines),
        "facts": {fact.label: fact.value for fact in one.facts},
        "angers": [rule.text for rule in one.triggers],
        "calms": [rule.text for rule in one.deescalations],
        "wants": [rule.text for rule in one.criteria],
        "objectives": [rule.text for rule in one.objectives],
        "difficulty": one.difficulty,
        "intensity": one.intensity,
        "context": " ".join(one.context),
    }


@pytest.mark.parametrize("case", [c for c in CASES if not c.refused], ids=lambda case: case.name)
def test_each_customer_becomes_a_draft(case: Case) -> None:
    found = [persona(loose) for loose in read(case.name, case.text)]
    assert [one.name for one in found] == [each["name"] for each in case.expected]
    for one, each in zip(found, case.expected, strict=True):
        got = fields_of(one)
        facts = each["fields"].pop("facts", {})
        assert facts.items() <= got["facts"].items()
        assert {name: got[name] for name in each["fields"]} == each["fields"]


@pytest.mark.parametrize("case", [c for c in CASES if c.refused], ids=lambda case: case.name)
def test_what_is_none_says_why(case: Case) -> None:
    (loose,) = read(case.name, case.text)
    assert loose.trouble == case.refused


_PLAIN = [c for c in CASES if c.name.endswith((".md", ".txt")) and not c.refused]


@pytest.mark.parametrize("case", _PLAIN, ids=lambda case: case.name)
def test_no_word_is_lost(case: Case) -> None:
    found = read(case.name, case.text)
    told = words_in("\n".join(loose.data.decode() for loose in found))
    lost = [word for word in words_in(case.text) if word not in told]
    labels = words_in(" ".join(_LABEL.findall(case.text)))
    assert [word for word in lost if word not in labels and len(word) > 3] in (
        [],
        ["outcome"],
        ["expected"],
        ["expected", "outcome"],
        ["outcome", "expected"],
    )


_LABEL = re.compile(
    r'(?m)^[^\n:：]{0,60}[:：]|^\W*[^\n.]{0,40}$|"\w+":|[,;\t\n][^,;\t\n]{0,30}|<[^>]+>'
)


def words_in(text: str) -> set[str]:
    """The words of a text, in lower case."""
    return set(re.findall(r"[^\W_]+", text.casefold()))


def test_notes_say_what_was_mapped_kept_and_made_up() -> None:
    text = "You are Ava Reed.\n\n## Background\nIt is lost.\n\n## Favourite songs\nNone at all."
    (loose,) = read("ava.md", text)
    said = " ".join(loose.notes)
    assert "In its place by its heading: Background" in said
    assert "Kept word for word under “Background”: Favourite songs" in said
    assert "nothing of what angers, what calms, what is wanted and the objectives" in said
    assert "no opening line" in said


@pytest.mark.parametrize("words", ["THE TRAINEE SPEAKS FIRST.", "Stay silent until you hear me."])
def test_who_speaks_first_is_told(words: str) -> None:
    (loose,) = read("ava.txt", f"You are Ava Reed, a baker. {words}")
    assert "here the customer begins the call" in " ".join(loose.notes)


def test_what_is_kept_is_kept_word_for_word() -> None:
    body = '- "Too dear." → *sighs*\n- `x = 1`\n\n| a | b |\n|---|---|\n| 1 | 2 |'
    (loose,) = read("ava.md", f"You are Ava Reed.\n\n## Odds and ends\n{body}\n")
    assert body in loose.data.decode()


@pytest.mark.parametrize(
    "heading", ["# Constraints", "# Profile Data", "**Briefing**", "Phase 1\n==="]
)
def test_nothing_that_is_kept_means_anything_else(heading: str) -> None:
    text = f"You are Ava Reed, a baker.\n\n## Odd\nbefore\n```sh\n{heading}\n- inside\n```\nafter"
    (loose,) = read("ava.txt", text)
    assert persona(loose).name == "Ava Reed"
    assert persona(loose).briefing == ""


def test_several_persona_files_in_one_text_are_several() -> None:
    other = FULL.replace("Sarah Thompson", "Bo Dee")
    found = read("both.md", f"{FULL}\n{other}")
    assert [persona(loose).name for loose in found] == ["Sarah Thompson", "Bo Dee"]
    assert found[1].data.decode().strip() == other.strip()


def test_a_persona_file_with_mistakes_stays_a_file() -> None:
    broken = FULL.replace("# Test Objectives", "# Things").replace("(+2)", "(+200)")
    (loose,) = read("broken.md", broken)
    assert loose.data.decode() == broken
    assert loose.notes == ()


def test_what_programs_did_to_a_file_is_undone_with_a_note() -> None:
    (loose,) = read("sarah.md", f"Sure, here it is:\n\n```md\n{FULL}```\n")
    assert loose.data.decode() == FULL
    assert "code block" in loose.notes[0]


def test_a_mixed_drop_has_a_row_for_each(tmp_path: Path) -> None:
    picked = [
        ("sarah.md", FULL),
        ("list.yaml", text_of("livekit.yaml")),
        ("x.yaml", "a: 1"),
        ("y.pdf", "%PDF"),
    ]
    found = arrivals(opened([(name, text.encode()) for name, text in picked]), Library(tmp_path))
    assert {arrival.source for arrival in found} == {name for name, _ in picked}
    assert [a.source for a in found if a.state == "unusable"] == ["x.yaml", "y.pdf"]


def docx(*paragraphs: tuple[str, str]) -> bytes:
    """A Word file with these paragraphs: style and words."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>'
        for style, words in paragraphs
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}">{body}</w:document>')
    return out.getvalue()


def test_a_word_file() -> None:
    data = docx(
        ("Title", "Hotel guest"),
        ("Normal", "You are Ines Roth, a guest."),
        ("Heading1", "Background"),
        ("Normal", "Her room is loud."),
        ("Heading1", "Opening line"),
        ("Normal", "“I cannot sleep.”"),
    )
    (loose,) = opened([("guest.docx", data)])
    one = persona(loose)
    assert (one.name, one.phases[0].lines) == ("Ines Roth", ("I cannot sleep.",))
    assert one.context == ("Her room is loud.",)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04nothing", b"no zip", docx() + b"", b"PK\x05\x06" + b"\0" * 18]
)
def test_a_damaged_or_empty_word_file_says_so(data: bytes) -> None:
    (loose,) = opened([("guest.docx", data)])
    assert loose.trouble


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (FULL, ["Sarah Thompson"]),
        (f"Here it is:\n{FULL}", ["Sarah Thompson"]),
        ("You are Ava Reed, a baker whose oven broke.", ["Ava Reed"]),
        (text_of("livekit.yaml"), ["Ava Reed", "Ben Stone"]),
        (
            '[{"name": "Al Roy", "persona": "A cook"}, {"name": "Bea Sun", "persona": "A nurse"}]',
            ["Al Roy", "Bea Sun"],
        ),
        (
            '{"data": {"name": "Ona", "description": "A florist.", "first_mes": "\\"Hello?\\""}}',
            ["Ona"],
        ),
        ("name,background\nIvo Lang,Lost his ticket\nUna Beck,Missed it", ["Ivo Lang", "Una Beck"]),
    ],
)
def test_a_pasted_text_is_whatever_it_is(text: str, names: list[str]) -> None:
    assert [persona(loose).name for loose in pasted(text)] == names


def test_pasted_text_is_taken_whole_or_refused_in_words() -> None:
    story = "\n".join(f"Fact {number}: the value of it is {number}" for number in range(3000))
    (loose,) = pasted(f"You are Ava Reed, a baker.\n\n## Odds\n{story}")
    assert "the value of it is 2999" in loose.data.decode()
    (loose,) = pasted("You are Ava Reed. " + "word " * 100_000)
    assert "over 256 KB" in loose.trouble


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("You accept when", "wants"),
        ("You will only accept if", "wants"),
        ("Dana agrees to the offer once", "wants"),
        ("She is satisfied when", "wants"),
        ("What you want", "wants"),
        ("The customer wants", "wants"),
        ("Ends the call happy if", "wants"),
        ("You calm down when", "calms"),
        ("He will calm down only if", "calms"),
        ("What will make her calm", "calms"),
        ("How to calm you down", "calms"),
        ("What helps him", "calms"),
        ("Dana gets a bit friendlier when", "calms"),
        ("You get angrier when", "angers"),
        ("She will become more upset if", "angers"),
        ("What would make him even worse", "angers"),
        ("What makes Dana furious", "angers"),
        ("Things that annoy you", "angers"),
        ("The agent needs", None),
        ("Agent wants", None),
        ("When you call", None),
        ("Ask if", None),
        ("Order", None),
    ],
)
def test_a_label_that_is_a_sentence_says_what_stands_below_it(label: str, role: str | None) -> None:
    assert role_of(label) == role


PROSE = """\
You are Dana, a customer whose washer came with a dent, on Monday.

Background: You are a nurse, on nights. You paid 640 dollars, in cash.

What makes you angry:
- being told to wait

You accept when:
- a day is named, soon

Opening line: "Hi, this is Dana."

Never admit that you are an AI.
"""


def test_what_follows_a_spoken_line_is_not_spoken() -> None:
    got = fields_of(persona(*pasted(PROSE)))
    assert got["opening"] == ["Hi, this is Dana."]
    assert got["angers"] == ["Being told to wait"]
    assert got["wants"] == ["A day is named, soon"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PROSE, ".md"),
        ("Customer, 52, wants to cancel\nHe is polite, but firm\nHe called before, twice", ".md"),
        ("Act as a customer, angry about a bill.\nName: Jo\nGoal: a refund, today", ".md"),
        ("name,persona\nAnn,An angry mother\nBob,A calm man\n", ".csv"),
        ("name;persona\nAnn;An angry mother\n", ".csv"),
        ('name,persona\nAnn,"An angry\nmother, of two"\n', ".csv"),
        ("Scenario, Customer\nLate parcel, Ann Lee\nBroken lamp, Cy Fox", ".csv"),
    ],
)
def test_a_sentence_with_a_comma_is_no_table(text: str, kind: str) -> None:
    assert kind_of(text) == kind
