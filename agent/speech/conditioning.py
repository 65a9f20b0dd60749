"""Sound as the acoustic model knows it: at a usual level, over a faint noise.

The model was trained on microphones with some noise. A browser's noise suppression, and synthetic
speech, leave pauses of dead silence, in which it hears words: on synthetic speech, a noise 25 dB
under the voice takes the word error from 0.60 to 0.38.
"""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.int16]

_WINDOW = 320  # samples, 20 ms
_TARGET = 5_000.0  # root mean square of the loudest parts of speech
_LOUD = 95  # percentile of the windows' levels that counts as speech
_NOISE = 100.0
_STEP = 1.4  # a gain that differs by less is left as it is
_GAINS = (0.3, 30.0)


class Conditioner:
    """Brings one speaker's sound to the usual level and adds the noise."""

    def __init__(self) -> None:
        self.gain = 1.0
        self._noise = _noise_floor()
        self._at = 0

    def apply(self, sound: Sound) -> bytes:
        """The sound to be decoded, as int16 PCM."""
        index = (self._at + np.arange(sound.size)) % self._noise.size
        self._at = (self._at + sound.size) % self._noise.size
        mixed = sound * self.gain + self._noise[index]
        return np.clip(mixed, -32_768, 32_767).astype("<i2").tobytes()

    def adapt(self, sound: Sound) -> bool:
        """Follow the level of this speech; whether the gain has changed."""
        windows = sound[: sound.size // _WINDOW * _WINDOW].reshape(-1, _WINDOW).astype(np.float64)
        if not windows.size:
            return False
        level = float(np.percentile(np.sqrt((windows**2).mean(axis=1)), _LOUD))
        gain = float(np.clip(_TARGET / max(level, 1.0), *_GAINS))
        if 1 / _STEP < gain / self.gain < _STEP:
            return False
        self.gain = gain
        return True


def _noise_floor() -> NDArray[np.float64]:
    """Four seconds of pink noise, always the same, so that the same sound gives the same words."""
    random = np.random.default_rng(7)
    spectrum = np.fft.rfft(random.standard_normal(64_000))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(64_000, 1 / 16_000), 50))
    noise = np.fft.irfft(spectrum, 64_000)
    return np.asarray(noise / noise.std() * _NOISE)
