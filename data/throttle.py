"""Slows down guessing of passwords."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

_FREE_TRIES = 5
_LONGEST = 30.0  # seconds
_FORGET_AFTER = 900.0  # seconds
_MOST_NAMES = 10_000


class TooManyTries(Exception):
    """The name has to wait ``seconds`` before the next try; the text says so to a person."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        whole = math.ceil(seconds)
        unit = "second" if whole == 1 else "seconds"
        super().__init__(f"Too many failed tries for this name. Try again in {whole} {unit}.")


@dataclass
class _Tries:
    failed: int = 0
    last: float = 0.0


class Throttle:
    """Counts failed tries for each name: from the fifth on a wait that doubles, up to 30 s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[str, _Tries] = {}

    def check(self, name: str) -> None:
        """Raise ``TooManyTries`` while the name has to wait."""
        tries = self._tries.get(name)
        if tries is None or tries.failed < _FREE_TRIES:
            return
        pause = min(_LONGEST, 2.0 ** min(tries.failed - _FREE_TRIES, 10))
        left = tries.last + pause - self._clock()
        if left > 0:
            raise TooManyTries(left)

    def failed(self, name: str) -> None:
        """Count a failed try."""
        now = self._clock()
        tries = self._tries.pop(name, None)
        if tries is None or now - tries.last > _FORGET_AFTER:
            tries = _Tries()
        tries.failed, tries.last = tries.failed + 1, now
        self._tries[name] = tries  # last in the order of the dictionary
        if len(self._tries) > _MOST_NAMES:  # made-up names must not fill the memory
            del self._tries[next(iter(self._tries))]

    def succeeded(self, name: str) -> None:
        """Forget the failed tries."""
        self._tries.pop(name, None)
