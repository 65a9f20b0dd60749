"""The index: one sqlite3 file for what is queried, changed row by row.

Nothing is in it alone: it can be made again from the journals and files beside it.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

SCHEMA = 1
"""Of all tables together; an index with another number is set aside and made again."""
BUSY = 5.0
"""Seconds to wait for a lock on the file, which only another program can have."""
_SIDES = ("", "-wal", "-shm")
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_REMEDY = "it is made again from the journals and files of the data folder"

Row = tuple[Any, ...]


class StoreError(Exception):
    """The data folder cannot be used; the text is for a person and names the remedy."""


class Database:
    """The file ``path``; safe to use from any thread, and for one process at a time.

    One connection writes, one thread after the other; each reader borrows another one, so that a
    page's query waits for no write and no write for a query (WAL). A write does not wait for the
    disk (``synchronous = NORMAL``): a killed process loses none, a power cut the last few, which
    the next start makes again from what the journals have synced.

    Each table belongs to the module that ``define``s it. All methods block, so call them off an
    event loop; all raise ``StoreError``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marker = path.with_name(f"{path.name}-damaged")
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        try:
            self._writer = self._open()
        except OSError as error:
            raise StoreError(self._words(error.strerror or str(error))) from error

    def define(self, script: str) -> None:
        """Make the tables and indexes of these statements, where they are not there yet."""
        with self._told(), self._writing:
            self._writer.executescript(f"BEGIN IMMEDIATE; {script}; COMMIT;")

    def read(self, query: str, *values: object) -> list[Row]:
        """Every row that the query finds."""
        with self._told(), self._reader() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection for some short statements, of which all take effect or none."""
        with self._told(), self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    if self._writer.in_transaction:  # a full disk may have ended it already
                        self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; its last connection brings it up to date."""
        self._closed = True
        with self._writing:
            while self._idle:
                self._idle.pop().close()
            self._writer.close()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise StoreError("Rehearsal is being stopped.")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _connect(self.path)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the failures of sqlite3 into words."""
        try:
            yield
        except sqlite3.Error as error:
            if _name(error) in _DAMAGED:
                with suppress(OSError):
                    self._marker.touch()
                raise StoreError(
                    f"{self.path} is damaged ({error}). Restart Rehearsal: {_REMEDY}."
                ) from error
            raise StoreError(self._words(str(error))) from error

    def _words(self, why: str) -> str:
        return (
            f"{self.path} cannot be used ({why}). Make room on its disk, or give yourself the "
            "right to write there."
        )

    def _open(self) -> sqlite3.Connection:
        why = "it was found to be damaged" if self._marker.exists() else ""
        if not why:
            try:
                return self._prepared()
            except sqlite3.Error as error:
                if _name(error) not in _DAMAGED and not isinstance(error, _OtherSchema):
                    raise StoreError(self._words(str(error))) from error
                why = str(error)
        stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        for side in _SIDES:
            with suppress(FileNotFoundError):
                self.path.with_name(f"{self.path.name}{side}").rename(f"{aside}{side}")
        self._marker.unlink(missing_ok=True)
        log.warning("%s was put aside as %s (%s); %s.", self.path, aside.name, why, _REMEDY)
        try:
            return self._prepared()
        except sqlite3.Error as error:
            raise StoreError(self._words(str(error))) from error

    def _prepared(self) -> sqlite3.Connection:
        """The connection that writes, to a file that has been seen to be one of ours."""
        self.path.touch(mode=0o600)
        connection = _connect(self.path)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # Some network disks know no WAL: without it, NORMAL could damage the file.
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            if schema != SCHEMA and (tables or schema):
                raise _OtherSchema(f"it is of another version of Rehearsal ({schema})")
            if schema != SCHEMA:
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
        except BaseException:
            connection.close()
            raise
        return connection


class _OtherSchema(sqlite3.Error):
    """The file is of another version of Rehearsal."""


def _connect(path: Path) -> sqlite3.Connection:
    # Autocommit: transactions begin and end where the code says so.
    return sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)


def _name(error: sqlite3.Error) -> str:
    """The name of sqlite's own code, without the part that only details it."""
    return "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
