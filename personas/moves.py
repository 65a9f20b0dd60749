"""Which files were given another name by hand or by git, told from what comes and goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from personas import files
from personas.entry import Entry, Renamed
from personas.source import version_of

ARCHIVE = "archive"
"""The folder, inside the personas folder, of the files that were put away."""
FRESH = 5.0
"""Seconds between a file's going and another one's coming for which they count as one."""


def archived_as(name: str) -> str:
    """What the archived file of that name is called among personas: no persona has a dot."""
    return f"{ARCHIVE}.{name}"


def name_in_archive(name: str) -> str:
    """The name of the archived file that is called so among personas; "" when none can be."""
    folder, dot, stem = name.partition(".")
    return stem if folder == ARCHIVE and dot and files.is_slug(stem) else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file held, and when it came or went, seconds of the monotonic clock."""

    version: str
    at: float


class Moves:
    """Knows what came and went in the personas folder and in the archive; for one thread at once.

    A file that is gone and one that came with the same bytes are one file with another name. A
    copy is none, since the first one is still there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gone: dict[str, _Seen] = {}
        self._came: dict[str, _Seen] = {}
        self._signatures: dict[str, files.Signature | None] = {}
        self._archived: dict[str, str] = {}
        self._archived = self._look()

    def note(
        self, before: Entry | None, after: Entry, present: Callable[[str], bool]
    ) -> Renamed | None:
        """Take in what became of a file on disk; the rename that it completes, if it does.

        ``present`` tells whether a persona of that name has a file by now.
        """
        was = before is not None and not before.deleted
        if was != after.deleted or not after.version or not after.text.strip():
            return None  # only changed, or nothing by which to know it again
        self._see_archive()
        slug, seen = after.slug, _Seen(after.version, time.monotonic())
        if after.deleted:
            return self._went(slug, seen, lambda name: name in self._archived or present(name))
        back = self._gone.pop(slug, None)
        if back is not None and back.version == seen.version:
            return None  # as of a folder that was away for a moment
        self._came[slug] = seen
        old = self._same(self._gone, seen, lambda n: n not in self._archived and not present(n))
        return self._found(old, slug)

    def told(self, renamed: Renamed) -> None:
        """The page has moved a file itself: neither end of it is news."""
        self._look_quietly()
        for name in (renamed.old, renamed.new):
            self._gone.pop(name, None)
            self._came.pop(name, None)

    def archived(self) -> dict[str, str]:
        """The version of each archived file, by what it is called among personas."""
        self._look_quietly()
        return dict(self._archived)

    def _went(self, slug: str, seen: _Seen, there: Callable[[str], bool]) -> Renamed | None:
        self._came.pop(slug, None)
        self._gone[slug] = seen
        return self._found(slug, self._same(self._came, seen, there))

    def _found(self, old: str | None, new: str | None) -> Renamed | None:
        if old is None or new is None:
            return None
        del self._gone[old], self._came[new]
        return Renamed(old, new)

    def _same(
        self, among: dict[str, _Seen], seen: _Seen, fits: Callable[[str], bool]
    ) -> str | None:
        """The latest of these with the same bytes."""
        names = [
            name
            for name, other in among.items()
            if other.version == seen.version and seen.at - other.at < FRESH and fits(name)
        ]
        return max(names, key=lambda name: among[name].at, default=None)

    def _see_archive(self) -> None:
        """What came to the archive and left it, since it was looked at last."""
        before, now = self._archived, time.monotonic()
        self._look_quietly()
        for name in self._archived.keys() - before.keys():
            self._gone.pop(name, None)
            self._came[name] = _Seen(self._archived[name], now)
        for name in before.keys() - self._archived.keys():
            self._came.pop(name, None)
            self._gone[name] = _Seen(before[name], now)

    def _look_quietly(self) -> None:
        self._archived = self._look()

    def _look(self) -> dict[str, str]:
        """The archived files and their versions; only what looks different is read again."""
        archive = self._folder / ARCHIVE
        if not files.stays_inside(archive, self._folder):
            return {}
        try:
            paths = [path for path in archive.iterdir() if files.slug_of(path)]
        except OSError:
            return {}
        found = {}
        for path in paths:
            name, seen = archived_as(path.stem), files.signature(path)
            if name in self._archived and self._signatures.get(name) == seen:
                found[name] = self._archived[name]
            else:
                content = files.read(path, archive)
                self._signatures[name] = content.signature
                found[name] = version_of(content.data) if content.data else ""
        return found
