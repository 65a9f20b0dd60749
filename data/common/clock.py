"""The one clock of a call: seconds since its zero, whatever happens to the time of day."""

import sys
import time
from collections.abc import Callable

_SAME = 0.05
"""Seconds by which the time of day may drift against the steady clock before it counts as set."""
_KEPT = 4
"""Settings of the time of day that are remembered."""


def steady() -> float:
    """Seconds on a clock of this machine that is never set, and goes on while the machine sleeps;
    only the difference of two readings means something."""
    if sys.platform == "linux":  # its CLOCK_MONOTONIC stops with the machine
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # time.monotonic() stops with the machine there
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class CallClock:
    """Seconds since ``zero`` on the clock ``reading``, by default from now on, on this machine's.

    The framework tells its moments by the time of day; ``moment`` turns one into seconds of the
    call. It sees when the time of day was set meanwhile by how far it stood from ``reading``
    before.
    """

    def __init__(
        self, zero: float | None = None, reading: Callable[[], float] | None = None
    ) -> None:
        self._reading = reading or (lambda: steady())
        self.zero = self._reading() if zero is None else zero
        self._offsets: list[float] = []
        self._note_offset()

    def now(self) -> float:
        """Seconds since zero, to the millisecond; never negative."""
        return round(max(0.0, self._reading() - self.zero), 3)

    def moment(self, time_of_day: float) -> float:
        """The seconds of the call at a moment of the recent past, given in seconds since the
        epoch as the time of day was then."""
        self._note_offset()
        now = self.now()
        # Each setting of the time of day gives another answer. What has been told cannot lie in
        # the future, so the latest of those that do not is the one.
        moments = [time_of_day - offset - self.zero for offset in self._offsets]
        past = [each for each in moments if each <= now + _SAME]
        return round(min(now, max(0.0, max(past, default=now))), 3)

    def _note_offset(self) -> None:
        offset = time.time() - self._reading()
        if not self._offsets or abs(offset - self._offsets[-1]) > _SAME:
            self._offsets = [*self._offsets, offset][-_KEPT:]
