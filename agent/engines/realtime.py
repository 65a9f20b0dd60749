"""Engines whose model hears and speaks by itself; what differs is in a module for each."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from livekit.agents import (
    Agent,
    AgentSession,
    ConversationItemAddedEvent,
    SessionUsageUpdatedEvent,
    llm,
)
from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine, OnTurn
from agent.engines.persona_agent import PersonaAgent
from agent.engines.turn_gate import TurnGate
from agent.engines.turns import activity
from agent.simulation.acting.prompt import (
    again_direction,
    cut_direction,
    marked,
    opening_direction,
    persona_prompt,
    silence_direction,
)
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History, Said
from data.common.observers import nothing
from personas.model import Persona

MakeModel = Callable[[Persona], llm.RealtimeModel]

CHANGE = 5.0
"""Seconds that a change to another connection may take once nobody speaks."""


class RealtimeEngine(Engine):
    """Plays a persona with a realtime model that takes its turns by itself."""

    def __init__(self, persona: Persona, history: History, make_model: MakeModel) -> None:
        self.persona = persona
        self._history = history
        self._make_model = make_model
        self._on_turn: OnTurn = _nobody
        self._coming: deque[tuple[PersonaAgent, History]] = deque()
        self._newest: PersonaAgent | None = None
        self._connected = False
        self._when_connected: Callable[[], None] = nothing
        self._direction = ""
        self._session: AgentSession[None] = AgentSession(
            llm=make_model(persona),
            # The model decides about turns; this only tells who is speaking just now.
            vad=activity(None),
            aec_warmup_duration=None,
            user_away_timeout=None,
        )
        self._session.on("conversation_item_added", self._on_item)
        self._turn_gate = TurnGate(self._session)
        self._session.on("session_usage_updated", self._on_usage)

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
        return self._ask(opening_direction(self.persona, state))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers a turn that was typed, or one that was lost with a connection."""
        self._direction = step.direction.text
        return self._session.generate_reply(user_input=text, instructions=marked(self._direction))

    async def direct(self, step: Step) -> None:
        """What this means for the next line; by default the turn's direction among the turns."""
        self._direction = step.direction.text
        await self._put(marked(self._direction))

    def when_connected(self, then: Callable[[], None]) -> None:
        """Call ``then`` when the model has been reached, at once if it has been."""
        if self._connected:
            then()
        else:
            self._when_connected = then

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        """The persona breaks a silence."""
        return self._ask(silence_direction(self.persona, state, last=last))

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        """The persona takes up a line that was cut off."""
        return self._ask(cut_direction(self.persona, state, heard))

    def repeat(self, line: str, state: State) -> SpeechHandle:
        """The persona says this line once more, as far as a model keeps to words."""
        return self._ask(again_direction(self.persona, state, line))

    async def free_for(self, persona: Persona) -> None:
        """A line that sounds is spoken to its end; a turn that the trainee is speaking is heard
        and answered by the model that heard it begin."""
        await self._turn_gate.free()

    async def swap(self, persona: Persona, history: History) -> str:
        """A connection of its own for the new text: the instructions of one under way stay in
        force whatever is sent after them."""
        self.persona = persona
        agent = PersonaAgent(self._on_turn, persona_prompt(persona), (), self._make_model(persona))
        self._coming.append((agent, history))
        self._newest = agent
        self._session.update_agent(agent)
        with suppress(TimeoutError):  # it is sent for, and comes
            async with asyncio.timeout(CHANGE):
                await agent.entered.wait()
        return "rebuilt"

    async def aclose(self) -> None:
        """Give up the model's connection, if the session has not closed it."""
        with suppress(RuntimeError):  # it has
            await self._session.current_agent.realtime_llm_session.aclose()

    async def _put(self, text: str) -> None:
        """Add a text to what the model knows, without asking for an answer."""
        model = self._session.current_agent.realtime_llm_session
        # The model's own context: what the framework has of a line that sounds is behind it, and
        # the difference would be sent as well.
        context = model.chat_ctx.copy()
        context.add_message(role="user", content=text)
        await model.update_chat_ctx(context)

    def _on_usage(self, event: SessionUsageUpdatedEvent) -> None:
        """Told first when the connection is made, before anything has been used."""
        self._connected = True
        then, self._when_connected = self._when_connected, nothing
        then()

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        """The next agent takes over: it is told all that has been said by now."""
        if isinstance(event.item, llm.AgentHandoff) and self._coming:
            agent, history = self._coming.popleft()
            past = list(history)
            if self._direction:
                past.append(Said("trainee", marked(self._direction)))
            agent.remember(past)

    def _ask(self, direction: str) -> SpeechHandle:
        return self._session.generate_reply(instructions=marked(direction))


def _nobody(text: str, measured: llm.MetricsReport) -> None:
    """Before the call there are no turns."""
