"""What the jobs of one process share: the observers of the persona versions in use."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.simulation.observing.observer import LexicalObserver
from agent.speech.hearing import Hearing
from agent.speech.voice_child import Voice
from agent.worker import engine_factory as module
from agent.worker.engine_factory import OBSERVERS, EngineFactory
from personas.model import Persona
from tests.support.clock import PATIENCE
from tests.support.personas import make_persona


def factory(folder: Path) -> EngineFactory:
    settings = Settings.load(folder, {"REHEARSAL_CACHE": str(folder)})
    return EngineFactory(settings, EngineRegistry())


@pytest.fixture
def performers(tmp_path: Path) -> Iterator[EngineFactory]:
    made = EngineFactory(
        Settings.load(tmp_path, {"REHEARSAL_CACHE": str(tmp_path)}), EngineRegistry()
    )
    yield made
    made.close()


def test_a_voice_that_does_not_work_keeps_nothing_else_from_being_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The health page shows it, and calls of other engines can be made."""
    broken = ("-c", "raise SystemExit('no voice in /home/ann')")
    monkeypatch.setattr(module, "Voice", lambda: Voice(broken))
    monkeypatch.setattr(module, "warm_models", lambda: None)
    monkeypatch.setattr(Hearing, "warm", lambda *given: None)
    performers = EngineFactory(
        Settings.load(tmp_path, {"REHEARSAL_CACHE": str(tmp_path)}), EngineRegistry()
    )
    try:
        performers.warm([make_persona()])
        health = performers.health()
    finally:
        performers.close()
    assert health["voice"]["state"] == "resting"
    assert health["voice"]["deaths"]
    assert health["recogniser"]["state"] == "idle"
    assert "no voice in /home/ann" in caplog.text
    assert "/home/ann" not in str(health)


def test_the_observer_of_a_persona_in_use_is_kept(performers: EngineFactory) -> None:
    """However many others come, those used longest ago go first."""
    in_use = make_persona()
    first = performers.observer(in_use)
    for number in range(2 * OBSERVERS):
        performers.observer(replace(in_use, slug=f"other-{number}"))
        assert performers.observer(in_use) is first


def test_two_calls_that_begin_at_once_share_one_observer(
    performers: EngineFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2)

    def slow(persona: Persona, before: LexicalObserver | None = None) -> LexicalObserver:
        together.wait(PATIENCE)
        return LexicalObserver(persona, before)

    monkeypatch.setattr(module, "LexicalObserver", slow)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(performers.observer, [make_persona()] * 2)
    assert one is other
