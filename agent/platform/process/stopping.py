"""What Ctrl+C and SIGTERM do: at any moment, once or more often, an end in time and in order.

Imports little and nothing slow: it has to be there before the rest of the app is.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import NoReturn

SPARE = 0.3
"""Seconds that threads which keep nothing, as those that import, get to end when all is closed."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
LIMIT = 2.7
"""Seconds after the first signal at which the app ends, whatever is still being closed."""


class Stopping:
    """The signals of one process; ``install`` it in the main thread.

    Before ``serve`` there is nothing to be closed, and a signal ends the process at once with the
    exit code that a shell expects (130 or 143). From then on the first one calls ``stop``, and
    further ones change nothing: the end is on its way, and comes within ``limit`` seconds.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._stop: Callable[[], None] | None = None
        self._asked = False
        self._deadline = _Deadline()

    def install(self) -> None:
        """Take the signals over."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def serve(self, stop: Callable[[], None]) -> None:
        """From now on ``stop`` is called, in the main thread, when a signal comes."""
        self._deadline.start()
        self._stop = stop

    def closed(self) -> None:
        """All is closed and written: the process ends soon, with exit code 0."""
        self._asked = True
        self._deadline.exit_after(SPARE, 0)

    def leave(self) -> NoReturn:
        """End now, with exit code 0, without taking the interpreter down: what LiveKit's threads
        still tell it then would abort the process."""
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop is None:
            os._exit(128 + number)  # no clean-up: an exception would come out of any import
        if self._asked:
            return
        self._asked = True
        self._deadline.exit_after(self._limit, 128 + number)
        self._stop()


class _Deadline:
    """Ends the process after some seconds, whatever it does by then.

    Its thread is there before it is needed: a signal handler must not start one, since the main
    thread may just have been interrupted while it held the lock for that.
    """

    def __init__(self) -> None:
        # Its ``put`` may interrupt another one, which no other queue's may.
        self._asked: SimpleQueue[tuple[float, int]] = SimpleQueue()

    def start(self) -> None:
        """Make ready; before that, ``exit_after`` does nothing."""
        threading.Thread(target=self._wait, name="deadline", daemon=True).start()

    def exit_after(self, seconds: float, code: int) -> None:
        """End with that exit code then, or when it was asked for earlier."""
        self._asked.put((time.monotonic() + seconds, code))

    def _wait(self) -> None:
        at, code = self._asked.get()
        with suppress(Empty):
            while (left := at - time.monotonic()) > 0:
                at, code = min((at, code), self._asked.get(timeout=left))
        os._exit(code)
