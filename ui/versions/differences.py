"""What two texts have in common and what differs, line by line and word by word."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

ALIKE = 0.4
"""Share of words in common from which on two lines are the same line, changed."""
ALIGNED = 2500
"""Pairs of lines up to which the best pairs of a block are looked for."""
LONGEST = 1000
"""Characters of a line up to which its words are compared."""

Pieces = tuple[tuple[bool, str], ...]
"""A line in pieces, each with whether it differs from the other text's line."""


@dataclass(frozen=True, slots=True)
class Same:
    """Lines that both texts have; the numbers are of the first one (1-based)."""

    old: int
    new: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of one text or the other, or what it was and became; None on the side without it."""

    old: int | None
    new: int | None
    before: Pieces = ()
    after: Pieces = ()


def differences(before: str, after: str) -> list[Same | Changed]:
    """The two texts from top to bottom."""
    old, new = _lines(before), _lines(after)
    found: list[Same | Changed] = []
    for kind, a, b, c, d in steps(old, new):
        if kind == "equal":
            found.append(Same(a + 1, c + 1, tuple(old[a:b])))
        else:
            found.extend(_changes(old[a:b], new[c:d], a + 1, c + 1))
    return found


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def steps(old: list[str], new: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As ``SequenceMatcher``'s, which is slow on long texts, of the part between the equal ends."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    rest = shorter - head
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    if head:
        yield "equal", 0, head, 0, head
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    for kind, a, b, c, d in SequenceMatcher(None, *middle).get_opcodes():
        yield kind, a + head, b + head, c + head, d + head
    if tail:
        yield "equal", len(old) - tail, len(old), len(new) - tail, len(new)


def _changes(old: list[str], new: list[str], at_old: int, at_new: int) -> Iterator[Changed]:
    """A block of lines that were replaced, each old line beside the new one most like it."""
    for i, j in _pairs(old, new):
        before, after = (old[i] if i is not None else ""), (new[j] if j is not None else "")
        pieces = words(before, after) if i is not None and j is not None else _whole(before, after)
        yield Changed(None if i is None else at_old + i, None if j is None else at_new + j, *pieces)


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[int | None, int | None]]:
    done_old = done_new = 0
    for i, j in [*_alike(old, new), (len(old), len(new))]:
        yield from zip_longest(range(done_old, i), range(done_new, j))
        if i < len(old):
            yield i, j
        done_old, done_new = i + 1, j + 1


def _alike(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pairs of lines in the order of both, chosen so that they have most in common."""
    if len(old) * len(new) > ALIGNED:
        return [(i, i) for i in range(min(len(old), len(new))) if _share(old[i], new[i]) >= ALIKE]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    share = [[_share(a, b) for b in new] for a in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            pair = share[i][j] + best[i + 1][j + 1] if share[i][j] >= ALIKE else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new) and best[i][j]:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found


def _share(old: str, new: str) -> float:
    """How much of two lines is the same, 0 to 1, whatever the order."""
    if old == new:
        return 1.0
    a, b = (Counter(filter(str.strip, _tokens(line[:LONGEST]))) for line in (old, new))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def words(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Two lines in pieces; as a whole when they have too little in common to be read in pieces."""
    if max(len(before), len(after)) > LONGEST or _share(before, after) < ALIKE:
        return _whole(before, after)
    old, new = _tokens(before), _tokens(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left = [(kind != "equal", "".join(old[a:b])) for kind, a, b, _, _ in steps]
    right = [(kind != "equal", "".join(new[c:d])) for kind, _, _, c, d in steps]
    return _joined(left), _joined(right)


def _whole(before: str, after: str) -> tuple[Pieces, Pieces]:
    return ((True, before),) if before else (), ((True, after),) if after else ()


def _joined(pieces: Sequence[tuple[bool, str]]) -> Pieces:
    """Neighbours of one kind as one piece; a space between two changes is part of them."""
    found: list[tuple[bool, str]] = []
    present = [piece for piece in pieces if piece[1]]
    for index, (differs, text) in enumerate(present):
        around = present[max(0, index - 1)][0] and present[min(index + 1, len(present) - 1)][0]
        differs = differs or (around and text.isspace())
        if found and found[-1][0] == differs:
            text = found.pop()[1] + text
        found.append((differs, text))
    return tuple(found)


def _tokens(line: str) -> list[str]:
    """Words, runs of spaces and single signs; scripts without spaces in units of one letter."""
    found: list[str] = []
    last = ""
    for sign in line:
        kind = _kind(sign)
        if found and (kind == "mark" or (kind == last and kind in ("word", "space"))):
            found[-1] += sign
        else:
            found.append(sign)
        last = last if kind == "mark" else kind
    return found


def _kind(sign: str) -> str:
    """``word``, ``space``, ``mark`` (stays with the letter before it) or ``single``."""
    if sign.isascii() or sign < "\u0300":
        return "word" if sign.isalnum() else "space" if sign.isspace() else "single"
    if unicodedata.category(sign).startswith("M"):
        return "mark"
    spaceless = "\u0e00" <= sign <= "\u109f" or "\u1780" <= sign <= "\u17ff" or sign >= "\u2e80"
    if sign.isalnum() and (not spaceless or "\uac00" <= sign <= "\ud7a3"):
        return "word"  # Korean has spaces
    return "space" if sign.isspace() else "single"
