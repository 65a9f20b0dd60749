"""One call as its job sees it: trainee's turns to the director, the director's to the engine."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine
from agent.protocol.brief import Brief
from agent.protocol.messages import Caption, Edited, Event, Mood, TurnDone
from agent.protocol.scene import Scene
from agent.simulation.acting.prompt import (
    again_direction,
    cut_direction,
    opening_direction,
    silence_direction,
)
from agent.simulation.directing.beginning import begun
from agent.simulation.directing.director import Observation, Step, begin, leaves
from agent.simulation.directing.ledger import Ledger
from agent.simulation.history import History, Said
from agent.simulation.observing.observer import Observer
from agent.simulation.observing.second_opinion import Models, SecondOpinion
from agent.worker.trainee_speech import Span
from data.common.clock import CallClock
from data.records import Edit, ModelUse, Source, Speaker, Turn
from personas.model import Persona

log = logging.getLogger(__name__)

DIRECTING = 5.0
"""Seconds that a direction may take to reach a model."""


@dataclass(frozen=True, slots=True)
class _Utterance:
    """A line handed to the engine: the persona version and the direction that it was made by."""

    handle: SpeechHandle
    version: str
    direction: str


class Conversation:
    """Holds the director's state and the count of turns; everything it learns goes to ``send``.

    A turn is observed by words at once, recorded and answered. When a text model is there it
    looks at the turn meanwhile; what it sees replaces what the words said, and the course of the
    call is worked out again from that turn on: turns that changed are told again under their
    index.

    Where the call begins is its brief's scene. Times are on the call's ``clock``. ``hang_up`` is
    called after the line with which the persona leaves, with the reason as in ``CallEnd``.
    """

    def __init__(
        self,
        brief: Brief,
        persona: Persona,
        engine: Engine,
        make_observer: Callable[[Persona], Observer],
        send: Callable[[Event], None],
        *,
        models: Models = lambda engine: None,
        spent: Callable[[ModelUse], None] = lambda use: None,
        clock: CallClock | None = None,
        hang_up: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.clock = clock or CallClock()
        self._brief = brief
        self.engine = engine
        self.history: list[Said] = []
        self._unanswered = False
        self._awaited = self._heard = False
        self._cut = ""
        self._send = send
        self.observer = make_observer(persona)
        scene = brief.scene
        self._ledger = Ledger(persona, begin(persona, scene.phase, scene.intensity))
        self._opinion = SecondOpinion(brief.call, models, self._seen, spent)
        self._utterances: deque[_Utterance] = deque()
        self._judged = 0.0
        self._direction = ""
        self._hang_up = hang_up
        self._leaving = ""
        self._silences = 0
        self._again = ""
        self._to_direct: Step | None = None
        self._directing: asyncio.Task[None] | None = None
        self._in_turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def persona(self) -> Persona:
        """The persona whose rules hold now."""
        return self._ledger.persona

    @property
    def past(self) -> History:
        """The turns that a new engine is told of: all but the one that it is to answer."""
        return self.history[:-1] if self._unanswered else self.history

    @property
    def turns(self) -> int:
        """How many turns have been recorded."""
        return len(self.history)

    @property
    def coming(self) -> int:
        """The index of the persona's line that sounds, or else of the next turn."""
        return self.turns + self._awaited

    @property
    def resolved(self) -> bool:
        """Whether the persona has accepted a resolution."""
        return self._ledger.state.resolved

    def take_over(self, scene: Scene) -> None:
        """Go on from the scene's turns; those that were judged keep that, and the others are seen
        anew by the persona as it is. The last one is the trainee's, and to be answered; or the
        persona is to say its line once more."""
        for earlier in scene.past:
            turn = replace(earlier, index=self.turns, begin=0.0, end=0.0, replayed=True)
            if earlier.speaker == "persona":
                self._record(self._ledger.spoke(turn))
            elif earlier.phase:
                turn, step = self._ledger.recalled(turn)
                self._record(turn)
                self._tell_mood(step.cause, step.matched, 0.0)
            else:
                self._take(earlier.text, earlier.source, replayed=True)
        if scene.line:
            self._again, self._unanswered = scene.line, False
        else:
            self._take(scene.turns[-1].text, "typed")

    def open(self) -> SpeechHandle:
        """The persona's first line; in a call that goes on from another, its first answer."""
        if not self.history:
            scene = self._brief.scene
            later = scene.phase or scene.intensity is not None
            self._tell_mood(f"begun in {begun(self._ledger.state)}" if later else "", ())
        return self.resume() or self.nudge()

    def nudge(self) -> SpeechHandle:
        """The persona speaks up after a silence."""
        state = self._ledger.state
        self._silences += 1
        last = leaves(self.persona, state, self._silences)
        direction = silence_direction(self.persona, state, last=last)
        return self._begun(
            self.engine.nudge(state, last=last), direction, "silence" if last else ""
        )

    async def read(self, text: str) -> None:
        """Have this turn observed in a thread: it takes tens of milliseconds, and the persona may
        be speaking. The observer keeps what it has read; another one that an edit brought
        meanwhile reads it as well."""
        read_by = None
        while read_by is not self.observer:
            read_by = self.observer
            await asyncio.to_thread(read_by.observe, text)

    async def trainee_says(
        self, text: str, source: Source, span: Span | None = None
    ) -> SpeechHandle:
        """``trainee_said`` once the turn has been read in a thread: one after the other, in the
        order in which they came."""
        async with self._in_turn:
            await self.read(text)
            return self.trainee_said(text, source, span)

    def soon(self, work: Coroutine[None, None, None]) -> None:
        """Do that beside the call; ``aclose`` waits for it."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def trainee_said(self, text: str, source: Source, span: Span | None = None) -> SpeechHandle:
        """A turn of the trainee, said in that time (just now): direct it, record it, answer it."""
        step = self._take(text, source, span)
        return self._answered(text, step)

    def foresee(self, text: str) -> Step:
        """What ``trainee_said`` would come to; nothing changes by it."""
        return self._ledger.foresee(self.observer.observe(text))

    def trainee_was_heard(self, text: str, span: Span | None = None) -> None:
        """A spoken turn that the model answers by itself: its step directs the line after."""
        answering = self._sounding() if self._awaited else None
        if self._awaited:
            self._awaited = False
        else:
            self._heard = True
        step = self._take(text, "voice", span)
        self._direct(step)
        if step.hang_up and answering is not None:
            self._leave_after(answering.handle, _leaving(step))
        else:
            self._leaving = _leaving(step)

    def reply_begun(self, handle: SpeechHandle) -> None:
        """The model has begun a line of its own accord: the answer to a turn of the trainee, whose
        words may come later."""
        self._awaited, self._heard = not self._heard, False
        self._begun(handle, self._direction, self._leaving)

    def resume(self) -> SpeechHandle | None:
        """Go on with a new engine: open the call, answer what was left without an answer, take up
        the line that was cut off, or say once more the line to go on from."""
        if self._again:
            state = self._ledger.state
            direction = again_direction(self.persona, state, self._again)
            return self._begun(self.engine.repeat(self._again, state), direction)
        if not self.history:
            state = self._ledger.state
            return self._begun(self.engine.open(state), opening_direction(self.persona, state))
        step = self._ledger.step
        if self._cut:
            state = self._ledger.state
            direction = cut_direction(self.persona, state, self._cut)
            return self._begun(self.engine.go_on(self._cut, state), direction)
        if not self._unanswered or step is None:
            if step is not None and self.engine.capabilities.replies_itself:
                self._direct(step)
            return None
        return self._answered(self.history[-1].text, step)

    def persona_said(
        self, text: str, interrupted: bool, span: Span | None = None, *, lost: bool = False
    ) -> None:
        """A line of the persona has been heard in that time, up to where it was interrupted;
        ``lost`` when a connection that broke did that, and the persona has more to say."""
        self._unanswered = self._awaited = False
        self._cut = text if lost else ""
        self._again = ""
        line = self._sounding()
        version, direction = (line.version, line.direction) if line else (self.persona.version, "")
        self._send(Caption(self._brief.call, "persona", text, final=True))
        turn = replace(
            self._turn("persona", text, "voice", version, span),
            direction=direction,
            interrupted=interrupted,
        )
        self._record(self._ledger.spoke(turn))

    async def aclose(self, seconds: float) -> None:
        """Wait that long for what is still being looked at; nothing goes on after it."""
        until = asyncio.get_running_loop().time() + seconds
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        for task in self._under_way:
            task.cancel()
        await self._opinion.finish(max(0.0, until - asyncio.get_running_loop().time()))
        if self._directing is not None:
            self._directing.cancel()
            await asyncio.gather(self._directing, return_exceptions=True)

    def adopt(self, persona: Persona, observer: Observer) -> None:
        """From the next line on this persona's rules hold; the engine plays it already."""
        self.observer = observer
        self._ledger.edited(persona)
        self._tell_mood("", ())

    def tell_edit(self, version: str, outcome: str, reason: str) -> None:
        """How a new persona text fared; see ``data.records.Edit``."""
        # A line under way is still the old version's.
        turn = self.coming + (self._sounding() is not None)
        edit = Edit(version, outcome, reason, turn=turn, at=self.clock.now())
        self._send(Edited(self._brief.call, edit))

    def _take(
        self, text: str, source: Source, span: Span | None = None, *, replayed: bool = False
    ) -> Step:
        seen = replace(self.observer.observe(text), stand_in=self._opinion.gone)
        past = tuple(self.history)
        turn = self._turn("trainee", text, source, self.persona.version, span)
        if replayed:
            turn = replace(turn, begin=0.0, end=0.0, replayed=True)
        turn, step = self._ledger.heard(turn, seen)
        # First the record: an engine that fails must not cost the trainee's turn.
        self._unanswered, self._cut, self._again = True, "", ""
        self._silences = 0
        self._send(Caption(self._brief.call, "trainee", text, final=True))
        self._record(turn)
        self._tell_mood(step.cause, step.matched, turn.end)
        self._opinion.ask(self.engine.spec.name, turn.index, self.persona, text, past)
        return step

    def _seen(self, index: int, view: Observation | str) -> None:
        """What the text model saw in that turn, or the code of why it saw nothing."""
        if isinstance(view, str):
            view = replace(self._ledger.observation(index), stand_in=view)
        before = self._ledger.step
        for turn in self._ledger.revise(index, view):
            self._send(TurnDone(self._brief.call, turn))
        step = self._ledger.step
        if step is None or step == before:
            return
        self._tell_mood(step.cause, step.matched, self._judged)
        if (
            self.engine.capabilities.replies_itself
            and before
            and step.direction != before.direction
        ):
            self._direct(step)

    def _direct(self, step: Step) -> None:
        """Hand a direction to a model that replies by itself, over the network; a newer one takes
        the place of one that still waits."""
        self._direction = step.direction.text
        self._to_direct = step
        if self._directing is None or self._directing.done():
            self._directing = asyncio.create_task(self._send_directions())

    async def _send_directions(self) -> None:
        while (step := self._to_direct) is not None:
            self._to_direct = None
            try:
                async with asyncio.timeout(DIRECTING):
                    await self.engine.direct(step)
            except Exception as error:
                # The line goes on without it: the next turn brings another direction.
                log.warning("call %s: a direction did not arrive: %s", self._brief.call, error)

    def _answered(self, text: str, step: Step) -> SpeechHandle:
        answer = self.engine.answer(text, step)
        return self._begun(answer, step.direction.text, _leaving(step))

    def _begun(self, handle: SpeechHandle, direction: str = "", leaving: str = "") -> SpeechHandle:
        """A line has begun; ``leaving`` is why the persona hangs up after it, "" when it stays."""
        self._utterances.append(_Utterance(handle, self.persona.version, direction))
        if leaving:
            self._leave_after(handle, leaving)
        return handle

    def _leave_after(self, handle: SpeechHandle, reason: str) -> None:
        self._leaving = ""
        handle.add_done_callback(lambda _: self._hang_up(reason))

    def _sounding(self) -> _Utterance | None:
        """The line that is being spoken: lines sound in their order, one after the other."""
        while self._utterances and self._utterances[0].handle.done():
            self._utterances.popleft()
        return self._utterances[0] if self._utterances else None

    def _turn(
        self, speaker: Speaker, text: str, source: Source, version: str, span: Span | None
    ) -> Turn:
        begin, end = span or Span(now := self.clock.now(), now)
        return Turn(self.turns, speaker, text, begin, source, version, end=end)

    def _record(self, turn: Turn) -> None:
        self.history.append(Said(turn.speaker, turn.text))
        self._send(TurnDone(self._brief.call, turn))

    def _tell_mood(self, cause: str, matched: tuple[str, ...], at: float | None = None) -> None:
        """The state that the trainee's turn left which ended ``at`` that time; None for now."""
        state = self._ledger.state
        self._judged = at = self.clock.now() if at is None else at
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
                at=at,
            )
        )


def _leaving(step: Step) -> str:
    """Why the persona hangs up after its answer, as in ``CallEnd``; "" when it stays."""
    if not step.hang_up:
        return ""
    return "hung_up" if step.direction.kind == "leave" else "goodbye"
