"""The ``observe`` command: what each line does, in JSON and in words."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.simulation.directing.director import AskedFact, FittingLine, Match, Observation
from agent.simulation.observing.command import main
from agent.simulation.observing.observer import Observer
from personas.model import Persona
from personas.parse import examine
from tests.support.places import ROOT

FILE = ROOT / "personas" / "walter-hughes.md"
INSULT = "You are an idiot."
ASKS = "Which lights are on?"


class _Told:
    """Says of each turn what it is told to."""

    def __init__(self, persona: Persona) -> None:
        self._angers, self._calms = persona.triggers[0], persona.deescalations[0]

    def observe(self, text: str) -> Observation:
        if text == INSULT:
            return Observation(text, (Match(self._angers.id, text, 0.95, "reader"),), hostile=True)
        if text != ASKS:
            return Observation(text, source="reader")
        unsure = Match(self._angers.id, "lights", 0.4, "reader")
        return Observation(
            text,
            (Match(self._calms.id, text, 0.8, "reader"), unsure),
            facts=(AskedFact("Lights", 0.9), AskedFact("Cables", 0.4)),
            lines=(FittingLine("No.", 0.2), FittingLine("The globe is red.", 0.7)),
            source="reader",
        )


def run(*arguments: str, make: Callable[[Persona], Observer] = _Told) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    code = main(arguments, lambda: ROOT / "personas", None, make, out, errors)
    return code, out.getvalue(), errors.getvalue()


@pytest.fixture
def lines(tmp_path: Path) -> str:
    file = tmp_path / "turns.txt"
    file.write_text(f"{ASKS}\n\n  {INSULT}  \nHello.\n", encoding="utf-8-sig")
    return str(file)


def test_each_line_is_a_turn_in_json(lines: str) -> None:
    code, out, errors = run("walter-hughes", lines, "--json")
    assert (code, errors) == (0, "")
    told: dict[str, Any] = json.loads(out)
    persona = examine(FILE.read_bytes(), "walter-hughes").persona
    assert persona is not None
    angers, calms = persona.triggers[0], persona.deescalations[0]
    assert told["persona"] == "walter-hughes"
    asks, insult, hello = told["turns"]
    assert asks == {
        "text": ASKS,
        "matches": [
            {
                "id": calms.id,
                "text": calms.text,
                "kind": "deescalation",
                "confidence": 0.8,
                "quote": ASKS,
            }
        ],
        "unsure": [
            {
                "id": angers.id,
                "text": angers.text,
                "kind": "trigger",
                "confidence": 0.4,
                "quote": "lights",
            }
        ],
        "facts": [{"label": "Lights", "confidence": 0.9}],
        "lines": [
            {"text": "The globe is red.", "confidence": 0.7},
            {"text": "No.", "confidence": 0.2},
        ],
        "hostile": False,
    }
    assert insult["hostile"] is True
    assert [match["id"] for match in insult["matches"]] == [angers.id]
    assert hello["matches"] == hello["unsure"] == hello["facts"] == hello["lines"] == []


def test_it_reads_well_in_words(lines: str) -> None:
    code, out, _ = run("walter-hughes", lines)
    assert code == 0
    for words in (
        "calms: ",
        "perhaps angers: ",
        "asks for: Lights (0.90)",
        'answered by: "The globe is red." (0.70)',
        "hostile",
        "Hello.\n    does nothing by the persona's rules",
    ):
        assert words in out
    assert "Cables" not in out


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot read"), (b"\xff\xfe\x00", "not UTF-8"), (b" \n\n", "has no lines")],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "turns.txt"
    if content is not None:
        file.write_bytes(content)
    code, out, errors = run("walter-hughes", str(file))
    assert (code, out) == (2, "")
    assert told in errors
    code, _, errors = run("nobody", str(file))
    assert code == 2
    assert "there is no persona" in errors


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(INSULT.encode())))
    assert "angers: " in run("walter-hughes", "-")[1]
