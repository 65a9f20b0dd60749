"""What the models of one call have done so far, over all its sessions."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, MetricsCollectedEvent, SessionUsageUpdatedEvent
from livekit.agents.metrics import (
    AgentSessionUsage,
    LLMMetrics,
    LLMModelUsage,
    ModelUsage,
    RealtimeModelMetrics,
    STTModelUsage,
    TTSModelUsage,
)

from agent.engines.cost import THINKERS
from agent.protocol.messages import Event, Usage
from data.common.observers import nothing
from data.records import ModelUse

EVERY = 10.0
"""Seconds between two reports during a call, so that one that is cut off keeps most of it."""

_COUNTS = (
    "input_tokens",
    "input_text",
    "input_audio",
    "cached_tokens",
    "cached_text",
    "cached_audio",
    "output_tokens",
    "output_text",
    "output_audio",
    "seconds",
    "characters",
    "thoughts",
)


class UsageMeter:
    """Adds up sessions of a call: LiveKit counts each one from zero. Lives on the job's loop."""

    def __init__(self, call: str, send: Callable[[Event], None]) -> None:
        self._call = call
        self._send = send
        self._over: list[ModelUse] = []
        self._running: list[ModelUse] = []
        self._thoughts: list[ModelUse] = []
        self._told: tuple[ModelUse, ...] = ()
        self._told_at = time.monotonic()
        self._forget: Callable[[], None] = nothing

    def follow(self, session: AgentSession[Any], engine: str) -> None:
        """Count what ``session`` uses, which ``engine`` plays, until ``end_session``."""
        # Past the session's own ``on``, which warns: its totals do not have all that is paid for.
        emitter: rtc.EventEmitter[Any] = session

        def used(event: SessionUsageUpdatedEvent) -> None:
            self.take(engine, event.usage)

        def measured(event: MetricsCollectedEvent) -> None:
            self.think(engine, event.metrics)

        def forget() -> None:
            emitter.off("session_usage_updated", used)
            emitter.off("metrics_collected", measured)

        rtc.EventEmitter.on(emitter, "session_usage_updated", used)
        rtc.EventEmitter.on(emitter, "metrics_collected", measured)
        self._forget = forget

    def take(self, engine: str, usage: AgentSessionUsage) -> None:
        """The totals of the running session, which ``engine`` plays."""
        self._running = [use for item in usage.model_usage if (use := _use(engine, item))]
        if time.monotonic() - self._told_at > EVERY:
            self._tell()

    def think(self, engine: str, metrics: object) -> None:
        """One request of a model, which may have thought: the session's totals leave that out."""
        if not isinstance(metrics, LLMMetrics | RealtimeModelMetrics) or metrics.metadata is None:
            return
        provider, model = metrics.metadata.model_provider or "", metrics.metadata.model_name or ""
        if isinstance(metrics, LLMMetrics):
            count, stated = metrics.total_tokens - metrics.prompt_tokens, 0
            count -= metrics.completion_tokens
        else:
            # These say of each token what it is: thoughts are text.
            count = metrics.total_tokens - metrics.input_tokens - metrics.output_tokens
            stated = count
        if provider in THINKERS and count > 0:
            use = ModelUse(engine, "llm", provider, model, output_tokens=count, thoughts=count)
            self._thoughts = total([*self._thoughts, replace(use, output_text=stated)])

    def add(self, use: ModelUse) -> None:
        """What a model beside the session has done, perhaps after the last session's end."""
        self._over = total([*self._over, use])
        if not self._running:
            self._tell()

    def end_session(self) -> None:
        """The running session is over; the next one begins at zero."""
        self._forget()
        self._forget = nothing
        self._over = total([*self._over, *self._running])
        self._running = []
        self._tell()

    def _tell(self) -> None:
        models = tuple(total([*self._over, *self._running, *self._thoughts]))
        self._told_at = time.monotonic()
        if models != self._told:
            self._told = models
            self._send(Usage(self._call, models))


def total(uses: Iterable[ModelUse]) -> list[ModelUse]:
    """One entry for each model and engine, in the order in which they first came."""
    sums: dict[tuple[str, str, str, str], ModelUse] = {}
    for use in uses:
        key = (use.engine, use.kind, use.provider, use.model)
        known = sums.get(key)
        sums[key] = use if known is None else _sum(known, use)
    return list(sums.values())


def _sum(one: ModelUse, other: ModelUse) -> ModelUse:
    return replace(
        one, **{name: round(getattr(one, name) + getattr(other, name), 3) for name in _COUNTS}
    )


def _use(engine: str, item: ModelUsage) -> ModelUse | None:
    """None for what runs on this machine beside the models: end of turn, interruptions."""
    match item:
        case LLMModelUsage():
            return ModelUse(
                engine,
                "llm",
                item.provider,
                item.model,
                input_tokens=item.input_tokens,
                input_text=item.input_text_tokens,
                input_audio=item.input_audio_tokens,
                cached_tokens=item.input_cached_tokens,
                cached_text=item.input_cached_text_tokens,
                cached_audio=item.input_cached_audio_tokens,
                output_tokens=item.output_tokens,
                output_text=item.output_text_tokens,
                output_audio=item.output_audio_tokens,
                seconds=round(item.session_duration, 3),
            )
        case STTModelUsage():
            return ModelUse(
                engine,
                "stt",
                item.provider,
                item.model,
                input_tokens=item.input_tokens,
                input_audio=item.input_audio_tokens,
                output_tokens=item.output_tokens,
                seconds=round(item.audio_duration, 3),
            )
        case TTSModelUsage():
            return ModelUse(
                engine,
                "tts",
                item.provider,
                item.model,
                input_tokens=item.input_tokens,
                output_tokens=item.output_tokens,
                seconds=round(item.audio_duration, 3),
                characters=item.characters_count,
            )
    return None
