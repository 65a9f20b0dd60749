"""Word error, with spellings levelled: what was said and what was heard need not be spelt alike.

By whisper-normalizer (numbers, contractions, British and American) and jiwer, of the group
``bench``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.bench.figures import of_group

# What the normalizer leaves apart, and recognisers write in either way.
_JOINED = re.compile(
    r"\b(?:(to) (day|morrow|night)|(some|any|every) (one|body|thing|where)|(all) (right)"
    r"|(post) (code)|(check) (out))\b"
)
_SPELT = {"alright": "allright", "okay": "ok", "one": "1"}
_DIGITS = re.compile(r"(?<=\d)[ .,](?=\d)")
"""Between the digits of prices, times and numbers that are read out."""


@dataclass(frozen=True)
class WordErrors:
    """``wrong`` of ``total`` words were put in, left out or exchanged."""

    wrong: int
    total: int

    @property
    def rate(self) -> float:
        """Word error: 0 when every word was heard as it was said."""
        return self.wrong / self.total

    def __str__(self) -> str:
        return f"{self.rate:.3f} ({self.wrong} of {self.total} words)"


def word_errors(pairs: Iterable[tuple[str, str]]) -> WordErrors:
    """The word errors of these texts, each with what was heard of it."""
    said, heard = zip(*((level(one), level(other)) for one, other in pairs), strict=True)
    found = of_group("jiwer").process_words(list(said), list(heard))
    wrong = found.substitutions + found.deletions + found.insertions
    return WordErrors(wrong, found.hits + found.substitutions + found.deletions)


def level(text: str) -> str:
    """The text in lower case, without signs, in one of its spellings."""
    return one_spelling(str(_normalizer()(text)))


def one_spelling(text: str) -> str:
    """What the normalizer leaves in several ways, in one of them."""
    words = " ".join(text.split())
    joined = _JOINED.sub(lambda match: "".join(filter(None, match.groups())), words)
    plain = " ".join(_SPELT.get(word, word) for word in joined.split())
    return _DIGITS.sub("", plain)


@cache
def _normalizer() -> Any:
    return of_group("whisper_normalizer.english").EnglishTextNormalizer()
