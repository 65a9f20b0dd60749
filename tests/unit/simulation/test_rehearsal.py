"""Rehearsing in text, as the command line does."""

import io
import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent.simulation.rehearsal import Rehearsal, play, run_rehearse
from agent.simulation.trainees import BUILT_IN
from personas.model import Persona
from personas.parse import examine
from tests.support.places import ROOT

FOLDER = ROOT / "personas"
FILES = sorted(p for p in FOLDER.glob("*.md") if p.stem != "README")


@cache
def persona_of(path: Path) -> Persona:
    persona = examine(path.read_bytes(), path.stem).persona
    assert persona is not None
    return persona


@cache
def played(path: Path, trainee: str) -> Rehearsal:
    return play(persona_of(path), trainee)


def run(
    persona: str, trainee: str, as_json: bool = False, folder: Path = FOLDER
) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run_rehearse(persona, trainee, "offline" if as_json else "", folder, out, err)
    return code, out.getvalue(), err.getvalue()


def walter() -> Path:
    return FOLDER / "walter-hughes.md"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_good_trainee_resolves_the_call_and_passes(path: Path) -> None:
    call = played(path, "good")
    assert call.state.resolved
    assert (call.scorecard.score or 0) >= 80


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_rude_trainee_makes_it_worse(path: Path) -> None:
    call = played(path, "rude")
    assert not call.state.resolved
    assert call.state.intensity > persona_of(path).intensity
    assert (call.scorecard.score or 0) <= 20


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_clueless_trainee_gets_nowhere(path: Path) -> None:
    call = played(path, "clueless")
    assert not call.state.resolved
    assert not call.scorecard.passed


@pytest.mark.parametrize("trainee", ["good", "rude", "clueless"])
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_persona_never_says_a_line_twice_in_a_row(path: Path, trainee: str) -> None:
    said = [t.text for t in played(path, trainee).turns if t.speaker == "persona"]
    assert all(a != b for a, b in itertools.pairwise(said))
    assert all(said)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_evidence_is_in_the_turn_it_names(path: Path) -> None:
    call = played(path, "good")
    shown = [o for o in call.scorecard.objectives if o.shown]
    assert all(o.evidence for o in shown)
    for evidence in (e for o in shown for e in o.evidence):
        assert call.turns[evidence.turn].speaker == "trainee"
        assert evidence.quote in call.turns[evidence.turn].text


def test_json_is_one_object_as_documented() -> None:
    code, out, err = run("walter-hughes", "good", as_json=True)
    assert (code, err) == (0, "")
    values: dict[str, Any] = json.loads(out)
    assert set(values) == {
        "persona",
        "version",
        "engine",
        "turns",
        "resolved",
        "ended",
        "unspoken",
        "scorecard",
    }
    assert (values["ended"], values["unspoken"]) == ("customer", [])
    assert values["persona"] == "walter-hughes"
    assert values["engine"] == "offline"
    assert values["resolved"] is True
    assert [t["speaker"] for t in values["turns"][:3]] == ["persona", "trainee", "persona"]
    assert set(values["turns"][0]) == {"speaker", "text"}
    trainee = set(values["turns"][1])
    assert trainee == {"speaker", "text", "phase", "intensity", "matched", "cause"}
    assert {"score", "passed", "objectives"} <= set(values["scorecard"])
    objective = values["scorecard"]["objectives"][0]
    assert set(objective) == {"id", "text", "weight", "shown", "evidence"}


def test_a_file_of_lines_is_played_line_by_line(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_bytes("\ufeffHello.\r\n\r\nI'm so sorry about that.\r\n".encode())
    code, out, _ = run("walter-hughes", str(lines), as_json=True)
    turns = json.loads(out)["turns"]
    said = [t for t in turns if t["speaker"] == "trainee"]
    assert code == 0
    assert [t["text"] for t in said] == ["Hello.", "I'm so sorry about that."]
    assert said[1]["intensity"] < persona_of(walter()).intensity
    assert "apology" in said[1]["cause"]


def test_a_call_is_the_same_every_time() -> None:
    assert play(persona_of(walter()), "good") == play(persona_of(walter()), "good")


def test_a_persona_may_be_a_file_anywhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "someone.md"
    elsewhere.write_bytes(walter().read_bytes())
    code, out, _ = run(str(elsewhere), "clueless", as_json=True)
    assert code == 0
    assert json.loads(out)["persona"] == "someone"


def test_as_text_it_reads_like_a_transcript() -> None:
    code, out, _ = run("walter-hughes", "rude")
    assert code == 0
    assert "Trainee: Shut up" in out
    assert "The call is not resolved." in out
    assert "told to calm down" in out
    assert "\n- Don't " in out


def test_turns_and_phases_are_called_as_on_the_pages(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("I am really sorry about the trouble.\n", encoding="utf-8")
    _, out, _ = run("walter-hughes", str(lines))
    assert "[calming down, 4/10 tense; -2: a sincere apology" in out
    assert '\n      turn 2: "I am really sorry' in out  # the customer's line was the first


@pytest.mark.parametrize(
    ("persona", "trainee", "message"),
    [
        ("nobody", "good", "there is no persona 'nobody'. Choose one of: alexandra-vance"),
        ("../personas/nobody", "good", "there is no persona"),
        ("walter-hughes", "nice", "there is no trainee 'nice'. Give a text file"),
        ("x" * 300, "good", "there is no persona"),
        ("walter-hughes", "x" * 300, "there is no trainee"),
    ],
)
def test_bad_usage_says_what_to_do(persona: str, trainee: str, message: str) -> None:
    code, out, err = run(persona, trainee)
    assert (code, out) == (2, "")
    assert message in err


def test_a_broken_persona_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("# Profile Data\n", encoding="utf-8")
    code, _, err = run("broken", "good", folder=tmp_path)
    assert code == 2
    assert "broken.md:" in err
    assert "app.py check" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe\xff", "is not UTF-8"), (b"\n \n", "has no lines")],
)
def test_a_bad_trainee_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_bytes(content)
    code, _, err = run("walter-hughes", str(lines))
    assert code == 2
    assert message in err


@pytest.mark.parametrize("as_json", [True, False])
def test_an_output_that_knows_no_thai_is_no_trouble(as_json: bool) -> None:
    """As when Windows is to write into a file."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252")
    err = io.StringIO()
    json_of = "offline" if as_json else ""
    assert run_rehearse("sarah-thompson", "good", json_of, FOLDER, out, err) == 0
    out.flush()
    assert b"\\u0e2a" in raw.getvalue()
    if as_json:
        assert json.loads(raw.getvalue())["persona"] == "sarah-thompson"


def test_a_customer_that_hangs_up_leaves_lines_unspoken(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    insult = "Shut up, you stupid idiot."
    lines.write_text("\n".join([insult] * 4 + ["Hello?", "Sorry."]), encoding="utf-8")
    code, out, _ = run("maria-delgado", str(lines), as_json=True)
    values = json.loads(out)
    assert code == 0
    assert values["ended"] == "customer"
    assert values["unspoken"] == [insult, insult, "Hello?", "Sorry."]
    assert len(values["turns"]) == 5
    assert "Not said any more: Sorry." in run("maria-delgado", str(lines))[1]


@pytest.mark.parametrize(("last", "ended"), [("Goodbye.", "trainee"), ("Hm.", None)])
def test_who_ended_the_call_is_told(last: str, ended: str | None) -> None:
    assert play(persona_of(walter()), ["Hello.", last]).ended == ended


KEYWORDS = [
    "Sorry. One step at a time. Account number? Which lights are on? Open a page. Anything else?",
    "sorry sorry sorry",
    "Blue port cable works again direct number.",
]


def test_keywords_in_a_row_show_nothing() -> None:
    call = play(persona_of(walter()), KEYWORDS)
    assert call.scorecard.score == 0
    assert not call.state.resolved
    assert all(turn.matched == () for turn in call.turns)


def keywords(text: str, linking: list[str]) -> str:
    words = re.findall(r"[A-Za-z]{4,}", text)
    return " ".join(word for word in words if word.lower() not in linking)


@pytest.mark.parametrize("mark", [" ", ", ", ". "])
@pytest.mark.parametrize("path", [p for p in FILES if "sarah" not in p.stem], ids=lambda p: p.stem)
def test_a_personas_own_words_in_a_row_are_no_conversation(path: Path, mark: str) -> None:
    """What its rules say, without the words that link speech."""
    persona = persona_of(path)
    linking = "that this with from then than when what which before after being does have they not"
    kinds = (persona.objectives, persona.deescalations, persona.criteria)
    told = [mark.join(keywords(rule.text, linking.split()) for rule in rules) for rules in kinds]
    call = play(persona, told)
    assert (call.scorecard.score or 0) <= 30
    assert not call.state.resolved


@pytest.mark.parametrize("mark", [" ", ", ", ". "])
def test_the_thai_rules_in_a_row_are_no_conversation(mark: str) -> None:
    persona = persona_of(next(path for path in FILES if "sarah" in path.stem))
    kinds = (persona.objectives, persona.deescalations, persona.criteria)
    call = play(persona, [mark.join(rule.text for rule in rules) for rules in kinds])
    assert call.scorecard.score == 0
    assert not call.state.resolved


def test_a_call_that_is_kind_scores_high_and_a_rude_one_low() -> None:
    scores = {
        kind: [played(path, kind).scorecard.score or 0 for path in FILES] for kind in BUILT_IN
    }
    assert min(scores["good"]) >= 80
    assert sum(scores["rude"]) / len(FILES) <= 20
    assert max(scores["clueless"]) <= 20
