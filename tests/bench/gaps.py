"""Gaps of a recording: where it is silent while its call's page heard a voice."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agent.worker.recording.timeline import RATE, Sound
from tests.support.caller import LOUD

Levels = NDArray[np.float64]
"""RMS of full scale for each step."""

STEP = 0.005
"""Seconds."""
QUIET = LOUD / 2
"""RMS of full scale below which a recording has nothing: what is coded as silence is not quite."""
SMEARED = 0.02
"""Seconds of a gap that the codec fills from both sides, as measured."""
PAUSE = 0.3
"""Seconds of silence between two stretches of a voice."""
SHORTEST = 0.2
"""Seconds of a stretch that is looked at: its place can be told by its course."""
EDGE = 2
"""Steps at the edges of a sound that count for nothing: they may lie a little elsewhere."""
AWAY = 0.3
"""Seconds by which a stretch may lie elsewhere than the whole: what is heard waits in a buffer,
which grows and shrinks."""


def levels_of(side: Sound) -> Levels:
    """Those of one side of a recording."""
    size = round(STEP * RATE)
    whole = side[: side.size // size * size].astype(np.float64) / 32_768
    levels: Levels = np.sqrt(np.square(whole.reshape(-1, size)).mean(axis=1))
    return levels


def on_steps(seconds: Levels, levels: Levels) -> Levels:
    """What was measured at these seconds, at each step from the second 0 on."""
    return np.interp(np.arange(0.0, seconds[-1], STEP), seconds, levels)


def gaps(heard: Levels, recorded: Levels) -> list[float]:
    """For each stretch of a voice that was heard, the seconds of the longest silence in its
    recording in which it sounded. Both may begin at another moment."""
    reach = round(AWAY / STEP)
    whole = _place(heard, recorded)
    padded = np.pad(recorded, (heard.size + reach, heard.size + reach))
    found = []
    for begin, end in stretches(heard):
        own = heard[begin:end]
        first = heard.size + reach + whole + begin
        near = padded[first - reach : first + own.size + reach]
        shift = int(np.argmax(_likeness(own, near)))
        found.append(_missing(own > LOUD, near[shift : shift + own.size] < QUIET))
    return found


def stretches(heard: Levels) -> Iterator[tuple[int, int]]:
    """Where a voice begins and ends, in steps."""
    loud = np.flatnonzero(heard > LOUD)
    if not loud.size:
        return
    for part in np.split(loud, np.flatnonzero(np.diff(loud) > PAUSE / STEP) + 1):
        if part.size >= SHORTEST / STEP:
            yield int(part[0]), int(part[-1]) + 1


def _place(heard: Levels, recorded: Levels) -> int:
    """The step of the recording at which what was heard begins."""
    size = 1 << (heard.size + recorded.size).bit_length()
    product = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(heard, size))
    place = int(np.argmax(np.fft.irfft(product, size)))
    return place if place < recorded.size else place - size


def _likeness(own: Levels, near: Levels) -> Levels:
    """How like its course what lies at each place of ``near`` is."""
    places = np.lib.stride_tricks.sliding_window_view(near, own.size)
    norms = np.linalg.norm(places, axis=1)
    found: Levels = places @ own / np.maximum(norms, 1e-9)
    return found


def _missing(sounds: NDArray[np.bool_], silent: NDArray[np.bool_]) -> float:
    """Seconds of the sound in that silence which has most of it."""
    inner = sounds & silent
    for shift in (-EDGE, EDGE):
        inner &= np.roll(sounds, shift)
    edges = np.flatnonzero(np.diff(silent.astype(int), prepend=0, append=0)).reshape(-1, 2)
    most = max((float(inner[a:b].sum()) * STEP for a, b in edges), default=0.0)
    return most + SMEARED if most else 0.0
