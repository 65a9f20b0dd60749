"""The sound of calls: a file beside each journal, which grows while the call goes on."""

import logging
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from data.calls import is_call_id
from data.common.files import sync_folder

log = logging.getLogger(__name__)

SOUND = ".ogg"
MADE = (".m4a", ".peaks")
"""What is made of a recording and kept beside it: for browsers without Ogg, and its waves as JSON.
It goes with the recording."""
WAITING = ".making"
"""Behind the name of what is being made."""
DAY = 86_400.0
"""Seconds."""
ON_THE_WAY = 3600.0
"""Seconds after which nobody waits any more for a file that was made to be taken away."""


class OpenRecording:
    """One call's file while it is written; safe to use from any thread. Closing it makes sure that
    the disk has it."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._path = path
        self._descriptor = os.open(path, flags, 0o600)
        self._lock = threading.Lock()
        self._closed = False

    def add(self, part: bytes) -> None:
        """Write whole pages of the stream; raises ``OSError`` when the disk is full: then none of
        the part is kept, and what was written before still plays. Raises ``ValueError`` once it
        is closed."""
        with self._lock:
            if self._closed:
                raise ValueError("the recording is closed")
            size = os.fstat(self._descriptor).st_size
            try:
                rest = memoryview(part)
                while rest:  # a full disk first shortens a write, and fails the next one
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, size)
                raise

    def close(self) -> None:
        """Nothing more comes; of what holds no sound, no file stays. Twice does no harm."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                empty = os.fstat(self._descriptor).st_size == 0
                with suppress(OSError):
                    os.fsync(self._descriptor)
            finally:
                os.close(self._descriptor)
            if empty:
                with suppress(OSError):
                    self._path.unlink()
        sync_folder(self._path.parent)


class Recordings:
    """All recordings of the data folder, in the folder of its journals, each kept for ``days``;
    reading blocks."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder = folder / "calls"
        self._exports = folder / "exports"
        self.days = days

    def open(self, call: str) -> OpenRecording:
        """Begin that call's recording; ``OSError``, also when it has one already."""
        return OpenRecording(self._path(call))

    def find(self, call: str) -> Path | None:
        """The file of that call; None when it has no recording."""
        path = self._path(call) if is_call_id(call) else None
        return path if path is not None and path.is_file() else None

    def find_made(self, call: str, ending: str) -> Path | None:
        """What was made of that call's recording, an ending of ``MADE``; None when it has to be
        made, since it is not there or older than the recording."""
        sound = self.find(call)
        if sound is None:
            return None
        made = sound.with_suffix(ending)
        try:
            return made if made.stat().st_mtime >= sound.stat().st_mtime else None
        except OSError:
            return None

    def place(self, call: str, ending: str) -> Path:
        """Where to make such a file; ``put`` then makes it the call's. Raises ``OSError``."""
        return self._path(call).with_suffix(f"{ending}{WAITING}")

    def put(self, made: Path) -> Path:
        """The file of ``place`` is whole; where it is now. Raises ``OSError``."""
        return made.replace(made.with_suffix(""))

    def export(self, ending: str) -> Path:
        """A new empty file to be filled, sent off and taken away; raises ``OSError``."""
        self._exports.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(ending, dir=self._exports)
        os.close(descriptor)
        return Path(name)

    def sweep(self) -> int:
        """Take away what was recorded longer ago than it is kept; returns how many."""
        oldest = time.time() - self.days * DAY
        removed = 0
        for path in self._folder.glob(f"*{SOUND}"):
            if not is_call_id(path.stem):
                continue
            try:
                if path.stat().st_mtime < oldest:
                    self._take_away(path)
                    removed += 1
            except OSError as error:
                log.warning("%s is kept for longer: %s", path.name, error)
        if removed:
            log.info("%d recordings are deleted; they are kept for %d days", removed, self.days)
        self._sweep_made()
        return removed

    def _sweep_made(self) -> None:
        """Take away what a crash left: of recordings that are gone, half made, or never sent."""
        late = time.time() - ON_THE_WAY
        half = [path for ending in MADE for path in self._folder.glob(f"*{ending}{WAITING}")]
        for path in (*half, *self._exports.glob("*")):
            with suppress(OSError):
                if path.stat().st_mtime < late:
                    path.unlink()
        for ending in MADE:
            for path in self._folder.glob(f"*{ending}"):
                with suppress(OSError):
                    if is_call_id(path.stem) and not path.with_suffix(SOUND).exists():
                        path.unlink()

    def _take_away(self, sound: Path) -> None:
        """What was made of it first: a crash between leaves nothing that nobody looks for."""
        for ending in MADE:
            sound.with_suffix(ending).unlink(missing_ok=True)
        sound.unlink(missing_ok=True)

    def _path(self, call: str) -> Path:
        if not is_call_id(call):
            raise ValueError("a call id is 16 to 64 digits and letters a-f")
        return self._folder / f"{call}{SOUND}"
