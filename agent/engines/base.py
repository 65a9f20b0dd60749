"""What every engine offers: a session for LiveKit, and the persona's side of the talk."""

from typing import Protocol

from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle

from agent.director import State, Step
from personas.model import Persona


class Engine(Protocol):
    """Plays one persona in one call; built for the call, closed with it."""

    name: str
    """As in the settings and the call's record: ``offline``, ``gemini``, …"""

    @property
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""
        ...

    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""
        ...

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers the trainee's ``text`` as the director's ``step`` has it."""
        ...

    def nudge(self, state: State) -> SpeechHandle:
        """The persona breaks a silence."""
        ...

    async def swap(self, persona: Persona) -> str:
        """Play this text from the next line on; returns ``applied`` or ``rebuilt``."""
        ...

    async def aclose(self) -> None:
        """Give back what the engine holds outside the session."""
        ...
