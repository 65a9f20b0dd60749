"""How a child is, and how often one that dies is started again; pure."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

State = Literal["idle", "starting", "up", "resting", "closed"]

PAUSES = (0.0, 0.2, 0.5, 1.0)
"""Seconds before each new start of a row of starts that all failed."""
WORKING, WORKING_TIME = 20, 60.0
"""So many deaths at work in so many seconds are more than a few bad requests."""
REST, LONGEST_REST = 15.0, 120.0
"""Seconds without another attempt once it does not work here; doubled each time in a row."""

LASTING = 300.0
"""Seconds that a child has to live to have worked, whether or not its requests had an end by then:
the recogniser's are as long as calls. A start that fails takes less."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a child is: ``deaths`` since the app began, and what the last one said."""

    state: State
    deaths: int
    error: str


class Pace:
    """Counts the deaths of one child; times are in seconds on any one clock that goes forward."""

    def __init__(self) -> None:
        self._starts = 0
        self._rests = 0
        self._at_work: deque[float] = deque(maxlen=WORKING)
        self._due = 0.0

    def worked(self) -> None:
        """A request has been answered: what failed before is over."""
        self._starts = self._rests = 0

    def died(self, now: float, *, at_work: bool) -> tuple[float, bool]:
        """Seconds until the next start, and whether that is a rest: the child does not work here.

        ``at_work``: it died over a request, which may well be that request's fault.
        """
        if now - self._due > LASTING:
            self.worked()
        pause, rests = self._next(now, at_work)
        self._due = now + pause
        return pause, rests

    def _next(self, now: float, at_work: bool) -> tuple[float, bool]:
        if at_work:
            self._starts = 0  # this one had not failed
            self._at_work.append(now)
            busy = len(self._at_work) == WORKING and now - self._at_work[0] < WORKING_TIME
            return self._rest() if busy else (0.0, False)
        self._starts += 1
        return self._rest() if self._starts >= len(PAUSES) else (PAUSES[self._starts - 1], False)

    def _rest(self) -> tuple[float, bool]:
        pause = min(REST * 2**self._rests, LONGEST_REST)
        self._rests = min(self._rests + 1, 10)
        self._at_work.clear()
        return pause, True
