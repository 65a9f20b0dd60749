"""What authors have written and not saved: kept beside the persona files until it is saved."""

import hashlib
import json
import logging
import threading
import time
from asyncio import sleep, to_thread
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from data.files import write_atomic

LONGEST = 1_000_000
"""Characters above which a text is not kept: four times what a persona may have."""
PAUSE = 1.0
"""Seconds between two writes of what has been typed."""

log = logging.getLogger(__name__)

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsaved text. ``page`` is the id of the open page it was typed on.

    ``base`` is the file's text that it began from and ``version`` that text's version ("" when
    there was no file); ``time`` is of the last change, seconds since the epoch.
    """

    author: str
    slug: str
    page: str
    text: str
    base: str
    version: str
    time: float

    @property
    def key(self) -> _Key:
        """What tells it from all others."""
        return self.author, self.slug, self.page


class Drafts:
    """The drafts of one folder, a file each. Methods may be called from any thread.

    ``note`` only remembers; ``flush`` writes. ``trouble`` says in words why the last write
    failed, and is empty otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.trouble = ""
        self._folder = folder
        self._unwritten: dict[_Key, Draft] = {}
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
            found = {draft.key: draft for draft in self._read(author, slug)}
            found |= {key: d for key, d in self._unwritten.items() if key[:2] == (author, slug)}
        return sorted(found.values(), key=lambda draft: draft.time, reverse=True)

    def discard(self, author: str, slug: str, page: str) -> None:
        """Forget what was typed on that page."""
        with self._lock:
            self._unwritten.pop((author, slug, page), None)
            try:
                self._path((author, slug, page)).unlink(missing_ok=True)
            except OSError as error:
                log.warning("a draft of %s could not be removed: %s", slug, error)

    def flush(self) -> None:
        """Write what was noted since the last time; what fails is tried again the next time."""
        with self._lock:
            waiting = list(self._unwritten.items())
        trouble = ""
        for key, draft in waiting:
            with self._lock:
                if self._unwritten.get(key) is not draft:
                    continue  # discarded or typed on meanwhile
                try:
                    self._write(draft)
                except OSError as error:
                    trouble = f"{error.strerror or error}; make room or check the disk"
                else:
                    del self._unwritten[key]
        self.trouble = trouble

    async def run(self) -> None:
        """Write every second what was typed, until cancelled."""
        while True:
            await sleep(PAUSE)
            if self._unwritten:
                await to_thread(self.flush)

    def _write(self, draft: Draft) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # All ASCII: half a character, which UTF-8 does not have, survives as an escape.
        write_atomic(self._path(draft.key), json.dumps(asdict(draft)).encode("ascii"))

    def _read(self, author: str, slug: str) -> list[Draft]:
        try:
            paths = list(self._folder.glob(f"{_stem(author, slug)}-*.json"))
        except OSError:
            return []
        drafts = (_draft(path) for path in paths)
        return [d for d in drafts if d is not None and (d.author, d.slug) == (author, slug)]

    def _path(self, key: _Key) -> Path:
        author, slug, page = key
        return self._folder / f"{_stem(author, slug)}-{_digest(page)}.json"


def begun(author: str, slug: str, page: str, text: str, base: str, version: str) -> Draft:
    """A draft as it stands at this moment."""
    return Draft(author, slug, page, text, base, version, time.time())


def _draft(path: Path) -> Draft | None:
    try:
        values: dict[str, Any] = json.loads(path.read_bytes())
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
