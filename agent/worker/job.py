"""The job: joins the room of one call and plays the persona until the call ends."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from livekit.agents import AutoSubscribe, JobContext

from agent.engines.base import Engine
from agent.protocol.brief import Brief
from agent.protocol.messages import (
    Command,
    End,
    Ended,
    Joined,
    NewPersona,
    PageAway,
    Restored,
    Say,
    Trouble,
)
from agent.protocol.switchboard import JobLink
from agent.protocol.version import OtherVersion
from agent.providers.line_failure import GOES_ON, LineFailure, explain
from agent.simulation.history import History, Said
from agent.simulation.observing.observer import Observer
from agent.simulation.observing.second_opinion import Models
from agent.worker.conversation import Conversation
from agent.worker.engine_session import EngineSession
from agent.worker.participant_presence import ParticipantPresence, server_answers
from agent.worker.recording.recorder import Recorder
from agent.worker.recovery import Recovery, first_engine
from agent.worker.reload import EngineReady, Reload
from agent.worker.silence_timer import SilenceTimer
from agent.worker.usage import UsageMeter
from data.common.clock import CallClock
from personas.model import Persona
from personas.parse import examine

log = logging.getLogger(__name__)

LAST_VIEW = 1.5
"""Seconds that a text model may still look at the last turns once the call is over."""

CHANGE = 5.0
"""Seconds that a typed turn waits at most for a new persona text that is to answer it."""

MakeEngine = Callable[[str, Persona, History], Engine]
"""Makes the engine of that name for a persona, told of the turns so far."""


class _Failed(NamedTuple):
    """``engine`` cannot go on; failures of one that has been replaced are ignored."""

    engine: Engine
    failure: LineFailure


def turn_away(ctx: JobContext, link: JobLink, error: OtherVersion) -> None:
    """Leave the call of an app of another version, and say why: nobody would know otherwise."""
    log.error("call %s is not played. %s", error.call, error)
    link.send(Trouble(error.call, "protocol", str(error)))
    link.send(Ended(error.call, "protocol"))
    ctx.shutdown("another version")


class Job:
    """One call, from joining the room to leaving it; ``OtherVersion`` when its app is of one."""

    def __init__(
        self,
        ctx: JobContext,
        link: JobLink,
        make_engine: MakeEngine,
        make_observer: Callable[[Persona], Observer],
        *,
        fallback: str = "",
        models: Models = lambda engine: None,
    ) -> None:
        self._ctx = ctx
        self._link = link
        self._make_engine = make_engine
        self._make_observer = make_observer
        self._models = models
        self._brief = Brief.load(ctx.job.metadata)
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._presence = ParticipantPresence(
            self._brief.trainee, self._finish, self._brief.reconnect, self._absent
        )
        self._commands: asyncio.Queue[Say | _Failed] = asyncio.Queue()
        self._recovery = Recovery(self._brief.engine, fallback)
        self._meter = UsageMeter(self._brief.call, link.send)
        self._clock = CallClock(self._brief.zero, link.time)
        self._recorder: Recorder | None = None
        if self._brief.record:
            call, trainee = self._brief.call, self._brief.trainee
            self._recorder = Recorder(call, trainee, self._clock, link.send)
        self._trouble = ""
        self._ready = EngineReady()
        self._changing = asyncio.Lock()
        self._early: list[Command] | None = []
        """What came before the persona was known; None from then on."""
        self._conversation: Conversation
        self._reload: Reload
        self._silence: SilenceTimer
        self._session: EngineSession

    async def run(self) -> None:
        """Play the call to its end; a second job for the same call leaves at once."""
        call = self._brief.call
        if not self._link.attach(call, self._take):
            log.info("call %s has its persona already", call)
            self._ctx.shutdown("second dispatch")
            return
        end = Ended(call, "failed")
        try:
            end = await self._play()
        except asyncio.CancelledError:
            end = Ended(call, "worker")  # its process stops
            raise
        finally:
            self._link.detach(call)
            try:
                await self._presence.leave(self._ctx.room)
            finally:
                self._link.send(end)
                self._ctx.shutdown(end.reason)

    def trouble(self, failure: LineFailure) -> None:
        """The engine has trouble and tries again by itself."""
        if failure.code not in GOES_ON:
            self._trouble = failure.code
        call = self._brief.call
        self._link.send(Trouble(call, failure.code, failure.words, failure.remedy))

    def failed(self, engine: Engine, failure: LineFailure) -> None:
        """The engine cannot go on."""
        if not self._over.done():
            if engine is self._session.engine:
                self._ready.clear()
            self._commands.put_nowait(_Failed(engine, failure))

    def sounds(self) -> None:
        """The persona is heard: a trouble is over."""
        if self._trouble:
            reason, self._trouble = self._trouble, ""
            engine = self._session.engine.spec.name
            turn, at = self._conversation.coming, self._clock.now()
            self._link.send(Restored(self._brief.call, engine, turn, reason, at))

    def spoke(self) -> None:
        """A line is over: the engine works."""
        self._recovery.worked()
        self._reload.proved()

    async def _play(self) -> Ended:
        persona = await asyncio.to_thread(self._read)
        self._prepare(persona)
        early, self._early = self._early or [], None
        for command in early:
            self._take(command)
        work = asyncio.create_task(self._work())
        try:
            # The end does not wait for a room that cannot be joined.
            await asyncio.wait((work, self._over), return_when=asyncio.FIRST_COMPLETED)
            if not self._over.done():
                work.result()  # it only ends by an error
            reason = await self._over
        finally:
            loop = asyncio.get_running_loop()
            last_view = loop.time() + LAST_VIEW
            self._presence.stop()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self._reload.aclose()
            await self._session.drop()
            if self._recorder is not None:
                await self._recorder.aclose()
            await self._conversation.aclose(max(0.0, last_view - loop.time()))
        return Ended(self._brief.call, reason, self._conversation.resolved)

    def _read(self) -> Persona:
        """The persona of this call, with its observer made, which is kept for the conversation;
        up to a second, so not on the loop."""
        persona = examine(self._brief.text, self._brief.slug).persona
        if persona is None:
            raise ValueError(f"the persona {self._brief.slug} of this call cannot be read")
        self._make_observer(persona)
        return persona

    def _prepare(self, persona: Persona) -> None:
        scene = self._brief.scene
        past = tuple(Said(turn.speaker, turn.text) for turn in scene.past)
        engine = first_engine(
            lambda name: self._make_engine(name, persona, past), self._recovery, self.trouble
        )
        self._conversation = Conversation(
            self._brief,
            persona,
            engine,
            self._make_observer,
            self._link.send,
            models=self._models,
            spent=self._meter.add,
            clock=self._clock,
            hang_up=self._finish,
        )
        if scene.turns or scene.line:
            self._conversation.take_over(scene)
        self._silence = SilenceTimer(
            persona.patience, self._nudge, lambda: server_answers(self._ctx.room)
        )
        self._reload = Reload(
            self._conversation, self._make_observer, self._ready, self._silence, self._rebuild
        )
        self._session = self._session_of(engine)

    def _session_of(self, engine: Engine) -> EngineSession:
        return EngineSession(
            self._brief.call,
            engine,
            self._conversation,
            self._silence,
            self._link.send,
            self,
            self._meter,
            self._recorder,
        )

    async def _work(self) -> None:
        await self._join()
        while True:
            command = await self._commands.get()
            try:
                await self._obey(command)
            except Exception:
                # The next command must still be heard.
                log.exception("call %s could not obey", self._brief.call)

    async def _join(self) -> None:
        room = self._ctx.room
        self._presence.watch(room)
        if self._recorder is not None:
            self._recorder.start(room)
        connect = asyncio.create_task(self._ctx.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY))
        try:
            with self._session.bulkhead():
                await self._session.start(room, self._brief.trainee)
            await connect
        finally:
            connect.cancel()
        if self._session.lost is None:
            self._session.attach()
            self._session.expect()
            with self._session.bulkhead():
                self._conversation.open()
                self._ready.set()
        self._link.send(Joined(self._brief.call))

    def _take(self, command: Command) -> None:
        if self._early is not None and not isinstance(command, End):
            self._early.append(command)
            return
        match command:
            case End(reason=reason):
                self._finish(reason)
            case NewPersona():
                self._reload.take(command)
            case Say():
                self._commands.put_nowait(command)
            case PageAway(away=away):
                self._absent("page", away)

    async def _obey(self, command: Say | _Failed) -> None:
        match command:
            case Say(text=text, at=at):
                moment = self._clock.now() if at is None else at
                async with self._changing:
                    session = self._session
                changed = partial(self._reload.settled, CHANGE)
                await session.typed(text, moment, changed)
                self._session.expect()  # perhaps another one by now, which owes the answer
            case _Failed(engine=engine, failure=failure):
                async with self._changing:
                    if engine is self._session.engine:
                        await self._recover(failure)

    def _absent(self, why: str, absent: bool) -> None:
        """Trainee and persona cannot hear each other, or can again: no silence is the trainee's."""
        self._silence.hold(why, absent)

    def _nudge(self) -> None:
        if not self._over.done():
            self._session.expect()
            with self._session.bulkhead():
                self._conversation.nudge()

    async def _recover(self, failure: LineFailure) -> None:
        """Another session with the turns so far, or the fallback, or the end of the call."""
        self._ready.clear()
        self.trouble(failure)
        if failure.code == "malformed":
            self._reload.take_back(failure.words)
        while (attempt := self._recovery.after(failure)) is not None:
            await self._session.drop()
            await asyncio.sleep(attempt.pause)
            try:
                await self._begin(
                    self._make_engine(
                        attempt.engine, self._conversation.persona, self._conversation.past
                    )
                )
                return
            except Exception as error:
                lost = self._session.lost
                if lost is None:
                    log.exception("call %s could not go on", self._brief.call)
                failure = lost or explain(self._session.title, error)
                self.trouble(failure)
        self._finish("engine")

    async def _rebuild(self, old: Engine, persona: Persona) -> bool:
        """Another engine of the same kind for that persona, with the turns so far; False when the
        ``old`` one has been replaced meanwhile."""
        async with self._changing:
            if old is not self._session.engine:
                return False
            name = old.spec.name
            await self._session.drop()
            try:
                await self._begin(self._make_engine(name, persona, self._conversation.past))
            except Exception as error:
                log.warning("call %s: no engine for the new text: %r", self._brief.call, error)
                lost = self._session.lost or explain(self._session.title, error)
                self.failed(self._session.engine, lost)
        return True

    async def _begin(self, engine: Engine) -> None:
        self._conversation.engine = engine
        self._session = self._session_of(engine)
        await self._session.start(self._ctx.room, self._brief.trainee)
        self._session.attach()
        if self._session.lost is None:
            self._ready.set()
        if self._conversation.resume() is not None:
            self._session.expect()
        else:
            self._silence.start()
            engine.when_connected(partial(self._connected, engine))

    def _connected(self, engine: Engine) -> None:
        if engine is self._session.engine:
            self.sounds()

    def _finish(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)
