"""The recogniser's process seen from the app: sound into it, words out."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.pace import Health
from agent.platform.process.requests import Ask, Refused
from agent.platform.process.supervised import Supervised
from agent.speech.vocabulary import Vocabulary

COMMAND = ("-m", "agent.speech.listener")
LATE = 8.0
"""Seconds without a sign of the process in which somebody waits for words: it hangs."""
START = 10.0
"""Seconds that a caller waits for its start; it takes 0.2 on an idle machine."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of an utterance: its words so far or for good; or (``failed``) why none of
    those under way will be told."""

    kind: Literal["interim", "final", "failed"]
    utterance: int = 0
    text: str = ""
    confidence: float = 0.0
    error: str = ""


class DecoderStream:
    """One listener in the process; ``on_message`` is called on a thread of the process's.

    A line that is lost begins anew with its next utterance.
    """

    def __init__(
        self, child: Supervised, vocabulary: Vocabulary, on_message: Callable[[Message], None]
    ) -> None:
        self.vocabulary = vocabulary
        self._child = child
        self._on_message = on_message
        self._lock = threading.Lock()
        self._ask: Ask | None = None
        self._closed = False

    def use(self, vocabulary: Vocabulary) -> None:
        """Expect other words, from the next utterance on."""
        self.vocabulary = vocabulary
        self._send({"do": "words", **_words(vocabulary)})

    def send(self, do: str, utterance: int, sound: bytes = b"") -> None:
        """Pass on sound or a mark (``begin``, ``audio``, ``end``)."""
        if do == "begin" and self._ask is None:
            self.open()
        if not self._send({"do": do, "utterance": utterance}, sound) and do == "end":
            self._on_message(Message("final", utterance))

    def overdue(self) -> None:
        """Words have been waited for in vain."""
        if (ask := self._ask) is not None:
            ask.overdue(LATE)

    def close(self) -> None:
        """Give back the listener."""
        with self._lock:
            self._closed, ask, self._ask = True, self._ask, None
        if ask is not None:
            ask.cancel()

    def open(self) -> None:
        """Begin to listen; a failure is told."""
        with self._lock:
            if self._closed:
                return
            try:
                self._ask = self._child.ask(_words(self.vocabulary), self._take)
                return
            except Refused as error:
                why = str(error)
        self._on_message(Message("failed", error=why))

    def _send(self, head: dict[str, Any], sound: bytes = b"") -> bool:
        """Whether it is on its way."""
        if (ask := self._ask) is None:
            return False
        try:
            ask.send(head, sound)
        except Refused as error:
            self._lose(str(error))
            return False
        return True

    def _lose(self, why: str) -> None:
        with self._lock:
            ask, self._ask = self._ask, None
        if ask is not None:
            ask.cancel()
            self._on_message(Message("failed", error=why))

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.PIECE:
            self._on_message(Message(**frame.head))
        elif frame.kind in (Kind.LOST, Kind.FAILED):
            self._lose(str(frame.head.get("error")))


class Recogniser:
    """The process that decodes for all calls. For any thread; nothing here waits for decoding."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._child = Supervised("the recogniser", command)

    @property
    def health(self) -> Health:
        """How its process is."""
        return self._child.health

    def start(self) -> None:
        """Start the process unless it runs; returns once it can decode."""
        self._child.warm(START)

    def open(self, vocabulary: Vocabulary, on_message: Callable[[Message], None]) -> DecoderStream:
        """A new listener."""
        line = DecoderStream(self._child, vocabulary, on_message)
        line.open()
        return line

    def close(self) -> None:
        """End the process."""
        self._child.close()


def _words(vocabulary: Vocabulary) -> dict[str, str]:
    return {"model": str(vocabulary.model), "dictionary": str(vocabulary.dictionary)}
