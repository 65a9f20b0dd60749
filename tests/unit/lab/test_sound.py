"""What keeps a run from being played in real sound is named, and a run waits for people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from agent.calls.lab_calls import LabCalls
from agent.engines.registry import EngineRegistry
from agent.lab import sound
from agent.lab.play import Task
from agent.lab.sound import PLAYED_BY, SoundStage
from agent.lab.trainee_voice import TraineeVoice, opposite
from agent.platform.settings import Settings
from agent.simulation.observing.observer import LexicalObserver
from agent.speech.speaking.delivery import MIDDLE, Delivery
from agent.speech.speaking.espeak import Manner
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from personas.model import Persona
from tests.support.persona_text import swap
from tests.support.scripts import TEXT, script_of
from tests.support.talk import persona_of

PERSONA = persona_of(TEXT)


class _Calls:
    """Calls that cannot begin for a while, or never."""

    def __init__(self) -> None:
        self.problem = ""
        self.looks = 0
        self.free_after = 0

    def readiness(self) -> str:
        return self.problem

    @property
    def is_free(self) -> bool:
        self.looks += 1
        return self.looks > self.free_after


def failure(
    calls: _Calls,
    stop: Callable[[], str] = str,
    speaking: Callable[[], Any] = lambda: None,
    wait: float = 30.0,
    persona: Persona = PERSONA,
    engine: str = "offline",
) -> str:
    stage = SoundStage(
        cast(LabCalls, calls),
        TraineeVoice(speaking, "offline"),
        EngineRegistry(),
        Settings.load(Path(), {}),
        wait,
    )
    task = Task(persona, script_of("1. Hello.\n   - expect: resolved\n"), engine)
    run = stage.play(task, LexicalObserver(persona), stop=stop)
    assert not run.passed
    assert run.misses[0].saw == run.failure
    assert run.played_by == PLAYED_BY
    return run.failure


@pytest.mark.parametrize(
    ("engine", "language", "words"),
    [
        ("offline", "th-TH", "it does not know th-TH"),
        ("openai", "en-US", "OPENAI_API_KEY is not set"),
        ("nothing", "en-US", "no such engine"),
    ],
)
def test_an_engine_that_cannot_play_is_not_called(engine: str, language: str, words: str) -> None:
    persona = persona_of(TEXT.replace("language: en-US", f"language: {language}"))
    assert words in failure(_Calls(), persona=persona, engine=engine)


def test_without_voices_there_is_no_trainee() -> None:
    assert "there is no voice for the trainee" in failure(_Calls())


def test_what_keeps_calls_from_being_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "READY", 0.0)
    calls = _Calls()
    calls.problem = "The LiveKit server does not run."
    assert failure(calls) == "no call can be made: The LiveKit server does not run."


def test_it_waits_for_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "LOOK", 0.001)
    calls = _Calls()
    calls.free_after = 5
    assert "there is no voice" in failure(calls)  # it went on to the next thing that is missing
    assert calls.looks > 5


def test_it_does_not_wait_for_ever() -> None:
    calls = _Calls()
    calls.free_after = 10**9
    assert "people needed all lines" in failure(calls, wait=0.0)


def test_it_is_stopped_while_it_waits() -> None:
    calls = _Calls()
    calls.free_after = 10**9
    assert failure(calls, stop=lambda: "the batch was stopped") == "the batch was stopped"


@pytest.mark.parametrize("gender", ["male", "female"])
@pytest.mark.parametrize("language", ["en-US", "th-TH"])
def test_the_trainee_has_another_voice(gender: str, language: str, tmp_path: Path) -> None:
    persona = persona_of(
        swap("# Profile Data\n", f"# Profile Data\n- Gender: {gender}\n", TEXT).replace(
            "language: en-US", f"language: {language}"
        )
    )
    voices = Speaking(SpeakerModels(tmp_path))
    trainee = opposite(persona, "offline", voices)
    both = [voices.manner(each, "offline", MIDDLE) for each in (persona, trainee)]
    for how in both:
        assert isinstance(how, Delivery if language == "en-US" else Manner)
    ways = [
        how.size * how.tone < 0.85 if isinstance(how, Delivery) else "+m" in how.voice.lower()
        for how in both
    ]
    assert ways[0] != ways[1]
    assert trainee.language == persona.language
