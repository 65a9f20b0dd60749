"""Headings as chat models and other editors write them: pictures, numbers, bold, lines below."""

import random

import pytest

from personas.parse import examine
from personas.pieces import cut
from tests.support.persona_text import FULL, line_of, swap

USUAL = examine(FULL, "x").persona


def spelled(pattern: str) -> str:
    """The file with each heading's words in that pattern."""
    lines = []
    for number, line in enumerate(FULL.splitlines()):
        title = line.lstrip("#").strip()
        signs = line[: len(line) - len(line.lstrip("#"))]
        lines.append(pattern.format(h=signs, t=title, n=number) if signs else line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "pattern",
    [
        "{h} 🎯 {t}",
        "{h} {t} 🎯⭐⭐",
        "{h} 👩‍💼 **{t}**",
        "{h} {n}. {t}",
        "{h} {n}) {t}",
        "{h} 1.2 {t}:",
        "{h} Section {n}: {t}",
        "{h} {n}\ufe0f\u20e3 {t}",
        "**{t}**",
        "**{t}:**",
        "__{t}__",
        "**🎯 {n}. {t}**",
        "{t}\n======",
        "{t}\n---",
        "🎯 {t}\n-------",
    ],
)
def test_a_heading_is_known_whatever_stands_around_it(pattern: str) -> None:
    found = examine(spelled(pattern), "x")
    assert USUAL is not None
    assert found.persona is not None, found.findings
    assert found.persona.name == USUAL.name
    assert [rule.id for rule in found.persona.rules] == [rule.id for rule in USUAL.rules]
    assert found.persona.facts[0].value == "TC-88213"
    assert found.persona.constraints == USUAL.constraints
    assert found.persona.extra == ()
    assert "is read as the heading '# Constraints'" in found.findings[-1].message
    assert found.findings[-1].line == line_of("Constraints", found.persona.text) or "===" in pattern


@pytest.mark.parametrize("title", ["Phase One: Opening", "PHASE I - Opening", "phase 1) Opening"])
def test_numbers_of_phases_in_words(title: str) -> None:
    text = swap("## Phase 1: Opening (0-30 seconds)", f"## {title}")
    found = examine(text, "x").persona
    assert found is not None
    assert found.phases[0].title == "Opening"


@pytest.mark.parametrize(
    "line",
    [
        "**Never swears.**",
        "**Constraints** are for others",
        "Phase 1\n- a rule",
        "Phase in the plan\n---",
        "# Phaser 2",
        "# 3 constraints more",
        "**Persona non grata**",
    ],
)  # fmt: skip
def test_words_that_are_no_heading(line: str) -> None:
    text = swap("- Never agrees to be called back", f"- Never agrees to be called back\n\n{line}")
    found = examine(text, "x").persona
    assert found is not None
    assert found.name == "Sarah Thompson"
    assert not any("is read as" in f.message for f in examine(text, "x").findings)


@pytest.mark.parametrize(
    ("name", "read"),
    [("🌸 Ava Reed", "Ava Reed"), ("Ava Reed 👩‍💼", "Ava Reed"), ("Ava ❤️ Reed", "Ava Reed"),
     ("María José Niño", "María José Niño"), ("Dr. Sarah Chen", "Dr. Sarah Chen"), ("🌸", "🌸")],
)  # fmt: skip
def test_a_name_is_as_people_say_it(name: str, read: str) -> None:
    found = examine(swap("# Persona: Sarah Thompson", f"# Persona: {name}"), "x").persona
    assert found is not None
    assert found.name == read


def test_an_edit_reads_underlined_and_bold_headings_as_the_whole_text() -> None:
    chance = random.Random(5)
    parts = [
        "Constraints\n",
        "===\n",
        "---\n",
        "- a\n",
        "**Phase 1**\n",
        "words\n",
        "\n",
        "# Briefing\n",
    ]
    before: list[str] = []
    pieces = cut("")
    for _ in range(400):
        at = chance.randrange(len(before) + 1)
        before[at : at + chance.randrange(2)] = chance.choices(parts, k=chance.randrange(3))
        text = "".join(before)
        pieces = cut(text, pieces)
        whole = cut(text)
        assert [(p.text, p.heading, p.items) for p in pieces] == [
            (p.text, p.heading, p.items) for p in whole
        ]
