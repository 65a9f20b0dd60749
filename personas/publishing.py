"""Writes into a persona's text whether trainees see it: ``published`` in its front matter."""

import yaml

from personas.front_writer import (
    Edit,
    FrontNotWritten,
    added,
    composed,
    leaves,
    replaced,
    rewritten,
    value_of,
)
from personas.frontmatter import TRUTH, read_front
from personas.source import Findings

_KEY = "published"


def is_published(text: str) -> bool:
    """Whether the text says that trainees see it, as it does when it says nothing."""
    return read_front(text, Findings())[0].published


def with_published(text: str, published: bool) -> str:
    """The text with ``published`` saying so; all else of it stays byte for byte.

    Raises ``FrontNotWritten`` where the front matter cannot be read or added to.
    """
    word = "yes" if published else "no"

    def edits(source: str, root: yaml.MappingNode | None, end: str) -> list[Edit]:
        if _says(source) is published:
            return []
        old = value_of(root, _KEY, folded=True) if root is not None else None
        if old is not None:
            return [replaced(source, old, word)]
        if root is not None and root.value:
            return [added(source, root, {_KEY: word}, end, last=True)]
        return [(len(source), len(source), f"{_KEY}: {word}{end}")]

    made, before, after = rewritten(text, edits)
    if _says(after) is not published or _others(before) != _others(after):
        raise FrontNotWritten(
            "It cannot be written between lines like these at the top. Write it by hand, on a line "
            f"of its own: {_KEY}: {word}"
        )
    return made


def _says(source: str) -> bool | None:
    """What a front matter says of it; None when that cannot be made out."""
    found = [word.strip().casefold() for place, word in leaves(composed(source)) if _is_it(place)]
    if not any(found):
        return True
    return TRUTH.get(found[0]) if len(found) == 1 else None


def _others(source: str) -> list[tuple[tuple[str, ...], str]]:
    return [leaf for leaf in leaves(composed(source)) if not _is_it(leaf[0])]


def _is_it(place: tuple[str, ...]) -> bool:
    return place[:1] == (_KEY,)
