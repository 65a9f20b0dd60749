"""The personas of a folder: read at start, saved, and followed while anyone edits them."""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from watchfiles import Change as FileChange
from watchfiles import awatch

from data.common.observers import Observers
from personas import files
from personas.entry import Change, Conflict, Entry, Renamed, order, updated
from personas.files import Content, SaveError
from personas.moves import Moves
from personas.parse import failure
from personas.source import LIMIT, version_of
from personas.voices import Engines

__all__ = ["Change", "Conflict", "Entry", "Library", "Renamed", "SaveError"]

logger = logging.getLogger(__name__)

# Milliseconds: an editor's burst of events is one change, and an author hears it at once.
DEBOUNCE, STEP = 60, 20
# Seconds: a file gone or empty may only be half-way through an editor's save.
SETTLE = 0.1
# Seconds between looks at the folder itself, for disks that report nothing.
LOOK = 1.0
NOT_SEEN = (
    "Changes that other programs make to persona files are not seen just now ({error}). What you "
    "save here counts. Rehearsal looks again by itself within a minute; if this stays, restart it."
)


class Library:
    """The persona files of one folder. Methods may be called from any thread."""

    def __init__(self, folder: Path, engines: Engines | None = None) -> None:
        self._folder = folder
        self.engines = engines
        """The engines that its files may name; None for any."""
        self._entries: dict[str, Entry] = {}
        self._signatures: dict[str, files.Signature | None] = {}
        self._changes = Observers[Change](lambda change: f"the change of {change.entry.slug}")
        self._renames = Observers[Renamed](lambda renamed: f"the rename of {renamed.old}")
        self._lock = threading.RLock()
        self._moves = Moves(folder)
        self._trouble = ""
        self._troubles = Observers[()]("whether changes on disk are seen")
        files.tidy(folder)
        for slug in self._slugs():
            self._take(slug, self._read(slug))

    @property
    def trouble(self) -> str:
        """Why changes on disk are not seen at present, in words; empty when they are."""
        return self._trouble

    @trouble.setter
    def trouble(self, words: str) -> None:
        if words != self._trouble:
            self._trouble = words
            self._troubles.tell()

    def on_trouble(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when ``trouble`` says something else, on the loop that runs :meth:`watch`;
        returns the end of it."""
        return self._troubles.add(callback)

    def entries(self) -> list[Entry]:
        """The entries whose file is there, by scenario."""
        present = [entry for entry in list(self._entries.values()) if not entry.deleted]
        return sorted(present, key=order)

    def get(self, slug: str) -> Entry | None:
        """The entry of that slug, also when its file has been deleted since."""
        return self._entries.get(slug)

    def changed(self, slug: str) -> float | None:
        """When the file was changed last, in seconds since the epoch, as it was when it was read;
        None when there is none."""
        signature = self._signatures.get(slug)
        return None if signature is None else signature[0] / 1e9

    def skipped(self) -> list[str]:
        """The markdown files in the folder that are not taken because of their names; of a name
        that is no text, its bytes are shown."""
        with contextlib.suppress(OSError):
            names = sorted(path.name for path in self._folder.iterdir() if files.is_meant(path))
            left = [n for n in names if not files.slug_of(Path(n)) and not files.is_aside(n)]
            return [os.fsencode(n).decode("utf-8", "backslashreplace") for n in left]
        return []

    def save(self, slug: str, text: str, *, base: str | None, author: str) -> Entry:
        """Write a text as it is, errors and all; the entry keeps its last good persona.

        ``base`` is the version that the author started from, None for a new file. Raises Conflict
        when the file holds something else by now, and SaveError when it cannot be written.
        """
        data = self._checked(slug, text)
        with self._lock, files.alone(self._folder):
            self._compare(slug, data, base)
            # Again at the last moment: syncing takes long enough for another program's save.
            files.write(self._path(slug), data, lambda: self._compare(slug, data, base))
            change = self._take(slug, Content(data, "", files.signature(self._path(slug))))
            entry = self._entries[slug]
        if change is not None:
            self._changes.tell(replace(change, origin="page", author=author))
        return entry

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    def exclusive(self) -> AbstractContextManager[object]:
        """While this is held, no save of this app touches a file."""
        return self._lock

    def look(self, slug: str, *, author: str) -> Entry | None:
        """Read a file again after ``author`` has moved it, and tell what changed at once."""
        with self._lock:
            change = self._take(slug, self._read(slug))
        if change is not None:
            self._changes.tell(replace(change, origin="page", author=author))
        return self._entries.get(slug)

    def on_change(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back with every change, on the loop that runs :meth:`watch`; returns the end of it.

        Before watch runs, the changes of a save are told in the thread that saves.
        """
        return self._changes.add(callback)

    def on_rename(self, callback: Callable[[Renamed], None]) -> Callable[[], None]:
        """Call back when a file has another name, made in the page or by other programs, before
        the changes of the two files are told; returns the end of it."""
        return self._renames.add(callback)

    def renamed(self, old: str, new: str) -> None:
        """Tell that the file of ``old`` has the name ``new`` by now."""
        renamed = Renamed(old, new)
        with self._lock:
            self._moves.told(renamed)
        self._renames.tell(renamed)

    def places(self) -> dict[str, str]:
        """The version of every file that is there, archived ones as ``archive.NAME``."""
        with self._lock:
            archived = self._moves.archived()
        return {entry.slug: entry.version for entry in self.entries()} | archived

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the folder until ``stop`` is set, also while it does not exist.

        When it raises, ``trouble`` says why in words until it is called again, and what is saved
        meanwhile is still told on this loop.
        """
        self._changes.loop = self._renames.loop = asyncio.get_running_loop()
        try:
            await self._watch(stop)
        except Exception as error:
            self.trouble = NOT_SEEN.format(error=error or type(error).__name__)
            raise
        except BaseException:
            self._changes.loop = self._renames.loop = None
            raise
        self._changes.loop = self._renames.loop = None

    async def _watch(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._refresh(await asyncio.to_thread(self._all))
            self.trouble = ""
            if self._folder.is_dir():
                await self._follow(stop)
            else:
                await _pause(stop, LOOK)

    async def _follow(self, stop: asyncio.Event) -> None:
        """Watch the folder until it is gone, another one, or ``stop`` is set."""
        identity = _identity(self._folder)
        watcher = awatch(
            self._folder,
            watch_filter=_is_persona,
            debounce=DEBOUNCE,
            step=STEP,
            stop_event=stop,
            rust_timeout=int(LOOK * 1000),
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        )
        try:
            async with contextlib.aclosing(watcher):
                async for batch in watcher:
                    slugs = {slug for _, path in batch if (slug := files.slug_of(Path(path)))}
                    await self._refresh(slugs or await asyncio.to_thread(self._moved))
                    if _identity(self._folder) != identity:
                        return
        except OSError as error:
            # The folder vanished between two looks, or the system has no watches left.
            logger.warning("cannot watch %s (%s); looking again", self._folder, error)
            await _pause(stop, LOOK)
        except ExceptionGroup as failures:
            # The watcher as a whole ends on one file whose name is no text.
            if failures.split(_is_of_a_name)[1] is not None:
                raise
            logger.warning("a file in %s has a name that is no text; left out", self._folder)
            await _pause(stop, LOOK)

    async def _refresh(self, slugs: Iterable[str]) -> None:
        """Read these files again, off the loop, and tell what changed."""
        unsettled = await asyncio.to_thread(self._reread, sorted(slugs), settled=False)
        if unsettled:
            await asyncio.sleep(SETTLE)
            await asyncio.to_thread(self._reread, unsettled, settled=True)

    def _reread(self, slugs: Iterable[str], *, settled: bool) -> list[str]:
        """Read files again; gives those that may be in the middle of a save."""
        return [slug for slug in slugs if not self._reread_safely(slug, settled=settled)]

    def _reread_safely(self, slug: str, *, settled: bool) -> bool:
        """As :meth:`_reread_one`; one that fails costs only itself."""
        try:
            return self._reread_one(slug, settled=settled)
        except Exception:
            logger.exception("following %s.md failed", slug)
            return True

    def _reread_one(self, slug: str, *, settled: bool) -> bool:
        with self._lock:
            content = self._read(slug)
            known = self._entries.get(slug)
            if known is not None and not settled and self._may_be_half(known, content):
                return False
            change = self._take(slug, content)
            moved = self._moves.note(known, change.entry, self._is_there) if change else None
        if moved is not None:
            self._renames.tell(moved)
        if change is not None:
            self._changes.tell(change)
        return True

    def _is_there(self, slug: str) -> bool:
        entry = self._entries.get(slug)
        return entry is not None and not entry.deleted

    def _may_be_half(self, known: Entry, content: Content) -> bool:
        """Gone, empty or with an error that was not there: perhaps only half written."""
        if known.deleted:
            return False
        if content.missing or not (content.data or content.trouble):
            return True
        after = self._updated(known, known.slug, content)
        return bool(after and after.errors and not known.errors)

    def _take(self, slug: str, content: Content) -> Change | None:
        """Make what a file holds the entry; None when it holds what it held before."""
        before = self._entries.get(slug)
        self._signatures[slug] = content.signature
        after = self._updated(before, slug, content)
        if after is None or after == before:
            return None
        self._entries[slug] = after
        return Change(after, "disk", "")

    def _updated(self, before: Entry | None, slug: str, content: Content) -> Entry | None:
        """The entry now; a file on which we fail ourselves has an error and costs no other."""
        try:
            return updated(before, slug, self._path(slug), content, self.engines)
        except Exception as error:
            logger.exception("reading %s.md failed", slug)
            trouble = failure(error).message
            content = replace(content, trouble=trouble)
            return updated(before, slug, self._path(slug), content, self.engines)

    def _checked(self, slug: str, text: str) -> bytes:
        if not files.is_slug(slug):
            raise SaveError(
                f"{slug!r} cannot be a file's name here; use a-z, 0-9 and hyphens, such as "
                "sarah-thompson."
            )
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise SaveError("The text has half a character in it and was not saved.") from error
        if len(data) > LIMIT:
            raise SaveError(f"The text is over {LIMIT // 1024} KB and was not saved; shorten it.")
        return data

    def _compare(self, slug: str, data: bytes, base: str | None) -> None:
        """Raise unless the file is what the author started from, or already what they wrote."""
        content = self._read(slug)
        if content.missing:
            return
        if content.trouble:
            raise SaveError(f"{slug}.md was not saved: {content.trouble}.")
        theirs = _text_of(content.data)
        if theirs is None or len(content.data) > LIMIT:
            raise SaveError(
                f"{slug}.md was not saved: what is on disk is not UTF-8 or too long, and would be "
                "lost. Mend it in another editor first."
            )
        if content.data != data and version_of(content.data) != base:
            raise Conflict(theirs)

    def _path(self, slug: str) -> Path:
        return self._folder / f"{slug}.md"

    def _read(self, slug: str) -> Content:
        path = self._path(slug)
        try:
            return files.read(path, self._folder)
        except Exception as error:
            logger.exception("opening %s failed", path)
            return Content(trouble=failure(error).message, signature=files.signature(path))

    def _slugs(self) -> set[str]:
        try:
            return {slug for path in self._folder.iterdir() if (slug := files.slug_of(path))}
        except OSError:
            return set()

    def _all(self) -> set[str]:
        return self._slugs() | set(self._entries)

    def _moved(self) -> set[str]:
        """The slugs whose file looks different from when it was last read."""
        return {
            slug
            for slug in self._all()
            if files.signature(self._path(slug)) != self._signatures.get(slug)
        }


def _text_of(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_persona(_: FileChange, path: str) -> bool:
    # Kubernetes gives all files of a mounted map their new content by one link of that name.
    return files.slug_of(Path(path)) is not None or Path(path).name == "..data"


def _is_of_a_name(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and "decode path" in str(error)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
