"""Two people's changes of one text put together; what both changed stays marked.

Texts have ``\\n`` as line ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MINE, MIDDLE, THEIRS = "<<<<<<< Yours", "=======", ">>>>>>> Theirs"
Side = Literal["mine", "theirs", "both"]
Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed, as they stand marked in a text; ``line`` is that of the first
    mark (1-based), ``last`` that of the last one."""

    line: int
    last: int
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def merge(base: str, mine: str, theirs: str) -> str:
    """Both changes of ``base`` in one text; where they differ, both between marks."""
    b, m, t = (_lines(text) for text in (base, mine, theirs))
    merged: list[str] = []
    at = (0, 0, 0)
    for common in _common(b, m, t):
        (b1, m1, t1), size = common
        merged += _settled(b[at[0] : b1], m[at[1] : m1], t[at[2] : t1])
        merged += b[b1 : b1 + size]
        at = (b1 + size, m1 + size, t1 + size)
    # The last line's end is a change as well, but never one to ask about.
    ended = [text.endswith("\n") for text in (base, mine, theirs)]
    text = "".join(merged)
    return text if (ended[2] if ended[1] == ended[0] else ended[1]) else text.removesuffix("\n")


def clashes(text: str) -> list[Clash]:
    """The places in a text that are still marked, whole ones only."""
    found: list[Clash] = []
    sides: tuple[list[str], list[str]] = ([], [])
    begin, side = 0, -1
    for number, line in enumerate(text.split("\n"), start=1):
        if line == MINE:
            begin, side, sides = number, 0, ([], [])
        elif line == MIDDLE and side == 0:
            side = 1
        elif line == THEIRS and side == 1:
            found.append(Clash(begin, number, tuple(sides[0]), tuple(sides[1])))
            side = -1
        elif side >= 0:
            sides[side].append(line)
    return found


def marked(text: str) -> bool:
    """Whether any mark is left, also one that has lost its others."""
    return any(line in (MINE, MIDDLE, THEIRS) for line in text.split("\n"))


def settle(text: str, clash: Clash, side: Side) -> str:
    """The text with that side's lines in place of the clash."""
    chosen = {
        "mine": clash.mine,
        "theirs": clash.theirs,
        "both": (*clash.mine, *clash.theirs),
    }[side]
    lines = text.split("\n")
    return "\n".join([*lines[: clash.line - 1], *chosen, *lines[clash.last :]])


def _settled(base: Lines, mine: Lines, theirs: Lines) -> Lines:
    """What becomes of a place: the side that changed it, or both between marks."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    return [f"{MINE}\n", *mine, f"{MIDDLE}\n", *theirs, f"{THEIRS}\n"]


def _lines(text: str) -> Lines:
    """The lines, each with an end, also when the last one has none."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []


def _common(b: Lines, m: Lines, t: Lines) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Runs of lines that all three have, as their places and their length; the end is the last."""
    ours = SequenceMatcher(None, b, m).get_matching_blocks()
    others = SequenceMatcher(None, b, t).get_matching_blocks()
    i = j = 0
    while i < len(ours) and j < len(others):
        one, two = ours[i], others[j]
        start, end = max(one.a, two.a), min(one.a + one.size, two.a + two.size)
        if start < end:
            places = (start, one.b + start - one.a, two.b + start - two.a)
            yield places, end - start
        if one.a + one.size < two.a + two.size:
            i += 1
        else:
            j += 1
    yield (len(b), len(m), len(t)), 0
