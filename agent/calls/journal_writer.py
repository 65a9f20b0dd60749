"""Writes what is kept of one call, in its order and off the app's loop."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial

from data.calls import OpenCall

AGAIN = 3.0
"""Seconds after which it is tried again to write what could not be written."""

SCORE = "score"

log = logging.getLogger(__name__)


class JournalWriter:
    """Hands records over to ``writer``, one thread for all calls; lives on the app's loop. When
    the call has ended, it is scored and listed in another thread.

    While the disk takes nothing, ``problem`` says why and what comes waits in the call's record;
    ``changed`` is called when that begins and when it is over. It goes on being tried after the
    end of the call, too. A record that cannot be written for another reason costs only itself.
    """

    def __init__(self, record: OpenCall, writer: Executor, changed: Callable[[], None]) -> None:
        self.record = record
        self.problem = ""
        self._writer = writer
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None

    def write(self, write: Callable[..., object], *values: object) -> None:
        """Call a method of ``record`` with these values, after all that were asked for before."""
        try:
            future = self._writer.submit(write, *values)
        except RuntimeError:  # the app stops, and has written for the last time
            log.warning("call %s: a late %s is left out", self.record.start.call, write.__name__)
            return
        future.add_done_callback(partial(self._done, write.__name__))

    def _done(self, what: str, future: Future[object]) -> None:
        """In a thread that writes: see what became of it."""
        error = future.exception()
        if error is not None and not (isinstance(error, OSError) and self.record.unwritten):
            log.error("call %s: a %s is not recorded", self.record.start.call, what, exc_info=error)
        if what != SCORE and self.record.to_complete:
            with suppress(RuntimeError):  # the app stops, and has completed it itself
                self.record.complete_later().add_done_callback(partial(self._done, SCORE))
        with suppress(RuntimeError):  # the app's loop is closed
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        problem = self.record.unwritten
        if problem and self._again is None:
            self._again = self._loop.call_later(AGAIN, self._retry)
        if problem != self.problem:
            self.problem = problem
            self._changed()

    def _retry(self) -> None:
        self._again = None
        self.write(self.record.retry)
