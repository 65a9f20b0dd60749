"""A reply that is asked for before it is sure that the trainee has finished.

The words are there 0.1 s or more before the end of the turn is decided. What the model will be
asked is known by then, so it is asked; when the turn ends with the same words and the same
direction, that answer is taken, else it is dropped.
"""

import asyncio
from contextlib import suppress
from typing import Any

from livekit.agents import APIConnectOptions, llm

from agent.prompt import MARK

MOST = 3
"""Replies asked for in vain per turn; each costs what a reply costs."""


class Ahead:
    """Keeps the one reply that has been asked for ahead of its time."""

    def __init__(self, model: llm.LLM[Any], patience: APIConnectOptions) -> None:
        self._model = model
        self._patience = patience
        self._stream: llm.LLMStream | None = None
        self._asked: tuple[tuple[str, str], ...] = ()
        self._count = 0
        self._closing: set[asyncio.Task[None]] = set()

    def ask(self, context: llm.ChatContext) -> None:
        """Ask for the reply to this; one to something else is dropped."""
        asked = _key(context)
        if self._stream is not None and asked == self._asked:
            return
        self.drop()
        if self._count < MOST:
            self._count += 1
            self._asked = asked
            self._stream = self._model.chat(chat_ctx=context, conn_options=self._patience)

    def take(self, context: llm.ChatContext) -> llm.LLMStream:
        """The reply to this: the one that has been asked for, or a new one."""
        self._count = 0
        if self._stream is not None and _key(context) == self._asked:
            stream, self._stream = self._stream, None
            return stream
        self.drop()
        return self._model.chat(chat_ctx=context, conn_options=self._patience)

    def drop(self) -> None:
        """Nobody will want that reply."""
        if self._stream is not None:
            task = asyncio.create_task(_close(self._stream))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._stream = None

    async def aclose(self) -> None:
        """Drop what is left and wait until it is gone."""
        self.drop()
        await asyncio.gather(*self._closing, return_exceptions=True)


def plain(context: llm.ChatContext) -> llm.ChatContext:
    """The same for models whose templates insist on one system message and turns in alternation.

    Directions stand, marked, in the agent's turns; the first turn is always the agent's.
    """
    result = llm.ChatContext.empty()
    turns: list[tuple[llm.ChatRole, list[str]]] = []
    for message in context.messages():
        text = message.text_content or ""
        if message.role in ("system", "developer") and not turns and not result.items:
            result.add_message(role="system", content=text)
            continue
        role: llm.ChatRole = "assistant" if message.role == "assistant" else "user"
        if not turns and role == "assistant":
            turns.append(("user", [f"{MARK} The agent has picked up."]))
        if turns and turns[-1][0] == role:
            turns[-1][1].append(text)
        else:
            turns.append((role, [text]))
    for role, texts in turns:
        result.add_message(role=role, content="\n\n".join(texts))
    return result


def _key(context: llm.ChatContext) -> tuple[tuple[str, str], ...]:
    return tuple((message.role, message.text_content or "") for message in context.messages())


async def _close(stream: llm.LLMStream) -> None:
    with suppress(Exception):
        await stream.aclose()
