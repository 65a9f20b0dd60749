"""What stands between a trainee's mouth and the recogniser: noise, voices nearby, a telephone.

Sounds are int16 mono PCM at 16 kHz, shape (samples,).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.support.speech import Sound

RATE = 16_000
_FRAME = RATE // 50
_QUIET = 10 ** (-35 / 10)
"""Power, by that of the loudest frame, below which a frame is a pause."""
_PEAK = 32_767
_BIAS, _CLIP = 132, 32_635

Wave = NDArray[np.float64]


def noisy(sound: Sound, noise: Wave, decibels: float) -> Sound:
    """The sound with that noise, whose power is so many decibels under that of the speech.

    Both are made softer where their sum would be cut off.
    """
    speech = sound.astype(np.float64)
    wanted = speech_power(speech) / 10 ** (decibels / 10)
    both = speech + noise * np.sqrt(wanted / np.mean(noise**2))
    loudest = float(np.abs(both).max())
    return np.asarray(both * min(1.0, _PEAK / loudest), dtype=np.int16)


def speech_power(sound: Wave) -> float:
    """Mean square of what is no pause, after the active speech level of ITU-T P.56."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    powers = np.mean(frames**2, axis=1)
    return float(np.mean(powers[powers >= powers.max() * _QUIET]))


def pink(samples: int, seed: int) -> Wave:
    """Noise whose power falls by 3 dB an octave from 50 Hz on, as that of a room's."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum /= np.sqrt(np.maximum(hertz, 50.0))
    spectrum[hertz < 20.0] = 0
    return np.fft.irfft(spectrum, samples)


def babble(samples: int, voices: Sequence[Sound], seed: int) -> Wave:
    """All these people talking at once, each as loud and from another place of theirs on."""
    random = np.random.default_rng(seed)
    mixed = np.zeros(samples)
    for voice in voices:
        loud = voice.astype(np.float64) / np.sqrt(speech_power(voice.astype(np.float64)))
        mixed += np.resize(np.roll(loud, -int(random.integers(loud.size))), samples)
    return mixed


def telephone(sound: Sound) -> Sound:
    """As a telephone line gives it on: 300 to 3,400 Hz at 8 kHz, in mu-law."""
    spectrum = np.fft.rfft(sound.astype(np.float64))
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    spectrum *= np.interp(hertz, [200, 300, 3_400, 3_800], [0, 1, 1, 0])
    narrow = np.fft.irfft(spectrum, sound.size)[::2]
    coded = mu_law(np.clip(np.rint(narrow), -_PEAK - 1, _PEAK).astype(np.int16))
    wide = np.fft.rfft(coded.astype(np.float64))
    # Twice the rate by an empty upper half of the spectrum, and twice the sum.
    again = np.fft.irfft(wide, 2 * coded.size)[: sound.size] * 2
    return np.clip(np.rint(again), -_PEAK - 1, _PEAK).astype(np.int16)


def mu_law(sound: Sound) -> Sound:
    """Each sample as it comes out of the 8 bits of ITU-T G.711, mu-law."""
    size = np.minimum(np.abs(sound.astype(np.int32)), _CLIP) + _BIAS
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    decoded = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.asarray(np.sign(sound.astype(np.int32)) * decoded, dtype=np.int16)
