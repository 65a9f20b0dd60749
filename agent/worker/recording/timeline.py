"""Where each sound of a call belongs in its recording: on the call's clock, whatever came late."""

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
"""Samples a second: the persona's own, and enough for speech."""
LOOK = 0.5
"""Seconds of later arrivals by which it is told how late a frame came."""
NEAR = 0.04
"""Seconds by which a frame may seem to lie off the end of the one before and still follow it."""

Sound = NDArray[np.int16]
"""Mono, shape (samples,); of a recording (samples, 2), left the trainee, right the customer."""


class _Arrival(NamedTuple):
    """A frame of the trainee, which had arrived as a whole ``at`` that second of the call."""

    at: float
    sound: Sound


class Channel:
    """One side: sounds at their places, silence between them."""

    def __init__(self) -> None:
        self._placed: deque[tuple[int, Sound]] = deque()
        self._end = 0
        self._taken = 0

    def place(self, begin: float, sound: Sound) -> None:
        """A sound that begins then. It follows what is there when it seems to lie about its end; of
        one that would lie over that, or before what is taken, only the rest is kept."""
        start = round(begin * RATE)
        if abs(start - self._end) <= NEAR * RATE:
            start = self._end
        late = max(self._end, self._taken) - start
        if late > 0:
            start, sound = start + late, sound[late:]
        if sound.size:
            self._placed.append((start, sound))
            self._end = start + sound.size

    def cut(self, at: float) -> None:
        """What lies behind that moment was never heard."""
        end = max(self._taken, round(at * RATE))
        while self._placed and self._placed[-1][0] >= end:
            self._placed.pop()
        if self._placed:
            start, sound = self._placed[-1]
            self._placed[-1] = (start, sound[: end - start])
        self._end = min(self._end, end)

    def take(self, size: int) -> Sound:
        """The next so many samples; nothing can be placed there any more."""
        first, last = self._taken, self._taken + size
        block = np.zeros(size, dtype=np.int16)
        while self._placed and self._placed[0][0] < last:
            start, sound = self._placed.popleft()
            part = sound[: last - start]
            block[start - first : start - first + part.size] = part
            if rest := sound[part.size :].size:
                self._placed.appendleft((last, sound[-rest:]))
                break
        self._taken = last
        return block


class Timeline:
    """Both sides of a call from its zero on. All moments are seconds of the call.

    The trainee's frames tell when they arrived, which is late now and then: when the loop stood
    still, a burst of them comes at once. No frame ended later than it arrived, nor later than the
    next one began, so the frames that follow within ``LOOK`` tell where a late one belongs; what
    stays away for good is a gap. The customer's tell when they begin to sound.
    """

    def __init__(self) -> None:
        self._trainee = Channel()
        self._customer = Channel()
        self._arrivals: deque[_Arrival] = deque()
        self._length = 0

    @property
    def length(self) -> float:
        """Seconds that have been given out."""
        return self._length / RATE

    def hears(self, at: float, sound: Sound) -> None:
        """A frame of the trainee has arrived."""
        self._arrivals.append(_Arrival(at, sound))

    def plays(self, begin: float, sound: Sound) -> None:
        """A frame of the customer that begins to sound then, perhaps a little later than now."""
        self._customer.place(begin, sound)

    def cuts(self, at: float) -> None:
        """The customer falls silent: what was still to sound is thrown away."""
        self._customer.cut(at)

    def settle(self, arrived: float) -> Sound:
        """The next piece of the recording, shape (samples, 2), up to ``LOOK`` before ``arrived``,
        by when all that comes had come, and ``LOOK`` has passed since."""
        self._place(arrived)
        return self._take(arrived - LOOK)

    def finish(self, end: float) -> Sound:
        """The last piece, of a call that ends then."""
        self._place(float("inf"))
        return self._take(end)

    def _place(self, arrived: float) -> None:
        begins, begin = deque[float](), float("inf")
        for frame in reversed(self._arrivals):
            begin = min(frame.at, begin) - frame.sound.size / RATE
            begins.appendleft(begin)
        while self._arrivals and self._arrivals[0].at <= arrived:
            self._trainee.place(begins.popleft(), self._arrivals.popleft().sound)

    def _take(self, until: float) -> Sound:
        size = max(0, round(until * RATE) - self._length)
        self._length += size
        return np.stack([self._trainee.take(size), self._customer.take(size)], axis=1)
