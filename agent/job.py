"""The job: joins the room of one call and plays the persona until the call ends."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from livekit import rtc
from livekit.agents import (
    Agent,
    AgentStateChangedEvent,
    AutoSubscribe,
    ConversationItemAddedEvent,
    JobContext,
    StopResponse,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
    llm,
)
from livekit.agents.voice import room_io

from agent.brief import Brief
from agent.conversation import Conversation, Observer
from agent.engines.base import Engine
from agent.heard import HeardOutput, TimedWords
from agent.link import Caption, Command, End, Ended, Event, Joined, NewPersona, Say, Status
from agent.patience import Patience
from agent.written import as_written
from data.records import Speaker
from personas.model import Persona
from personas.parse import examine

log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that a trainee who lost the connection may take to come back (a restarted LiveKit
server and the browser's retries took 5.2 s)."""
CLOSING = 2.0
"""Seconds that a session may take to close before the call is over without it."""


class Line(Protocol):
    """What a job needs of the link to the rest; see ``agent.link.Switchboard``."""

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool: ...

    def detach(self, call: str) -> None: ...

    def send(self, event: Event) -> None: ...


class Job:
    """One call, from joining the room to leaving it."""

    def __init__(
        self,
        ctx: JobContext,
        line: Line,
        make_engine: Callable[[str, Persona], Engine],
        make_observer: Callable[[Persona], Observer],
    ) -> None:
        self._ctx = ctx
        self._line = line
        self._make_engine = make_engine
        self._make_observer = make_observer
        self._brief = Brief.load(ctx.job.metadata)
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._grace: asyncio.TimerHandle | None = None
        self._commands: asyncio.Queue[NewPersona | Say] = asyncio.Queue()
        self._engine: Engine
        self._talk: Conversation
        self._patience: Patience

    async def run(self) -> None:
        """Play the call to its end; a second job for the same call leaves at once."""
        call = self._brief.call
        if not self._line.attach(call, self._take):
            log.info("call %s has its persona already", call)
            self._ctx.shutdown("second dispatch")
            return
        end = Ended(call, "failed")
        try:
            end = await self._play()
        finally:
            self._line.detach(call)
            self._line.send(end)
            self._ctx.shutdown(end.reason)

    async def _play(self) -> Ended:
        self._prepare()
        work = asyncio.create_task(self._work())
        try:
            # The end does not wait for a room that cannot be joined.
            await asyncio.wait((work, self._over), return_when=asyncio.FIRST_COMPLETED)
            if not self._over.done():
                work.result()  # it only ends by an error
            return Ended(self._brief.call, await self._over, self._talk.resolved)
        finally:
            await self._leave(work)

    def _prepare(self) -> None:
        persona = examine(self._brief.text, self._brief.slug).persona
        if persona is None:
            raise ValueError(f"the persona {self._brief.slug} of this call cannot be read")
        self._engine = self._make_engine(self._brief.engine, persona)
        self._talk = Conversation(
            self._brief, persona, self._engine, self._make_observer, self._line.send
        )
        self._patience = Patience(persona.patience, self._nudge)

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
        self._listen()
        session = self._engine.session
        words = TimedWords()
        session.output.transcription = words
        connect = asyncio.create_task(self._ctx.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY))
        try:
            await session.start(
                _Persona(self._end_of_turn),
                room=self._ctx.room,
                room_options=_room_options(),
                record=False,
            )
            await connect
        finally:
            connect.cancel()
        output = session.output.audio
        assert output is not None  # the room's own, made by the options
        session.output.audio = HeardOutput(output, words, partial(self._caption, "persona"))
        self._talk.open()
        self._line.send(Joined(self._brief.call))

    def _listen(self) -> None:
        session = self._engine.session
        session.on("agent_state_changed", self._on_agent_state)
        session.on("user_state_changed", self._on_user_state)
        session.on("user_input_transcribed", self._on_words)
        session.on("conversation_item_added", self._on_item)
        session.on("close", lambda _: self._finish("failed"))
        self._ctx.room.on("participant_disconnected", self._on_participant_left)
        self._ctx.room.on("participant_connected", self._on_participant_came)
        self._ctx.room.on("disconnected", lambda _: self._finish("lost"))

    def _take(self, command: Command) -> None:
        if isinstance(command, End):
            self._finish(command.reason)
        else:
            self._commands.put_nowait(command)

    async def _obey(self, command: NewPersona | Say) -> None:
        match command:
            case NewPersona(text=text, version=version):
                await self._talk.change(text, version)
                self._patience.seconds = self._talk.persona.patience
            case Say(text=text):
                await self._typed(text)

    async def _typed(self, text: str) -> None:
        self._patience.stop()
        await self._engine.session.interrupt(force=True)
        self._patience.renew()
        self._talk.trainee_said(text, "typed")

    def _end_of_turn(self, text: str) -> None:
        self._patience.renew()
        self._talk.trainee_said(as_written(text), "voice")

    def _nudge(self) -> None:
        if not self._over.done():
            self._talk.nudge()

    def _on_agent_state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state in ("listening", "thinking", "speaking"):
            self._line.send(Status(self._brief.call, event.new_state))
        if event.new_state == "listening" and self._engine.session.user_state != "speaking":
            self._patience.start()
        else:
            self._patience.stop()

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._patience.stop()
            self._line.send(Status(self._brief.call, "hearing"))
        elif self._engine.session.agent_state == "listening":
            self._patience.start()
            self._line.send(Status(self._brief.call, "listening"))

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        if not event.is_final:
            self._caption("trainee", as_written(event.transcript))

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, llm.ChatMessage) and item.role == "assistant" and item.text_content:
            self._talk.persona_said(item.text_content, interrupted=bool(item.interrupted))

    def _caption(self, speaker: Speaker, text: str) -> None:
        self._line.send(Caption(self._brief.call, speaker, text, final=False))

    def _on_participant_left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity != self._brief.trainee:
            return
        if participant.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED:
            self._finish("ended")
        else:
            self._cancel_grace()
            loop = asyncio.get_running_loop()
            self._grace = loop.call_later(GRACE, self._finish, "lost")

    def _on_participant_came(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._brief.trainee:
            self._cancel_grace()

    def _cancel_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _finish(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)

    async def _leave(self, work: "asyncio.Task[None]") -> None:
        self._patience.stop()
        self._cancel_grace()
        work.cancel()
        try:
            async with asyncio.timeout(CLOSING):
                await asyncio.gather(work, return_exceptions=True)
                await self._engine.session.aclose()
        except Exception:
            log.exception("the session of call %s did not close", self._brief.call)
        finally:
            await self._engine.aclose()


class _Persona(Agent):
    """The session's agent: hands each committed turn to the conversation, which answers."""

    def __init__(self, on_turn: Callable[[str], None]) -> None:
        super().__init__(instructions="")
        self._on_turn = on_turn

    async def on_user_turn_completed(
        self, turn_ctx: llm.ChatContext, new_message: llm.ChatMessage
    ) -> None:
        text = new_message.text_content or ""
        if text.strip():
            self._on_turn(text.strip())
        raise StopResponse


def _room_options() -> room_io.RoomOptions:
    return room_io.RoomOptions(
        text_input=False,
        video_input=False,
        audio_input=room_io.AudioInputOptions(sample_rate=16000, frame_size_ms=20),
        audio_output=room_io.AudioOutputOptions(sample_rate=24000, track_name="persona"),
        text_output=False,
        close_on_disconnect=False,
    )
