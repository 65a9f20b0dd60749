"""The scripts of all personas of a folder: read at start, saved, and followed while anyone edits
them, or renames, archives, restores and copies their persona."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from watchfiles import awatch

from data.common.observers import Observers
from personas import files, script_moves
from personas.entry import Change, Conflict, Renamed
from personas.files import Content, SaveError
from personas.library import Library
from personas.parse import failure
from personas.script_entry import ScriptChange, ScriptEntry, ScriptReader
from personas.script_model import Script
from personas.script_places import SCRIPTS, folder_of, names_in, personas_in
from personas.source import LIMIT, version_of

__all__ = ["Conflict", "SaveError", "ScriptChange", "ScriptEntry", "ScriptLibrary"]

log = logging.getLogger(__name__)

# Milliseconds, and seconds: as of personas (see the library).
DEBOUNCE, STEP = 60, 20
SETTLE, LOOK = 0.1, 1.0

_Key = tuple[str, str]
"""A persona's name and a script's."""


class ScriptLibrary:
    """The scripts beside the personas of a library. Methods may be called from any thread.

    ``guards`` are the names of guards that scripts may use; None for any.
    """

    def __init__(self, library: Library, guards: Collection[str] | None = None) -> None:
        self._library = library
        self._guards = guards
        self._entries: dict[_Key, ScriptEntry] = {}
        self._signatures: dict[_Key, files.Signature | None] = {}
        self._personas = {entry.slug for entry in library.entries()}
        self._changes = Observers[ScriptChange](lambda c: f"the script {c.entry.path}")
        self._lock = threading.RLock()
        library.on_rename(self._on_rename)
        library.on_change(self._on_persona)
        self._reread(self._all(), settled=True)

    @property
    def folder(self) -> Path:
        """Where the folders of scripts are."""
        return self._library.folder / SCRIPTS

    def entries(self, slug: str | None = None) -> list[ScriptEntry]:
        """The scripts of a persona, or of all, whose file is there; by persona and name."""
        there = [entry for entry in list(self._entries.values()) if not entry.deleted]
        return sorted(
            (entry for entry in there if slug in (None, entry.slug)),
            key=lambda entry: (entry.slug, entry.name),
        )

    def get(self, slug: str, name: str) -> ScriptEntry | None:
        """The script of that name, also when its file has been deleted since."""
        return self._entries.get((slug, name))

    def examined(self, slug: str, name: str, text: str) -> Script:
        """That text as the script of that name, with its findings against the persona of now."""
        return self._reader(slug).examined(text, name)

    def on_change(self, callback: Callable[[ScriptChange], None]) -> Callable[[], None]:
        """Call back with every change, on the loop that runs :meth:`watch`; returns the end of it.

        Before watch runs, changes are told in the thread that makes them.
        """
        return self._changes.add(callback)

    def save(
        self, slug: str, name: str, text: str, *, base: str | None, author: str
    ) -> ScriptEntry:
        """Write a script as it is, errors and all.

        ``base`` is the version that the author started from, None for a new file. Raises Conflict
        when the file holds something else by now, and SaveError when it cannot be written.
        """
        data = _checked(slug, name, text)
        path = self._path((slug, name))
        with self._lock, files.alone(self._library.folder):
            self._inside(path)
            self._compare((slug, name), data, base)
            files.write(path, data, lambda: self._compare((slug, name), data, base))
            return self._saved((slug, name), author)

    def delete(self, slug: str, name: str, *, base: str, author: str) -> None:
        """Remove a script's file; raises Conflict when it is not what ``base`` is the version of,
        and SaveError when it cannot be removed. One that is gone is none to remove."""
        path = self._path((slug, name))
        with self._lock, files.alone(self._library.folder):
            self._compare((slug, name), None, base)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                words = f"{path.name} was not deleted: {files.why_not(error, path)}."
                raise SaveError(words) from error
            with contextlib.suppress(OSError):
                path.parent.rmdir()  # only when it is empty
            self._saved((slug, name), author)

    def rename(self, slug: str, name: str, new: str, *, author: str) -> ScriptEntry:
        """Give a script another name; raises SaveError when it is taken, or nothing is there."""
        source, target = self._path((slug, name)), self._path((slug, new))
        _check_name(new)
        with self._lock, files.alone(self._library.folder):
            if target.exists() or target.is_symlink():
                raise SaveError(f"There is a script {new}.md already. Choose another name.")
            try:
                source.rename(target)
            except OSError as error:
                words = f"{source.name} was not renamed: {files.why_not(error, source)}."
                raise SaveError(words) from error
            self._saved((slug, name), author)
            return self._saved((slug, new), author)

    def files_of(self, slug: str) -> list[tuple[str, bytes]]:
        """The files of a persona's scripts as a zip has them: ``scripts/PERSONA/NAME.md``."""
        found = [(entry, self._read((slug, entry.name))) for entry in self.entries(slug)]
        return [
            (f"{SCRIPTS}/{slug}/{entry.name}.md", content.data)
            for entry, content in found
            if content.signature is not None and not content.trouble
        ]

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the folders of scripts until ``stop`` is set, also while there are none."""
        self._changes.loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                await self._refresh()
                if self.folder.is_dir():
                    await self._follow(stop)
                else:
                    await _pause(stop, LOOK)
        finally:
            self._changes.loop = None

    async def _follow(self, stop: asyncio.Event) -> None:
        """Look again at whatever happens in the folder, and each second, until it is gone."""
        watcher = awatch(
            self.folder,
            debounce=DEBOUNCE,
            step=STEP,
            stop_event=stop,
            rust_timeout=int(LOOK * 1000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        try:
            async with contextlib.aclosing(watcher):
                async for _ in watcher:
                    await self._refresh()
                    if not self.folder.is_dir():
                        return
        except (OSError, ExceptionGroup) as error:
            # The folder vanished, no watches are left, or a name is no text; the next round looks.
            log.warning("cannot watch %s (%s); looking again", self.folder, error)
            await _pause(stop, LOOK)

    async def _refresh(self) -> None:
        """Read what looks different again, off the loop, and tell what changed."""
        keys = await asyncio.to_thread(self._moved)
        if unsettled := await asyncio.to_thread(self._reread, keys, settled=False):
            await asyncio.sleep(SETTLE)
            await asyncio.to_thread(self._reread, unsettled, settled=True)

    def _reread(self, keys: Iterable[_Key], *, settled: bool) -> list[_Key]:
        """Read scripts again; gives those that may be in the middle of a save."""
        return [key for key in sorted(keys) if not self._reread_safely(key, settled=settled)]

    def _reread_safely(self, key: _Key, *, settled: bool) -> bool:
        try:
            with self._lock:
                content = self._read(key)
                if not settled and self._may_be_half(key, content):
                    return False
                change = self._take(key, content)
        except Exception:  # one that fails costs only itself
            log.exception("following the script %s of %s failed", key[1], key[0])
            return True
        if change is not None:
            self._changes.tell(change)
        return True

    def _may_be_half(self, key: _Key, content: Content) -> bool:
        """Gone, or with an error that was not there: perhaps only half written."""
        known = self._entries.get(key)
        if known is None or known.deleted:
            return False
        if content.missing:
            return True
        after = self._reader(key[0]).updated(known, known.path, content)
        return bool(after and after.errors and not known.errors)

    def _take(self, key: _Key, content: Content) -> ScriptChange | None:
        """Make what a file holds the entry; None when it holds what it held before."""
        before = self._entries.get(key)
        self._signatures[key] = content.signature
        after = self._reader(key[0]).updated(before, self._path(key), content)
        if after is None or after == before:
            return None
        self._entries[key] = after
        return ScriptChange(after, "disk", "")

    def _saved(self, key: _Key, author: str) -> ScriptEntry:
        """Read what the page has just done to a file, and tell it."""
        change = self._take(key, self._read(key))
        if change is not None:
            self._changes.tell(ScriptChange(change.entry, "page", author))
        return self._entries[key]

    def _on_rename(self, renamed: Renamed) -> None:
        """The scripts go where their persona went, before anyone is told of the two files."""
        with self._lock:
            script_moves.move(self._library.folder, renamed.old, renamed.new)
            self._personas.discard(renamed.old)
            self._personas.add(renamed.new)
            self._reread(self._moved(), settled=True)

    def _on_persona(self, change: Change) -> None:
        """Scripts of an edited persona are judged again; a copy of a persona gets copies."""
        slug = change.entry.slug
        with self._lock:
            fresh = slug not in self._personas and not change.entry.deleted
            (self._personas.discard if change.entry.deleted else self._personas.add)(slug)
            if fresh and (original := self._original(change)):
                script_moves.copy(self._library.folder, original, slug)
                self._reread(self._moved(), settled=True)
            reader = self._reader(slug)
            told = [self._judge_again(reader, entry) for entry in self.entries(slug)]
        for one in filter(None, told):
            self._changes.tell(one)

    def _original(self, change: Change) -> str:
        """Another persona with the same bytes; "" when there is none."""
        same = (e.slug for e in self._library.entries() if e.version == change.entry.version)
        return next((slug for slug in same if slug != change.entry.slug), "")

    def _judge_again(self, reader: ScriptReader, entry: ScriptEntry) -> ScriptChange | None:
        after = reader.judged_again(entry)
        if after == entry:
            return None
        self._entries[entry.slug, entry.name] = after
        return ScriptChange(after, "persona", "")

    def _reader(self, slug: str) -> ScriptReader:
        persona = self._library.get(slug)
        return ScriptReader.of(slug, persona, self._library.engines, self._guards)

    def _compare(self, key: _Key, data: bytes | None, base: str | None) -> None:
        """Raise unless the file is what the author started from, or already what they wrote."""
        content = self._read(key)
        if content.missing or content.data == data:
            return
        if content.trouble:
            raise SaveError(f"{key[1]}.md is as before: {content.trouble}.")
        if version_of(content.data) != base:
            raise Conflict(content.data.decode("utf-8", "replace"))

    def _inside(self, path: Path) -> None:
        if not files.stays_inside(path, self._library.folder):
            raise SaveError(f"{path.parent} is a link that leads out of the personas folder.")

    def _path(self, key: _Key) -> Path:
        return folder_of(self._library.folder, key[0]) / f"{key[1]}.md"

    def _read(self, key: _Key) -> Content:
        path = self._path(key)
        try:
            return files.read(path, self._library.folder)
        except Exception as error:
            log.exception("opening %s failed", path)
            return Content(trouble=failure(error).message, signature=files.signature(path))

    def _all(self) -> set[_Key]:
        folder = self._library.folder
        slugs = personas_in(folder)
        there = {(slug, name) for slug in slugs for name in names_in(folder_of(folder, slug))}
        return there | set(self._entries)

    def _moved(self) -> list[_Key]:
        """The scripts whose file looks different from when it was last read."""
        keys = self._all()
        return [k for k in keys if files.signature(self._path(k)) != self._signatures.get(k)]


def _checked(slug: str, name: str, text: str) -> bytes:
    if not files.is_slug(slug):
        raise SaveError(f"{slug!r} is no persona's name.")
    _check_name(name)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SaveError("The text has half a character in it and was not saved.") from error
    if len(data) > LIMIT:
        raise SaveError(f"The text is over {LIMIT // 1024} KB and was not saved; shorten it.")
    return data


def _check_name(name: str) -> None:
    if not files.is_slug(name):
        raise SaveError(
            f"{name!r} cannot be a script's name; use a-z, 0-9 and hyphens, such as solves-it."
        )


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
