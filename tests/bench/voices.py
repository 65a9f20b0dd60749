"""The voices of the English personas: how they would be judged, whether they are understood, and
how far they are from one another.

DNSMOS (overall, and P.808) is Microsoft's estimate of how people would rate the sound, 1 to 5, by
``speechmos`` of the group ``bench``; espeak-ng has 2.8 and 3.5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from personas.model import Persona
from tests.bench.disturbances import RATE
from tests.bench.figures import of_group, spread
from tests.bench.hearing import listening
from tests.bench.saying import first_sound, say, size_of, voices
from tests.bench.spoken import sentences
from tests.bench.word_errors import WordErrors, word_errors
from tests.support.heldout import PERSONAS, persona_of
from tests.support.speech import Sound

NUMBER = 12
"""Sentences that each persona says, beside its own opening lines."""
APART = 0.08
"""Share by which two voices differ at least, in pitch or in size."""
LOWEST, HIGHEST = 60, 420
"""Hertz between which a voice's pitch is looked for."""


@dataclass(frozen=True)
class Judged:
    """A persona's voice: scores from 1 to 5, word error, median pitch in hertz, and the factor that
    is the size of its speaker."""

    name: str
    overall: float
    p808: float
    errors: WordErrors
    pitch: float
    size: float


def measure() -> Iterator[tuple[str, str]]:
    """Scores and word error of each, and the pairs that are too alike."""
    slugs = sorted(file.stem for file in PERSONAS.glob("*.md"))
    personas = [one for one in map(persona_of, slugs) if one.language.startswith("en")]
    texts = [text for text, _ in sentences("open")][:NUMBER]
    judged = []
    with voices() as speaking, listening() as hear:
        for persona in personas:
            lines = [*texts, *persona.phases[0].lines]
            sounds = [say(speaking, persona, line) for line in lines]
            heard = word_errors((t, hear(s)) for t, s in zip(lines, sounds, strict=True))
            judged.append(_judged(persona, sounds, heard))
            yield persona.name, _words(judged[-1])
        firsts = [1000 * first_sound(speaking, personas[0], text) for text in texts]
        yield "text to first sound", spread(firsts, "ms", 0)
    worst = min(one.overall for one in judged), min(one.p808 for one in judged)
    yield "lowest overall (at least 3.1) and P.808 (at least 3.7)", "{:.2f}, {:.2f}".format(*worst)
    worst_heard = max(judged, key=lambda one: one.errors.rate)
    yield "highest word error (at most 0.03)", f"{worst_heard.errors} of {worst_heard.name}"
    close = [pair for pair in combinations(judged, 2) if apart(*pair) < APART]
    told = ", ".join(f"{a.name} and {b.name} {100 * apart(a, b):.0f} %" for a, b in close)
    yield f"pairs that differ by less than {100 * APART:.0f} % in pitch and in size", told or "none"


def apart(one: Judged, other: Judged) -> float:
    """By which share two voices differ, in what they differ in most."""
    pairs = ((one.pitch, other.pitch), (one.size, other.size))
    return max(max(pair) / min(pair) - 1 for pair in pairs)


def _judged(persona: Persona, sounds: Sequence[Sound], errors: WordErrors) -> Judged:
    dnsmos = of_group("speechmos.dnsmos")
    scores = [dnsmos.run(sound.astype(np.float32) / 32_768, RATE) for sound in sounds]
    return Judged(
        name=persona.name,
        overall=float(np.mean([score["ovrl_mos"] for score in scores])),
        p808=float(np.mean([score["p808_mos"] for score in scores])),
        errors=errors,
        pitch=_pitch(sounds),
        size=size_of(persona),
    )


def _words(one: Judged) -> str:
    return (
        f"overall {one.overall:.2f}, P.808 {one.p808:.2f}, word error {one.errors}, "
        f"pitch {one.pitch:.0f} Hz, size {one.size:.2f}"
    )


def _pitch(sounds: Sequence[Sound]) -> float:
    """Median over the voiced frames, hertz (pYIN)."""
    librosa = of_group("librosa")
    found = [
        librosa.pyin(
            sound.astype(np.float32) / 32_768, fmin=LOWEST, fmax=HIGHEST, sr=RATE, frame_length=1024
        )[0]
        for sound in sounds
    ]
    return float(np.nanmedian(np.concatenate(found)))
