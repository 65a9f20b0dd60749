"""Draws what differs between two texts: side by side, or one below the other on a narrow screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nicegui import ui

from ui import kit
from ui.kit import words
from ui.kit.file_text import cut
from ui.versions.differences import Changed, Pieces, Same

AROUND = 3
"""Equal lines that are shown before and after a change."""
FOLDED = 6
"""Equal lines from which on they are folded: fewer are read faster than unfolded."""
STEP = 120
"""Changed lines drawn at once; a text of thousands comes in steps."""

Parts = Sequence[Same | Changed]


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal lines that are shown on request."""

    same: Same


def diff(parts: Parts) -> None:
    """Both texts from top to bottom, long equal stretches folded."""
    shown = STEP

    @ui.refreshable
    def rows() -> None:
        left = shown
        for number, part in enumerate(folded(parts)):
            if isinstance(part, Changed):
                left -= 1
                if left < 0:
                    kit.button(f"Show {STEP} more", more).classes("rh-center")
                    return
                _changed(part)
            elif isinstance(part, Fold):
                _fold(part, first=number == 0)
            else:
                _same(part)

    def more() -> None:
        nonlocal shown
        shown += STEP
        rows.refresh()

    with kit.tag("div", classes="rh-diff"):
        rows()


def summary(parts: Parts) -> str:
    """How much differs, in words; empty when nothing does."""
    rows = [part for part in parts if isinstance(part, Changed)]
    added = sum(1 for row in rows if row.old is None)
    removed = sum(1 for row in rows if row.new is None)
    changed = len(rows) - added - removed
    found = ((changed, "changed"), (added, "added"), (removed, "removed"))
    return ", ".join(f"{words.count(number, 'line')} {word}" for number, word in found if number)


def folded(parts: Parts) -> Iterator[Same | Changed | Fold]:
    """The parts with long equal stretches cut up; at the ends nothing is shown around."""
    for index, part in enumerate(parts):
        if isinstance(part, Changed):
            yield part
            continue
        head = AROUND if index else 0
        tail = AROUND if index < len(parts) - 1 else 0
        inside = len(part.lines) - head - tail
        if inside <= FOLDED:
            yield part
            continue
        if head:
            yield _cut(part, 0, head)
        yield Fold(_cut(part, head, head + inside))
        if tail:
            yield _cut(part, head + inside, len(part.lines))


def _cut(part: Same, start: int, end: int) -> Same:
    return Same(part.old + start, part.new + start, part.lines[start:end])


def _fold(fold: Fold, *, first: bool) -> None:
    number = words.count(len(fold.same.lines), "line")
    text = f"The first {number} are the same" if first else f"{number} are the same"
    with kit.tag("details", classes="rh-details rh-diff-fold"):
        kit.tag("summary", text)
        _same(fold.same)


def _same(part: Same) -> None:
    text = "\n".join(map(cut, part.lines))
    with kit.tag("div", classes="rh-diff-row"):
        for side, line in (("old", part.old), ("new", part.new)):
            cell = kit.tag("div", text or "\n", f"rh-diff-cell rh-diff-{side}")
            cell.props(f"data-line={line}")


def _changed(row: Changed) -> None:
    with kit.tag("div", classes="rh-diff-row rh-diff-changed"):
        _cell("old", row.old, row.before, "del")
        _cell("new", row.new, row.after, "ins")


def _cell(side: str, line: int | None, pieces: Pieces, mark: str) -> None:
    if line is None:
        kit.tag("div", classes=f"rh-diff-cell rh-diff-{side} rh-diff-none").props(
            "aria-hidden=true"
        )
        return
    with kit.tag("div", classes=f"rh-diff-cell rh-diff-{side}") as cell:
        label = "Removed" if side == "old" else "Added"
        cell.props(f'data-line={line} role=group aria-label="{label}, line {line}"')
        inside = any(not differs for differs, _ in pieces)  # a whole line needs no marks
        for differs, text in pieces:
            kit.tag(mark if differs and inside else "span", cut(text))
