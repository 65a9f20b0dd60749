"""The outline of a persona file: its sections, and the bullets and paragraphs below each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from personas.pieces import Item, Piece
from personas.sections import BRIEFING
from personas.source import Findings

BOM = "\ufeff"


class Part(NamedTuple):
    """A piece where it stands: its first line (1-based) and its offset in the file's text.

    ``nested``: its heading is no section's, but one within the section.
    """

    piece: Piece
    line: int
    start: int
    nested: bool

    @property
    def items(self) -> list[Item]:
        """What stands in it, placed in the file."""
        line, start, piece = self.line, self.start, self.piece
        items = [i._replace(line=line + i.line, start=start + i.start) for i in piece.items]
        if self.nested and piece.heading:
            items.insert(0, Item("heading", line, start, piece.heading.title, 0))
        return items


@dataclass(slots=True)
class Block:
    """A heading and what stands below it; ``key`` is empty when the format has no such section.

    ``body`` is the text below the heading as it was written; ``written`` is how the format writes
    its heading, where the file does otherwise.
    """

    key: str
    title: str
    level: int
    line: int
    heading: str
    body: str = ""
    written: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        """All that stands below the heading, sub-headings included."""
        return [item for part in self.parts for item in part.items]

    @property
    def empty(self) -> bool:
        """Whether nothing stands below the heading."""
        return not any(part.piece.items or part.nested for part in self.parts)

    @property
    def headings(self) -> list[Item]:
        """The sub-headings."""
        return [part.items[0] for part in self.parts if part.nested]

    @property
    def bulleted(self) -> bool:
        """Whether there is any bullet."""
        return any(part.piece.bulleted for part in self.parts)


def outline(
    text: str, pieces: Iterable[Piece], start: int, line: int, found: Findings
) -> list[Block]:
    """The blocks of these pieces of ``text``, the first of which begins at that offset and line.

    The first block is what stands before the first heading; its level is 0.
    """
    blocks = [Block("", "", 0, line, "")]
    body = start
    for piece in pieces:
        heading, block = piece.heading, blocks[-1]
        below = bool(heading and 0 < block.level < heading.level)
        # A briefing has headings of its own, such as "## Constraints", that are nobody's sections.
        nested = below and bool(heading and (not heading.key or block.key == BRIEFING))
        if heading and not nested:
            block.body = text[body:start]
            title = heading.rest if heading.key else heading.title
            block = Block(
                heading.key, title, heading.level, line, heading.words, written=heading.written
            )
            blocks.append(block)
            body = start + piece.below
        block.parts.append(Part(piece, line, start, nested))
        if piece.unclosed:
            at, sign = piece.unclosed
            found.warn(line + at, f"this code block is never closed; end it with {sign}")
        line += piece.lines
        start += len(piece.text)
    blocks[-1].body = text[body:]
    return blocks
