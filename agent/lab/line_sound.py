"""The sound of a trainee's line: its words with their pauses, and the noise around them; pure.

Sounds are int16 mono PCM of ``RATE``, as arrays of shape (samples,).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
"""Samples a second."""
BELOW_SPEECH = 12.0
"""Decibels by which a noisy line's noise is below the speech: a street, or a full office."""
BREATH = 0.14
"""Seconds between two sentences of a line."""
SILENT = 160
"""Amplitude up to which nothing is said."""
LOOP = 8
"""Seconds of noise, which then come again."""
_QUIET = 10 ** (-35 / 10)
"""Power, by that of the loudest frame, below which a frame is a pause."""
_FRAME = RATE // 50

Sound = NDArray[np.int16]


def joined(pieces: Iterable[tuple[bytes, float]]) -> Sound:
    """Pieces of PCM, each said in one go and followed by so many seconds of silence."""
    parts: list[Sound] = [np.zeros(0, np.int16)]
    for pcm, pause in pieces:
        spoken = in_one_go(np.frombuffer(pcm, np.int16))
        parts += (spoken, np.zeros(int(pause * RATE), np.int16))
    return np.concatenate(parts)


def in_one_go(sound: Sound) -> Sound:
    """The sound without silence at its ends, and with no more than ``BREATH`` within: at the end of
    a sentence a voice is silent for as long as a customer waits before it answers."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = np.abs(frames.astype(np.int32)).max(axis=1, initial=0) > SILENT
    most, silence = round(BREATH * RATE / _FRAME), 0
    kept = np.zeros(len(frames), bool)
    for place in range(len(frames)):
        silence = 0 if loud[place] else silence + 1
        kept[place] = silence <= most
    spoken = np.flatnonzero(loud)
    if not spoken.size:
        return np.zeros(0, np.int16)
    ends = slice(max(0, spoken[0] - 1), spoken[-1] + 2)
    return frames[ends][kept[ends]].reshape(-1)


def noise(speech: Sound, seed: int) -> Sound:
    """``LOOP`` seconds of noise as around somebody who speaks so loud: its power falls by 3 dB an
    octave, as that of rooms and streets does."""
    random = np.random.default_rng(seed)
    samples = LOOP * RATE
    spectrum = np.fft.rfft(random.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum /= np.sqrt(np.maximum(hertz, 50.0))
    spectrum[hertz < 20.0] = 0
    wave = np.fft.irfft(spectrum, samples)
    wanted = speech_power(speech) / 10 ** (BELOW_SPEECH / 10)
    return _clipped(wave * np.sqrt(wanted / np.mean(wave**2)))


def mixed(speech: Sound, around: Sound) -> Sound:
    """Both at once; they are of one length."""
    return _clipped(speech.astype(np.float64) + around)


def speech_power(sound: Sound) -> float:
    """Mean square of what is no pause; 0 for no sound."""
    frames = sound[: len(sound) // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    if not frames.size:
        return 0.0
    powers = np.mean(frames**2, axis=1)
    return float(np.mean(powers[powers >= powers.max() * _QUIET]))


def _clipped(wave: NDArray[np.float64]) -> Sound:
    return np.clip(np.rint(wave), -32_768, 32_767).astype(np.int16)
