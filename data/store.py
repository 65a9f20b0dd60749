"""The data folder: locked for one process, with the index and the small tables in it."""

import logging
import re
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import filelock
import orjson
from tinydb import TinyDB, where
from tinydb.storages import Storage
from tinydb.table import Document

from data.common.files import is_unfinished, sweep, write_atomic
from data.database import Database, StoreError

__all__ = [
    "Damaged",
    "FolderInUse",
    "Store",
    "StoreError",
    "Table",
    "documents",
    "is_left",
    "unusable",
]

log = logging.getLogger(__name__)

# A document's number in TinyDB.
_NUMBER = re.compile(r"[0-9]{1,15}")
# What earlier releases called their unfinished files.
_LEFT = re.compile(
    r"(?:(?:users|store|index|renames|[0-9a-f]{16}-[0-9a-f]{16})\.json"
    r"|session-secret|[0-9a-f]{12}\.md)\.tmp"
)

Tables = dict[str, dict[str, dict[str, Any]]]


class FolderInUse(StoreError):
    """Another process has the data folder."""


class Damaged(Exception):
    """The file is not a store."""


class Store:
    """The data folder, locked for this process; safe to use from any thread.

    ``database`` is for what is much, ``table`` for what is small: such a file is written whole.
    Raises ``StoreError``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = _lock(folder)
        self._tables: dict[str, Table] = {}
        self._opening = threading.Lock()
        for place in (folder, folder / "drafts", folder / "versions"):
            sweep(place, is_left)
        try:
            self.database = Database(folder / "index.sqlite3")
        except BaseException:
            self._guard.release()
            raise

    def table(self, name: str, *, key: str, remedy: str = "") -> "Table":
        """The table in the file ``NAME.json``, whose documents are known by their field ``key``.

        A damaged file is set aside, and the log names the ``remedy``; without one, what cannot be
        made again, it raises ``Damaged``.
        """
        path = self.folder / f"{name}.json"
        with self._opening:
            if name not in self._tables:
                made = _open_repairable(path, remedy) if remedy else _open(path)
                self._tables[name] = Table(made, key)
            return self._tables[name]

    def close(self) -> None:
        """Give the folder free."""
        for table in self._tables.values():
            table.close()
        self.database.close()
        self._guard.release()


class Table:
    """Documents of one kind, each under the name that its ``key`` field holds."""

    def __init__(self, database: TinyDB, key: str) -> None:
        self._database = database
        self._table = database.table(key)
        self._key = key
        self._lock = threading.RLock()

    def all(self) -> list[dict[str, Any]]:
        """Every document, oldest first."""
        with self._lock:
            return [dict(document) for document in self._table.all()]

    def put(self, document: Mapping[str, Any]) -> None:
        """Keep the document in place of the one with its key; raises ``OSError``."""
        with self._lock:
            old = self._table.get(where(self._key) == document[self._key])
            if isinstance(old, Document):
                self._table.update(dict(document), doc_ids=[old.doc_id])
            else:
                self._table.insert(document)

    def add(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Keep documents with keys not seen before, all with one write; raises ``OSError``."""
        fresh = list(documents)
        if fresh:  # each call writes the whole file
            with self._lock:
                self._table.insert_multiple(fresh)

    def remove(self, *names: str) -> None:
        """Forget the documents of those names; raises ``OSError``."""
        if names:
            with self._lock:
                self._table.remove(where(self._key).one_of(list(names)))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


class AtomicStorage(Storage):
    """TinyDB storage that replaces its file whole and reads it once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: Tables | None = load(path)

    def read(self) -> Tables | None:
        """The content as of the last good write."""
        if self._tables is None:
            self._tables = load(self._path)
        return self._tables

    def write(self, data: Tables) -> None:
        """Replace the file; on ``OSError`` file and memory keep what was there before."""
        try:
            write_atomic(self._path, orjson.dumps(data))
        except BaseException:
            self._tables = None  # TinyDB has changed it already: read again
            raise
        self._tables = data


def unusable(folder: Path, error: OSError) -> StoreError:
    """What to tell a person when the data folder cannot be written at the start."""
    return StoreError(
        f"The data folder {folder} cannot be used ({error.strerror or error}). Make room or give "
        "yourself the right to write there, or pass --data with another folder."
    )


def load(path: Path) -> Tables | None:
    """The file's content, None when there is none; raises ``Damaged``, ``OSError``."""
    try:
        tables = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except orjson.JSONDecodeError as error:
        raise Damaged(str(error)) from error
    if not _is_store(tables):
        raise Damaged("it is JSON, but not a store")
    return tables  # type: ignore[no-any-return]


def documents(path: Path, remedy: str) -> list[dict[str, Any]]:
    """All documents in a file of earlier releases, [] when there is none; of a damaged one, the log
    names the ``remedy``. The file stays as it is. Raises ``OSError``."""
    try:
        tables = load(path) or {}
    except Damaged as damage:
        log.warning("%s is damaged (%s); %s.", path, damage, remedy)
        return []
    return [document for table in tables.values() for document in table.values()]


def _is_store(tables: object) -> bool:
    return isinstance(tables, dict) and all(
        isinstance(table, dict)
        and all(_NUMBER.fullmatch(key) and isinstance(item, dict) for key, item in table.items())
        for table in tables.values()
    )


def is_left(name: str) -> bool:
    """Whether a killed Rehearsal may have left a file of that name in its data folder."""
    return is_unfinished(name) or _LEFT.fullmatch(name) is not None


def _lock(folder: Path) -> filelock.BaseFileLock:
    """Take the folder; the operating system gives it free when the process ends, however."""
    lock = filelock.FileLock(folder / "rehearsal.lock", timeout=0, thread_local=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise FolderInUse(
            f"Another Rehearsal is running on the data folder {folder}; stop it, or pass --data "
            "with another folder."
        ) from None
    except OSError as error:
        raise unusable(folder, error) from error
    return lock


def _open_repairable(path: Path, remedy: str) -> TinyDB:
    """Open a file that can be made again; a damaged one is set aside, and the log names the remedy.

    Raises ``StoreError`` when it cannot be read.
    """
    try:
        return _open(path)
    except Damaged as damage:
        aside = path.with_name(f"{path.stem}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}.json")
        path.rename(aside)
        log.warning("%s was damaged (%s). It is kept as %s; %s.", path, damage, aside.name, remedy)
        return _open(path)


def _open(path: Path) -> TinyDB:
    try:
        return TinyDB(path, storage=AtomicStorage)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
