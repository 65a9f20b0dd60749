"""A reply that is asked for before it is sure that the trainee has finished.

The words are there 0.1 s or more before the end of the turn is decided. What the model will be
asked is known by then, so it is asked; when the turn ends with the same words and the same
direction, that answer is taken, else it is dropped.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from typing import Any

from livekit.agents import APIConnectOptions, APIError, llm
from livekit.agents.metrics import LLMMetrics

from agent.simulation.acting.prompt import marked

MOST = 3
"""Replies asked for in vain per turn; each costs what a reply costs."""


@dataclass(slots=True)
class _Question:
    """A reply that was asked for early; ``counted`` once its cost has been told."""

    counted: bool = False


_QUESTION: ContextVar[_Question] = ContextVar("question")
"""Whose metrics these are: LiveKit tells them of the model, not of the stream."""


class Ahead:
    """Keeps the one reply that has been asked for ahead of its time.

    ``early`` is asked for it: a model of its own, so that a failure of a reply that nobody may
    want is none of the call's. ``model`` is the session's; it is asked for all else, and again
    when the early one failed. Until it has answered, it has ``more_time`` (seconds): a request that
    is given up keeps a server from loading its model.
    """

    def __init__(
        self,
        model: llm.LLM[Any],
        early: llm.LLM[Any],
        conn_options: APIConnectOptions,
        more_time: float = 0.0,
    ) -> None:
        self._model = model
        self._early = early
        self._usual_options = conn_options
        self.more_time = more_time
        self._stream: llm.LLMStream | None = None
        self._asked: tuple[tuple[str, str], ...] = ()
        self._count = 0
        self._closing: set[asyncio.Task[None]] = set()
        self._question = _Question()
        self._usual: LLMMetrics | None = None
        early.on("metrics_collected", self._on_early_metrics)
        model.on("metrics_collected", self._on_metrics)

    @property
    def _conn_options(self) -> APIConnectOptions:
        usual = self._usual_options
        return replace(usual, timeout=usual.timeout + self.more_time) if self.more_time else usual

    def prewarm(self) -> None:
        """Open a connection for the first one."""
        self._early.prewarm()

    def ask(self, context: llm.ChatContext) -> None:
        """Ask for the reply to this; one to something else is dropped."""
        asked = _key(context)
        if self._stream is not None and asked == self._asked:
            return
        self.drop()
        if self._count < MOST:
            self._count += 1
            self._asked = asked
            once = replace(self._conn_options, max_retry=0)
            self._question = _Question()
            # What the stream does later runs in this context: so its metrics are known as its own.
            told = copy_context()
            told.run(_QUESTION.set, self._question)
            self._stream = told.run(self._early.chat, chat_ctx=context, conn_options=once)

    async def reply(self, context: llm.ChatContext) -> AsyncIterator[llm.ChatChunk]:
        """The reply to this: the one that has been asked for, or a new one."""
        self._count = 0
        begun = False
        stream = self._take(context)
        if stream is not None:
            try:
                async with stream:
                    async for chunk in stream:
                        begun = True
                        self.more_time = 0.0
                        yield chunk
                return
            except APIError as error:
                if begun:
                    self.tell(error)
                    raise
        async with self._model.chat(chat_ctx=context, conn_options=self._conn_options) as own:
            async for chunk in own:
                self.more_time = 0.0
                yield chunk

    def drop(self) -> None:
        """Nobody will want that reply; cut short, it is counted as the one before it."""
        if self._stream is not None:
            if not self._question.counted and self._usual is not None:
                self._question.counted = True
                cut = self._usual.model_copy(update={"cancelled": True, "request_id": ""})
                self._model.emit("metrics_collected", cut)
            task = asyncio.create_task(_close(self._stream))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._stream = None

    def tell(self, error: APIError) -> None:
        """The reply that was taken has failed: an error of the session's model."""
        self._model.emit(
            "error",
            llm.LLMError(
                timestamp=time.time(), label=self._model.label, error=error, recoverable=False
            ),
        )

    async def aclose(self) -> None:
        """Drop what is left and close the early model."""
        self.drop()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._early.aclose()

    def _on_early_metrics(self, metrics: LLMMetrics) -> None:
        question = _QUESTION.get(self._question)
        if question.counted:
            return  # it was dropped and reckoned before it told
        question.counted = metrics.prompt_tokens > 0
        self._model.emit("metrics_collected", metrics)

    def _on_metrics(self, metrics: LLMMetrics) -> None:
        if metrics.prompt_tokens:
            self._usual = metrics

    def _take(self, context: llm.ChatContext) -> llm.LLMStream | None:
        if self._stream is None or _key(context) != self._asked:
            self.drop()
            return None
        stream, self._stream = self._stream, None
        return stream


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
            turns.append(("user", [marked("The agent has picked up.")]))
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
