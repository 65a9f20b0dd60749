"""One call's sound on its way to pocketsphinx, and the words on their way back."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, stt
from livekit.agents.language import LanguageCode
from livekit.local_inference import VAD

from agent.providers.line_failure import LineFailure, deaf
from agent.speech.recogniser import LATE, DecoderStream, Message, Recogniser
from agent.speech.segments import RATE, WINDOW, Segments, Step
from agent.speech.transcript import is_backchannel, is_noise, mended, punctuated
from agent.speech.vocabulary import Vocabulary

if TYPE_CHECKING:
    from agent.speech.hearing import SphinxSTT

_LANGUAGE = LanguageCode("en")
_PATIENCE = 2.0  # seconds that the end of the input waits for the last words


class SphinxStream(stt.RecognizeStream):
    """Cuts the sound into utterances and passes them on as they are spoken."""

    def __init__(
        self,
        owner: "SphinxSTT",
        recogniser: Recogniser,
        vocabulary: Vocabulary,
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(stt=owner, conn_options=conn_options, sample_rate=RATE)
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self.line: DecoderStream = recogniser.open(vocabulary, self._from_thread)
        self._segments = Segments()
        self._vad = VAD()
        self._buffer = bytearray()
        self._utterance = 0
        self._pending: set[int] = set()
        self._settled = asyncio.Event()
        self._settled.set()
        self._under_way = False
        self._late: asyncio.TimerHandle | None = None

    def use(self, vocabulary: Vocabulary) -> None:
        """Expect other words; from any thread."""
        self.line.use(vocabulary)

    async def _run(self) -> None:
        try:
            async for item in self._input_ch:
                if isinstance(item, rtc.AudioFrame):
                    self._hear(bytes(item.data))
                else:
                    self._follow(self._segments.finish())
            self._follow(self._segments.finish())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), _PATIENCE)
        finally:
            self._pending.clear()
            self._be_patient()
            self.line.close()
            self._owner.forget(self)

    def _hear(self, pcm: bytes) -> None:
        self._buffer += pcm
        size = WINDOW * 2
        while len(self._buffer) >= size:
            window = bytes(self._buffer[:size])
            del self._buffer[:size]
            # 0.03 ms a window: less than passing it to another thread would take.
            likely = self._vad.predict(np.frombuffer(window, dtype=np.int16))
            self._follow(self._segments.push(window, likely))

    def _follow(self, steps: list[Step]) -> None:
        for kind, audio in steps:
            if kind == "pause" or kind == "resume":
                continue  # the recogniser decodes as the sound comes
            if kind == "begin":
                self._utterance += 1
                self._under_way = True
                self._tell(stt.SpeechEventType.START_OF_SPEECH)
            elif kind == "end":
                self._pending.add(self._utterance)
                self._settled.clear()
                self._under_way = False
                self._wait_for_words()
                self._tell(stt.SpeechEventType.END_OF_SPEECH)
            self.line.send(kind, self._utterance, audio)

    def _from_thread(self, message: Message) -> None:
        with suppress(RuntimeError):  # the call's loop is closed
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Message) -> None:
        if self._event_ch.closed:
            return
        if message.kind == "interim":
            if not is_backchannel(message.text):
                self._tell(stt.SpeechEventType.INTERIM_TRANSCRIPT, message.text)
        elif message.kind == "final":
            self._conclude(message.utterance, message.text, message.confidence)
        else:
            if self._pending or self._under_way:
                self._complain(message.error)
            for utterance in sorted(self._pending):
                self._conclude(utterance)

    def _complain(self, why: str) -> None:
        """Tell the call that what is being said is not heard."""
        error = _Deaf(deaf(why))
        told = stt.STTError(
            timestamp=time.time(), label=self._owner.label, error=error, recoverable=True
        )
        self._owner.emit("error", told)

    def _wait_for_words(self) -> None:
        if self._pending and self._late is None:
            self._late = self._loop.call_later(LATE, self._overdue)

    def _overdue(self) -> None:
        self._late = None
        self.line.overdue()
        self._wait_for_words()  # it may only be busy, and hang later

    def _be_patient(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _conclude(self, utterance: int, text: str = "", confidence: float = 0.0) -> None:
        self._pending.discard(utterance)
        self._be_patient()
        self._wait_for_words()
        if not self._pending:
            self._settled.set()
        if not is_backchannel(text) and not is_noise(text, confidence):
            self._tell(stt.SpeechEventType.FINAL_TRANSCRIPT, punctuated(mended(text)), confidence)
        else:
            # Takes back the words that were shown while it sounded like speech.
            self._tell(stt.SpeechEventType.INTERIM_TRANSCRIPT)

    def _tell(self, kind: stt.SpeechEventType, text: str = "", confidence: float = 0.0) -> None:
        with_words = kind in (
            stt.SpeechEventType.INTERIM_TRANSCRIPT,
            stt.SpeechEventType.FINAL_TRANSCRIPT,
        )
        data = [stt.SpeechData(_LANGUAGE, text, confidence=confidence)] if with_words else []
        self._event_ch.send_nowait(
            stt.SpeechEvent(kind, request_id=str(self._utterance), alternatives=data)
        )


class _Deaf(APIError):
    """What is said is not heard; the call goes on."""

    def __init__(self, failure: LineFailure) -> None:
        super().__init__(failure.words)
        self.failure = failure
