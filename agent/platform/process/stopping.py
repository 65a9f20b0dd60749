"""What Ctrl+C and SIGTERM do: at any moment, once or more often, an end in time and in order.

Imports little and nothing slow: it has to be there before the rest of the app is.
"""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

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

    def install(self) -> None:
        """Take the signals over."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def serve(self, stop: Callable[[], None]) -> None:
        """From now on ``stop`` is called, in the main thread, when a signal comes."""
        self._stop = stop

    def closed(self) -> None:
        """All is closed and written: the process ends soon, with exit code 0."""
        self._asked = True
        _exit_after(SPARE, 0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop is None:
            os._exit(128 + number)  # no clean-up: an exception would come out of any import
        if self._asked:
            return
        self._asked = True
        _exit_after(self._limit, 128 + number)
        self._stop()


def _exit_after(seconds: float, code: int) -> None:
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    with suppress(RuntimeError):  # no thread can be started: the interpreter ends by itself
        timer.start()
