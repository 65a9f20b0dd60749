"""LiveKit's agent for a persona: instructions, history, and where finished turns go."""

import asyncio
from typing import Any

from livekit.agents import NOT_GIVEN, Agent, StopResponse, llm

from agent.engines.base import OnTurn
from agent.simulation.history import History


class PersonaAgent(Agent):
    """Hands each finished turn on, which then decides about the answer, instead of answering."""

    def __init__(
        self,
        on_turn: OnTurn,
        instructions: str = "",
        history: History = (),
        model: Any = NOT_GIVEN,
    ) -> None:
        super().__init__(instructions=instructions, chat_ctx=chat_context(history), llm=model)
        self._on_turn = on_turn
        self.entered = asyncio.Event()
        """Set once it can be asked for a line."""

    async def on_enter(self) -> None:
        """The session has started it."""
        self.entered.set()

    def remember(self, history: History) -> None:
        """These are the turns so far; to be told before the agent begins."""
        self._chat_ctx = chat_context(history)

    async def on_user_turn_completed(
        self, turn_ctx: llm.ChatContext, new_message: llm.ChatMessage
    ) -> None:
        """Take the turn over from the framework."""
        text = new_message.text_content or ""
        if text.strip():
            self._on_turn(text.strip(), new_message.metrics)
        raise StopResponse


def chat_context(history: History) -> llm.ChatContext:
    """The turns so far as a model's context."""
    context = llm.ChatContext.empty()
    for speaker, text in history:
        context.add_message(role="assistant" if speaker == "persona" else "user", content=text)
    return context
