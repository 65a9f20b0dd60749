"""The outline of a persona file: its headings, and the bullets and paragraphs below each."""

# Authors also write full-width colons, typographic dashes and minus signs.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from personas.source import Findings

PERSONA, PROFILE, CONTEXT = "Persona", "Profile Data", "Scenario Context"
BEHAVIOR, OBJECTIVES = "Emotional State & Behavior Rules", "Test Objectives"
CONSTRAINTS = "Constraints"
PHASES = ("Phase 1", "Phase 2", "Phase 3", "Phase 4")

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_BULLET = re.compile(
    r"""(?:[-*+•](?=[ \t]|$)|[-•](?=[^\W\d_]|["“„«])|\d{1,3}[.)](?=[ \t]|$))"""
    r"""[ \t]*(?:\[[ xX]\][ \t]+)?"""
)
_RULE_LINE = re.compile(r"([-*_])(?:[ \t]*\1){2,}")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_PERSONA = re.compile(r"persona\s*(?:[:：]\s*(.*))?", re.IGNORECASE | re.DOTALL)
_PHASE = re.compile(r"phase\s*([1-4])(?!\d)\s*[:：.)–—-]*\s*(.*)", re.IGNORECASE | re.DOTALL)
_KNOWN = {
    "profile data": PROFILE,
    "scenario context": CONTEXT,
    "emotional state and behavior rules": BEHAVIOR,
    "test objectives": OBJECTIVES,
    "constraints": CONSTRAINTS,
}


class Item(NamedTuple):
    """A bullet, paragraph, code block or sub-heading; ``text`` is raw and may span lines.

    ``start`` is its offset in the file's text; ``parent`` tells whether bullets nest below it.
    """

    kind: Literal["bullet", "text", "code", "heading"]
    line: int
    start: int
    text: str
    indent: int
    parent: bool = False


@dataclass(slots=True)
class Block:
    """A heading and what stands below it; ``key`` is empty when the format has no such section."""

    key: str
    title: str
    level: int
    line: int
    heading: str
    body: str = ""
    items: list[Item] = field(default_factory=list)


def outline(text: str, start: int, line: int, found: Findings) -> list[Block]:
    """The blocks of ``text`` from the offset ``start`` on, which is the start of that line.

    The first block is what stands before the first heading; its level is 0.
    """
    scanner = _Scanner(text, found)
    for number, match in enumerate(_lines(text, start), start=line):
        scanner.feed(number, match.start(), match[1])
    return scanner.finish()


@lru_cache(maxsize=512)
def classify(title: str) -> tuple[str, str]:
    """The section that a heading names ("" when unknown) and the words particular to it."""
    plain = " ".join(re.sub(r"[*_`]", "", title).split())
    if match := _PERSONA.fullmatch(plain):
        return PERSONA, (match[1] or "").strip()
    if match := _PHASE.fullmatch(plain):
        return f"Phase {int(match[1])}", match[2].strip()
    words = plain.casefold().rstrip(":： ").replace("&", " and ").replace("behaviour", "behavior")
    return _KNOWN.get(" ".join(words.split()), ""), plain


def _lines(text: str, start: int) -> Iterator[re.Match[str]]:
    for match in _LINE.finditer(text, start):
        if match.end() == len(text) and not match[0]:
            return
        yield match


class _Scanner:
    def __init__(self, text: str, found: Findings) -> None:
        self._text = text
        self._found = found
        self._blocks = [Block("", "", 0, 1, "")]
        self._body = 0
        self._open: tuple[Literal["bullet", "text", "code"], int, int, int] | None = None
        self._end = 0
        self._blank = False
        self._fence = ""
        self._fence_line = 0
        self._comment = False

    def feed(self, number: int, start: int, line: str) -> None:
        """Take the next line."""
        if number == 1 and line.startswith("\ufeff"):
            start, line = start + 1, line[1:]
        if not self._body and len(self._blocks) == 1:
            self._body = start
        words = line.strip()
        if self._fence:
            self._in_fence(words, start + len(line))
        elif self._comment or words.startswith("<!--"):
            self._in_comment(words)
        elif not words:
            self._blank = True
        else:
            self._take(number, start, line, words)

    def finish(self) -> list[Block]:
        """Close what is open and give the blocks."""
        if self._fence:
            self._found.warn(
                self._fence_line, f"this code block is never closed; end it with {self._fence}"
            )
        self._close()
        self._blocks[-1].body = self._text[self._body :]
        return self._blocks

    def _take(self, number: int, start: int, line: str, words: str) -> None:
        first = words[0]
        indent = len(line) - len(line.lstrip())
        if first == "#" and indent < 4 and self._heading(number, start, line, words):
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
            self._begin("bullet", number, at + bullet.end(), indent)
        elif not self._continues(indent):
            self._begin("text", number, at, indent)
        self._end = start + len(line)
        self._blank = False

    def _heading(self, number: int, start: int, line: str, words: str) -> bool:
        bare = words.lstrip("#")
        level = len(words) - len(bare)
        title = bare.strip()
        if (cut := title.rstrip("#")) != title and cut.endswith((" ", "\t")):
            title = cut.rstrip()
        key, rest = classify(title)
        # "#1 complaint" and "#refund" are words; "#Profile Data" is the seed's way of a heading.
        spaced = bare[:1] in ("", " ", "\t")
        if level > 6 or not (key or (title and (spaced or _like_title(title)))):
            return False
        self._close()
        block = self._blocks[-1]
        if not key and block.level and level > block.level:
            block.items.append(Item("heading", number, start, title, 0))
            return True
        block.body = self._text[self._body : start]
        self._body = start + len(line)
        self._blocks.append(Block(key, rest if key else title, level, number, words))
        return True

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
                self._blocks[-1].items.append(Item(kind, line, start, text, indent, parent))
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


def _like_title(title: str) -> bool:
    return title[0].isalpha() and not title[0].islower()
