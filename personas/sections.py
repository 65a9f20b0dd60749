"""The sections of a persona file, and the headings that name them."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re
from functools import lru_cache
from typing import NamedTuple

PERSONA, PROFILE, CONTEXT = "Persona", "Profile Data", "Scenario Context"
BEHAVIOR, OBJECTIVES = "Emotional State & Behavior Rules", "Test Objectives"
CONSTRAINTS, PHRASES, BRIEFING = "Constraints", "Phrases", "Briefing"
PHASES = ("Phase 1", "Phase 2", "Phase 3", "Phase 4")

_PERSONA = re.compile(r"persona\s*(?:[:：]\s*(.*))?", re.IGNORECASE | re.DOTALL)
_PHASE = re.compile(r"phase\s*([1-4])(?!\d)\s*[:：.)–—-]*\s*(.*)", re.IGNORECASE | re.DOTALL)
_KNOWN = {
    "profile data": PROFILE,
    "scenario context": CONTEXT,
    "emotional state and behavior rules": BEHAVIOR,
    "test objectives": OBJECTIVES,
    "constraints": CONSTRAINTS,
    "phrases": PHRASES,
    "briefing": BRIEFING,
}


class Heading(NamedTuple):
    """A heading as its line says it: ``words`` with its signs, ``title`` without.

    ``key`` is the section that it names, empty when the format has no such section, and ``rest``
    the words particular to it.
    """

    words: str
    level: int
    title: str
    key: str
    rest: str


def heading(words: str) -> Heading | None:
    """What a line that begins with ``#`` says as a heading; None when it is none."""
    bare = words.lstrip("#")
    level = len(words) - len(bare)
    title = bare.strip()
    if (cut := title.rstrip("#")) != title and cut.endswith((" ", "\t")):
        title = cut.rstrip()
    key, rest = classify(title)
    # "#1 complaint" and "#refund" are words; "#Profile Data" is the seed's way of a heading.
    spaced = bare[:1] in ("", " ", "\t")
    if level > 6 or not (key or (title and (spaced or _like_title(title)))):
        return None
    return Heading(words, level, title, key, rest)


@lru_cache(maxsize=512)
def classify(title: str) -> tuple[str, str]:
    """The section that a heading names ("" when unknown) and the words particular to it."""
    plain = " ".join(re.sub(r"[*_`]", "", title).split())
    if match := _PERSONA.fullmatch(plain):
        return PERSONA, (match[1] or "").strip()
    if match := _PHASE.fullmatch(plain):
        return f"Phase {int(match[1])}", match[2].strip()
    words = plain.casefold().rstrip(":： ").replace("&", " and ").replace("behaviour", "behavior")
    return _KNOWN.get(" ".join(words.split()), ""), plain


def _like_title(title: str) -> bool:
    return title[0].isalpha() and not title[0].islower()
