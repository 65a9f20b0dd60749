"""What authors have written and not saved: kept beside the persona files until it is saved."""

import hashlib
import json
import logging
import threading
import time
from asyncio import sleep, to_thread
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from data.files import write_atomic

LONGEST = 1_000_000
"""Characters above which a text is not kept: four times what a persona may have."""
REMEDY = "make room on the disk of the data folder, or make that folder writable"
PAUSE = 1.0
"""Seconds between two writes of what has been typed."""

log = logging.getLogger(__name__)

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsaved text. ``page`` is the id of the open page it was typed on.

    ``base`` is the file's text that it began from and ``version`` that text's version ("" when
    there was no file); ``time`` is of the last change, seconds since the epoch. ``merge``: it is
    being put together with ``base``, which someone else saved.
    """

    author: str
    slug: str
    page: str
    text: str
    base: str
    version: str
    time: float
    merge: bool = False

    @property
    def key(self) -> _Key:
        """What tells it from all others."""
        return self.author, self.slug, self.page


class Drafts:
    """The drafts of one folder, a file each. Methods may be called from any thread.

    ``note`` and ``renamed`` only remember; ``flush`` writes. ``trouble`` says in words why the
    last write failed, and is empty otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.trouble = ""
        self._folder = folder
        self._unwritten: dict[_Key, Draft] = {}
        self._renames: list[tuple[str, str]] = []
        self._lock = threading.RLock()

    def note(self, draft: Draft) -> bool:
        """Keep this text in place of the page's last one; False when it is too long to be kept."""
        if len(draft.text) > LONGEST:
            return False
        with self._lock:
            self._unwritten[draft.key] = draft
        return True

    def of(self, author: str, slug: str) -> list[Draft]:
        """The author's drafts of that persona, newest first; reads the disk."""
        with self._lock:
            self._follow()
            found = {draft.key: draft for draft in self._read(author, slug)}
            found |= {key: d for key, d in self._unwritten.items() if key[:2] == (author, slug)}
        return sorted(found.values(), key=lambda draft: draft.time, reverse=True)

    def discard(self, author: str, slug: str, page: str) -> None:
        """Forget what was typed on that page."""
        with self._lock:
            self._follow()
            self._unwritten.pop((author, slug, page), None)
            try:
                self._path((author, slug, page)).unlink(missing_ok=True)
            except OSError as error:
                log.warning("a draft of %s could not be removed: %s", slug, error)

    def renamed(self, old: str, new: str) -> None:
        """The persona ``old`` is called ``new`` by now: everyone's drafts of it go along."""
        with self._lock:
            self._renames.append((old, new))

    def flush(self) -> None:
        """Write what was noted since the last time; what fails is tried again the next time."""
        with self._lock:
            self._follow()
            waiting = list(self._unwritten.items())
        trouble = ""
        for key, draft in waiting:
            with self._lock:
                if self._unwritten.get(key) is not draft:
                    continue  # discarded or typed on meanwhile
                try:
                    self._write(draft)
                except OSError as error:
                    trouble = f"{error.strerror or error}; {REMEDY}"
                else:
                    del self._unwritten[key]
        self.trouble = trouble

    async def run(self) -> None:
        """Write every second what was typed, until cancelled."""
        while True:
            await sleep(PAUSE)
            if self._unwritten or self._renames:
                await to_thread(self.flush)

    def _write(self, draft: Draft) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # All ASCII: half a character, which UTF-8 does not have, survives as an escape.
        write_atomic(self._path(draft.key), json.dumps(asdict(draft)).encode("ascii"))

    def _follow(self) -> None:
        """Give drafts the names that their personas have by now."""
        renames, self._renames = self._renames, []
        for old, new in renames:
            # A file's name tells neither author nor persona, so each of them is read.
            for draft in self._found("*.json"):
                if draft.slug == old and draft.key not in self._unwritten:
                    self._move(draft, new)
            for draft in [draft for draft in self._unwritten.values() if draft.slug == old]:
                self._move(draft, new)

    def _move(self, draft: Draft, slug: str) -> None:
        moved = replace(draft, slug=slug)
        self._unwritten.pop(draft.key, None)
        try:
            self._write(moved)
            self._path(draft.key).unlink(missing_ok=True)
        except OSError as error:  # what is on disk stays there until there is room
            log.warning("a draft of %s could not be moved yet: %s", draft.slug, error)
            self._unwritten[moved.key] = moved

    def _read(self, author: str, slug: str) -> list[Draft]:
        drafts = self._found(f"{_stem(author, slug)}-*.json")
        return [draft for draft in drafts if (draft.author, draft.slug) == (author, slug)]

    def _found(self, pattern: str) -> list[Draft]:
        try:
            paths = list(self._folder.glob(pattern))
        except OSError:
            return []
        return [draft for path in paths if (draft := _draft(path)) is not None]

    def _path(self, key: _Key) -> Path:
        author, slug, page = key
        return self._folder / f"{_stem(author, slug)}-{_digest(page)}.json"


def begun(author: str, slug: str, page: str, text: str, base: str, version: str) -> Draft:
    """A draft as it stands at this moment."""
    return Draft(author, slug, page, text, base, version, time.time())


def _draft(path: Path) -> Draft | None:
    try:
        values: dict[str, Any] = {"merge": False} | json.loads(path.read_bytes())
        return Draft(**{field.name: values[field.name] for field in fields(Draft)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is no draft: %s", path.name, error)
        return None


def _stem(author: str, slug: str) -> str:
    return _digest(f"{author}\0{slug}")


def _digest(words: str) -> str:
    """A name for a file, of which no part is what somebody typed."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
