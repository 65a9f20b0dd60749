"""What makes one recorded speaker many, on arrays: melody, brightness, size, pauses, loudness."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Frames = NDArray[np.intp]
"""For each frame that is spoken the number of the one that the network gave."""

VOICED = 40.0
"""Hertz below which a frame has no pitch, as hibari has it."""
_LOWEST, _HIGHEST = 55.0, 600.0
_KNEE = 0.7
"""Of full scale: what is louder is bent, so that nothing clips."""
_QUIET = 0.0025
"""Of full scale, root mean square; a voice as hibari makes it has about 0.1."""
_BEFORE, _BEHIND = 2, 3
"""Frames that are kept before the first sound and behind the last one: they fade."""
_PIVOT = 700.0
"""Hertz at which a brighter voice is as loud as a softer one."""


def melody(f0: Floats, tone: float, spread: float) -> Floats:
    """The pitch in hertz for each frame, moved by the factor ``tone``, and its distance from its
    middle widened by the exponent ``spread``. Shape (frames,), 0 where there is none."""
    voiced = f0 > VOICED
    if not voiced.any():
        return f0
    logs = np.log(f0[voiced])
    middle = float(logs.mean())
    moved = np.exp(middle + np.log(tone) + (logs - middle) * spread)
    shaped = np.zeros_like(f0)
    shaped[voiced] = np.clip(moved, _LOWEST, _HIGHEST)
    return shaped


def brightness(bins: int, rate: int, effort: float) -> Floats:
    """What is added to the natural logarithm of a spectrum's magnitudes, shape (bins, 1), for so
    many decibels an octave: a louder voice has more of the high harmonics."""
    hertz = np.linspace(0, rate / 2, bins, dtype=np.float32)
    octaves = np.clip(np.log2(np.maximum(hertz, 1.0) / _PIVOT), -2.0, 3.0)
    added: Floats = (effort * octaves * np.log(10) / 20).astype(np.float32)[:, None]
    return added


def quiet(sound: Floats, size: int) -> Bools:
    """Whether nothing is to be heard in each frame of ``size`` samples."""
    frames = sound.reshape(-1, size)
    silent: Bools = np.mean(frames * frames, axis=1) < _QUIET**2
    return silent


def paused(silent: Bools, spans: Sequence[tuple[int, int]], factor: float) -> Frames:
    """The frames from the first sound to the last one, with the silences longer or shorter by a
    factor of which there is one in each span (from, to)."""
    heard = np.flatnonzero(~silent)
    if not heard.size:
        return np.zeros(0, dtype=np.intp)
    at = max(0, int(heard[0]) - _BEFORE)
    last = min(silent.size, int(heard[-1]) + 1 + _BEHIND)
    parts = []
    for begin, end in (_longest(silent, *span) for span in spans):
        if at < begin < end < int(heard[-1]):
            length = end - begin
            # Their edges belong to the sounds.
            middle = begin + length // 2
            wanted = max(2, round(length * factor))
            half = min(wanted, length) // 2
            parts.append(np.arange(at, begin + half))
            parts.append(np.full(max(0, wanted - length), middle))
            at = end - (min(wanted, length) - half)
    return np.concatenate([*parts, np.arange(at, last)]).astype(np.intp)


def _longest(silent: Bools, begin: int, end: int) -> tuple[int, int]:
    """The longest run of silent frames that has one between these; an empty one if none has."""
    best = (begin, begin)
    at = begin
    while at < min(end, silent.size):
        if not silent[at]:
            at += 1
            continue
        first = at
        while at < silent.size and silent[at]:
            at += 1
        while first > 0 and silent[first - 1]:
            first -= 1
        best = max(best, (first, at), key=lambda run: run[1] - run[0])
    return best


def resized(sound: Floats, size: float) -> Floats:
    """All frequencies times ``size`` (to two digits), and the sound as much shorter."""
    part = round(size * 100)
    if part == 100 or not sound.size:
        return sound
    # By whole multiples of 100, whose transforms are quick.
    unit = _smooth(-(-sound.size // part) + 2)
    spectrum = np.fft.rfft(sound, part * unit)
    wanted = np.zeros(50 * unit + 1, dtype=spectrum.dtype)
    kept = min(wanted.size, spectrum.size)
    wanted[:kept] = spectrum[:kept]
    other = np.fft.irfft(wanted, 100 * unit) * (100 / part)
    return other[: round(sound.size * 100 / part)].astype(np.float32)


def _smooth(least: int) -> int:
    """The next number without a prime factor over 5."""
    while True:
        rest = least
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return least
        least += 1


def loudness(sound: Floats, size: int) -> float:
    """Root mean square where something is to be heard, by frames of ``size`` samples."""
    frames = sound[: sound.size // size * size].reshape(-1, size)
    power = np.mean(frames * frames, axis=1)
    heard = power[power > _QUIET**2]
    return float(np.sqrt(heard.mean())) if heard.size else 0.0


def pcm(sound: Floats, gain: float) -> bytes:
    """int16 mono PCM; peaks are bent, not cut."""
    loud = sound * gain
    size = np.abs(loud)
    over = size > _KNEE
    room = 1 - _KNEE
    loud[over] = np.sign(loud[over]) * (_KNEE + room * np.tanh((size[over] - _KNEE) / room))
    return (loud * 32_767).astype("<i2").tobytes()
