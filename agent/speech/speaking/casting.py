"""Which voice a persona has whose file names none: by what the text says of the person; pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agent.simulation.language.sentences import sentences
from agent.speech.speaking.gender_words import (
    NOUNS,
    TITLES,
    by_name,
    by_signs,
    pronouns,
    stated,
)
from agent.speech.speaking.speakers import Gender
from personas.model import Persona

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Cast:
    """A voice of the bundled speaker's, as factors of it; see ``Delivery``."""

    size: float
    tone: float
    pace: float


_SIZES: dict[Gender, tuple[float, ...]] = {
    "woman": (0.85, 0.92, 1.0, 1.08, 1.16),
    "man": (0.74, 0.8, 0.865),
}
_TONES: dict[Gender, tuple[float, ...]] = {
    "woman": (0.93, 1.0, 1.08),
    "man": (0.75, 0.81, 0.875, 0.945),
}
_PACES = (0.95, 0.985, 1.02, 1.055)


def cast_voice(persona: Persona) -> Cast:
    """A voice that fits the person and stays while the text is edited.

    Sizes and tones lie so far apart that two that differ in one of them are told apart by ear
    (8 %); the slug chooses among them.
    """
    kind = gender(persona)
    digest = hashlib.sha256(persona.slug.encode()).digest()
    sizes, tones = _SIZES[kind], _TONES[kind]
    return Cast(
        size=sizes[digest[0] % len(sizes)],
        tone=tones[digest[1] % len(tones)],
        pace=_PACES[digest[2] % len(_PACES)],
    )


def gender(persona: Persona) -> Gender:
    """Whether a woman or a man speaks: by what a fact says, by a title with the name, by how the
    text goes on about the person and what the person says, and only then by the first name."""
    language = persona.language
    return (
        _stated(persona)
        or _titled(persona)
        or _described(persona.character, language)
        or _spoken_of(" ".join((*persona.context, *_rules(persona))), language)
        or by_signs(" ".join((persona.character, *persona.context, *_lines(persona))), language)
        or by_name(_words(persona.name))
    )


def _stated(persona: Persona) -> Gender | None:
    """By a fact such as "Gender: female"."""
    for fact in persona.facts:
        if kind := stated(fact.label, fact.value):
            return kind
    return None


def _titled(persona: Persona) -> Gender | None:
    """By "Mrs", "Mr" or the like, in the name or right before one of its words."""
    names = _words(persona.name)
    if names and names[0] in TITLES:
        return TITLES[names[0]]
    for before, name in pairwise(_words(persona.character)):
        if before in TITLES and name in names:
            return TITLES[before]
    return None


def _described(character: str, language: str) -> Gender | None:
    """By the character section: its first sentence names the person, and what it is."""
    words = _words(sentences(" ".join(character.split()))[0])
    for index, word in enumerate(words):
        # "His late wife", "Tom's father" and "whose mother" are others.
        others = any(map(_possessive, words[max(0, index - 3) : index]))
        if word in NOUNS and not others:
            return NOUNS[word]
    return _spoken_of(character, language)


def _possessive(word: str) -> bool:
    return word in ("his", "her", "their", "whose", "my") or word.endswith("'s")


def _spoken_of(text: str, language: str) -> Gender | None:
    """By its pronouns: the first one is the person's, unless the others speak clearly for
    somebody else."""
    known = pronouns(language)
    said = [known[word] for word in _words(text) if word in known]
    if not said:
        return None
    women = sum(each == "woman" for each in said)
    men = len(said) - women
    if women > 4 * men:
        return "woman"
    return "man" if men > 4 * women else said[0]


def _rules(persona: Persona) -> Iterator[str]:
    yield from (note for phase in persona.phases for note in phase.notes)
    yield from (rule.text for rule in persona.rules)


def _lines(persona: Persona) -> Iterator[str]:
    """What the persona says."""
    yield from (line for phase in persona.phases for line in phase.lines)
    yield from (line for rule in persona.rules for line in rule.replies)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("\u2019", "'").lower())
