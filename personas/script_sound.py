"""The marks by which a script's turn says how it sounds: ``[waits 3 s]``, ``[interrupts]``,
``[pause 1 s]``, ``[noisy]``."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from personas.script_model import TurnSound
from personas.source import Findings, shown

INTERRUPTS = 1.5
"""Seconds into the customer's line at which the trainee cuts in, unless a mark says when."""
MOST_SECONDS = 60.0
MARKS = ("waits", "interrupts", "pause", "noisy")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_MARK = re.compile(
    r"(?P<word>waits?|interrupts?|pauses?|noisy)"
    r"(?:\s+(?:after|for|of))?(?:\s*(?P<seconds>\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?)?)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Read:
    """The pieces of a turn so far, and how it sounds."""

    line: int
    found: Findings
    pieces: list[tuple[str, float]] = field(default_factory=list)
    waits: float = 0.0
    interrupts: float | None = None
    noisy: bool = False

    def take(self, word: str, seconds: float | None, *, first: bool) -> None:
        """A mark; ``first`` when no words stand before it."""
        if word == "noisy":
            self.noisy = True
        elif word == "interrupts" and first:
            self.interrupts = INTERRUPTS if seconds is None else seconds
        elif word == "interrupts":
            self._error("[interrupts] stands before the words of its turn")
        elif seconds is None:
            self._error(f"[{word}] says how long: [{word} 2 s]")
        elif first:
            self.waits += seconds
        else:
            words, pause = self.pieces[-1]
            self.pieces[-1] = (words, pause + seconds)

    def _error(self, words: str) -> None:
        self.found.error(self.line, words)


def read_sound(text: str, line: int, found: Findings) -> tuple[str, TurnSound]:
    """The words of a turn without its marks, and what these say of its sound; other brackets are
    words like all others."""
    if "[" not in text:
        return text, TurnSound()
    read, at = _Read(line, found), 0
    for bracket in _BRACKETS.finditer(text):
        mark = _MARK.fullmatch(bracket[1].strip())
        if mark is None:
            _look_at(bracket[1], line, found)
            continue
        _add(read, text[at : bracket.start()])
        read.take(_word(mark["word"]), _seconds(mark["seconds"], read), first=not read.pieces)
        at = bracket.end()
    _add(read, text[at:])
    if read.waits and read.interrupts is not None:
        found.error(line, "a turn either waits or interrupts; take one of the marks away")
    pauses = tuple(read.pieces) if any(seconds for _, seconds in read.pieces) else ()
    words = " ".join(piece for piece, _ in read.pieces)
    return words, TurnSound(read.waits, read.interrupts, pauses, read.noisy)


def _add(read: _Read, words: str) -> None:
    if words := " ".join(words.split()):
        if read.pieces and not read.pieces[-1][1]:
            words = f"{read.pieces.pop()[0]} {words}"
        read.pieces.append((words, 0.0))


def _word(word: str) -> str:
    return next(mark for mark in MARKS if mark[:4] == word.casefold()[:4])


def _seconds(text: str | None, read: _Read) -> float | None:
    if text is None:
        return None
    seconds = float(text.replace(",", "."))
    if seconds > MOST_SECONDS:
        read.found.error(read.line, f"{text} s is too long; write {MOST_SECONDS:g} s at most")
    return min(seconds, MOST_SECONDS)


def _look_at(inside: str, line: int, found: Findings) -> None:
    """A warning where one of the marks seems to be meant."""
    words = inside.split()
    near = get_close_matches(words[0].casefold()[:20], MARKS, n=1, cutoff=0.8) if words else []
    if near:
        found.warn(
            line,
            f"[{shown(inside, 40)}] is said as words; the marks are [waits 3 s], [interrupts], "
            "[interrupts after 2 s], [pause 1 s] and [noisy]",
        )
