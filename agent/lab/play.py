"""One run: a persona played in text against a script, and judged by what the script expects."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import uuid4

from agent.lab.built_in import FACTS, answers_in, with_unasked
from agent.lab.judge import Played, judge
from agent.simulation.acting.actor import Actor
from agent.simulation.directing.course import Observation, State
from agent.simulation.guarding.consistency import Answer, consistency
from agent.simulation.guarding.guards import breaks
from agent.simulation.observing.observer import LooksAhead, Observer
from agent.simulation.rehearsal import scored
from agent.simulation.text_call import NextLine, PlayedCall, SecondLook, Speaker, TextCall
from agent.simulation.trainees import Trainee
from data.consistency import Consistency
from data.lab_runs import LabRun, Miss
from data.records import Turn
from personas.model import Persona
from personas.script_model import Script

log = logging.getLogger(__name__)

LONGEST = 900.0
"""Seconds that one run may take."""
TO_ITS_END = "the call is played to its end"
STOPPED = "the run was stopped before its end"
BY_CODE = "The offline customer played, beside which no text model judges."
NO_TRAINEE = "no text model plays here that could speak as the trainee; choose another engine"
FAULT = "Rehearsal itself failed over it; the log has the reason"


class BrokenOff(Exception):
    """The call cannot go on; the text says why, for a person, and names the remedy."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run that is to be made: ``repeat`` counts from 0 where a model plays it several times;
    the persona may be the text of no file. ``spoken``: where a model plays, it also speaks freely
    as the trainee that the script names."""

    persona: Persona
    script: Script
    engine: str
    seed: int = 0
    repeat: int = 0
    spoken: bool = False


class Player(Protocol):
    """Plays personas for an engine; one run after the other, each with a ``part`` of its own."""

    @property
    def played_by(self) -> str:
        """Who speaks, in words."""
        ...

    @property
    def trainee(self) -> str:
        """The model that can speak as the trainee as well; "" when there is none."""
        ...

    def part(self, persona: Persona, seed: int) -> "Part":
        """Whoever speaks in one run; raises ``BrokenOff`` when it cannot."""
        ...

    def close(self) -> None:
        """No more runs are to be played."""
        ...


class Part(Protocol):
    """Speaks for the persona in one run; all but ``close`` may raise ``BrokenOff``."""

    @property
    def speaker(self) -> Speaker:
        """Who says the lines."""
        ...

    @property
    def second_look(self) -> SecondLook | None:
        """Who else looks at the trainee's turns."""
        ...

    @property
    def cost(self) -> float | None:
        """What it has cost so far, in US dollars; None when no price is known."""
        ...

    def trainee(self, kind: str, turns: Sequence[Turn]) -> NextLine:
        """Speaks freely as a trainee of that kind, after the ``turns`` that there are by then."""
        ...

    def measured(self, turns: Sequence[Turn], answers: Sequence[Answer]) -> Consistency:
        """How consistent these lines and answers are."""
        ...

    def close(self) -> None:
        """The run is over."""
        ...


class ActorPlayer:
    """The offline actor, which plays from the persona's own file and costs nothing."""

    played_by = "the offline actor"
    trainee = ""

    def part(self, persona: Persona, seed: int) -> "ActorPart":
        """The actor of one run."""
        return ActorPart(persona, Actor(persona, seed))

    def close(self) -> None:
        """Nothing is to be closed."""


@dataclass(frozen=True, slots=True)
class ActorPart:
    """The actor in one run."""

    persona: Persona
    speaker: Actor
    second_look: SecondLook | None = None
    cost: float | None = 0.0

    def trainee(self, kind: str, turns: Sequence[Turn]) -> NextLine:
        """It cannot speak for others."""
        raise BrokenOff(NO_TRAINEE)

    def measured(self, turns: Sequence[Turn], answers: Sequence[Answer]) -> Consistency:
        """What code can judge of them."""
        return consistency(self.persona, turns, answers, problem=BY_CODE)

    def close(self) -> None:
        """Nothing is to be closed."""


class Remembering:
    """An observer that reads no line twice: scripts of one persona have many in common, and the
    built-in trainees try theirs before they say them."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._seen: dict[str, Observation] = {}

    def expect(self, texts: Iterable[str]) -> None:
        """These lines will be read soon."""
        if isinstance(self._observer, LooksAhead):
            self._observer.expect([text for text in texts if text not in self._seen])

    def observe(self, text: str) -> Observation:
        """What the observer sees in it."""
        if text not in self._seen:
            self._seen[text] = self._observer.observe(text)
        return self._seen[text]


def play(
    task: Task,
    player: Player,
    observer: Observer,
    *,
    batch: str = "",
    stop: Callable[[], str] = str,
    pause: Callable[[float], None] = lambda seconds: None,
) -> LabRun:
    """Play it; whatever goes wrong stands in the run's ``failure``, and nothing is raised.

    ``stop`` says why the run is to be broken off, in words, "" when it is not; ``pause`` is called
    after each turn with the seconds that it took.
    """
    started, clock = time.time(), time.monotonic()
    call: TextCall | None = None
    failure = ""
    cost: float | None = 0.0
    figures: Consistency | None = None
    kind = task.script.trainee
    spoken = task.spoken and kind != "none" and player.trainee != ""
    try:
        with ExitStack() as stack:
            part = player.part(task.persona, task.seed)
            stack.callback(part.close)
            if isinstance(observer, LooksAhead):
                observer.expect(turn.text for turn in task.script.turns)
            call = TextCall(task.persona, observer, part.speaker, part.second_look)
            try:
                after = part.trainee(kind, call.turns) if spoken else None
                call.talk(_watched(trainee_of(task, observer, after), clock, stop, pause))
                if task.script.name == FACTS:
                    figures = _measured(task.persona, part, call.turns)
            finally:
                cost = part.cost
    except BrokenOff as broken:
        failure = str(broken)
    except Exception:
        log.exception("the lab's run of %s for %s", task.script.name, task.persona.slug)
        failure = FAULT
    return replace(
        unplayed(task, failure, batch),
        played_by=player.played_by,
        trainee=f"{player.trainee} as a {kind} trainee" if spoken else _built_in(kind),
        consistency=figures,
        started=started,
        seconds=round(time.monotonic() - clock, 3),
        cost=cost,
        **judged(task, call, failure),
    )


def _measured(persona: Persona, part: Part, turns: Sequence[Turn]) -> Consistency:
    answers = answers_in(persona, turns)
    return with_unasked(part.measured(turns, answers), persona, answers)


def _built_in(kind: str) -> str:
    return "" if kind == "none" else f"the built-in {kind} trainee"


def unplayed(task: Task, why: str, batch: str = "") -> LabRun:
    """A run of which not a word was said, for that reason."""
    return LabRun(
        id=uuid4().hex,
        batch=batch,
        persona=task.persona.slug,
        version=task.persona.version,
        script=task.script.name,
        script_version=task.script.version,
        engine=task.engine,
        played_by="",
        trainee=_built_in(task.script.trainee),
        started=time.time(),
        seed=task.seed,
        repeat=task.repeat,
        misses=(Miss(1, TO_ITS_END, why),),
        failure=why,
    )


def judged(task: Task, call: PlayedCall | None, failure: str) -> dict[str, Any]:
    """What came of the call, by the names of the run's fields."""
    persona = task.persona
    if call is None:
        return {}
    found = breaks(persona, call.turns)
    card = None if failure else scored(call)
    played = Played(
        persona,
        call.turns[0] if call.turns else None,
        call.exchanges,
        call.state,
        card,
        found,
        failure,
    )
    misses = judge(task.script, played)
    if failure:
        misses = (Miss(1, TO_ITS_END, failure), *misses)
    return {
        "passed": not misses,
        "resolved": call.state.resolved,
        "score": card.score if card else None,
        "ended": call.ended or "",
        "moods": (persona.intensity, *(each.state.intensity for each in call.exchanges)),
        "misses": misses,
        "breaks": found,
        "turns": tuple(call.turns),
    }


def trainee_of(task: Task, observer: Observer, spoken: NextLine | None = None) -> NextLine:
    """The script's lines, then those of the trainee that goes on after them: ``spoken``, else the
    built-in one."""
    lines = iter([turn.text for turn in task.script.turns])
    kind, after = task.script.trainee, list[Trainee]()

    def next_line(state: State) -> str | None:
        if (line := next(lines, None)) is not None:
            return line
        if spoken is not None:
            return spoken(state)
        if kind == "none":
            return None
        if not after:  # only now: it looks for its lines, which takes a second
            after.append(Trainee(kind, task.persona, observer, task.seed))
        return after[0].next(state)

    return next_line


def _watched(
    following: NextLine, clock: float, stop: Callable[[], str], pause: Callable[[float], None]
) -> NextLine:
    """The same trainee, who is broken off when it takes too long or is no more wanted."""
    last = [time.monotonic()]

    def next_line(state: State) -> str | None:
        if why := stop():
            raise BrokenOff(why)
        now = time.monotonic()
        if now - clock > LONGEST:
            raise BrokenOff(
                f"it took longer than {LONGEST / 60:g} minutes; make the script shorter"
            )
        pause(now - last[0])
        last[0] = time.monotonic()
        return following(state)

    return next_line


def moods(run: LabRun) -> str:
    """The course of the mood in few signs, each change once: ``6→9→4``."""
    steps: Sequence[int] = run.moods
    changed = [each for at, each in enumerate(steps) if not at or each != steps[at - 1]]
    return "→".join(map(str, changed))
