"""How a piece of English text is found and said: what all rules share; pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.speech.number_words import ONES, cardinal, singly

Kind = Literal["digit", "letter", "sign"]
"""What a piece of text begins with."""
_NEAR = 48
"""Characters around a piece that may say what it is."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that is to be said; ``british`` is how its days and numbers are read."""

    text: str
    british: bool

    def before(self, at: int) -> str:
        """The characters right before a place."""
        return self.text[max(0, at - _NEAR) : at]

    def after(self, at: int) -> str:
        """The characters from a place on."""
        return self.text[at : at + _NEAR]

    def cardinal(self, digits: str) -> str:
        """A number in words, with its decimals."""
        whole, _, decimals = digits.partition(".")
        words = cardinal(whole, british=self.british)
        return f"{words} point {singly(decimals)}" if decimals else words


Handler = Callable[[Written, re.Match[str]], str | None]
"""What is said for a match; None when it is something else. A full stop at its end is a mark."""
Rule = tuple[re.Pattern[str], Handler]


class Rules:
    """Rules in the order in which they are tried, by what a piece begins with.

    Quantifiers in a pattern are bounded wherever a failure could come after them, so that any text
    takes time in proportion to its length.
    """

    def __init__(self) -> None:
        self._rules: list[tuple[Sequence[str], Rule]] = []

    def __call__(self, kinds: str, pattern: str) -> Callable[[Handler], Handler]:
        """Decorates what is said for a pattern at these kinds of beginnings."""

        def keep(handler: Handler) -> Handler:
            self._rules.append((kinds.split(), (re.compile(pattern), handler)))
            return handler

        return keep

    def of(self, kind: Kind) -> list[Rule]:
        """Those for one kind of beginning."""
        return [rule for kinds, rule in self._rules if kind in kinds]


def letters(word: str) -> str:
    """Named one by one: letters as capitals joined by full stops, digits in words."""
    runs = re.findall(r"[^\W\d_]+|\d", word)
    return " ".join(ONES[int(run)] if run.isdigit() else _named(run.upper()) for run in runs)


def _named(run: str) -> str:
    # By itself, "A" would be the article.
    return "eh" if run == "A" else ".".join(run)


def unsayable(word: str) -> bool:
    """Whether it has to be spelled, since no vowel is in it; "com" is a word, "tc" is none."""
    return len(word) < 6 and not re.search(r"[aeiouyà-ÿ]", word.lower())


def stop_after(written: Written, found: re.Match[str]) -> str:
    """ "." where the full stop of an abbreviation ends the sentence, too."""
    ends = re.match(r"[\"')]*(?:\s+[A-Z]|\s*$)", written.after(found.end()))
    return "." if found[0].endswith(".") and ends else ""
