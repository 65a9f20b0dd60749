"""Finds the examples of persona texts that stand there in the words of somebody's turns."""

# Authors also write full-width colons.
# ruff: noqa: RUF001

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from personas.anonymous import anonymous
from personas.example_writer import as_example
from personas.marks import normalised
from personas.source import Findings, line_of
from personas.submarks import sentences

SAME = 15
"""Letters from which on an example in the very words of a turn is named: less says everybody."""
PART = 25
"""Letters from which on one is named that is only a part of a turn."""

_EXAMPLE = re.compile(
    r"^[ \t]*[-*+][ \t]+[*_`]{0,3}((?:un)?like)[*_`]{0,3}[ \t]*[:：](.*)$",
    re.IGNORECASE | re.MULTILINE,
)


class Held(NamedTuple):
    """An example on that line (1-based) of a text; ``mark`` is ``like`` or ``unlike``."""

    line: int
    mark: str
    words: str


class TurnWords:
    """What one person said in all turns, to compare examples with: as it was said, and without the
    ``names`` and numbers that are taken out before an example is written."""

    def __init__(self, turns: Iterable[str], names: Iterable[str]) -> None:
        known = tuple(names)
        self._same: set[str] = set()
        for turn in turns:
            without = anonymous(turn, known).text
            self._same |= {normalised(as_example(each)) for each in (turn, without)}
        self._all = "\n".join(f" {each} " for each in sorted(self._same))

    def __contains__(self, example: object) -> bool:
        key = normalised(str(example))
        if len(key) >= SAME and key in self._same:
            return True
        return len(key) >= PART and f" {key} " in self._all


def examples_of(text: str) -> Iterator[Held]:
    """Every example of a persona's text, whether or not that can be parsed as a whole."""
    for match in _EXAMPLE.finditer(text):
        line, mark = line_of(text, match.start()), match[1].casefold()
        for words in sentences(match[2], mark, line, Findings()):
            yield Held(line, mark, words)


def held(text: str, said: TurnWords) -> list[Held]:
    """The examples of that text which hold words that were said."""
    return [each for each in examples_of(text) if each.words in said]
