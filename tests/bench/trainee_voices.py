"""Who speaks the sentences of the benchmarks that call: natural voices, or espeak-ng's.

``BENCH_TRAINEE=espeak`` takes the latter, which need no further packages. Sounds are int16 mono at
48 kHz, shape (samples,), without silence around them.
"""

import os
from collections.abc import Iterable

import numpy as np

from tests.bench import natural
from tests.bench.disturbances import RATE, speech_power
from tests.support import speech
from tests.support.speech import Sound, compose, resample

NATURAL = os.environ.get("BENCH_TRAINEE", "natural") != "espeak"
WHO = "natural voices" if NATURAL else "espeak-ng's voices"
_FRAME = RATE // 100
_NEAR = 0.2
"""Share of a sentence by which a pause may lie elsewhere than its letters say."""


def spoken(text: str, number: int) -> Sound:
    """The text by one of the voices: another one for each number, in turns."""
    if NATURAL:
        return resample(natural.clip(text, _voice(number)), RATE, speech.RATE)
    return speech.sentence(text, speech.VOICES[number % len(speech.VOICES)])


def spoken_with_pause(text: str, number: int, seconds: float) -> Sound:
    """The text with so long a pause at its bar, in one melody."""
    if NATURAL:
        before, after = _halves(text)
        sound = natural.clip(f"{before}, {after}", _voice(number))
        longer = pause_at(sound, len(before) / len(before + after), seconds)
        return resample(longer, RATE, speech.RATE)
    return speech.paused(text, speech.VOICES[number % len(speech.VOICES)], seconds)


def prepare(texts: Iterable[str], paused: Iterable[str] = ()) -> None:
    """Have natural voices speak what they have not spoken yet, before anything is measured."""
    if NATURAL:
        joined = (", ".join(_halves(text)) for text in paused)
        natural.prepare(
            (text, _voice(n)) for group in (texts, joined) for n, text in enumerate(group)
        )


def pause_at(sound: Sound, share: float, seconds: float) -> Sound:
    """The sound at 16 kHz with so long a pause in place of the one that lies where about that
    share of it has been said; where there is none, at the softest place there."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    powers = np.mean(frames**2, axis=1)
    first, last = (int(len(powers) * min(1.0, max(0.0, share + s))) for s in (-_NEAR, _NEAR))
    floor = max(speech_power(sound.astype(np.float64)) / 1_000, float(powers[first:last].min()))
    begin = end = 0
    at = first
    while at < last:
        stop = at
        while stop < len(powers) and powers[stop] <= floor:
            stop += 1
        if stop - at > end - begin:
            begin, end = at, stop
        at = max(stop, at + 1)
    parts = [sound[: begin * _FRAME], sound[end * _FRAME :]]
    return compose(parts, seconds, 0, 0, RATE)


def _halves(text: str) -> tuple[str, str]:
    before, after = text.split("|")
    return before.strip().rstrip(","), after.strip()


def _voice(number: int) -> str:
    return natural.VOICES[number % len(natural.VOICES)]
