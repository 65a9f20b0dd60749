"""The sections of a persona file, and the headings that name them."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

PERSONA, PROFILE, CONTEXT = "Persona", "Profile Data", "Scenario Context"
BEHAVIOR, OBJECTIVES = "Emotional State & Behavior Rules", "Test Objectives"
CONSTRAINTS, PHRASES, BRIEFING = "Constraints", "Phrases", "Briefing"
PHASES = ("Phase 1", "Phase 2", "Phase 3", "Phase 4")

_PERSONA = re.compile(r"persona\s*(?:[:：]\s*(.*))?", re.IGNORECASE | re.DOTALL)
_PHASE = re.compile(
    r"phase\s*([1-4]|one|two|three|four|iii|iv|ii|i)(?![\d\w])\s*[:：.)–—-]*\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERS = {
    word: words[0]
    for words in ("1 one i", "2 two ii", "3 three iii", "4 four iv")
    for word in words.split()
}
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
    the words particular to it. ``written`` is how the format writes it, where the line does
    otherwise, and ``lines`` how many lines it takes: two when it is underlined.
    """

    words: str
    level: int
    title: str
    key: str
    rest: str
    written: str = ""
    lines: int = 1


BOLD = 7
"""The level of a heading that is only set in bold: below every other."""
_BOLD = re.compile(
    r"(?P<sign>\*\*|__)(?P<title>[^\r\n]{3,150}?)\s*(?P=sign)\s*[:：]?\s*(?P<rest>.{0,100})"
)
_UNDERLINE = re.compile(r"(=|-)\1{2,}")
_NUMBERED = re.compile(
    r"(?:(?:section|part|step|teil|ส่วนที่)\s*)?\(?(?:\d{1,2}(?:\.\d{1,2}){0,2}|[ivx]{1,4}(?=[.):]))"
    r"(?:\s*[.):–—-]+\s*|\s+)",
    re.IGNORECASE,
)
_AROUND = " \t|/\\•·►▶→»›–—-:：.*_~=+#“”\"'`★☆✓✔"


def heading(words: str) -> Heading | None:
    """What a line that begins with ``#`` says as a heading; None when it is none."""
    bare = words.lstrip("#")
    level = len(words) - len(bare)
    title = bare.strip()
    if (cut := title.rstrip("#")) != title and cut.endswith((" ", "\t")):
        title = cut.rstrip()
    key, rest, usual = classify(title)
    # "#1 complaint" and "#refund" are words; "#Profile Data" is the seed's way of a heading.
    spaced = bare[:1] in ("", " ", "\t")
    if level > 6 or not (key or (title and (spaced or _like_title(title)))):
        return None
    written = "" if usual else usual_heading(key, rest)
    return Heading(words, level, title, key, rest, written)


def underlined(words: str, below: str) -> Heading | None:
    """A line that names a section and is underlined by the next, as in ``Constraints`` and ``===``.

    Only sections are named so: elsewhere such a line below words is a rule between paragraphs.
    """
    line = _UNDERLINE.fullmatch(below)
    if line is None or len(words) > 150:
        return None
    key, rest, _ = classify(words)
    level = 1 if line[1] == "=" else 2
    return Heading(words, level, words, key, rest, usual_heading(key, rest), 2) if key else None


def bold(words: str) -> Heading | None:
    """A line that names a section and is all in bold, as in ``**Phase 1: Opening**``."""
    match = _BOLD.fullmatch(words)
    if match is None:
        return None
    key, rest, _ = classify(match["title"].rstrip(":： "))
    behind = match["rest"].strip()
    if behind and (key != PERSONA or rest):  # **Persona:** Ava Reed
        return None
    rest = rest or behind
    return Heading(words, BOLD, rest or words, key, rest, usual_heading(key, rest)) if key else None


def usual_heading(key: str, rest: str) -> str:
    """How the format writes the heading of a section."""
    if key == PERSONA:
        return f"# {PERSONA}: {rest}"
    if key in PHASES:
        return f"## {key}: {rest}" if rest else f"## {key}"
    return f"# {key}" if key else ""


@lru_cache(maxsize=512)
def classify(title: str) -> tuple[str, str, bool]:
    """The section that a heading names ("" when unknown), the words particular to it, and whether
    it is written as the format has it: numbers and signs around it are passed over."""
    plain = " ".join(re.sub(r"[*_`]", "", title).split())
    if (found := _named(plain))[0]:
        return *found, True
    bare = without_signs(plain)
    if bare != plain and (found := _named(bare))[0]:
        return *found, False
    return "", plain, True


def without_signs(title: str) -> str:
    """A heading's words without pictures, stars and numbers before and behind them."""
    plain = "".join(" " if is_picture(c) else c for c in title[:300])
    plain = " ".join(plain.split()).strip(_AROUND)
    return _NUMBERED.sub("", plain, count=1).strip(_AROUND) if _NUMBERED.match(plain) else plain


def is_picture(sign: str) -> bool:
    """Whether it is an emoji or the like, or a part of one."""
    joins = sign in "\ufe0e\ufe0f\u200d\u20e3"
    # The whole block: it has tones of the skin, which count as accents, and what is newer than
    # this Python.
    in_block = "\U0001f000" <= sign <= "\U0001faff"
    return joins or in_block or unicodedata.category(sign) in ("So", "Co")


def without_pictures(words: str) -> str:
    """The words without emoji; as they are when there is nothing else."""
    return " ".join("".join(" " if is_picture(c) else c for c in words).split()) or words


def _named(plain: str) -> tuple[str, str]:
    if match := _PERSONA.fullmatch(plain):
        return PERSONA, (match[1] or "").strip()
    if match := _PHASE.fullmatch(plain):
        return f"Phase {_NUMBERS[match[1].casefold()]}", match[2].strip()
    words = plain.casefold().rstrip(":： ").replace("&", " and ").replace("behaviour", "behavior")
    return _KNOWN.get(" ".join(words.split()), ""), plain


def _like_title(title: str) -> bool:
    return title[0].isalpha() and not title[0].islower()
