"""What the jobs of one process share: how they begin, the observers of the versions in use."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from livekit.agents import JobContext

from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.protocol.brief import Brief
from agent.protocol.messages import Ended, Event, Trouble
from agent.protocol.switchboard import Switchboard
from agent.simulation.observing.observer import LexicalObserver
from agent.speech.hearing.hearing import Hearing
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from agent.worker import engine_factory as module
from agent.worker.engine_factory import OBSERVERS, EngineFactory
from personas.model import Persona
from tests.support.clock import PATIENCE, until
from tests.support.personas import make_persona


def factory(folder: Path) -> EngineFactory:
    settings = Settings.load(folder, {"REHEARSAL_CACHE": str(folder)})
    return EngineFactory(settings, EngineRegistry(), SpeakerModels(folder / "voices"))


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[EngineFactory]:
    made = factory(tmp_path)
    yield made
    made.close()


def test_a_voice_that_does_not_work_keeps_nothing_else_from_being_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The health page shows it, and calls of other engines can be made."""
    broken = ("-c", "raise SystemExit('no voice in /home/ann')")
    monkeypatch.setattr(module, "Speaking", lambda models: Speaking(models, broken))
    monkeypatch.setattr(module, "warm_models", lambda: None)
    monkeypatch.setattr(Hearing, "warm", lambda *given: None)
    engines = factory(tmp_path)
    try:
        engines.warm([make_persona()])
        health = engines.health()
    finally:
        engines.close()
    assert health["voice"]["state"] == "resting"
    assert health["voice"]["deaths"]
    assert health["recogniser"]["state"] == "idle"
    assert "no voice in /home/ann" in caplog.text
    assert "/home/ann" not in str(health)


@pytest.mark.parametrize("version", [None, "0.9", "2.0"])
async def test_a_job_of_another_version_leaves_with_words(
    engines: EngineFactory, version: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Event] = []
    left: list[str] = []
    switchboard = Switchboard(told.append)
    switchboard.start()
    brief = Brief("c1", "ann", "# Persona: Ann", "v1", "offline", "trainee-ann")
    metadata = json.dumps({**json.loads(brief.dump()), "protocol": version})
    context = SimpleNamespace(job=SimpleNamespace(metadata=metadata), shutdown=left.append)
    await engines.entry(switchboard)(cast(JobContext, context))
    await until(lambda: len(told) == 2)
    trouble, end = told
    assert isinstance(trouble, Trouble)
    assert "Update" in trouble.words
    assert end == Ended("c1", "protocol")
    assert left
    assert "call c1 is not played" in caplog.text


def test_the_observer_of_a_persona_in_use_is_kept(engines: EngineFactory) -> None:
    """However many others come, those used longest ago go first."""
    in_use = make_persona()
    first = engines.observer(in_use)
    for number in range(2 * OBSERVERS):
        engines.observer(replace(in_use, slug=f"other-{number}"))
        assert engines.observer(in_use) is first


def test_two_calls_that_begin_at_once_share_one_observer(
    engines: EngineFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2)

    def slow(persona: Persona, before: LexicalObserver | None = None) -> LexicalObserver:
        together.wait(PATIENCE)
        return LexicalObserver(persona, before)

    monkeypatch.setattr(module, "LexicalObserver", slow)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(engines.observer, [make_persona()] * 2)
    assert one is other
