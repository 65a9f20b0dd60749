"""The recogniser's process seen from the app: lines into it, words out, restarted when it dies."""

import itertools
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from agent.engines.frames import Kind, Message, read
from agent.engines.vocabulary import Vocabulary

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Line:
    """One listener in the recogniser's process; ``on_message`` is called on a foreign thread."""

    def __init__(
        self, number: int, vocabulary: Vocabulary, on_message: Callable[[Message], None]
    ) -> None:
        self.number = number
        self.vocabulary = vocabulary
        self.on_message = on_message

    def words(self, kind: Kind) -> Message:
        """The message that tells the process which words to expect."""
        place = {
            "model": str(self.vocabulary.model),
            "dictionary": str(self.vocabulary.dictionary),
        }
        return Message(kind, self.number, 0, json.dumps(place).encode())


class Recogniser:
    """Starts the process and keeps it alive. Thread-safe; nothing here waits for decoding."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._lines: dict[int, Line] = {}
        self._run: _Run | None = None
        self._closed = False

    def start(self) -> None:
        """Start the process unless it runs; returns once it can decode (0.2 s)."""
        with self._lock:
            if self._closed:
                return
            if self._run is None:
                self._run = _Run(self._hand_on, self._on_death)
            run = self._run
        run.ready.wait(10)

    def open(self, vocabulary: Vocabulary, on_message: Callable[[Message], None]) -> Line:
        """A new listener."""
        line = Line(next(self._numbers), vocabulary, on_message)
        with self._lock:
            self._lines[line.number] = line
            if self._run is None and not self._closed:
                self._run = _Run(self._hand_on, self._on_death)
            self._put(line.words("open"))
        return line

    def use(self, line: Line, vocabulary: Vocabulary) -> None:
        """Expect other words on this line, from its next utterance on."""
        with self._lock:
            line.vocabulary = vocabulary
            if line.number in self._lines:
                self._put(line.words("words"))

    def send(self, line: Line, kind: Kind, utterance: int, content: bytes = b"") -> None:
        """Pass on audio or a mark; dropped when the line is closed."""
        with self._lock:
            if line.number in self._lines:
                self._put(Message(kind, line.number, utterance, content))

    def close_line(self, line: Line) -> None:
        """Give back the listener."""
        with self._lock:
            if self._lines.pop(line.number, None) is not None:
                self._put(Message("close", line.number))

    def close(self) -> None:
        """End the process; waits for at most a second."""
        with self._lock:
            self._closed = True
            run, self._run = self._run, None
            self._lines.clear()
        if run is not None:
            run.stop()

    def _put(self, message: Message) -> None:
        if self._run is not None:
            self._run.outbox.put(message.pack())

    def _hand_on(self, message: Message) -> None:
        with self._lock:
            line = self._lines.get(message.stream)
        if line is not None:
            line.on_message(message)

    def _on_death(self, run: "_Run") -> None:
        if self._closed or run is not self._run:
            return
        log.warning("the recogniser's process ended (%s); starting it again", run.code())
        if time.monotonic() - run.began < 1.0:
            # One that dies at once would be started without end. Not under the lock: the loops of
            # all calls would stand still.
            time.sleep(1.0)
        with self._lock:
            if self._closed or run is not self._run:
                return
            self._run = _Run(self._hand_on, self._on_death)
            lines = list(self._lines.values())
            for line in lines:
                self._put(line.words("open"))
        for line in lines:
            line.on_message(Message("failed", line.number))


class _Run:
    """One life of the process, with a thread for each direction."""

    def __init__(
        self, on_message: Callable[[Message], None], on_death: Callable[["_Run"], None]
    ) -> None:
        self.began = time.monotonic()
        self.ready = threading.Event()
        self.outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._on_message = on_message
        self._on_death = on_death
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent.engines.listener"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=_FLAGS,
        )
        for work, name in ((self._read, "recogniser-out"), (self._write, "recogniser-in")):
            threading.Thread(target=work, name=name, daemon=True).start()

    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """The process ends when its input does."""
        self.outbox.put(None)
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as source:
            while (message := read(source)) is not None:
                if message.kind == "ready":
                    self.ready.set()
                else:
                    self._on_message(message)
        self.ready.set()
        self.outbox.put(None)
        self._process.wait()
        self._on_death(self)

    def _write(self) -> None:
        assert self._process.stdin is not None
        try:
            with self._process.stdin as target:
                while (data := self.outbox.get()) is not None:
                    target.write(data)
                    target.flush()
        except OSError:
            log.debug("the recogniser's process takes no more input")
