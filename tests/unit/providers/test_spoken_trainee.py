"""A free-spoken trainee, against a server that speaks as the real ones do."""

import json
from pathlib import Path

import pytest

from agent.platform.settings import Settings
from agent.providers import spoken_trainee as module
from agent.providers.endpoints import ProviderEndpoint, endpoint
from agent.providers.spoken_trainee import (
    BEFORE,
    GOALS,
    LONGEST,
    SpokenTrainee,
    TraineeFailed,
    spoken_line,
)
from agent.simulation.trainees import BUILT_IN
from data.records import Turn
from tests.support.fakes.text_model import Asked, Fault, TextServer
from tests.support.persona_text import swap
from tests.support.talk import persona_of

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

PERSONA = persona_of(
    swap("language: th-TH", "language: en-US") + "\n# Briefing\nYou may refund 40 dollars.\n"
)
TURNS = tuple(
    Turn(index, "trainee" if index % 2 else "persona", f"Words {index}.", 0.0)
    for index in range(BEFORE + 5)
)


def of(folder: Path, base_url: str, kind: str = "good") -> SpokenTrainee:
    environ = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{base_url}/v1"}
    found = endpoint("llm", Settings.load(folder, environ))
    assert isinstance(found, ProviderEndpoint)
    return SpokenTrainee(found, PERSONA, kind)


def answer(asked: Asked) -> dict[str, object]:
    last = json.loads(asked.user)["call"][-1:]
    return {"line": f"  I heard\n{last[0]['words'] if last else 'nothing'} ", "hang_up": False}


@pytest.mark.parametrize("kind", BUILT_IN)
async def test_it_reads_briefing_and_call_and_says_one_line(tmp_path: Path, kind: str) -> None:
    with TextServer(answer) as server:
        line = await of(tmp_path, server.base_url, kind).next(TURNS)
    assert line == f"I heard Words {BEFORE + 4}."
    (asked,) = server.asked
    told = json.loads(asked.user)
    assert told["briefing"] == "You may refund 40 dollars."
    assert [each["words"] for each in told["call"]] == [turn.text for turn in TURNS[-BEFORE:]]
    assert {each["by"] for each in told["call"]} == {"you", "customer"}
    assert GOALS[kind] in asked.system
    assert "en-US" in asked.system
    # Nothing of what the customer hides, nor by what it is judged.
    hidden = [fact.value for fact in PERSONA.facts] + [rule.text for rule in PERSONA.rules]
    assert not any(words in asked.user + asked.system for words in hidden)


async def test_it_hangs_up_once(tmp_path: Path) -> None:
    with TextServer(lambda _: {"line": "Goodbye.", "hang_up": True}) as server:
        trainee = of(tmp_path, server.base_url)
        assert [await trainee.next(TURNS) for _ in range(3)] == ["Goodbye.", None, None]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong_key", "refused the key"),
        ("no_quota", "no quota left"),
        ("closed", "closed"),
        ("malformed", "sent no line"),
        ("empty", "sent no line"),
    ],
)
async def test_each_failure_has_its_words(tmp_path: Path, fault: Fault, words: str) -> None:
    with TextServer(answer) as server:
        server.fault = fault
        with pytest.raises(TraineeFailed, match=words):
            await of(tmp_path, server.base_url).next(TURNS)


async def test_a_line_has_a_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    with TextServer(answer) as server:
        server.fault = "silent"
        with pytest.raises(TraineeFailed, match="did not answer in time"):
            await of(tmp_path, server.base_url).next(TURNS)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I am sorry.",
        "{}",
        *(f'{{"line": "{w}", "hang_up": false}}' for w in ("", " ", "a" * 401)),
    ],
)
def test_what_is_no_line(reply: str) -> None:
    assert LONGEST == 400
    with pytest.raises(TraineeFailed):
        spoken_line(reply)


@pytest.mark.parametrize(
    ("reply", "line", "leaves"),
    [
        ('{"line": "Hello.", "hang_up": false}', "Hello.", False),
        ('```json\n{"line": "Bye.", "hang_up": true}\n```', "Bye.", True),
    ],
)
def test_what_is_a_line(reply: str, line: str, leaves: bool) -> None:
    spoken = spoken_line(reply)
    assert (spoken.line, spoken.hang_up) == (line, leaves)
