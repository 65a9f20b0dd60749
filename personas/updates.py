"""What comes in for a persona that is there already: the text that it would have then."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from personas.entry import Entry
from personas.front_writer import FrontNotWritten
from personas.outline import BOM
from personas.publishing import is_published, with_published
from personas.three_way import clashes, merge, settle

Imported = Callable[[str], str | None]
"""The text that the persona of that name was imported with; None when that is not known."""


@dataclass(frozen=True, slots=True)
class Update:
    """What an update makes of the file of ``slug``, which holds ``before`` in that ``version``.

    ``kept``: what its author has changed since the last import stays. ``lost`` are lines of it that
    would go, those the author changed or, where nobody knows, all that only stand there.
    """

    slug: str
    version: str
    before: str
    after: str
    kept: bool = False
    lost: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the file would hold anything else."""
        return self.after != self.before


def update_of(entry: Entry, text: str, imported: Imported) -> Update:
    """What comes of that persona's file with this text; whether it is published stays.

    Raises ``FrontNotWritten`` where the text cannot say so.
    """
    published = is_published(entry.text)
    theirs = with_published(text, published)
    with suppress(FrontNotWritten):
        if with_published(theirs, False) == with_published(entry.text, False):
            theirs = entry.text
    base = imported(entry.slug)
    if base is None or theirs == entry.text:
        lost = tuple(_only(entry.text, theirs))
        return Update(entry.slug, entry.version, entry.text, theirs, lost=lost)
    with suppress(FrontNotWritten):
        base = with_published(base, published)
    merged, lost = _merged(*map(_plain, (base, entry.text, theirs)))
    after = entry.text if merged == _plain(entry.text) else _ended(merged, entry.text)
    return Update(entry.slug, entry.version, entry.text, after, True, lost)


def _merged(base: str, mine: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    """Both changes put together; where they differ theirs, and the lines that go for that."""
    text, lost = merge(base, mine, theirs), list[str]()
    while found := clashes(text):
        lost += found[0].mine
        text = settle(text, found[0], "theirs")
    return text, tuple(line for line in lost if line.strip())


def _only(mine: str, theirs: str) -> Iterable[str]:
    """The lines that the second text does not have."""
    left = Counter(_plain(theirs).split("\n"))
    for line in _plain(mine).split("\n"):
        if left[line]:
            left[line] -= 1
        elif line.strip():
            yield line


def _plain(text: str) -> str:
    return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def _ended(text: str, like: str) -> str:
    """The text with the mark and the line ends of another one."""
    mark = BOM if like.startswith(BOM) else ""
    return mark + (text.replace("\n", "\r\n") if "\r\n" in like else text)
