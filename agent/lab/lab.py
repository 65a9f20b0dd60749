"""The lab of the app: batches of runs, one run at a time, beside people's calls.

What is played in real sound takes minutes, so it has a thread of its own: runs in text do not wait
for it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from agent.lab.budget import Forecast, check_spent
from agent.lab.play import FAULT, BrokenOff, Remembering, Task, play, unplayed
from agent.lab.players import Players, repeated
from agent.lab.sound import SoundStage
from agent.simulation.observing.observer import Observer
from data.common.observers import Observers
from data.lab_runs import LabRun, LabRuns
from personas.model import Persona
from personas.script_model import Script

log = logging.getLogger(__name__)

BEHIND_CALLS = 1.0
"""While somebody talks, the lab rests this many times as long as it has worked, after each turn."""
CLOSING = 2.0
"""Seconds that the run which is played may take to stop."""
STOPPED, DELETED = "the batch was stopped", "the persona was deleted meanwhile"
APP_STOPS = "Rehearsal was stopped meanwhile"
BatchState = Literal["waiting", "playing", "done", "stopped"]


@dataclass(eq=False, slots=True)
class Batch:
    """Runs that were started together: those of ``tasks`` that are over stand in ``runs``.

    Read it on any thread; it is changed by the lab's alone. ``stopped`` says why it ended before
    all were played, "" otherwise. ``in_sound``: it is played in real sound, in a call.
    """

    id: str
    tasks: tuple[Task, ...]
    runs: list[LabRun] = field(default_factory=list)
    playing: Task | None = None
    stopped: str = ""
    in_sound: bool = False
    whole: "Future[tuple[LabRun, ...]]" = field(default_factory=Future)
    """Done once nothing more is played; never fails."""

    @property
    def state(self) -> BatchState:
        """How far it is."""
        if self.whole.done():
            return "stopped" if self.stopped else "done"
        return "playing" if self.runs or self.playing else "waiting"

    @property
    def passed(self) -> bool:
        """Whether every run was played and met what its script expects."""
        return len(self.runs) == len(self.tasks) and all(run.passed for run in self.runs)


@dataclass(eq=False, slots=True)
class _Lane:
    """The batches that one thread plays."""

    waiting: deque[tuple[Batch, deque[Task], Players]] = field(default_factory=deque)
    thread: threading.Thread | None = None


class Lab:
    """Plays batches on threads of its own, so call it from any thread, and never waits.

    Batches take turns run by run. ``busy`` says whether people are in calls: then the lab is slower
    and leaves the machine to them. Each change of a batch is told to those who ``subscribe``.
    ``sound`` plays in real sound; without it that cannot be asked for.
    """

    def __init__(
        self,
        kept: LabRuns,
        observer: Callable[[Persona], Observer],
        make_players: Callable[[float | None], Players],
        busy: Callable[[], bool] = bool,
        sound: SoundStage | None = None,
    ) -> None:
        self.kept = kept
        self._observer = observer
        self._make_players = make_players
        self._busy = busy
        self._sound = sound
        self._news: Observers[Batch] = Observers(lambda batch: f"the lab's batch {batch.id}")
        self._text_lane, self._sound_lane = _Lane(), _Lane()
        self._watched: dict[str, Remembering] = {}
        self._deleted: set[str] = set()
        self._change = threading.Condition()
        self._closing = threading.Event()

    def subscribe(self, callback: Callable[[Batch], object]) -> Callable[[], None]:
        """Call back with each batch that has changed, on the lab's thread; returns its end."""
        return self._news.add(callback)

    def start(
        self,
        scripts: Sequence[tuple[Persona, Script]],
        *,
        engine: str = "",
        seed: int = 0,
        repeat: int = 0,
        most_cost: float | None = None,
        in_sound: bool = False,
        spoken: bool = False,
    ) -> Batch:
        """Have these scripts played; raises ``TooDear`` when that may cost more than ``most_cost``
        US dollars (None for any sum). Scripts with errors are left out. ``spoken``: trainees that
        they name are spoken by the text model where that plays."""
        players = self._make_players(most_cost)
        tasks = _tasks(scripts, players, engine, seed, repeat, spoken)
        players.check(tasks)
        batch = Batch(uuid4().hex, tuple(tasks), in_sound=in_sound)
        with self._change:
            if self._closing.is_set():
                batch.stopped = APP_STOPS
            if batch.stopped or not tasks:
                players.close()
                batch.whole.set_result(())
                return batch
            self._deleted -= {task.persona.slug for task in tasks}
            self._play_on(self._sound_lane if in_sound else self._text_lane, batch, tasks, players)
        return batch

    def forecast(
        self,
        scripts: Sequence[tuple[Persona, Script]],
        *,
        engine: str = "",
        repeat: int = 0,
        spoken: bool = False,
    ) -> Forecast | None:
        """What ``start`` with the same would take of a text model; None when it takes nothing."""
        players = self._make_players(None)
        return players.forecast(_tasks(scripts, players, engine, 0, repeat, spoken))

    def stop(self, batch: Batch) -> None:
        """Play nothing more of it; the run that is being played is broken off."""
        batch.stopped = batch.stopped or STOPPED
        with self._change:
            self._change.notify_all()

    def deleted(self, persona: str) -> None:
        """The persona's file is gone: what of it waits is not played. Its runs stay: a file that is
        gone may come back, as with a checkout of another branch."""
        with self._change:
            self._deleted.add(persona)

    def close(self) -> None:
        """Stop; what has been played by now is kept. Waits a moment for the run in play."""
        self._closing.set()
        with self._change:
            self._change.notify_all()
        for lane in (self._text_lane, self._sound_lane):
            if lane.thread is not None:
                lane.thread.join(CLOSING)

    def _play_on(self, lane: _Lane, batch: Batch, tasks: Sequence[Task], players: Players) -> None:
        lane.waiting.append((batch, deque(tasks), players))
        if lane.thread is None:
            lane.thread = threading.Thread(target=self._work, args=(lane,), name="lab", daemon=True)
            lane.thread.start()
        self._change.notify_all()

    def _work(self, lane: _Lane) -> None:
        while (item := self._next(lane)) is not None:
            batch, tasks, players = item
            if tasks and not self._ends(batch):
                self._one(batch, tasks.popleft(), players)
            with self._change:
                more = bool(tasks) and not self._ends(batch)
                if more:
                    lane.waiting.append(item)  # behind the others: batches take turns
            if not more:
                players.close()
                batch.whole.set_result(tuple(batch.runs))
                self._news.tell(batch)

    def _next(self, lane: _Lane) -> tuple[Batch, deque[Task], Players] | None:
        with self._change:
            while not lane.waiting:
                if self._closing.is_set():
                    return None
                self._watched.clear()  # what was read of personas is not kept for ever
                self._change.wait()
            return lane.waiting.popleft()

    def _ends(self, batch: Batch) -> bool:
        if self._closing.is_set():
            batch.stopped = batch.stopped or APP_STOPS
        return bool(batch.stopped)

    def _one(self, batch: Batch, task: Task, players: Players) -> None:
        """Play one; whatever happens, the batch goes on."""
        slug = task.persona.slug
        if slug in self._deleted:
            self._over(batch, unplayed(task, DELETED, batch.id))
            return
        batch.playing = task
        self._news.tell(batch)
        try:
            run = self._played(batch, task, players)
        except BrokenOff as broken:
            run = unplayed(task, str(broken), batch.id)
        except Exception:
            log.exception("the lab could not play %s of %s", task.script.name, slug)
            run = unplayed(task, FAULT, batch.id)
        self._over(batch, run)

    def _played(self, batch: Batch, task: Task, players: Players) -> LabRun:
        """Raises ``BrokenOff`` when nobody can play it."""
        eyes = self._eyes(task.persona)

        def stop() -> str:
            return self._why_stop(batch, task.persona.slug)

        if not batch.in_sound:
            player = players.of(task.engine)
            return play(task, player, eyes, batch=batch.id, stop=stop, pause=self._pause)
        if self._sound is None:
            raise BrokenOff("here nothing can be played in real sound; play it in text")
        check_spent(sum(run.cost or 0.0 for run in batch.runs), players.most)
        self.kept.recent(limit=1)  # reads what is there before a call adds its sound to it
        return self._sound.play(task, eyes, batch=batch.id, stop=stop)

    def _over(self, batch: Batch, run: LabRun) -> None:
        batch.playing = None
        batch.runs.append(run)
        self.kept.add(run)
        self._news.tell(batch)

    def _eyes(self, persona: Persona) -> Remembering:
        key = f"{persona.slug} {persona.version}"
        eyes = self._watched.get(key)
        if eyes is None:
            eyes = self._watched[key] = Remembering(self._observer(persona))
        return eyes

    def _why_stop(self, batch: Batch, slug: str) -> str:
        if self._ends(batch):
            return batch.stopped
        return DELETED if slug in self._deleted else ""

    def _pause(self, seconds: float) -> None:
        if self._busy():
            self._closing.wait(BEHIND_CALLS * seconds)


def _tasks(
    scripts: Sequence[tuple[Persona, Script]],
    players: Players,
    engine: str,
    seed: int,
    repeat: int,
    spoken: bool,
) -> list[Task]:
    """Each of the scripts that can be played, as often as it is to be."""
    tasks = [
        Task(persona, script, players.engine_of(persona, script, engine), seed, spoken=spoken)
        for persona, script in scripts
        if script.playable
    ]
    return repeated(tasks, players, repeat)
