"""The trainee's words with no key: pocketsphinx as a streaming livekit STT."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from livekit.agents import APIConnectOptions, stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from agent.speech.recogniser import Recogniser
from agent.speech.sphinx_stream import SphinxStream
from agent.speech.transcript import is_backchannel
from agent.speech.vocabulary import PHRASES, Vocabulary, locate, own_words
from personas.model import Persona

__all__ = ["Hearing", "SphinxSTT", "is_backchannel"]

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
MAKING = 600.0
"""Seconds that vocabularies may take; fifty take half a minute on a quiet machine."""


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
                [sys.executable, "-m", "agent.speech.vocabulary"],
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
