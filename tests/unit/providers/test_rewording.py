"""Better words by a text model, against a server that speaks as the real ones do."""

import json
from pathlib import Path

import pytest

from agent.platform.settings import Settings
from agent.providers import rewording as module
from agent.providers.rewording import (
    BEFORE,
    LONGEST,
    Occasion,
    Rewording,
    RewordingFailed,
    rewording,
    suggested,
)
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
    for index in range(12)
)
BETTER = "I am sorry. You get the 40 dollars back today."


def occasion() -> Occasion:
    found = Occasion.of(TURNS, 9, "Apologize.", PERSONA)
    assert found is not None
    return found


def answer(asked: Asked) -> dict[str, str]:
    return {"wording": f"  {BETTER}\n"}


def of(folder: Path, way: str, base_url: str) -> Rewording:
    environ = {"GOOGLE_API_KEY": "test", "GEMINI_BASE_URL": base_url}
    if way == "openai":
        environ = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{base_url}/v1"}
    made = rewording(Settings.load(folder, environ))
    assert made is not None
    return made


@pytest.mark.parametrize("way", ["openai", "gemini"])
async def test_what_was_said_is_said_better(tmp_path: Path, way: str) -> None:
    with TextServer(answer) as server:
        assert await of(tmp_path, way, server.base_url).suggest(occasion()) == BETTER
    (asked,) = server.asked
    told = json.loads(asked.user)
    assert (told["said"], told["aim"]) == ("Words 9.", "Apologize.")
    assert told["briefing"] == "You may refund 40 dollars."
    assert [each["words"] for each in told["before"]] == [t.text for t in TURNS[9 - BEFORE : 9]]
    assert "en-US" in asked.system
    # Nothing of what the customer hides from the trainee.
    assert not any(fact.value in asked.user + asked.system for fact in PERSONA.facts)


@pytest.mark.parametrize("index", [8, 12, -1])
def test_only_a_turn_of_the_trainee_can_be_said_better(index: int) -> None:
    assert Occasion.of(TURNS, index, "", PERSONA) is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong_key", "refused the key"),
        ("no_quota", "no quota left"),
        ("server_error", "could not answer"),
        ("closed", "closed"),
        ("malformed", "sent no wording"),
        ("no_verdict", "sent no wording"),
        ("empty", "sent no wording"),
    ],
)
async def test_each_failure_has_its_words(tmp_path: Path, fault: Fault, words: str) -> None:
    with TextServer(answer) as server:
        server.fault = fault
        with pytest.raises(RewordingFailed, match=words):
            await of(tmp_path, "openai", server.base_url).suggest(occasion())


async def test_a_suggestion_has_a_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    with TextServer(answer) as server:
        server.fault = "silent"
        with pytest.raises(RewordingFailed, match="did not answer in time"):
            await of(tmp_path, "openai", server.base_url).suggest(occasion())


@pytest.mark.parametrize("words", ["", "  ", "x" * (LONGEST + 1)])
def test_what_nobody_would_say_is_no_suggestion(words: str) -> None:
    with pytest.raises(RewordingFailed, match="no sentence that one could say"):
        suggested(json.dumps({"wording": words}))


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    assert rewording(Settings.load(tmp_path, {})) is None
