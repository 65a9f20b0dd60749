"""The history of one persona: a file for each distinct content, and beside them who saved it."""

import hashlib
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data.common.files import sweep, sync_folder, write_atomic
from data.journal import Journal, encoded, read_lines
from data.records import Record
from data.store import documents, is_left

log = logging.getLogger(__name__)

LINES = "history.jsonl"
"""A line for each change of a row, which holds the whole row: the last one of a version counts."""
INDEX = "index.json"
"""What earlier releases wrote in place of the lines; it is read before them, and stays."""
FOUND = "found"
_VERSION = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Version(Record):
    """A content that a persona's file has had; ``version`` is the beginning of its SHA-256.

    ``time`` is when it was saved first, seconds since the epoch, ``author`` who saved it ("" when
    that is not known), ``origin`` is ``page``, ``disk``, or ``found`` when only its file was left.
    ``again`` and ``again_by`` tell the last time that it came back after other contents, 0 and ""
    when it did not.
    """

    version: str
    time: float
    author: str = ""
    origin: str = "disk"
    label: str = ""
    note: str = ""
    again: float = 0.0
    again_by: str = ""

    @property
    def latest(self) -> float:
        """When it last became what the file holds."""
        return max(self.time, self.again)


class History:
    """The versions of one persona in one folder; for one thread. Everything raises ``OSError``.

    A change adds a line to a file, so that it costs the same however many versions there are. What
    cannot be read of that costs only itself: a version whose file is there is found again, without
    its author, label and note. So a crash between a file and its line loses nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        sweep(folder, is_left)
        found = documents(folder / INDEX, "the list of versions is made from the files")
        rows = filter(None, map(_read, (*found, *read_lines(folder / LINES))))
        self._rows = {row.version: row for row in rows}
        self._repair()

    def versions(self) -> tuple[Version, ...]:
        """All versions whose text is there, the newest first."""
        return tuple(sorted(self._rows.values(), key=lambda row: row.latest, reverse=True))

    def keep(self, seen: Version, data: bytes) -> bool:
        """Keep a content that the file has by then; False when it is the one that it had before."""
        known, newest = self._rows.get(seen.version), next(iter(self.versions()), None)
        if newest and seen.time <= newest.latest:  # an old file put back, or a clock that was
            seen = replace(seen, time=max(time.time(), newest.latest + 0.001))
        if known is None or (known.origin == FOUND and seen.author):
            self._write(seen.version, data)
            label, note = (known.label, known.note) if known else ("", "")
            self._put(replace(seen, label=label, note=note))
        elif known != newest:
            self._put(replace(known, again=seen.time, again_by=seen.author))
        else:
            return False
        return True

    def text(self, version: str) -> str | None:
        """The text of a version; None when there is none, or its file is damaged."""
        if version not in self._rows:
            return None
        with suppress(FileNotFoundError, UnicodeDecodeError):
            data = self._path(version).read_bytes()
            if hashlib.sha256(data).hexdigest().startswith(version):
                return data.decode("utf-8")
        log.warning("%s is damaged or gone", self._path(version))
        return None

    def describe(self, version: str, label: str, note: str) -> None:
        """Give a version that is there a label and a note."""
        self._put(replace(self._rows[version], label=label, note=note))

    def forget(self, author: str) -> int:
        """Take that name off every version; returns of how many. What earlier lines say of it goes,
        too."""
        rows = {version: _without(row, author) for version, row in self._rows.items()}
        number = sum(rows[version] != row for version, row in self._rows.items())
        if number:
            lines = b"".join(encoded("version", row) for row in rows.values())
            write_atomic(self._folder / LINES, lines)
            (self._folder / INDEX).unlink(missing_ok=True)  # all of it stands in the lines by now
            self._rows = rows
        return number

    def absorb(self, other: "History") -> None:
        """Take over all that another history holds, and leave nothing of it."""
        merged = [_earlier(row, self._rows.get(row.version)) for row in other._rows.values()]
        self._note(merged)  # before the files come: a crash in between would lose who saved them
        for row in merged:
            if row.version not in self._rows:
                os.replace(other._path(row.version), self._path(row.version))
            self._rows[row.version] = row
        for path in other._folder.iterdir():
            path.unlink()
        other._folder.rmdir()

    def _repair(self) -> None:
        """Forget rows without a file for now, and make rows for files that have none."""
        with suppress(FileNotFoundError):
            files = {path.stem: path for path in self._folder.glob("*.md")}
            files = {stem: path for stem, path in files.items() if _VERSION.fullmatch(stem)}
            fresh = [
                Version(stem, path.stat().st_mtime, origin=FOUND)
                for stem, path in files.items()
                if stem not in self._rows
            ]
            self._rows = {key: row for key, row in self._rows.items() if key in files}
            self._rows |= {row.version: row for row in fresh}
            with suppress(OSError):  # a folder that cannot be written can still be read
                self._note(fresh)

    def _write(self, version: str, data: bytes) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True)
            sync_folder(self._folder.parent)
        path = self._path(version)
        if not path.exists() or path.read_bytes() != data:
            write_atomic(path, data)

    def _put(self, row: Version) -> None:
        self._note([row])
        self._rows[row.version] = row

    def _note(self, rows: Sequence[Version]) -> None:
        if rows:
            with closing(Journal(self._folder / LINES)) as lines:
                lines.write(b"".join(encoded("version", row) for row in rows))

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}.md"


def _without(row: Version, author: str) -> Version:
    """The row without that name; it stays one of a page or of the disk."""
    return replace(
        row,
        author="" if row.author == author else row.author,
        again_by="" if row.again_by == author else row.again_by,
    )


def is_version(text: str) -> bool:
    """Whether the text may stand in a file's name as a version."""
    return bool(_VERSION.fullmatch(text))


def _read(document: Mapping[str, Any]) -> Version | None:
    """The row of a line; None when it makes no sense."""
    try:
        row = Version.from_json(dict(document))
    except TypeError:
        return None
    return row if is_version(row.version) else None


def _earlier(row: Version, other: Version | None) -> Version:
    """One row of two about the same content."""
    if other is None:
        return row
    first, second = sorted((row, other), key=lambda each: each.time)
    return replace(
        first,
        label=first.label or second.label,
        note=first.note or second.note,
        again=max(first.again, second.again),
        again_by=max((first, second), key=lambda each: each.again).again_by,
    )
