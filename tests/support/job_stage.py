"""A job for tests, with a room and a session that do what the test says, and no waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc
from livekit.agents import Agent, AgentSession, JobContext
from livekit.agents.voice import SpeechHandle, io
from livekit.rtc._proto.stats_pb2 import RtcStats

from agent.engines.base import Engine, OnTurn
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.persona_agent import PersonaAgent
from agent.protocol.brief import Brief
from agent.protocol.messages import (
    End,
    Ended,
    Event,
    Joined,
    NewPersona,
    PageAway,
    Say,
)
from agent.protocol.switchboard import Switchboard
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.worker.job import Job
from personas.model import Persona
from tests.support.clock import at_once, now, until
from tests.support.persona_text import PLAIN
from tests.support.room_voice import Source


class Silence(io.AudioOutput):
    """The room's sound output, never used here."""

    def __init__(self) -> None:
        super().__init__(label="silence", capabilities=io.AudioOutputCapabilities(pause=True))
        self._audio_source: Any = Source()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        raise AssertionError

    def flush(self) -> None:
        raise AssertionError

    def clear_buffer(self) -> None:
        raise AssertionError


class Session(rtc.EventEmitter[str]):
    """A session that starts, is interrupted and closes as fast, or as badly, as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.output = SimpleNamespace(audio=None, transcription=None)
        self.agent_state = self.user_state = "listening"
        self.agent: PersonaAgent | None = None
        self.started = self.closing = self.closed = False
        self.start_time = self.close_time = 0.0
        self.fault: Exception | None = None
        self.close_fault: Exception | None = None

    @property
    def room_io(self) -> object:
        raise RuntimeError("the AgentSession was not started with a room")

    async def start(self, agent: object, **options: object) -> None:
        self.agent = cast(PersonaAgent, agent)
        await asyncio.sleep(self.start_time)
        if self.fault is not None:
            raise self.fault
        self.output.audio = Silence()
        self.started = True

    async def interrupt(self, *, force: bool = False) -> None:
        if not self.started:
            raise RuntimeError("AgentSession isn't running")
        if self.fault is not None:
            raise self.fault

    async def aclose(self) -> None:
        self.closing = True
        await asyncio.sleep(self.close_time)
        if self.close_fault is not None:
            raise self.close_fault
        self.closed = True
        self.emit("close", SimpleNamespace())

    def state(self, state: str) -> None:
        """The persona begins to do that."""
        self.agent_state = state
        self.emit("agent_state_changed", SimpleNamespace(new_state=state))


class Notes(Engine):
    """An engine that notes what it was asked for."""

    spec = OFFLINE

    def __init__(self, persona: Persona) -> None:
        self.language = persona.language
        self.fake = Session()
        self.asked: list[tuple[float, str]] = []
        self.handles: list[SpeechHandle] = []
        self.closed = False
        self.close_time = 0.0
        self.cut = False
        self.speaks = True

    @property
    def session(self) -> AgentSession[None]:
        return cast(AgentSession[None], self.fake)

    def open(self, state: State) -> SpeechHandle:
        return self._note("open")

    def answer(self, text: str, step: Step) -> SpeechHandle:
        return self._note(text)

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        return self._note(f"go on after {heard}")

    def repeat(self, line: str, state: State) -> SpeechHandle:
        return self._note(f"once more {line}")

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        return self._note("nudge")

    def agent(self, on_turn: OnTurn) -> Agent:
        return PersonaAgent(on_turn)

    async def direct(self, step: Step) -> None:
        self._note(f"direct {step.direction.kind}")

    def plays(self, persona: Persona) -> bool:
        return persona.language == self.language

    async def swap(self, persona: Persona, history: History) -> str:
        return "applied"

    async def aclose(self) -> None:
        self.closed = True
        await asyncio.sleep(self.close_time)
        if self.cut:
            raise asyncio.CancelledError

    def _note(self, what: str) -> SpeechHandle:
        self.asked.append((now(), what))
        if self.speaks:
            asyncio.get_running_loop().call_soon(self.fake.state, "speaking")
        self.handles.append(SpeechHandle.create())
        return self.handles[-1]


class Room(rtc.EventEmitter[str]):
    """The room: ``left`` is when the job went; its server sends something all the time, until it
    ``is_silent``."""

    def __init__(self) -> None:
        super().__init__()
        self.left: float | None = None
        self.leave_time = 0.0
        self.is_silent = False
        self.arrived = 0

    async def get_rtc_stats(self) -> rtc.RtcStats:
        self.arrived += not self.is_silent
        stats = RtcStats()
        stats.candidate_pair.candidate_pair.bytes_received = self.arrived
        return rtc.RtcStats(publisher_stats=[], subscriber_stats=[stats])

    async def disconnect(self) -> None:
        await asyncio.sleep(self.leave_time)
        self.left = now()


class Context:
    """The framework's side of a job."""

    def __init__(self, metadata: str) -> None:
        self.job = SimpleNamespace(metadata=metadata)
        self.room = Room()
        self.ended: list[str] = []
        self.connect_time = 0.0

    async def connect(self, **options: object) -> None:
        await asyncio.sleep(self.connect_time)

    def shutdown(self, reason: str) -> None:
        self.ended.append(reason)


class Stage:
    """One job and all that it touches; ``told`` has the times of its events."""

    def __init__(self, text: str = PLAIN) -> None:
        self.told: list[tuple[float, Event]] = []
        self.board = Switchboard(lambda event: self.told.append((now(), event)))
        self.board.start()
        self.context = Context(Brief("c1", "ann", text, "v1", "notes", "trainee-ann").dump())
        self.engines: list[Notes] = []
        self.prepare: Callable[[Notes], None] = lambda engine: None
        self.observer: Callable[[Persona], Observer] = LexicalObserver
        self.running = asyncio.create_task(self._run())

    @property
    def engine(self) -> Notes:
        return self.engines[0]

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.told]

    def command(self, command: NewPersona | Say | End | PageAway) -> None:
        assert self.board.command("c1", command)

    def participant(
        self, what: str, identity: str = "trainee-ann", reason: int = 0, sid: str = "PA_1"
    ) -> None:
        """Somebody enters (``connected``) or leaves (``disconnected``) the room."""
        person = SimpleNamespace(identity=identity, disconnect_reason=reason, sid=sid)
        self.context.room.emit(f"participant_{what}", person)

    def make(self, name: str, persona: Persona, history: History) -> Engine:
        engine = Notes(persona)
        self.prepare(engine)
        self.engines.append(engine)
        return cast(Engine, engine)

    async def _run(self) -> None:
        context = cast(JobContext, self.context)
        await Job(context, self.board, self.make, self.observer, fallback="offline").run()


def play(story: Callable[[Stage], Awaitable[Any]], text: str = PLAIN, error: Any = None) -> Stage:
    """What was left after that story, which begins before the job's first step."""

    async def main() -> Stage:
        stage = Stage(text)
        await story(stage)
        if error is None:
            await stage.running
        else:
            with pytest.raises(error):
                await stage.running
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others, "nothing of a job goes on after it"
        assert not stage.board.command("c1", Say("anybody?"))
        return stage

    return at_once(main())


def ended(stage: Stage) -> Ended:
    """The job's last word, which must be its only one of the kind, and the framework's end."""
    (event,) = [event for event in stage.events if isinstance(event, Ended)]
    assert stage.events[-1] == event
    assert stage.context.ended == [event.reason]
    assert all(engine.closed for engine in stage.engines)
    return event


async def joined(stage: Stage) -> None:
    """Until the persona has come."""
    await until(lambda: Joined("c1") in stage.events)
