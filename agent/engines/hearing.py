"""The trainee's words with no key: pocketsphinx as a streaming livekit STT."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, stt
from livekit.agents.language import LanguageCode
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer
from livekit.local_inference import VAD

from agent.engines.frames import Message
from agent.engines.recogniser import Line, Recogniser
from agent.engines.segments import RATE, WINDOW, Segments, Step
from agent.engines.transcript import is_backchannel, is_noise, mended, punctuated
from agent.engines.vocabulary import PHRASES, Vocabulary, locate, own_words
from personas.model import Persona

__all__ = ["Hearing", "SphinxSTT", "is_backchannel"]

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
_LANGUAGE = LanguageCode("en")
MAKING = 600.0
"""Seconds that vocabularies may take; fifty take half a minute on a quiet machine."""
_PATIENCE = 2.0  # seconds that the end of the input waits for the last words


class Hearing:
    """Hearing for all calls: the recogniser's process and the vocabularies, kept in ``folder``."""

    def __init__(self, folder: Path, phrases: Path = PHRASES) -> None:
        self.recogniser = Recogniser()
        self._folder = folder.absolute() / "vocabulary"
        self._phrases = phrases
        self._builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vocabulary")
        self._building: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def warm(self, personas: Iterable[Persona] = ()) -> None:
        """Start the recogniser and make what it needs (0.6 s the first time); blocks."""
        self._build([[], *(own_words(persona) for persona in personas)])
        if not self._closed:
            self.recogniser.start()

    def vocabulary(self, persona: Persona | None) -> Vocabulary:
        """Where the vocabulary of this persona is kept, made or not."""
        return locate(self._folder, own_words(persona) if persona else [], self._phrases)

    def learn(
        self,
        persona: Persona,
        then: Callable[[Vocabulary], None],
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make this persona's vocabulary off this thread, if it is still ``wanted`` when its turn
        comes; ``then`` is called on another one."""
        own = own_words(persona)
        place = locate(self._folder, own, self._phrases)
        if place.ready:
            place.wanted()
            then(place)
            return

        def work() -> None:
            if wanted():
                self._build([own])
            if place.ready:
                then(place)

        with suppress(RuntimeError):  # closed
            self._builder.submit(work)

    def close(self) -> None:
        """End the recogniser's process, and vocabularies half made: the app would wait for them."""
        with self._lock:
            self._closed = True
            for process in self._building:
                process.kill()
        self._builder.shutdown(wait=False, cancel_futures=True)
        self.recogniser.close()

    def _build(self, wanted: Sequence[list[str]]) -> None:
        missing = [own for own in wanted if not locate(self._folder, own, self._phrases).ready]
        if not missing:
            return
        orders = (
            {"folder": str(self._folder), "own": own, "base": str(self._phrases)} for own in missing
        )
        error = self._run("".join(json.dumps(order) + "\n" for order in orders))
        if error and not self._closed:
            log.error("the recogniser's vocabulary could not be made: %s", error)

    def _run(self, orders: str) -> str:
        """Have these vocabularies made by another process; returns what went wrong."""
        with self._lock:
            if self._closed:
                return "closed"
            process = subprocess.Popen(
                [sys.executable, "-m", "agent.engines.vocabulary"],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            self._building.add(process)
        try:
            _, said = process.communicate(orders, timeout=MAKING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"it took over {MAKING:g} s"
        finally:
            with self._lock:
                self._building.discard(process)
        return said.strip() or "it died" if process.returncode else ""


class SphinxSTT(stt.STT[str]):
    """Hears one call; knows the persona's words."""

    def __init__(self, hearing: Hearing, persona: Persona) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=True, interim_results=True, offline_recognize=False
            )
        )
        self._hearing = hearing
        self._vocabulary = hearing.vocabulary(None)
        self._streams: set[SphinxStream] = set()
        self._version = ""
        self.swap(persona)

    @property
    def model(self) -> str:
        """The acoustic model."""
        return "en-us"

    @property
    def provider(self) -> str:
        """Who recognises."""
        return "pocketsphinx"

    def swap(self, persona: Persona) -> None:
        """Expect this persona's words, from the first utterance after they are ready."""
        self._version = persona.version

        def take(vocabulary: Vocabulary) -> None:
            if self._version == persona.version:
                self._vocabulary = vocabulary
                for stream in list(self._streams):
                    stream.use(vocabulary)

        self._hearing.learn(persona, take, lambda: self._version == persona.version)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> "SphinxStream":
        """Listen to one track."""
        stream = SphinxStream(self, self._hearing.recogniser, self._vocabulary, conn_options)
        self._streams.add(stream)
        return stream

    def forget(self, stream: "SphinxStream") -> None:
        """The stream is over."""
        self._streams.discard(stream)

    async def aclose(self) -> None:
        """Streams are closed by who opened them."""
        self._streams.clear()

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        raise NotImplementedError("only streams are recognised")


class SphinxStream(stt.RecognizeStream):
    """Cuts the sound into utterances and passes them on as they are spoken."""

    def __init__(
        self,
        owner: SphinxSTT,
        recogniser: Recogniser,
        vocabulary: Vocabulary,
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(stt=owner, conn_options=conn_options, sample_rate=RATE)
        self._owner = owner
        self._recogniser = recogniser
        self._loop = asyncio.get_running_loop()
        self.line: Line = recogniser.open(vocabulary, self._from_thread)
        self._segments = Segments()
        self._vad = VAD()
        self._buffer = bytearray()
        self._utterance = 0
        self._pending: set[int] = set()
        self._settled = asyncio.Event()
        self._settled.set()

    def use(self, vocabulary: Vocabulary) -> None:
        """Expect other words; from any thread."""
        self._recogniser.use(self.line, vocabulary)

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
            self._recogniser.close_line(self.line)
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
                self._tell(stt.SpeechEventType.START_OF_SPEECH)
            elif kind == "end":
                self._pending.add(self._utterance)
                self._settled.clear()
                self._tell(stt.SpeechEventType.END_OF_SPEECH)
            self._recogniser.send(self.line, kind, self._utterance, audio)

    def _from_thread(self, message: Message) -> None:
        with suppress(RuntimeError):  # the call's loop is closed
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Message) -> None:
        if self._event_ch.closed:
            return
        if message.kind == "interim":
            text = json.loads(message.content)["text"]
            if not is_backchannel(text):
                self._tell(stt.SpeechEventType.INTERIM_TRANSCRIPT, text)
        elif message.kind == "final":
            self._conclude(message.utterance, **json.loads(message.content))
        elif message.kind == "failed":
            for utterance in sorted(self._pending):
                self._conclude(utterance)

    def _conclude(self, utterance: int, text: str = "", confidence: float = 0.0) -> None:
        self._pending.discard(utterance)
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
