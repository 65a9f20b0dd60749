"""What authors have written and not saved: kept beside the persona files until it is saved."""

import hashlib
import json
import logging
import threading
import time
from asyncio import get_running_loop, sleep, to_thread
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from data.common.files import write_atomic
from data.common.observers import Observers
from data.records import Record

LONGEST = 1_000_000
"""Characters above which a text is not kept: four times what a persona may have."""
REMEDY = "make room on the disk of the data folder, or make that folder writable"
PAUSE = 1.0
"""Seconds between two writes of what has been typed."""

log = logging.getLogger(__name__)

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Draft(Record):
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


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the disk is to hold: a draft, or none; the files of its ``former`` keys are to go."""

    draft: Draft | None
    former: tuple[_Key, ...] = ()


class Drafts:
    """The drafts of one folder, a file each. Methods may be called from any thread.

    ``note``, ``discard`` and ``renamed`` only remember; ``flush`` writes. ``of`` reads the disk
    when it is asked about an author's persona for the first time. So an event loop may call all
    but ``flush`` and that first ``of``. ``trouble`` says in words why the last write failed, and
    is empty otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.trouble = ""
        self._troubles = Observers[()]("whether drafts can be kept")
        self._folder = folder
        self._waiting: dict[_Key, _Waiting] = {}
        self._renames: list[tuple[str, str]] = []
        self._known: dict[tuple[str, str], dict[_Key, Draft]] = {}
        """What the disk holds of each author and persona that was asked about."""
        self._unsure: set[tuple[str, str]] = set()
        """Those of which the disk may hold more."""
        self._lock = threading.Lock()  # never held while the disk is read or written
        self._disk = threading.Lock()  # one at a time reads and writes; taken before the other

    def on_trouble(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` when ``trouble`` says something else, on the loop of ``run``; returns
        the way to stop it."""
        return self._troubles.add(callback)

    def note(self, draft: Draft) -> bool:
        """Keep this text in place of the page's last one; False when it is too long to be kept."""
        if len(draft.text) > LONGEST:
            return False
        with self._lock:
            self._wait(draft.key, draft)
        return True

    def of(self, author: str, slug: str) -> list[Draft]:
        """The author's drafts of that persona, newest first."""
        who = author, slug
        if who not in self._known:
            with self._disk:
                self._follow()
                found = self._read(author, slug)
                with self._lock:
                    self._known.setdefault(who, found)
        with self._lock:
            # What was asked about may have another name by now: then nothing is here.
            present: dict[_Key, Draft | None] = {**self._known.get(who, {})}
            present |= {key: w.draft for key, w in self._waiting.items() if key[:2] == who}
        return sorted(filter(None, present.values()), key=lambda draft: draft.time, reverse=True)

    def by(self, author: str) -> list[Draft]:
        """All drafts of that author, newest first; reads every draft on the disk."""
        self.flush()
        found = [draft for draft in self._found("*.json") if draft.author == author]
        return sorted(found, key=lambda draft: draft.time, reverse=True)

    def discard(self, author: str, slug: str, page: str) -> None:
        """Forget what was typed on that page."""
        with self._lock:
            self._wait((author, slug, page), None)

    def renamed(self, old: str, new: str) -> None:
        """The persona ``old`` is called ``new`` by now: everyone's drafts of it go along."""
        with self._lock:
            self._renames.append((old, new))
            for who in [who for who in self._known if who[1] == old]:
                for draft in self._known.pop(who).values():
                    self._waiting.setdefault(draft.key, _Waiting(draft))
                if (who[0], new) not in self._known:
                    self._known[who[0], new] = {}
                    self._unsure.add((who[0], new))
            for key in [key for key in self._waiting if key[1] == old]:
                waiting = self._waiting.pop(key)
                moved = replace(waiting.draft, slug=new) if waiting.draft is not None else None
                self._waiting[key[0], new, key[2]] = _Waiting(moved, (*waiting.former, key))

    def flush(self) -> None:
        """Write what was noted since the last time; what fails is tried again the next time."""
        with self._disk:
            self._follow()
            with self._lock:
                keys = list(self._waiting)
            troubles = [self._settle(key) for key in keys]
            before, self.trouble = self.trouble, next(filter(None, reversed(troubles)), "")
        if self.trouble != before:
            self._troubles.tell()

    async def run(self) -> None:
        """Write every second what was typed, until cancelled."""
        self._troubles.loop = get_running_loop()
        while True:
            await sleep(PAUSE)
            if self._waiting or self._renames:
                await to_thread(self.flush)

    def _wait(self, key: _Key, draft: Draft | None) -> None:
        former = self._waiting[key].former if key in self._waiting else ()
        self._waiting[key] = _Waiting(draft, former)

    def _settle(self, key: _Key) -> str:
        """Bring one draft to the disk, or take it away; why that failed, in words."""
        with self._lock:
            waiting = self._waiting.get(key)
        if waiting is None:
            return ""  # renamed meanwhile
        try:
            if waiting.draft is not None:
                self._write(waiting.draft)
        except OSError as error:  # what was there under a former name stays until there is room
            return f"{error.strerror or error}; {REMEDY}"
        for gone in waiting.former if waiting.draft is not None else (key, *waiting.former):
            self._remove(gone)
        with self._lock:
            if self._waiting.get(key) is waiting:  # not typed on or discarded meanwhile
                del self._waiting[key]
            self._now_holds(key, waiting.draft)
        return ""

    def _now_holds(self, key: _Key, draft: Draft | None) -> None:
        known = self._known.get(key[:2])
        if known is not None and draft is not None:
            known[key] = draft
        elif known is not None:
            known.pop(key, None)

    def _write(self, draft: Draft) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # All ASCII: half a character, which UTF-8 does not have, survives as an escape.
        write_atomic(self._path(draft.key), json.dumps(draft.to_json()).encode("ascii"))

    def _remove(self, key: _Key) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            log.warning("a draft of %s could not be removed: %s", key[1], error)

    def _follow(self) -> None:
        """Give the drafts on the disk the names that their personas have by now."""
        with self._lock:
            renames, self._renames = self._renames, []
            unsure, self._unsure = self._unsure, set()
        for old, new in renames:
            # A file's name tells neither author nor persona, so each of them is read.
            for draft in self._found("*.json"):
                if draft.slug == old and (moved := self._take_along(draft, new)) is not None:
                    self._settle(moved)
        for author, slug in unsure:
            found = self._read(author, slug)
            with self._lock:
                known = self._known.get((author, slug))
                if known is not None:
                    known |= found

    def _take_along(self, draft: Draft, slug: str) -> _Key | None:
        """A draft that only the disk knows is to have another persona's name; its new key."""
        moved = replace(draft, slug=slug)
        with self._lock:
            former = {key for waiting in self._waiting.values() for key in waiting.former}
            if draft.key in former or draft.key in self._waiting:
                return None
            self._waiting[moved.key] = _Waiting(moved, (draft.key,))
        return moved.key

    def _read(self, author: str, slug: str) -> dict[_Key, Draft]:
        drafts = self._found(f"{_stem(author, slug)}-*.json")
        return {d.key: d for d in drafts if (d.author, d.slug) == (author, slug)}

    def _found(self, pattern: str) -> list[Draft]:
        try:
            paths = list(self._folder.glob(pattern))
        except OSError:
            return []
        return [draft for path in paths if (draft := _draft(path)) is not None]

    def _path(self, key: _Key) -> Path:
        author, slug, page = key
        return self._folder / f"{_stem(author, slug)}-{_digest(page)}.json"


def of_script(persona: str, script: str) -> str:
    """The ``slug`` under which the unsaved text of a persona's script is kept."""
    return f"{persona}/scripts/{script}"


def begun(author: str, slug: str, page: str, text: str, base: str, version: str) -> Draft:
    """A draft as it stands at this moment."""
    return Draft(author, slug, page, text, base, version, time.time())


def _draft(path: Path) -> Draft | None:
    try:
        return Draft.from_json(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except Exception as error:  # of what a file holds, anything
        log.warning("%s is no draft: %s", path.name, error)
        return None


def _stem(author: str, slug: str) -> str:
    return _digest(f"{author}\0{slug}")


def _digest(words: str) -> str:
    """A name for a file, of which no part is what somebody typed."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
