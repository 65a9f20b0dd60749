"""The words of a recogniser that takes whole utterances, asked for before it is sure that one is.

It is asked as soon as the trainee falls silent. When the silence lasts, its answer is on its way
by then; when the trainee goes on, the answer is dropped and the whole is asked for later.
"""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, stt
from livekit.agents.metrics.base import Metadata, STTMetrics
from livekit.agents.utils.aio import cancel_and_wait
from livekit.local_inference import VAD

from agent.speech.segments import RATE, SPAN, WINDOW, Segments, Step
from agent.speech.stock_phrases import LIKELY, SpeechSound, believed

PAUSE = 3 * SPAN
"""Seconds of silence after which it is asked; with 4 windows, answers came 32 ms later and a
quarter of the turns had a question in vain instead of a third."""
SILENCE = 0.25
"""Seconds that end an utterance."""
LONGEST = 60.0
MOST = 3
"""Questions in vain for one utterance; each costs what a question costs."""

Asked = asyncio.Task[stt.SpeechEvent]


async def heard(
    recogniser: stt.STT[Any], sound: AsyncIterable[rtc.AudioFrame], conn_options: APIConnectOptions
) -> AsyncIterator[stt.SpeechEvent]:
    """What is said, an utterance at a time; raises what the recogniser raises."""
    events: asyncio.Queue[stt.SpeechEvent | Asked | None] = asyncio.Queue()
    utterances = _Utterances(recogniser, conn_options, events)
    listening = asyncio.create_task(utterances.follow(sound))
    try:
        while (event := await events.get()) is not None:
            if isinstance(event, asyncio.Task):
                event = await event
                if not (event.alternatives and event.alternatives[0].text):
                    continue
            yield event
        await listening
    finally:
        await cancel_and_wait(listening)
        utterances.close()


class _Utterances:
    """Cuts the sound into utterances and asks for the words of each; finals in their order."""

    def __init__(
        self,
        recogniser: stt.STT[Any],
        conn_options: APIConnectOptions,
        events: "asyncio.Queue[stt.SpeechEvent | Asked | None]",
    ) -> None:
        self._recogniser = recogniser
        self._conn_options = conn_options
        self._events = events
        self._segments = Segments(silence=SILENCE, pause=PAUSE, longest=LONGEST)
        self._vad = VAD()
        self._sound = bytearray()
        self._speech = 0  # windows that are likely speech, and the energy of them all
        self._energy = 0.0
        self._asked: Asked | None = None
        self._in_vain = 0
        self._under_way: set[Asked] = set()

    async def follow(self, sound: AsyncIterable[rtc.AudioFrame]) -> None:
        """Listen until the sound is over."""
        rest = bytearray()
        resampler: rtc.AudioResampler | None = None
        try:
            async for frame in sound:
                if frame.sample_rate != RATE and resampler is None:
                    resampler = rtc.AudioResampler(frame.sample_rate, RATE)
                for piece in resampler.push(frame) if resampler else [frame]:
                    rest += bytes(piece.data)
                while len(rest) >= WINDOW * 2:
                    self._hear(bytes(rest[: WINDOW * 2]))
                    del rest[: WINDOW * 2]
            self._follow(self._segments.finish())
        finally:
            self._events.put_nowait(None)

    def close(self) -> None:
        """Nobody waits for what is under way."""
        for task in self._under_way:
            task.cancel()

    def _hear(self, window: bytes) -> None:
        samples = np.frombuffer(window, dtype=np.int16)
        likely = self._vad.predict(samples)
        if likely > LIKELY:
            self._speech += 1
            self._energy += float(np.mean(np.square(samples, dtype=np.float64)))
        self._follow(self._segments.push(window, likely))

    def _follow(self, steps: list[Step]) -> None:
        for kind, sound in steps:
            if kind == "begin":
                self._sound.clear()
                self._in_vain = 0
                self._events.put_nowait(stt.SpeechEvent(stt.SpeechEventType.START_OF_SPEECH))
            elif kind == "audio":
                self._sound += sound
            elif kind == "pause" and self._in_vain < MOST:
                self._asked = self._ask()
            elif kind == "resume":
                self._drop()
            elif kind == "end":
                self._events.put_nowait(stt.SpeechEvent(stt.SpeechEventType.END_OF_SPEECH))
                self._events.put_nowait(self._asked or self._ask())
                self._asked = None
                self._speech, self._energy = 0, 0.0

    def _ask(self) -> Asked:
        sound = bytes(self._sound)
        frame = rtc.AudioFrame(sound, RATE, 1, len(sound) // 2)
        loudness = (self._energy / max(self._speech, 1)) ** 0.5
        speech = SpeechSound(self._speech * SPAN, loudness)
        task = asyncio.create_task(self._words(frame, speech))
        self._under_way.add(task)
        task.add_done_callback(self._over)
        return task

    async def _words(self, frame: rtc.AudioFrame, speech: SpeechSound) -> stt.SpeechEvent:
        began = time.perf_counter()
        try:
            event = await self._recogniser.recognize(frame, conn_options=self._conn_options)
        except asyncio.CancelledError:
            self._count(frame.duration, time.perf_counter() - began)
            raise
        for said in event.alternatives:
            said.text = believed(said.text, speech)
        return event

    def _over(self, task: Asked) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # told by the recogniser itself, and raised to who waits

    def _drop(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
            self._in_vain += 1

    def _count(self, sound: float, took: float) -> None:
        """A question that was given up costs as much as one that was answered."""
        asked = self._recogniser
        metadata = Metadata(model_name=asked.model, model_provider=asked.provider)
        used = STTMetrics(
            request_id="",
            timestamp=time.time(),
            duration=took,
            label=asked.label,
            audio_duration=sound,
            streamed=False,
            metadata=metadata,
        )
        asked.emit("metrics_collected", used)
