"""A log file of bounded size, for the output of a child process."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import TextIO


class RollingLog:
    """Appends lines to ``path``; the full file becomes ``path.1``, replacing the older one.

    A disk that takes no more loses lines, never the caller. Safe to use from several threads.
    """

    def __init__(self, path: Path, limit: int = 2_000_000) -> None:
        self._path = path
        self._limit = limit  # bytes
        self._lock = threading.Lock()
        self._file: TextIO | None = None

    def write(self, line: str) -> None:
        """Add one line."""
        with self._lock, suppress(OSError):
            file = self._open()
            file.write(line + "\n")
            file.flush()
            if file.tell() > self._limit:
                self._roll()

    def close(self) -> None:
        """Close the file; a later line opens it again."""
        with self._lock:
            self._shut()

    def _open(self) -> TextIO:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8", newline="\n")
        return self._file

    def _roll(self) -> None:
        self._shut()
        self._path.replace(self._path.with_name(self._path.name + ".1"))

    def _shut(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
