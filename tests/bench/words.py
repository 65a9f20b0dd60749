"""How well the recogniser hears people it has never heard, and how long it takes.

The sentences (``data/spoken.yaml``) are in free speech and in no list of the product; natural
voices speak them, spellings are levelled. Of the part ``held`` only sums are printed; with
``BENCH_OPEN=1`` each miss of the part ``open`` is.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench import natural
from tests.bench.disturbances import RATE, babble, noisy, pink, telephone
from tests.bench.figures import spread
from tests.bench.hearing import Hear, in_call, listening, recogniser
from tests.bench.spoken import sentences
from tests.bench.word_errors import WordErrors, level, word_errors
from tests.support.heldout import Part as HeldOut
from tests.support.heldout import drawn
from tests.support.speech import VOICES, Sound, sentence

ROBOTS: tuple[HeldOut, ...] = ("test", "later")
NUMBER = 20
"""Sentences of each of these parts of the held-out ones that espeak-ng's voices say."""
BABBLING = 6
"""People who talk at once."""
CALLED, AT_ONCE = 24, 3
"""Sentences that are heard in calls, and calls at once."""
Disturb = Callable[[Sound, int], Sound]
"""What becomes of a sound; the number is the seed of what is random in it."""


@dataclass(frozen=True)
class Clip:
    """A text, and somebody saying it: int16 mono at 16 kHz."""

    text: str
    voice: str
    sound: Sound


def measure() -> Iterator[tuple[str, str]]:
    """Word error by what stands between the mouth and the recogniser; time; the same in calls.

    The clips begin and end with speech: whoever hears them has to bear that.
    """
    wanted = {"open": sentences("open"), "held": sentences("held")}
    natural.prepare([*wanted["open"], *wanted["held"]])
    clips = {
        name: [Clip(text, voice, natural.clip(text, voice)) for text, voice in part]
        for name, part in wanted.items()
    }
    held = clips["held"]
    others = [clip.sound for clip in clips["open"]]
    with listening() as hear:
        for what, disturb in _disturbances(others).items():
            yield what, str(_errors(hear, held, disturb))
        by_voice = {clip.voice: [c for c in held if c.voice == clip.voice] for clip in held}
        each = [f"{voice} {_errors(hear, said).rate:.3f}" for voice, said in by_voice.items()]
        yield "clean, by voice", ", ".join(each)
        yield "clean, part open", str(_errors(hear, clips["open"]))
        for part in ROBOTS:
            robots = [
                Clip(said.text, voice, sentence(said.text, voice, RATE))
                for said in drawn(part, NUMBER)
                for voice in VOICES
            ]
            yield f"espeak-ng's voices (at most 0.15), {part}", str(_errors(hear, robots))
        yield from _times(hear, held)
        if os.environ.get("BENCH_OPEN"):
            yield from _misses(hear, clips["open"])
    yield from _in_calls(held[:CALLED])


def _disturbances(others: Sequence[Sound]) -> Mapping[str, Disturb]:
    def behind_noise(sound: Sound, seed: int) -> Sound:
        return noisy(sound, pink(sound.size, seed), 10)

    def behind_voices(sound: Sound, seed: int) -> Sound:
        people = [others[(seed * 7 + n) % len(others)] for n in range(BABBLING)]
        return noisy(sound, babble(sound.size, people, seed), 10)

    return {
        "clean (at most 0.02)": _clean,
        "10 dB of noise (at most 0.05)": behind_noise,
        f"10 dB of {BABBLING} people talking": behind_voices,
        "by telephone (at most 0.03)": lambda sound, _: telephone(sound),
    }


def _clean(sound: Sound, _: int) -> Sound:
    return sound


def _errors(hear: Hear, clips: Sequence[Clip], disturb: Disturb = _clean) -> WordErrors:
    return word_errors(
        (clip.text, hear(disturb(clip.sound, number))) for number, clip in enumerate(clips)
    )


def _in_calls(clips: Sequence[Clip]) -> Iterator[tuple[str, str]]:
    """The same sounds as a call hears them, in real time."""
    with recogniser() as hearing:
        heard = in_call(hearing, [clip.sound for clip in clips], AT_ONCE)
    pairs = [(clip.text, one.text) for clip, one in zip(clips, heard, strict=True)]
    yield f"in {AT_ONCE} calls at once, {len(clips)} of the clean ones", str(word_errors(pairs))
    lags = [1000 * one.lag for one in heard if one.lag is not None]
    yield "last words after the end of speech", spread(lags, "ms", 0)


def _times(hear: Hear, clips: Sequence[Clip]) -> Iterator[tuple[str, str]]:
    """What the recogniser takes for short and for long utterances."""
    for seconds in (2, 4, 8, 15):
        taken = []
        for first in range(8):
            joined = np.concatenate([clip.sound for clip in clips[first : first + 8]])
            began = time.perf_counter()
            hear(joined[: seconds * RATE])
            taken.append(1000 * (time.perf_counter() - began))
        yield f"time for {seconds} s of speech", spread(taken, "ms", 0)


def _misses(hear: Hear, clips: Sequence[Clip]) -> Iterator[tuple[str, str]]:
    for clip in clips:
        heard = hear(clip.sound)
        if level(heard) != level(clip.text):
            yield f"{clip.voice}: {clip.text}", heard
