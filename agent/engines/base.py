"""What every engine offers: a session for LiveKit, and the persona's side of the talk."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from livekit.agents import Agent, AgentSession, llm
from livekit.agents.voice import SpeechHandle

from agent.engines.spec import EngineCapabilities, EngineSpec
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from personas.model import Persona

OnTurn = Callable[[str, llm.MetricsReport], None]
"""Takes the words of a finished turn of the trainee, and what LiveKit measured of it."""


class Engine(ABC):
    """Plays one persona in one call; built for the call, closed with it.

    ``spec`` is what is known of its kind.
    """

    spec: EngineSpec

    @property
    def capabilities(self) -> EngineCapabilities:
        """What it can do, as of its kind."""
        return self.spec.capabilities

    @property
    def more_time(self) -> float:
        """Seconds that its next answer may take beyond what every other may."""
        return 0.0

    @property
    @abstractmethod
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""

    @abstractmethod
    def agent(self, on_turn: OnTurn) -> Agent:
        """The agent to start the session with; ``on_turn`` gets the turns that it is to answer."""

    @abstractmethod
    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""

    @abstractmethod
    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers the trainee's ``text`` as the director's ``step`` has it."""

    @abstractmethod
    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        """The persona breaks a silence; ``last`` when it hangs up after that line."""

    @abstractmethod
    def go_on(self, heard: str, state: State) -> SpeechHandle:
        """The persona takes up its line, of which a lost connection let no more be heard."""

    @abstractmethod
    def repeat(self, line: str, state: State) -> SpeechHandle:
        """The persona says this line of an earlier call once more."""

    @abstractmethod
    async def swap(self, persona: Persona, history: History) -> str:
        """Play this text from the next line on; returns ``applied`` or ``rebuilt``."""

    async def aclose(self) -> None:  # noqa: B027
        """Give back what the engine holds outside the session."""

    async def direct(self, step: Step) -> None:  # noqa: B027
        """Tell a model that replies by itself what its next line is to be."""

    def may_be_over(self, words: str) -> bool:
        """For one that foresees: whether words that are not final may well end the turn."""
        return False

    def foresee(self, text: str, step: Step) -> None:  # noqa: B027
        """For one that foresees: ``answer`` may follow with just these, or never."""

    def plays(self, persona: Persona) -> bool:
        """Whether ``swap`` can take that persona; if not, as when the parts are made for one
        language, another engine is made, with the turns so far."""
        return True

    async def free_for(self, persona: Persona) -> None:  # noqa: B027
        """Until ``swap`` with that persona cuts short neither a line nor a turn."""

    def when_connected(self, then: Callable[[], None]) -> None:
        """Call ``then`` when the model has been reached, at once if it has been."""
        then()
