"""Which names a persona has had, so that calls under an earlier one are still found."""

import logging
import math
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.journal import Journal, read_lines
from data.records import Record
from data.store import documents

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Name:
    """A slug, and the moments between which it was a persona's, seconds since the epoch."""

    slug: str
    since: float = -math.inf
    until: float = math.inf

    def covers(self, slug: str, moment: float) -> bool:
        """Whether the persona bore that slug at that moment."""
        return slug == self.slug and self.since <= moment < self.until


LINES = "renames.jsonl"
"""A line for each rename."""
INDEX = "renames.json"
"""What earlier releases wrote; it is read before the lines, and stays."""


@dataclass(frozen=True, slots=True)
class _Rename(Record):
    old: str
    new: str
    time: float


class Renames:
    """Every rename of a persona, in the versions' folder; for one thread. Raises ``OSError``."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LINES
        old = documents(folder / INDEX, "calls under earlier names are no longer found")
        found = filter(None, map(_read, (*old, *read_lines(self._path))))
        self._all = sorted(dict.fromkeys(found), key=lambda rename: rename.time)
        self._written = set(self._all)

    def add(self, old: str, new: str, time: float) -> None:
        """Note a rename; raises ``OSError`` when it is only remembered, and may be tried again."""
        rename = _Rename(old, new, time)
        if rename not in self._all:
            self._all.append(rename)
        if rename not in self._written:
            with closing(Journal(self._path)) as lines:
                lines.append("rename", rename)
            self._written.add(rename)

    def names(self, slug: str) -> tuple[Name, ...]:
        """The names of the persona that bears this one now, the present one first."""
        found, until = [], math.inf
        for rename in reversed(self._all):
            if rename.new == slug:
                found.append(Name(slug, rename.time, until))
                slug, until = rename.old, rename.time
            elif rename.old == slug:  # it was another persona's until then
                return (*found, Name(slug, rename.time, until))
        return (*found, Name(slug, until=until))

    def since(self, slug: str, moment: float) -> str:
        """The present name of the persona that had this one at that moment."""
        for rename in self._all:
            if rename.time > moment and rename.old == slug:
                slug = rename.new
        return slug

    def spans(self, slug: str) -> dict[str, tuple[Name, ...]]:
        """When the slug was whose, by the present names of all personas that have had it."""
        ends = [rename.time for rename in self._all if rename.old == slug]
        found: dict[str, tuple[Name, ...]] = {}
        for since, until in pairwise((-math.inf, *ends, math.inf)):
            present = self.since(slug, since)
            found[present] = (*found.get(present, ()), Name(slug, since, until))
        return found

    def heir(self, slug: str) -> str:
        """The present name of the persona that had this one last; the slug itself if it has it."""
        events = [i for i, rename in enumerate(self._all) if slug in (rename.old, rename.new)]
        for rename in self._all[events[-1] :] if events else ():
            if rename.old == slug:
                slug = rename.new
        return slug


def _read(document: dict[str, Any]) -> _Rename | None:
    """The rename of a document; None when it makes no sense."""
    try:
        return _Rename.from_json(document)
    except TypeError as error:
        log.warning("a rename of a persona is unreadable: %s", error)
        return None
