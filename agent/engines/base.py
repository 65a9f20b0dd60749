"""What every engine offers: a session for LiveKit, and the persona's side of the talk."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from livekit.agents import Agent, AgentSession, llm
from livekit.agents.voice import SpeechHandle

from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from personas.model import Persona

OnTurn = Callable[[str, llm.MetricsReport], None]
"""Takes the words of a finished turn of the trainee, and what LiveKit measured of it."""


class Engine(Protocol):
    """Plays one persona in one call; built for the call, closed with it."""

    name: str
    """As in the settings and the call's record: ``offline``, ``gemini``, …"""

    replies_itself: bool
    """Whether the model answers spoken turns of its own accord. If so, a turn's words come while
    it answers, and the director's word reaches it for the line after; if not, ``answer`` is
    called for every turn."""

    @property
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""
        ...

    def agent(self, on_turn: OnTurn) -> Agent:
        """The agent to start the session with; ``on_turn`` gets the turns that it is to answer."""
        ...

    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""
        ...

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers the trainee's ``text`` as the director's ``step`` has it."""
        ...

    async def direct(self, step: Step) -> None:
        """Tell a model that replies by itself what its next line is to be."""
        ...

    def nudge(self, state: State) -> SpeechHandle:
        """The persona breaks a silence."""
        ...

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        """The persona takes up its line, of which a lost connection let no more be heard."""
        ...

    async def swap(self, persona: Persona, history: History) -> str:
        """Play this text from the next line on; returns ``applied`` or ``rebuilt``."""
        ...

    async def aclose(self) -> None:
        """Give back what the engine holds outside the session."""
        ...


@runtime_checkable
class Foresees(Protocol):
    """An engine that gains time by knowing a turn's words before it is sure that it is over."""

    def may_be_over(self, words: str) -> bool:
        """Whether words that are not final may well be the last of the turn."""
        ...

    def foresee(self, text: str, step: Step) -> None:
        """``answer`` may follow with just these, or never."""
        ...


@runtime_checkable
class Yields(Protocol):
    """An engine whose model cannot be changed in the middle of a line or of a turn."""

    async def free_for(self, persona: Persona) -> None:
        """Until ``swap`` with that persona cuts neither of them short."""
        ...


@runtime_checkable
class OneLanguage(Protocol):
    """An engine whose parts are made for the language of its persona."""

    def plays(self, persona: Persona) -> bool:
        """Whether ``swap`` can take that persona; if not, another engine is made, with the turns
        so far."""
        ...


@runtime_checkable
class Connects(Protocol):
    """An engine whose session begins before its model is reached."""

    def when_connected(self, then: Callable[[], None]) -> None:
        """Call ``then`` when the model has been reached, at once if it has been."""
        ...
