"""The app's lab: batches, one run at a time, on a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.lab.budget import TooDear
from agent.lab.lab import APP_STOPS, DELETED, STOPPED, Batch, Lab
from agent.lab.play import Task, unplayed
from agent.lab.players import Players
from agent.lab.sound import SoundStage
from agent.platform.settings import Settings
from agent.simulation.directing.course import Observation
from agent.simulation.observing.observer import LexicalObserver, Observer
from data.lab_runs import InSound, LabRun, LabRuns
from personas.model import Persona
from personas.script_model import Script
from tests.support.scripts import TEXT, script_of
from tests.support.talk import persona_of

PATIENCE = 30.0
SHORT = "1. Calm down.\n2. Hmm.\n"
OTHER = "1. Calm down.\n   - expect: intensity at most 9\n"


class _Gate:
    """An observer that waits at the turn which says so, until it is let go on."""

    def __init__(self, persona: Persona) -> None:
        self._words = LexicalObserver(persona)
        self.reached, self.open = threading.Event(), threading.Event()

    def observe(self, text: str) -> Observation:
        if text == "Wait here.":
            self.reached.set()
            assert self.open.wait(PATIENCE)
        return self._words.observe(text)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    labs: list[Lab] = []

    def lab(
        observer: Callable[[Persona], Observer] = LexicalObserver,
        sound: SoundStage | None = None,
        **environ: str,
    ) -> Lab:
        settings = Settings.load(tmp_path, environ)
        made = Lab(
            LabRuns(tmp_path / "lab"),
            observer,
            lambda most: Players(settings, EngineRegistry(), most),
            sound=sound,
        )
        labs.append(made)
        return made

    yield lab
    for each in labs:
        each.close()


def pair(text: str, name: str = "it", persona: Persona | None = None) -> tuple[Persona, Script]:
    persona = persona or persona_of(TEXT)
    return persona, script_of(text, persona, name)


def test_a_batch_is_played_told_and_kept(make: Callable[..., Lab]) -> None:
    lab = make()
    told: list[tuple[str, int]] = []
    lab.subscribe(lambda batch: told.append((batch.state, len(batch.runs))))
    batch = lab.start([pair(SHORT, "a"), pair(OTHER, "b")])
    runs = batch.whole.result(PATIENCE)
    assert [(run.script, run.passed) for run in runs] == [("a", True), ("b", False)]
    assert not batch.passed
    assert {run.batch for run in runs} == {batch.id}
    assert [run.script for run in lab.kept.recent()] == ["b", "a"]
    lab.close()
    assert told[-1] == ("done", 2)
    assert ("playing", 1) in told


def test_nothing_to_play_is_over_at_once(make: Callable[..., Lab]) -> None:
    batch = make().start([])
    assert batch.whole.result(0) == ()
    assert batch.state == "done"


def gated(make: Callable[..., Lab]) -> tuple[Lab, _Gate, Batch]:
    """A lab in the middle of a run, behind which another one waits."""
    gates = [_Gate(persona_of(TEXT))]
    lab = make(lambda persona: gates[0])
    batch = lab.start([pair("1. Hello.\n2. Wait here.\n3. Hmm.\n", "a"), pair(SHORT, "b")])
    assert gates[0].reached.wait(PATIENCE)
    return lab, gates[0], batch


def test_two_batches_take_turns(make: Callable[..., Lab]) -> None:
    lab, gate, first = gated(make)
    order: list[str] = []
    lab.subscribe(lambda batch: order.append(batch.id) if batch.playing else None)
    second = lab.start([pair(SHORT, "c"), pair(SHORT, "d")])
    gate.open.set()
    for batch in (first, second):
        assert len(batch.whole.result(PATIENCE)) == 2
    assert order == [second.id, first.id, second.id]


class _Stage(SoundStage):
    """A stage whose calls last until they are let go on, or are stopped."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def play(
        self, task: Task, observer: Observer, *, batch: str = "", stop: Callable[[], str] = str
    ) -> LabRun:
        self.reached.set()
        while not (why := stop()) and not self.open.wait(0.01):
            pass
        return replace(unplayed(task, why, batch), passed=not why, sound=InSound(2.0, 1.0))


def test_text_does_not_wait_for_real_sound(make: Callable[..., Lab]) -> None:
    stage = _Stage()
    lab = make(sound=stage)
    calls = lab.start([pair(SHORT, "a")], in_sound=True)
    assert stage.reached.wait(PATIENCE)
    assert len(lab.start([pair(SHORT, "b")]).whole.result(PATIENCE)) == 1
    assert calls.state == "playing"
    stage.open.set()
    (run,) = calls.whole.result(PATIENCE)
    assert (run.passed, run.sound) == (True, InSound(2.0, 1.0))
    assert [each.script for each in lab.kept.recent()] == ["a", "b"]


def test_real_sound_is_stopped_as_text_is(make: Callable[..., Lab]) -> None:
    stage = _Stage()
    lab = make(sound=stage)
    batch = lab.start([pair(SHORT, "a"), pair(SHORT, "b")], in_sound=True)
    assert stage.reached.wait(PATIENCE)
    lab.stop(batch)
    (run,) = batch.whole.result(PATIENCE)
    assert run.failure == STOPPED


def test_without_a_stage_real_sound_is_refused(make: Callable[..., Lab]) -> None:
    (run,) = make().start([pair(SHORT, "a")], in_sound=True).whole.result(PATIENCE)
    assert "play it in text" in run.failure


def test_a_stopped_batch_keeps_what_was_said(make: Callable[..., Lab]) -> None:
    lab, gate, batch = gated(make)
    lab.stop(batch)
    gate.open.set()
    (run,) = batch.whole.result(PATIENCE)
    assert (batch.state, run.failure, run.passed) == ("stopped", STOPPED, False)
    assert [turn.speaker for turn in run.turns].count("trainee") == 2
    assert [each.id for each in lab.kept.recent()] == [run.id]


def test_a_persona_deleted_in_mid_run_ends_hers_and_no_other(make: Callable[..., Lab]) -> None:
    lab, gate, batch = gated(make)
    other = lab.start([pair(SHORT, "c", replace(persona_of(TEXT), slug="someone-else"))])
    lab.deleted(persona_of(TEXT).slug)
    gate.open.set()
    assert [run.failure for run in batch.whole.result(PATIENCE)] == [DELETED, DELETED]
    assert [run.failure for run in other.whole.result(PATIENCE)] == [""]
    assert len(lab.kept.recent(persona_of(TEXT).slug)) == 2, "its file may come back"


def test_the_app_stops_in_mid_run_and_what_was_said_is_kept(
    make: Callable[..., Lab], tmp_path: Path
) -> None:
    lab, gate, batch = gated(make)
    closing = threading.Thread(target=lab.close)
    closing.start()
    gate.open.set()
    closing.join(PATIENCE)
    (run,) = batch.whole.result(PATIENCE)
    assert run.failure == APP_STOPS
    assert [each.id for each in LabRuns(tmp_path / "lab").recent()] == [run.id]
    late = lab.start([pair(SHORT)])
    assert (late.whole.result(0), late.stopped) == ((), APP_STOPS)


def test_an_engine_that_cannot_be_played_says_so_in_its_run(make: Callable[..., Lab]) -> None:
    lab = make()
    batch = lab.start([pair(SHORT)], engine="gemini")
    (run,) = batch.whole.result(PATIENCE)
    assert "Gemini Live is played by a text model in the lab, and there is none" in run.failure
    assert lab.start([pair(SHORT)]).whole.result(PATIENCE)[0].passed


def test_an_observer_that_fails_ends_one_run(make: Callable[..., Lab]) -> None:
    def observer(persona: Persona) -> Observer:
        if persona.slug == "bad":
            raise ValueError
        return LexicalObserver(persona)

    batch = make(observer).start(
        [pair(SHORT, "a", replace(persona_of(TEXT), slug="bad")), pair(SHORT, "b")]
    )
    first, second = batch.whole.result(PATIENCE)
    assert first.failure
    assert second.passed


def test_what_would_cost_too_much_is_not_begun(make: Callable[..., Lab]) -> None:
    lab = make(OPENAI_API_KEY="sk-test")
    with pytest.raises(TooDear, match=r"the limit is 0\.01 USD"):
        lab.start([pair(SHORT)], engine="pipeline", repeat=100, most_cost=0.01)


def test_beside_calls_it_rests_as_long_as_it_works(
    make: Callable[..., Lab], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = make()
    rests: list[float] = []
    lab._busy = lambda: True
    monkeypatch.setattr(lab._closing, "wait", rests.append)
    lab.start([pair(SHORT)]).whole.result(PATIENCE)
    assert len(rests) == 3
