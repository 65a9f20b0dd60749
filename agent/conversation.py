"""One call as its job sees it: trainee's turns to the director, the director's to the engine."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from livekit.agents.voice import SpeechHandle

from agent.brief import Brief
from agent.director import Observation, State, Step, advance, begin, carry
from agent.engines.base import Engine, History, Said
from agent.link import Caption, Edited, Event, Mood, TurnDone
from data.records import Edit, Source, Speaker, Turn
from personas.model import Persona
from personas.parse import examine

log = logging.getLogger(__name__)


class Observer(Protocol):
    """Tells what a trainee's turn did; see ``agent.observer``."""

    def observe(self, text: str) -> Observation: ...


@dataclass(frozen=True, slots=True)
class _Line:
    """A line handed to the engine: the persona version and the direction that it was made by."""

    handle: SpeechHandle
    version: str
    direction: str


class Conversation:
    """Holds the director's state and the count of turns; everything it learns goes to ``send``."""

    def __init__(
        self,
        brief: Brief,
        persona: Persona,
        engine: Engine,
        make_observer: Callable[[Persona], Observer],
        send: Callable[[Event], None],
    ) -> None:
        self.persona = persona
        self._brief = brief
        self.engine = engine
        self.history: list[Said] = []
        self._unanswered: Step | None = None
        self._send = send
        self._make_observer = make_observer
        self._observer = make_observer(persona)
        self._state: State = begin(persona)
        self._turns = 0
        self._began = time.monotonic()
        self._lines: deque[_Line] = deque()
        self._direction = ""

    @property
    def past(self) -> History:
        """The turns that a new engine is told of: all but the one that it is to answer."""
        return self.history[:-1] if self._unanswered is not None else self.history

    @property
    def turns(self) -> int:
        """How many turns have been recorded."""
        return self._turns

    @property
    def resolved(self) -> bool:
        """Whether the persona has accepted a resolution."""
        return self._state.resolved

    def open(self) -> SpeechHandle:
        """The persona's first line."""
        self._tell_mood("", ())
        return self._begun(self.engine.open(self._state))

    def nudge(self) -> SpeechHandle:
        """The persona speaks up after a silence."""
        return self._begun(self.engine.nudge(self._state))

    def trainee_said(self, text: str, source: Source) -> SpeechHandle:
        """A finished turn of the trainee: direct it, record it, answer it."""
        step = self._take(text, source)
        return self._begun(self.engine.answer(text, step), step.direction.text)

    def trainee_was_heard(self, text: str) -> Step:
        """A spoken turn that the model answers by itself: its step directs the line after."""
        step = self._take(text, "voice")
        self._direction = step.direction.text
        return step

    def line_begun(self, handle: SpeechHandle) -> None:
        """The model has begun a line of its own accord."""
        self._begun(handle, self._direction)

    def resume(self) -> SpeechHandle | None:
        """Go on with a new engine: answer what was left without an answer, or open the call."""
        if not self.history:
            return self._begun(self.engine.open(self._state))
        if self._unanswered is None:
            return None
        text, step = self.history[-1].text, self._unanswered
        return self._begun(self.engine.answer(text, step), step.direction.text)

    def _take(self, text: str, source: Source) -> Step:
        step = advance(self.persona, self._state, self._observer.observe(text))
        self._state = step.state
        # First the record: an engine that fails must not cost the trainee's turn.
        self._unanswered = step
        self._send(Caption(self._brief.call, "trainee", text, final=True))
        self._record("trainee", text, source, self.persona.version, step=step)
        self._tell_mood(step.cause, step.matched)
        return step

    def persona_said(self, text: str, interrupted: bool) -> None:
        """A line of the persona has been heard, up to where it was interrupted."""
        self._unanswered = None
        line = self._sounding()
        version, direction = (line.version, line.direction) if line else (self.persona.version, "")
        self._send(Caption(self._brief.call, "persona", text, final=True))
        self._record(
            "persona", text, "voice", version, direction=direction, interrupted=interrupted
        )

    async def change(self, text: str, version: str) -> None:
        """Play a new persona text from the next line on, or say why not."""
        found = examine(text, self._brief.slug)
        if found.persona is None:
            first = found.errors[0]
            self._tell_edit(version, "refused", f"line {first.line}: {first.message}")
            return
        try:
            # Not on this loop: it takes tens of milliseconds, and the persona may be speaking.
            observer = await asyncio.to_thread(self._make_observer, found.persona)
            outcome = await self.engine.swap(found.persona, self.history)
        except Exception as error:
            log.exception("call %s cannot play a new persona text", self._brief.call)
            self._tell_edit(version, "refused", f"the engine could not take it: {error}")
            return
        self.persona = found.persona
        self._observer = observer
        self._state = carry(found.persona, self._state)
        self._tell_edit(found.persona.version, outcome, "")
        self._tell_mood("", ())

    def _begun(self, handle: SpeechHandle, direction: str = "") -> SpeechHandle:
        self._lines.append(_Line(handle, self.persona.version, direction))
        return handle

    def _sounding(self) -> _Line | None:
        """The line that is being spoken: lines sound in their order, one after the other."""
        while self._lines and self._lines[0].handle.done():
            self._lines.popleft()
        return self._lines[0] if self._lines else None

    def _record(
        self,
        speaker: Speaker,
        text: str,
        source: Source,
        version: str,
        *,
        step: Step | None = None,
        direction: str = "",
        interrupted: bool = False,
    ) -> None:
        turn = Turn(
            index=self._turns,
            speaker=speaker,
            text=text,
            at=self._now(),
            source=source,
            version=version,
            phase=self._state.phase,
            intensity=self._state.intensity,
            matched=step.matched if step else (),
            quotes=step.quotes if step else (),
            cause=step.cause if step else "",
            direction=direction,
            interrupted=interrupted,
        )
        self._turns += 1
        self.history.append(Said(speaker, text))
        self._send(TurnDone(self._brief.call, turn))

    def _tell_mood(self, cause: str, matched: tuple[str, ...]) -> None:
        state = self._state
        self._send(
            Mood(
                self._brief.call,
                phase=state.phase,
                intensity=state.intensity,
                cause=cause,
                matched=matched,
                met=tuple(state.met),
                shown=tuple(state.shown),
                resolved=state.resolved,
            )
        )

    def _tell_edit(self, version: str, outcome: str, reason: str) -> None:
        # A line under way is still the old version's.
        turn = self._turns + (self._sounding() is not None)
        edit = Edit(version, outcome, reason, turn=turn, at=self._now())
        self._send(Edited(self._brief.call, edit))

    def _now(self) -> float:
        return round(time.monotonic() - self._began, 3)
