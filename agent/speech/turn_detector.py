"""The end-of-turn detector of the offline engine, as LiveKit's session asks for it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, inference
from livekit.agents.language import LanguageCode
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice.turn import TurnDetectionEvent
from livekit.local_inference import VAD

from agent.speech.segments import RATE, SPAN, WINDOW, Segments
from agent.speech.turn_end import finished

EARLY = 5 * SPAN
"""Seconds of silence at which the model begins: it takes 0.03 s on an idle machine and 0.12 s on a
busy one, the session asks at 0.25 s, and its verdict is the same from 0.13 s on."""
_WORDS_LATE = 0.4
"""Seconds that the last words may take; nothing can be answered without them anyway."""


def _nothing() -> None:
    """Nobody waits for a verdict."""


class Heard:
    """The words of the turn under way, as the recogniser gives them.

    One that waits for the verdict whether the turn is over, to go on with the same utterance if
    it is not, tells with ``may_end`` what its words are if it is, and sets ``on_over``.
    """

    def __init__(self) -> None:
        self._finals: list[str] = []
        self._last = ""
        self._settled = asyncio.Event()
        self._stretch = 0
        self._over = -1
        self.on_over: Callable[[], None] = _nothing

    def take(self, words: str, final: bool) -> None:
        """Words from the recogniser; only final ones count."""
        if final:
            self._finals.append(words)
            self._last = ""
            self._settled.set()

    def may_end(self, words: str) -> None:
        """The words of an utterance that may go on."""
        self._last = words
        self._settled.set()
        if self._over == self._stretch:
            self.on_over()

    def await_more(self) -> None:
        """Speech has begun, or goes on: what is known does not cover it."""
        self._last = ""
        self._stretch += 1
        self._settled.clear()

    def clear(self) -> None:
        """The turn is over."""
        self._finals.clear()
        self._last = ""

    @property
    def stretch(self) -> int:
        """Counts the stretches of speech: a verdict is of one of them."""
        return self._stretch

    def judged(self, stretch: int, *, over: bool) -> None:
        """The verdict of that stretch."""
        if over and stretch == self._stretch:
            self._over = stretch
            self.on_over()

    async def text(self) -> str:
        """All words, once those of the last stretch of speech are there or do not come."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), _WORDS_LATE)
        return " ".join(filter(None, (*self._finals, self._last)))


class TurnEnd:
    """Joins the bundled model with the words (``heard``); see ``turn_end``."""

    def __init__(self, heard: Heard) -> None:
        self._inner = inference.TurnDetector(version="v1-mini")
        self._heard = heard

    @property
    def model(self) -> str:
        """The bundled model's name."""
        return self._inner.model

    @property
    def provider(self) -> str:
        """Where it runs."""
        return self._inner.provider

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "TurnEndStream":
        """The detector of one session."""
        return TurnEndStream(self._inner.stream(conn_options=conn_options), self._heard)


class TurnEndStream:
    """Lets the bundled model's stream do the work, ahead of being asked, and weighs its verdict."""

    def __init__(self, inner: Any, heard: Heard) -> None:
        self._inner = inner
        self._heard = heard
        self._resampler: rtc.AudioResampler | None = None
        self._vad = VAD()
        self._segments = Segments(pause=EARLY)
        self._window = bytearray()
        self._early: asyncio.Future[TurnDetectionEvent] | None = None

    @property
    def model(self) -> str:
        """The bundled model's name."""
        return str(self._inner.model)

    @property
    def provider(self) -> str:
        """Where it runs."""
        return str(self._inner.provider)

    @property
    def is_fallback(self) -> bool:
        """As the inner stream."""
        return bool(self._inner.is_fallback)

    @property
    def prediction_timeout(self) -> float:
        """Seconds, as the inner stream."""
        return float(self._inner.prediction_timeout)

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        """Verdicts are 0 or 1 already."""
        return 0.5

    async def backchannel_threshold(self, language: LanguageCode | None) -> float | None:
        """None: the bundled model gives no such probability."""
        return None

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """As the inner stream."""
        return bool(await self._inner.supports_language(language))

    def predict(self) -> "asyncio.Future[TurnDetectionEvent]":
        """The verdict for the sound so far; probability 0.0 (goes on) or 1.0 (has finished)."""
        verdict, self._early = self._early or self._inner.predict(), None
        return asyncio.ensure_future(self._weigh(verdict))

    def cancel_inference(self, *, timed_out: bool = False) -> None:
        """Forget the verdict under way: there is new speech, or nobody waited for it."""
        if not timed_out:
            self._heard.await_more()
        self._early = None
        self._inner.cancel_inference(timed_out=timed_out)

    def flush(self, reason: str | None = None) -> None:
        """A turn is over."""
        self._inner.flush(reason)
        self._early = None
        self._heard.clear()

    def push_audio(self, frame: rtc.AudioFrame) -> None:
        """Sound of the trainee, at the session's rate."""
        self._inner.push_audio(frame)
        for piece in self._at_rate(frame):
            self._window += bytes(piece.data)
        while len(self._window) >= WINDOW * 2:
            self._watch(bytes(self._window[: WINDOW * 2]))
            del self._window[: WINDOW * 2]

    def end_input(self) -> None:
        """No more sound."""
        self._inner.end_input()

    async def aclose(self) -> None:
        """Close the inner stream."""
        await self._inner.aclose()

    def _watch(self, window: bytes) -> None:
        likely = self._vad.predict(np.frombuffer(window, dtype=np.int16))
        for kind, _ in self._segments.push(window, likely):
            if kind == "pause":
                self._early = self._inner.predict()
            elif kind in ("resume", "begin"):
                self._early = None

    async def _weigh(self, verdict: "asyncio.Future[TurnDetectionEvent]") -> TurnDetectionEvent:
        event = await verdict
        stretch = self._heard.stretch
        words = await self._heard.text()
        over = finished(words, event.end_of_turn_probability)
        self._heard.judged(stretch, over=over)
        return replace(event, end_of_turn_probability=1.0 if over else 0.0)

    def _at_rate(self, frame: rtc.AudioFrame) -> list[rtc.AudioFrame]:
        if frame.sample_rate == RATE:
            return [frame]
        if self._resampler is None:
            self._resampler = rtc.AudioResampler(frame.sample_rate, RATE)
        return self._resampler.push(frame)
