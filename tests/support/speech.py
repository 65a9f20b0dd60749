"""Synthetic trainees: sentences as 48 kHz WAV, in voices that no persona has, and noises."""

import atexit
import wave
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from agent.speech.speaking.espeak import SAMPLE_RATE, Espeak, Manner
from agent.speech.speaking.speakable import Word
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking

Sound = NDArray[np.int16]

RATE = 48_000
VOICES = ("en-us", "en-us+f5", "en-us+m1")
"""Three American trainees: two men and a woman."""


@cache
def espeak() -> Espeak:
    """The synthesiser in the tests' own process: they give it nothing that ends it."""
    return Espeak()


def speak(
    text: str | Sequence[str],
    voice: str,
    path: Path,
    rate: int = RATE,
    gap: float = 0.6,
    lead: float = 0.5,
    trail: float = 1.5,
) -> Path:
    """Write the sentences as a mono WAV with ``gap`` seconds between them; returns the path.

    ``lead`` and ``trail`` are seconds of silence before and after.
    """
    parts = [text] if isinstance(text, str) else list(text)
    return write(
        path, compose([sentence(part, voice, rate) for part in parts], gap, lead, trail, rate), rate
    )


def sentence(text: str, voice: str, rate: int = RATE, speed: int = 150) -> Sound:
    """One sentence, without silence around it. int16 mono, shape (samples,)."""
    pcm = _rendered(text, voice, speed)
    sound = np.frombuffer(pcm, dtype=np.int16)
    loud = np.flatnonzero(np.abs(sound) > 150)
    return resample(sound[loud[0] : loud[-1] + 1], SAMPLE_RATE, rate)


def compose(
    sounds: Sequence[Sound], gap: float, lead: float, trail: float, rate: int = RATE
) -> Sound:
    """Sounds one after the other, with silences in seconds."""
    parts = [silence(lead, rate)]
    for index, sound in enumerate(sounds):
        parts += [silence(gap, rate), sound] if index else [sound]
    return np.concatenate([*parts, silence(trail, rate)])


def silence(seconds: float, rate: int = RATE) -> Sound:
    """Nothing to hear."""
    return np.zeros(int(seconds * rate), dtype=np.int16)


def noise(seconds: float, rate: int = RATE, level: float = 300.0, seed: int = 1) -> Sound:
    """White noise of that root mean square."""
    random = np.random.default_rng(seed)
    return (random.standard_normal(int(seconds * rate)) * level).astype(np.int16)


def cough(rate: int = RATE, seed: int = 1) -> Sound:
    """Two bursts of breath noise, each with a sharp onset and a short decay."""
    random = np.random.default_rng(seed)
    burst = random.standard_normal(int(0.22 * rate)) * np.exp(-np.linspace(0, 5, int(0.22 * rate)))
    softened = np.convolve(burst, np.ones(12) / 12, mode="same")
    scaled = (softened / np.abs(softened).max() * 12_000).astype(np.int16)
    return np.concatenate([scaled, silence(0.12, rate), scaled // 2])


def hum(pitch: float, rise: float = 1.2, rate: int = RATE) -> Sound:
    """A "mhm" with a closed mouth: two swells of a low murmur, the second one higher by a
    factor, and a breath between them."""
    breath = np.random.default_rng(1).standard_normal(rate // 20) * 0.1
    first, second = (_murmur(hertz, rate) for hertz in (pitch, pitch * rise))
    whole = np.concatenate([first, breath, second])
    sound: Sound = (whole / np.sqrt(np.mean(whole**2)) * 2_500).astype(np.int16)
    return sound


def _murmur(pitch: float, rate: int) -> NDArray[np.float64]:
    time = np.arange(int(0.22 * rate)) / rate
    harmonics = pitch * np.arange(1, 30)
    # Of a closed mouth little comes over 250 Hz.
    strengths = 0.8 ** np.arange(1, 30) * np.exp(-((np.maximum(harmonics - 250, 0) / 300) ** 2))
    sound = strengths @ np.sin(2 * np.pi * np.outer(harmonics, time))
    swell: NDArray[np.float64] = sound * np.minimum(1, np.minimum(time, time[::-1]) / 0.05)
    return swell


def resample(sound: Sound, source: int, target: int) -> Sound:
    """The same sound at another rate."""
    if source == target:
        return sound
    resampler = rtc.AudioResampler(source, target, quality=rtc.AudioResamplerQuality.HIGH)
    frames = resampler.push(bytearray(sound.tobytes())) + resampler.flush()
    return np.concatenate([np.frombuffer(frame.data, dtype=np.int16) for frame in frames])


def write(path: Path, sound: Sound, rate: int = RATE) -> Path:
    """Save as WAV, 16 bits, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return path


@cache
def _rendered(text: str, voice: str, speed: int) -> bytes:
    return espeak().render(text, Manner(voice=voice, rate=speed))


def paused(text: str, voice: str, seconds: float, rate: int = RATE, speed: int = 150) -> Sound:
    """One sentence with a pause at its bar, its melody as if there were none."""
    before, after = text.split("|")
    pieces: list[bytes] = []
    starts: list[tuple[int, float]] = []

    def take(pcm: bytes, words: list[Word]) -> bool:
        pieces.append(pcm)
        starts.extend((word.start, word.at) for word in words)
        return True

    espeak().say(before.strip() + " " + after.strip(), Manner(voice=voice, rate=speed), take)
    sound = np.frombuffer(b"".join(pieces), dtype=np.int16)
    at = next(at for start, at in starts if start > len(before.strip()))
    cut = int(at * SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(sound) > 150)
    first, second = sound[loud[0] : cut], sound[cut : loud[-1] + 1]
    tail = np.flatnonzero(np.abs(first) > 150)[-1] + 1
    parts = [resample(part, SAMPLE_RATE, rate) for part in (first[:tail], second)]
    return compose(parts, seconds, 0, 0, rate)


@cache
def speaking() -> Speaking:
    """The voices that the calls of this process share, warm: on a busy machine the start of one
    takes longer than a line may."""
    made = Speaking(SpeakerModels(Path("no-models")))
    atexit.register(made.close)
    made.warm()
    return made
