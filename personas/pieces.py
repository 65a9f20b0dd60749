"""A text cut into pieces that can be read each for itself, so that an edit leaves most as read.

A piece begins with a heading, or with a bullet at the left edge: whatever stood before is over
there. While one types, the pieces before and after the place are the very ones of before.
"""

# Authors also write typographic quotation marks.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from personas.sections import Heading, bold, heading, underlined

LINES = 32
"""From so many lines on, a piece ends where it can."""

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_BULLET = re.compile(
    r"""(?:[-*+•](?=[ \t]|$)|[-•](?=[^\W\d_]|["“”„«»‹›「『])|\d{1,3}[.)](?=[ \t]|$))"""
    r"""[ \t]*(?:\[[ xX]\][ \t]+)?"""
)
_RULE_LINE = re.compile(r"([-*_])(?:[ \t]*\1){2,}")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")


class Item(NamedTuple):
    """A bullet, paragraph, code block or sub-heading; ``text`` is raw and may span lines.

    ``line`` and ``start``, an offset in characters, count from the same place: the beginning of
    the piece, or of the file's text. ``parent`` tells whether bullets nest below it.
    """

    kind: Literal["bullet", "text", "code", "heading"]
    line: int
    start: int
    text: str
    indent: int
    parent: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch of the text; ``lines`` is how often a line ends in it.

    ``unclosed`` is the line and the sign of a code block that never ends; ``whole`` tells whether
    what follows is read as if nothing stood before. ``bulleted``: there is a bullet in it.
    """

    text: str
    heading: Heading | None
    items: tuple[Item, ...]
    lines: int
    unclosed: tuple[int, str] | None
    whole: bool
    bulleted: bool

    @property
    def below(self) -> int:
        """The offset of what stands below the heading, from the end of its line on."""
        match = _LINE.match(self.text)
        if match and self.heading and self.heading.lines > 1:
            match = _LINE.match(self.text, match.end())
        return match.end(1) if match and self.heading else 0


def cut(text: str, before: Sequence[Piece] = ()) -> list[Piece]:
    """The pieces of a text; of those of an earlier text, all that can be are taken over."""
    head, start = _head(text, before)
    tail, end = _tail(text, start, before[head:])
    middle = _cut(text[start:end])
    last = middle[-1] if middle else before[head - 1] if head else None
    if tail and last is not None and not (last.whole and last.text.endswith(("\r", "\n"))):
        return [*before[:head], *_cut(text[start:])]
    return [*before[:head], *middle, *before[len(before) - tail :]]


def _head(text: str, before: Sequence[Piece]) -> tuple[int, int]:
    """How many pieces the text still begins with, and where they end."""
    at = 0
    for number, piece in enumerate(before):
        if not text.startswith(piece.text, at):
            # What follows may have become a part of the piece before.
            number = max(number - 1, 0)
            return number, at - len(before[number].text) if at else 0
        at += len(piece.text)
    return _but_last(before, at)


def _but_last(before: Sequence[Piece], at: int) -> tuple[int, int]:
    """All pieces are there, and perhaps more behind the last."""
    return (len(before) - 1, at - len(before[-1].text)) if before else (0, 0)


def _tail(text: str, start: int, before: Sequence[Piece]) -> tuple[int, int]:
    """How many pieces the text still ends with, and where they begin."""
    end, number = len(text), 0
    for piece in reversed(before[1:]):
        if end - len(piece.text) < start or not text.endswith(piece.text, start, end):
            break
        end -= len(piece.text)
        number += 1
    return number, end


def _cut(text: str) -> list[Piece]:
    cutter = _Cutter(text)
    for number, match in enumerate(_lines(text)):
        cutter.feed(number, match.start(), match[1], match.end())
    return cutter.finish()


def _lines(text: str) -> Iterator[re.Match[str]]:
    for match in _LINE.finditer(text):
        if match.end() == len(text) and not match[0]:
            return
        yield match


class _Cutter:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[Piece] = []
        self._line, self._start = 0, 0
        self._number = 0
        self._heading: Heading | None = None
        self._items: list[Item] = []
        self._open: tuple[Literal["bullet", "text", "code"], int, int, int] | None = None
        self._end = 0
        self._blank = False
        self._fence = ""
        self._fence_line = 0
        self._comment = False
        self._underline = -1  # the line that only underlines a heading

    def feed(self, number: int, start: int, line: str, below: int) -> None:
        """Take the next line; the one after it begins at ``below``."""
        self._number = number
        words = line.strip()
        if number == self._underline:
            return
        if self._fence:
            self._in_fence(words, start + len(line))
        elif self._comment or words.startswith("<!--"):
            self._in_comment(words)
        elif not words:
            self._blank = True
        else:
            self._take(number, start, line, words, below)

    def finish(self) -> list[Piece]:
        """Close what is open and give the pieces."""
        if self._text:
            end_of_line = self._text.endswith(("\r", "\n"))
            self._finish(self._number + end_of_line, len(self._text))
        return self._pieces

    def _finish(self, line: int, start: int) -> None:
        """End the piece; the next one begins at that line and offset."""
        unclosed = (self._fence_line - self._line, self._fence) if self._fence else None
        self._close()
        if start > self._start:
            text = self._text[self._start : start]
            whole = not (self._fence or self._comment)
            items, lines = tuple(self._items), line - self._line
            bulleted = any(item.kind == "bullet" for item in items)
            self._pieces.append(Piece(text, self._heading, items, lines, unclosed, whole, bulleted))
        self._line, self._start = line, start
        self._heading, self._items = None, []

    def _take(self, number: int, start: int, line: str, words: str, below: int) -> None:
        first = words[0]
        indent = len(line) - len(line.lstrip())
        if indent < 4 and (found := self._heading_in(words, below)):
            self._finish(number, start)
            self._heading = found
            self._underline = number + found.lines - 1 if found.lines > 1 else -1
            return
        if first in "`~" and (match := _FENCE.match(words)):
            self._close()
            self._fence, self._fence_line = match[1] or match[2], number
            self._open, self._end = ("code", number, start, indent), start + len(line)
            return
        if first in "-*_" and _RULE_LINE.fullmatch(words):
            self._close()
            return
        at = start + indent
        bullet = _BULLET.match(words) if first in "-*+•" or first.isdigit() else None
        if bullet:
            if not indent and number - self._line >= LINES:
                self._finish(number, start)
            self._begin("bullet", number, at + bullet.end(), indent)
        elif not self._continues(indent):
            self._begin("text", number, at, indent)
        self._end = start + len(line)
        self._blank = False

    def _heading_in(self, words: str, below: int) -> Heading | None:
        if words[0] == "#":
            return heading(words)
        if words.startswith(("**", "__")) and (found := bold(words)):
            return found
        # Looked at where it stands: most lines are followed by no such sign.
        if self._text[below : below + 3] in ("===", "---"):
            match = _LINE.match(self._text, below)
            return underlined(words, match[1].strip()) if match else None
        return None

    def _continues(self, indent: int) -> bool:
        if self._open is None:
            return False
        return not self._blank or (self._open[0] == "bullet" and indent > self._open[3])

    def _begin(self, kind: Literal["bullet", "text"], line: int, start: int, indent: int) -> None:
        self._close(nested_at=indent if kind == "bullet" else -1)
        self._open = (kind, line, start, indent)

    def _close(self, nested_at: int = -1) -> None:
        if self._open is not None:
            kind, line, start, indent = self._open
            text = self._text[start : self._end].rstrip()
            if text:
                parent = kind == "bullet" and nested_at > indent
                line, start = line - self._line, start - self._start
                self._items.append(Item(kind, line, start, text, indent, parent))
        self._open = None
        self._blank = False

    def _in_fence(self, words: str, end: int) -> None:
        self._end = end
        if words.startswith(self._fence) and not words.strip(self._fence[0]):
            self._fence = ""
            self._close()

    def _in_comment(self, words: str) -> None:
        if not self._comment:
            self._close()
        self._comment = "-->" not in words
