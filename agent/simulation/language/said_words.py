"""Finding a quote in what was said: compared as words, ignoring case and punctuation."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_INSIDE = frozenset("'`\u00b4\u2019\u02bc")
"""Apostrophes of all kinds. One stands inside a word without parting it: "I'm" is "Im"."""
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR", "CJK", "HIRAGANA", "KATAKANA")
"""Scripts without spaces between words: there each sign is compared on its own."""


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def as_said(quote: str, text: str) -> str:
    """The stretch of ``text`` that has the quote's words, as it stands there; "" when none has."""
    wanted = [word.text for word in _words(quote)]
    said = list(_words(text))
    for first in range(len(said) - len(wanted) + 1) if wanted else ():
        stretch = said[first : first + len(wanted)]
        if [word.text for word in stretch] == wanted:
            return text[stretch[0].start : stretch[-1].end]
    return ""


def _words(text: str) -> Iterator[_Word]:
    letters: list[str] = []
    start = end = 0
    for place, sign in enumerate(text):
        if sign in _INSIDE:
            continue
        counts = unicodedata.category(sign)[0] in "LMN"
        alone = counts and unicodedata.name(sign, "").startswith(_UNSPACED)
        if letters and (alone or not counts):
            yield _Word("".join(letters), start, end)
            letters = []
        if not counts:
            continue
        if not letters:
            start = place
        letters.append(unicodedata.normalize("NFKC", sign).casefold())
        end = place + 1
        if alone:
            yield _Word("".join(letters), start, end)
            letters = []
    if letters:
        yield _Word("".join(letters), start, end)
