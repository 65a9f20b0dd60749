"""Runs in real sound: the trainee of a script calls the persona through the LiveKit server."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from agent.calls.admission import Refused
from agent.calls.call_events import CallEvent
from agent.calls.calls import Ticket
from agent.calls.lab_calls import PUT_OFF, LabCalls
from agent.engines.cost import estimate
from agent.engines.registry import EngineRegistry
from agent.lab.line_sound import Sound, noise
from agent.lab.play import FAULT, LONGEST, BrokenOff, Task, judged, trainee_of, unplayed
from agent.lab.sound_call import SoundCall
from agent.lab.sound_talk import CallOver, SoundTalk
from agent.lab.trainee_voice import TraineeVoice
from agent.platform.settings import Settings
from agent.providers.prices import load_prices
from agent.simulation.directing.course import State
from agent.simulation.observing.observer import Observer
from data.lab_runs import InSound, LabRun
from data.records import ModelUse
from personas.model import Persona
from personas.script_model import ScriptTurn, TurnSound

log = logging.getLogger(__name__)

WAIT = 3600.0
"""Seconds for which a run waits for a line that no person needs."""
READY = 120.0
"""Seconds for which it waits until calls can be made at all."""
BEGIN = 15.0
"""Seconds that the beginning of a call may take."""
PLAYED_BY = "itself, in a call"
"""Who speaks for the engine, in words."""
LOOK = 0.25
"""Seconds between two looks for a free line."""

T = TypeVar("T")
NextTurn = Callable[[State], ScriptTurn | None]


class SoundStage:
    """Plays tasks in real sound, one after the other; ``play`` is for a thread of its own.

    ``calls`` live on the app's loop, which ``start`` remembers. ``wait`` is how long a run waits
    for a free line, in seconds.
    """

    def __init__(
        self,
        calls: LabCalls,
        voice: TraineeVoice,
        registry: EngineRegistry,
        settings: Settings,
        wait: float = WAIT,
    ) -> None:
        self._calls = calls
        self._voice = voice
        self._registry = registry
        self._settings = settings
        self._wait = wait
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """The running loop is the app's."""
        self._loop = asyncio.get_running_loop()

    def play(
        self, task: Task, observer: Observer, *, batch: str = "", stop: Callable[[], str] = str
    ) -> LabRun:
        """Play it; whatever goes wrong stands in the run's ``failure``, and nothing is raised.

        A run whose line people need is played anew once there is one for it.
        """
        until = time.monotonic() + self._wait
        while True:
            run = replace(unplayed(task, "", batch), played_by=PLAYED_BY)
            try:
                self._check(task)
                asyncio.run(self._line(until, stop))
                return asyncio.run(_Run(task, observer, stop, self).play(run))
            except _PutOff:
                continue
            except BrokenOff as broken:
                why = str(broken)
            except Exception:
                log.exception("the lab's run of %s in real sound", task.script.name)
                why = FAULT
            return replace(run, misses=unplayed(task, why).misses, failure=why)

    async def on_app(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """Do that on the app's loop; raises ``BrokenOff`` when it takes longer."""
        if self._loop is None:
            work.close()
            raise BrokenOff("calls cannot be made yet: the app is just being started")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            raise BrokenOff(
                f"the app did not begin the call within {seconds:.0f} seconds; it may be very busy"
            ) from None

    def call_soon(self, work: Callable[..., object], *values: object) -> None:
        """Have that done on the app's loop."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(work, *values)

    async def begin(self, task: Task, call: str, tell: Callable[[CallEvent], None]) -> Ticket:
        """Begin the call of that run; raises ``BrokenOff``, or ``_PutOff`` when a person was
        faster."""
        beginning = self._calls.begin(call, task.persona, task.engine, tell)
        try:
            return await self.on_app(beginning, BEGIN)
        except Refused as refusal:
            if not self._calls.readiness() and not self._calls.is_free:
                raise _PutOff from refusal
            raise BrokenOff(f"the call could not begin: {refusal}") from refusal

    async def written(self) -> None:
        """Back when journal and sound are on the disk."""
        await self.on_app(self._calls.written(), BEGIN)

    def hang_up(self, call: str, reason: str = "ended") -> None:
        """The trainee hangs up."""
        self.call_soon(self._calls.hang_up, call, reason)

    def discard(self, call: str) -> None:
        """Nothing is to be kept of that call."""
        self.call_soon(self._calls.discard, call)

    async def spoken(self, persona: Persona, turn: ScriptTurn) -> Sound:
        """The turn in the trainee's voice; raises ``BrokenOff``."""
        return await self._voice.spoken(persona, turn.text, turn.sound)

    def cost(self, usage: tuple[ModelUse, ...], engine: str) -> float | None:
        """What the call has cost in US dollars; None when not all of it has a known price."""
        found = estimate(usage, load_prices(), date.today(), self._registry, (engine,))
        return None if found.missing else found.cost

    def _check(self, task: Task) -> None:
        """Raises ``BrokenOff`` when that engine cannot play, or cannot hear the language."""
        if reason := self._registry.usable(task.engine, self._settings).note:
            raise BrokenOff(reason.removesuffix("."))
        spec, language = self._registry[task.engine], task.persona.language
        if not spec.hears(language, self._settings):
            why = spec.deaf(self._settings) or f"it does not know {language}"
            raise BrokenOff(
                f"{spec.title} would hear nothing of what a trainee says: {why}. Play it in text, "
                "or by an engine that hears this language"
            )

    async def _line(self, until: float, stop: Callable[[], str]) -> None:
        """Wait until a line is free."""
        ready = time.monotonic() + READY
        while (problem := self._calls.readiness()) or not self._calls.is_free:
            if why := stop():
                raise BrokenOff(why)
            if problem and time.monotonic() > ready:
                raise BrokenOff(f"no call can be made: {problem}")
            if time.monotonic() > until:
                raise BrokenOff(
                    f"people needed all lines for {self._wait / 60:.0f} minutes; run it again "
                    "later, or in text"
                )
            await asyncio.sleep(LOOK)


class _PutOff(Exception):
    """People need the line."""


class _Run:
    """One call of one task."""

    def __init__(
        self, task: Task, observer: Observer, stop: Callable[[], str], stage: SoundStage
    ) -> None:
        self._task = task
        self._stop = stop
        self._stage = stage
        self._turns = iter(task.script.turns)
        silent = replace(task, script=replace(task.script, turns=()))
        self._after = trainee_of(silent, observer)
        self._call = SoundCall(task.persona)
        self._noise: Sound | None = None

    async def play(self, run: LabRun) -> LabRun:
        """The run with all that came of it."""
        started, clock = time.time(), time.monotonic()
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[CallEvent] = asyncio.Queue()

        def tell(event: CallEvent) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        turn = await self._next()
        first = await self._sound(turn) if turn is not None else None
        ticket = await self._stage.begin(self._task, run.id, tell)
        talk = SoundTalk(self._call, self._task.engine, ticket.call.clock.now, self._watched(clock))
        hearing = asyncio.create_task(_hear(events, talk))
        failure, seconds = "", 0.0
        try:
            await self._talk(talk, ticket, turn, first)
        except CallOver as over:
            if over.reason == PUT_OFF:
                self._stage.discard(run.id)
                raise _PutOff from None
            failure = _failure(talk, over.reason)
        except BrokenOff as broken:
            failure = str(broken)
        except Exception:
            log.exception("the lab's run of %s in real sound", self._task.script.name)
            failure = FAULT
        finally:
            seconds = ticket.call.clock.now()
            hearing.cancel()
            self._stage.hang_up(run.id)
            await self._stage.written()
        call = self._call
        noisy = self._task.script.noisy
        return replace(
            run,
            started=started,
            seconds=round(time.monotonic() - clock, 3),
            cost=self._stage.cost(talk.usage, self._task.engine),
            failure=failure,
            sound=InSound(seconds, round(call.speaking, 3), noisy, call.heard),
            **judged(self._task, call, failure),
        )

    async def _talk(
        self, talk: SoundTalk, ticket: Ticket, turn: ScriptTurn | None, sound: Sound | None
    ) -> None:
        """The whole call; ends by ``CallOver`` or ``BrokenOff``."""
        # With it come LiveKit's libraries, which the lab's text runs do without.
        from agent.lab.room_trainee import RoomTrainee

        trainee = RoomTrainee()
        try:
            await trainee.join(ticket.server_url, ticket.token)
            self._stage.call_soon(ticket.call.browser_joined)
            opening = True
            while turn is not None:
                if sound is None:
                    sound = await self._sound(turn)
                if self._task.script.noisy:
                    trainee.surround(self._around(sound))
                await talk.wait_for(turn.sound, first=opening)
                around = self._around(sound) if turn.sound.noisy else None
                await talk.say(turn.text, sound, trainee, around)
                opening, sound = False, None
                turn, sound = await self._prepared(talk)
            await talk.leave(lambda: self._stage.hang_up(ticket.call.id))
        finally:
            await trainee.leave()

    async def _prepared(self, talk: SoundTalk) -> tuple[ScriptTurn | None, Sound | None]:
        """The next turn, spoken while the customer answers; that of a built-in trainee is known
        only once it has answered."""
        turn = next(self._turns, None)
        if turn is not None:
            return turn, await self._sound(turn)
        if self._task.script.trainee == "none":
            return None, None
        await talk.wait_for(TurnSound())
        turn = await self._next()
        return turn, await self._sound(turn) if turn is not None else None

    async def _next(self) -> ScriptTurn | None:
        """The next line of the script, else that of whoever goes on after it."""
        turn = next(self._turns, None)
        if turn is None:  # it may take a second to find one, and the microphone must go on
            text = await asyncio.to_thread(self._after, self._call.state)
            turn = ScriptTurn(text, 1) if text is not None else None
        return turn

    async def _sound(self, turn: ScriptTurn) -> Sound:
        return await self._stage.spoken(self._task.persona, turn)

    def _around(self, speech: Sound) -> Sound:
        """The noise of this call, as loud as befits its first line in noise."""
        if self._noise is None:
            self._noise = noise(speech, self._task.seed)
        return self._noise

    def _watched(self, clock: float) -> Callable[[], str]:
        """As ``stop``, and a run that takes too long is broken off."""

        def why() -> str:
            if time.monotonic() - clock > LONGEST:
                return f"it took longer than {LONGEST / 60:g} minutes; make the script shorter"
            return self._stop()

        return why


def _failure(talk: SoundTalk, reason: str) -> str:
    """What broke the call off that ended for that reason; "" when it came to its own end."""
    try:
        talk.finish(reason)
    except BrokenOff as broken:
        return str(broken)
    if talk.call.lines and not any(turn.speaker == "trainee" for turn in talk.call.turns):
        return (
            "the customer heard nothing of what the trainee said; the engine's recogniser may not "
            "know the language, or app.py doctor says what is missing"
        )
    return ""


async def _hear(events: asyncio.Queue[CallEvent], talk: SoundTalk) -> None:
    while True:
        talk.take(await events.get())
