"""The little pattern language of the word lists, compiled to regular expressions.

A pattern is words with optional parts: ``stem*``, ``(one|another)``, ``optional?``, ``_`` for any
word, ``#`` for a number, ``..`` for up to three words and ``..6`` for up to six. It is matched
against words joined by single spaces, each followed by a space, at the start of a word.
"""

import re
from dataclasses import dataclass

_NUMBERS = (
    "oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    "fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    "ninety|hundred|thousand"
)
_NUMBER = rf"(?:(?:{_NUMBERS}|\d+) )"
_PIECE = re.compile(r"\.\.(\d*)|[()|?]|[^\s()|?.]+")


class PatternError(ValueError):
    """A word list has a pattern that cannot be read."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; ``firsts`` are the words (or ``stem*``) it can begin with."""

    regex: re.Pattern[str]
    firsts: frozenset[str]
    words: frozenset[str]
    """Every literal word in it."""


@dataclass(frozen=True, slots=True)
class _Part:
    regex: str
    firsts: frozenset[str]
    optional: bool


def compile_pattern(source: str) -> Pattern:
    """The compiled form of one pattern; PatternError when it cannot be read."""
    pieces = [m.group() for m in _PIECE.finditer(source.lower())]
    literals = frozenset(pieces)
    part, rest = _alternatives(pieces, source)
    if rest or not part.firsts:
        raise PatternError(f"cannot read the pattern {source!r}")
    return Pattern(re.compile(part.regex), part.firsts, literals)


def _alternatives(pieces: list[str], source: str) -> tuple[_Part, list[str]]:
    options: list[_Part] = []
    while True:
        option, pieces = _sequence(pieces, source)
        options.append(option)
        if not pieces or pieces[0] != "|":
            break
        pieces = pieces[1:]
    if len(options) == 1:
        return options[0], pieces
    firsts = frozenset().union(*(o.firsts for o in options))
    regex = "(?:" + "|".join(o.regex for o in options) + ")"
    return _Part(regex, firsts, any(o.optional for o in options)), pieces


def _sequence(pieces: list[str], source: str) -> tuple[_Part, list[str]]:
    parts: list[_Part] = []
    while pieces and pieces[0] not in "|)":
        part, pieces = _single(pieces, source)
        if pieces and pieces[0] == "?":
            part = _Part(f"(?:{part.regex})?", part.firsts, True)
            pieces = pieces[1:]
        parts.append(part)
    firsts: set[str] = set()
    for part in parts:
        firsts |= part.firsts
        if not part.optional:
            break
    regex = "".join(part.regex for part in parts)
    return _Part(regex, frozenset(firsts), all(p.optional for p in parts)), pieces


def _single(pieces: list[str], source: str) -> tuple[_Part, list[str]]:
    head, rest = pieces[0], pieces[1:]
    if head == "(":
        part, rest = _alternatives(rest, source)
        if not rest or rest[0] != ")":
            raise PatternError(f"an unclosed bracket in {source!r}")
        return part, rest[1:]
    if head.startswith(".."):
        return _Part(rf"(?:[^\s|]+ ){{0,{head[2:] or 3}}}?", frozenset(), True), rest
    if head == "#":
        firsts = frozenset((*_NUMBERS.split("|"), *(f"{digit}*" for digit in range(10))))
        return _Part(f"{_NUMBER}+(?:(?:and|point) {_NUMBER}+)?", firsts, False), rest
    if head == "_":
        return _Part(r"[^\s|]+ ", frozenset({"*"}), False), rest
    if head.endswith("*"):
        return _Part(re.escape(head[:-1]) + r"\S* ", frozenset({head}), False), rest
    return _Part(re.escape(head) + " ", frozenset({head}), False), rest
