"""What a briefing gives away: facts that have to be earned, and lines that the customer speaks."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from personas.marks import normalised
from personas.parsed import ParsedPersona
from personas.sections import BRIEFING
from personas.source import Findings, shown

_FEWEST = 4
"""Words of a line from which on its repetition is no chance; of Thai, a fourth of the signs."""
_MOST = 2000
"""Lines that are looked for."""


def check_briefing(parsed: ParsedPersona, found: Findings) -> None:
    """Warn where the trainee would read what only the call may tell."""
    if BRIEFING not in parsed.blocks or not parsed.briefing:
        return
    briefing = _Briefing(parsed)
    for fact in islice((fact for fact in parsed.facts if fact.only_after), _MOST):
        if line := briefing.line_with(normalised(fact.value)) or briefing.line_about(fact.value):
            found.warn(
                line,
                f"the briefing gives away {shown(fact.value)!r} (line {fact.line}), which is told "
                "only after a rule; leave it out",
            )
    for said in dict.fromkeys(islice(_spoken(parsed), _MOST)):
        if line := _long(said) and briefing.line_with(normalised(said)):
            found.warn(
                line, f"the briefing repeats what the customer says, {shown(said)!r}; leave it out"
            )


class _Briefing:
    """The words of a briefing, with the lines on which they stand."""

    def __init__(self, parsed: ParsedPersona) -> None:
        self._numbers: list[int] = []
        self._starts: list[int] = []
        self._words: list[frozenset[str]] = []
        written, at = [], 1
        for part in parsed.blocks[BRIEFING].parts:
            for number, line in enumerate(part.piece.text.splitlines(), start=part.line):
                if words := normalised(line):
                    self._numbers.append(number)
                    self._starts.append(at)
                    self._words.append(frozenset(words.split()))
                    written.append(words)
                    at += len(words) + 1
        self._text = f" {' '.join(written)} "

    def line_with(self, words: str) -> int:
        """The line (1-based) where these normalised words begin; 0 when they are not there."""
        # Only words that are written with spaces have an end of their own.
        at = self._text.find(f" {words} " if words.isascii() else words) if len(words) > 3 else -1
        return self._numbers[bisect_right(self._starts, at + 1) - 1] if at >= 0 else 0

    def line_about(self, value: str) -> int:
        """The line with all of at least three telling words of it, in any order; 0 for none."""
        telling = {word for word in normalised(value).split() if len(word) > 3}
        if len(telling) < 3:
            return 0
        hits = (n for n, words in zip(self._numbers, self._words, strict=True) if telling <= words)
        return next(hits, 0)


def _spoken(parsed: ParsedPersona) -> Iterator[str]:
    for content in parsed.contents.values():
        yield from content.lines
        for rule in content.rules:
            yield from rule.replies
        for _, line in content.phrases:
            yield line


def _long(said: str) -> bool:
    words = normalised(said)
    return len(words.split()) >= _FEWEST if words.isascii() else len(words) >= 4 * _FEWEST
