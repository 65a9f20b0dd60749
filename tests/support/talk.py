"""A conversation for tests: the real director and observer, and an engine that takes notes."""

from collections.abc import Callable
from typing import cast

from livekit.agents import Agent, AgentSession
from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine, OnTurn
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.protocol.brief import Brief
from agent.protocol.messages import Edited, Event, Mood, NewPersona, TurnDone
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.worker.conversation import Conversation
from agent.worker.reload import EngineReady, Reload
from agent.worker.silence_timer import SilenceTimer
from data.records import Edit, Turn
from personas.model import Persona
from personas.parse import examine
from tests.support.persona_text import swap

TEXT = swap("language: th-TH", "language: en-US")
EDITED = swap("A sincere apology (-2)", "A sincere apology (-4)", TEXT)
APOLOGY = "I am so sorry, I apologise."
CALM_DOWN = "Please calm down."


class Notes(Engine):
    """An engine: which line it was asked for, and the handles of those that still sound."""

    spec = OFFLINE

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.handles: list[SpeechHandle] = []
        self.played: Persona | None = None
        self.fault: Exception | None = None

    @property
    def session(self) -> AgentSession[None]:
        raise AssertionError("a conversation does not touch the session")

    def open(self, state: State) -> SpeechHandle:
        return self._line(f"open at {state.intensity}")

    def answer(self, text: str, step: Step) -> SpeechHandle:
        return self._line(f"{step.direction.kind} to {text!r}")

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        return self._line(f"go on after {heard!r}")

    def repeat(self, line: str, state: State) -> SpeechHandle:
        return self._line(f"once more {line!r}")

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        return self._line(f"nudge at {state.intensity}" + " for the last time" * last)

    def agent(self, on_turn: OnTurn) -> Agent:
        raise AssertionError("a conversation does not start the session")

    async def direct(self, step: Step) -> None:
        self.asked.append(f"direct {step.direction.kind}")

    async def swap(self, persona: Persona, history: History) -> str:
        if self.fault is not None:
            raise self.fault
        self.played = persona
        return "rebuilt"

    async def aclose(self) -> None:
        raise AssertionError("the engine is the job's to close")

    def _line(self, note: str) -> SpeechHandle:
        if self.fault is not None:
            raise self.fault
        self.asked.append(note)
        self.handles.append(SpeechHandle.create())
        return self.handles[-1]


class Talk:
    """A conversation with its engine, and what it told."""

    def __init__(self, observer: Callable[[Persona], Observer] = LexicalObserver) -> None:
        self.told: list[Event] = []
        self.observer = observer
        self.engine = Notes()
        self.version = version_of(TEXT)
        brief = Brief("c1", "sarah", TEXT, self.version, "notes", "trainee-ann")
        engine = cast(Engine, self.engine)
        self.hung_up: list[str] = []
        self.talk = Conversation(
            brief, persona_of(TEXT), engine, observer, self.told.append, hang_up=self.hung_up.append
        )

    def heard(self, text: str, *, interrupted: bool = False) -> None:
        """The oldest line that sounds has been heard to its end, or cut off."""
        self.talk.persona_said(text, interrupted)
        self.finish()

    def finish(self) -> None:
        """The oldest line is over for the session."""
        next(h for h in self.engine.handles if not h.done())._mark_done()

    async def change(self, text: str, version: str) -> None:
        """Hand it a new persona text, and wait for what comes of it."""
        there = EngineReady()
        there.set()
        reload = Reload(
            self.talk, self.observer, there, SilenceTimer(1.0, lambda: None), self._cannot
        )
        reload.take(NewPersona(text, version))
        await reload.settled(5.0)

    async def _cannot(self, engine: Engine, persona: Persona) -> bool:
        raise AssertionError("this engine plays every persona")

    @property
    def turns(self) -> list[Turn]:
        return [event.turn for event in self.told if isinstance(event, TurnDone)]

    @property
    def mood(self) -> Mood:
        return [event for event in self.told if isinstance(event, Mood)][-1]

    @property
    def edits(self) -> list[Edit]:
        return [event.edit for event in self.told if isinstance(event, Edited)]


def persona_of(text: str) -> Persona:
    persona = examine(text, "sarah").persona
    assert persona is not None
    return persona


def version_of(text: str) -> str:
    return persona_of(text).version
