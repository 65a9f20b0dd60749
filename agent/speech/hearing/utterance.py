"""The sound of one utterance, as it grows: what to decode of it, and how much speech is in it."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from agent.speech.segments import RATE, SPAN, WINDOW

LONGEST = 15.0
"""Seconds that are decoded whole; what goes on for longer is cut at its longest pause."""

_BYTES = 2 * WINDOW
_SPEECH, _MAYBE = 0.5, 0.35
_AROUND = 6
"""Windows of silence that are left before the first word and after the last: 0.2 s, with which the
model errs least."""
_FULL = 32_768.0


class Evidence(NamedTuple):
    """What the sound says of an utterance, whatever its words are: ``speech`` are the seconds in
    which somebody speaks, ``sure`` (0-1) is how sure the voice detector is of these, ``level`` is
    how loud they are, in dB of full scale, and ``dark`` how loud they are above 700 Hz beside what
    is below, in dB."""

    speech: float
    sure: float
    level: float
    dark: float = 0.0


def _decibels(power: float) -> float:
    return 10 * math.log10(max(power, 1e-10))


def _dark(windows: NDArray[np.int16]) -> float:
    powers = np.abs(np.fft.rfft(windows * np.hanning(WINDOW), axis=1)) ** 2
    low, middle, high = (round(hertz / RATE * WINDOW) for hertz in (70, 700, 5_000))
    return _decibels(float(powers[:, middle:high].sum() / max(1.0, powers[:, low:middle].sum())))


@dataclass(slots=True)
class Utterance:
    """Windows of int16 mono PCM at 16 kHz, and how likely (0-1) each of them is speech."""

    _pcm: bytearray = field(default_factory=bytearray)
    _likely: list[float] = field(default_factory=list)

    def add(self, pcm: bytes, likely: float) -> None:
        """One more window; of several, the others are those of before it was heard."""
        self._likely += [0.0] * (len(pcm) // _BYTES - 1) + [likely]
        self._pcm += pcm

    def extend(self, other: Self) -> None:
        """The sound of another one after its own."""
        self._pcm += other._pcm
        self._likely += other._likely

    def skip_silence(self) -> None:
        """Forget what is before its first word, but for a bit."""
        if len(self._likely) > 2 * _AROUND and max(self._likely) <= _MAYBE:
            del self._pcm[: _AROUND * _BYTES], self._likely[:_AROUND]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self._likely) * SPAN

    @property
    def speaking(self) -> bool:
        """Whether its last window is speech."""
        return bool(self._likely) and self._likely[-1] >= _SPEECH

    @property
    def pcm(self) -> bytes:
        """What to decode: from shortly before the first word to shortly after the last, with
        silence for what has not been heard yet."""
        speech = [at for at, likely in enumerate(self._likely) if likely > _MAYBE]
        if not speech:
            return b""
        first, last = max(0, speech[0] - _AROUND), speech[-1] + 1 + _AROUND
        missing = max(0, last - len(self._likely))
        return bytes(self._pcm[first * _BYTES : last * _BYTES]) + bytes(missing * _BYTES)

    def cut(self, longest: float = LONGEST) -> Self:
        """Take off the part before its longest pause, of those from a fifth of ``longest``
        (seconds) on."""
        windows = self._longest_pause(int(longest / 5 / SPAN), int(longest / SPAN))
        part = type(self)(self._pcm[: windows * _BYTES], self._likely[:windows])
        del self._pcm[: windows * _BYTES], self._likely[:windows]
        return part

    def evidence(self) -> Evidence:
        """How much of it is speech."""
        likely = np.array(self._likely)
        speech = likely >= _SPEECH
        if not speech.any():
            return Evidence(0.0, 0.0, -math.inf)
        sound = np.frombuffer(bytes(self._pcm), dtype=np.int16).reshape(-1, WINDOW)[speech]
        level = _decibels(float((sound.astype(np.float64) ** 2).mean()) / _FULL**2)
        seconds, sure = float(speech.sum()) * SPAN, float(likely[speech].mean())
        return Evidence(seconds, sure, level, _dark(sound))

    def _longest_pause(self, least: int, most: int) -> int:
        """The middle of the longest run of windows without speech; without one, of the quietest
        window."""
        best, length, start = 0, 0, None
        for at in range(least, min(most, len(self._likely))):
            if self._likely[at] > _MAYBE:
                start = None
                continue
            start = at if start is None else start
            if at + 1 - start > length:
                length, best = at + 1 - start, (start + at + 1) // 2
        return best or self._quietest(least, min(most, len(self._likely)))

    def _quietest(self, least: int, most: int) -> int:
        sound = np.frombuffer(bytes(self._pcm), dtype=np.int16).reshape(-1, WINDOW)[least:most]
        return least + int((sound.astype(np.float64) ** 2).mean(axis=1).argmin())
