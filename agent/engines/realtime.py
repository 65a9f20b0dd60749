"""Engines whose model hears and speaks by itself; what differs is in a module for each."""

from collections.abc import Callable

from livekit.agents import Agent, AgentSession, inference, llm
from livekit.agents.voice import SpeechHandle

from agent.director import State, Step
from agent.engines.base import History, OnTurn
from agent.engines.persona_agent import PersonaAgent
from agent.prompt import MARK, opening, persona_prompt, silence
from agent.stage import direction_text
from personas.model import Persona

MakeModel = Callable[[Persona], llm.RealtimeModel]


class RealtimeEngine:
    """Plays a persona with a realtime model that takes its turns by itself."""

    replies_itself = True

    def __init__(
        self, name: str, persona: Persona, history: History, make_model: MakeModel
    ) -> None:
        self.name = name
        self.persona = persona
        self._history = history
        self._make_model = make_model
        self._on_turn: OnTurn = _nobody
        self._session: AgentSession[None] = AgentSession(
            llm=make_model(persona),
            # The model decides about turns; this only tells who is speaking just now.
            vad=inference.VAD(min_speech_duration=0.05, min_silence_duration=0.25),
            aec_warmup_duration=None,
            user_away_timeout=None,
        )

    @property
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""
        return self._session

    def agent(self, on_turn: OnTurn) -> Agent:
        """The agent to start the session with."""
        self._on_turn = on_turn
        return PersonaAgent(on_turn, persona_prompt(self.persona), self._history)

    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""
        return self._ask(self._now(state, opening(self.persona)))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers a turn that was typed, or one that was lost with a connection."""
        return self._session.generate_reply(
            user_input=text, instructions=_marked(step.direction.text)
        )

    async def direct(self, step: Step) -> None:
        """What this means for the next line; by default the turn's direction among the turns."""
        context = self._session.current_agent.chat_ctx.copy()
        context.add_message(role="user", content=_marked(step.direction.text))
        await self._session.current_agent.update_chat_ctx(context)

    def nudge(self, state: State) -> SpeechHandle:
        """The persona breaks a silence."""
        return self._ask(self._now(state, silence(self.persona)))

    async def swap(self, persona: Persona, history: History) -> str:
        """A connection of its own for the new text: the instructions of one under way stay in
        force whatever is sent after them. The line that sounds is spoken to its end first."""
        self.persona = persona
        self._session.update_agent(
            PersonaAgent(self._on_turn, persona_prompt(persona), history, self._make_model(persona))
        )
        return "rebuilt"

    async def aclose(self) -> None:
        """The session closes the model's connection."""

    def _ask(self, direction: str) -> SpeechHandle:
        return self._session.generate_reply(instructions=_marked(direction))

    def _now(self, state: State, task: str) -> str:
        return direction_text(self.persona, state.phase, state.intensity, task, ())


def _marked(direction: str) -> str:
    return f"{MARK} {direction}"


def _nobody(text: str) -> None:
    """Before the call there are no turns."""
