"""Text as the offline voice can speak it: no signs to be read out, nothing that is too long; pure.

espeak-ng has fixed buffers for a word, and overruns them: 80 times "'s" without a space, or 200
times "x.", end its process.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_LANGUAGES = {
    "THAI": "th",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "cmn",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}
"""espeak-ng's voices by the first word of their letters' names in Unicode."""
LONGEST = 400
"""Characters that are spoken in one piece."""
_RUN = 48
"""Characters without a space that are spoken as one word."""
_UNSPACED_RUN = 160
"""The same in scripts that put no spaces between words, as Thai."""
_KEPT = 3
"""Pieces of a longer run that are spoken; nobody can follow the rest."""
_PLAIN = 200
"""Characters that are kept of a text that is to be spoken whatever it costs."""

_RANGE = re.compile(r"(?<=\d)\s?[\u2013\u2014]\s?(?=[\d$£€])")
_DASHES = re.compile(r"\s*[\u2013\u2014]\s*|\s-+\s")
_STRAY = re.compile(r" ([,.;:!?])")
_MARKS = re.compile(r"[*_#`~|<>\[\]{}\"“”]+")
_JOINERS = "\u200c\u200d"  # part of the spelling of some languages
_FIRST_PICTURE = "\u2190"  # arrows, boxes, dingbats, emoji; "°" and "№" stand before them


def speakable(text: str) -> str:
    """The text without what espeak-ng would read out as a sign; "" when nothing is left."""
    text = _RANGE.sub("-", "".join(map(_spoken_sign, text)))
    text = _DASHES.sub(", ", _MARKS.sub(" ", text))
    text = _STRAY.sub(r"\1", " ".join(text.split()))
    return text if any(c.isalnum() for c in text) else ""


def by_script(text: str) -> list[tuple[str, str]]:
    """The text in parts, each with the language of its letters: "" for Latin ones.

    For who speaks English only. What is no letter belongs to the part before it.
    """
    parts: list[tuple[str, str]] = []
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", text):
        language = _script(word)
        before = parts[-1] if parts else None
        if before is not None and language in (before[0], None):
            parts[-1] = (before[0], before[1] + word)
        else:
            parts.append((language or "", word))
    return parts or [("", text)]


def _script(word: str) -> str | None:
    """The language of a word's first letter that tells one, "" for Latin; None without letters."""
    for character in word:
        if character.isalpha():
            name = unicodedata.name(character, "").partition(" ")[0]
            return _LANGUAGES.get(name, "")
    return None


def pieces(text: str) -> list[str]:
    """A sentence in parts of at most ``LONGEST`` characters, cut at spaces where there are any."""
    found = []
    while len(text) > LONGEST:
        at = text.rfind(" ", 1, LONGEST)
        # A run that is longer stays whole: ``softened`` shortens it.
        at = at if at > 0 else text.find(" ", LONGEST)
        if at < 0:
            break
        found.append(text[:at])
        text = text[at + 1 :]
    return [*found, text]


@dataclass(frozen=True, slots=True)
class Word:
    """Where a word of a text begins in its sound: ``at`` in seconds."""

    start: int
    length: int
    at: float


@dataclass(frozen=True, slots=True)
class Softened:
    """A text to be spoken in place of another; ``starts`` are pairs of where a part begins in
    it and in the other one, in characters."""

    text: str
    starts: tuple[tuple[int, int], ...]

    def origin(self, position: int) -> int:
        """The place in the other text of a place in this one."""
        index = bisect_right(self.starts, position, key=lambda pair: pair[0]) - 1
        here, there = self.starts[max(0, index)]
        return there + position - here


def softened(text: str) -> Softened:
    """The text with its long runs broken by spaces, and shortened where they are very long."""
    parts: list[str] = []
    starts = [(0, 0)]
    length = 0
    at = 0
    for run in re.finditer(r"\S+", text):
        size = _RUN if any(c.isascii() and c.isalnum() for c in run[0]) else _UNSPACED_RUN
        if len(run[0]) <= size:
            continue
        parts.append(text[at : run.start()])
        length += run.start() - at
        for begin in range(0, min(len(run[0]), _KEPT * size), size):
            starts.append((length, run.start() + begin))
            parts.append(run[0][begin : begin + size] + " ")
            length += len(parts[-1])
        at = run.end()
        starts.append((length, at))
    parts.append(text[at:])
    return Softened("".join(parts), tuple(starts))


def plain(text: str) -> Softened:
    """Short words of letters and digits only, for a text over which the voice has broken down."""
    parts: list[str] = []
    starts = [(0, 0)]
    length = 0
    for word in re.finditer(r"\w{1,20}", text[:_PLAIN]):
        starts.append((length, word.start()))
        parts.append(word[0] + " ")
        length += len(parts[-1])
    return Softened("".join(parts).strip(), tuple(starts))


def _spoken_sign(character: str) -> str:
    if character.isascii():
        return character if character >= " " else " "
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf", "Cs", "Co", "Cn") or (kind in ("So", "Sk") and _picture(character)):
        return character if character in _JOINERS else " " if kind == "Cc" else ""
    return character


def _picture(character: str) -> bool:
    return character >= _FIRST_PICTURE
