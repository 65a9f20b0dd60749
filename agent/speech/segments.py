"""Where an utterance begins and ends, from the voice activity of each 32 ms window."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

RATE = 16_000
WINDOW = 512
SPAN = WINDOW / RATE
"""Seconds in a window."""

Step = tuple[Literal["begin", "audio", "pause", "resume", "end"], bytes]

_ON, _OFF = 0.5, 0.35
_BEFORE = 10  # windows kept from before the speech, so that no first consonant is lost


@dataclass(slots=True)
class Segments:
    """Cuts a stream of windows into utterances.

    ``silence`` is how many seconds end one, ``pause`` after how many it may have ended (told as
    "pause", and "resume" when it had not; None for not at all), ``longest`` where it is cut, so
    that nothing grows without bound.
    """

    silence: float = 0.2
    pause: float | None = None
    longest: float = 30.0
    _before: deque[bytes] = field(default_factory=lambda: deque(maxlen=_BEFORE))
    _speaking: bool = False
    _quiet: float = 0.0
    _length: float = 0.0

    def push(self, window: bytes, probability: float) -> list[Step]:
        """Take one window (int16 mono PCM of 512 samples); what follows from it."""
        if not self._speaking:
            return self._wait(window, probability)
        self._length += SPAN
        before = self._quiet
        self._quiet = 0.0 if probability > _OFF else before + SPAN
        steps: list[Step] = [("audio", window)]
        if self._paused(before) and not self._quiet:
            steps.insert(0, ("resume", b""))
        if self._quiet >= self.silence or self._length > self.longest:
            steps += self.finish()
        elif self._paused(self._quiet) and not self._paused(before):
            steps.append(("pause", b""))
        return steps

    def finish(self) -> list[Step]:
        """End the utterance under way, if any."""
        if not self._speaking:
            return []
        self._speaking = False
        return [("end", b"")]

    def _paused(self, quiet: float) -> bool:
        return self.pause is not None and quiet >= self.pause

    def _wait(self, window: bytes, probability: float) -> list[Step]:
        self._before.append(window)
        if probability < _ON:
            return []
        audio = b"".join(self._before)
        self._before.clear()
        self._speaking, self._quiet, self._length = True, 0.0, 0.0
        return [("begin", b""), ("audio", audio)]
