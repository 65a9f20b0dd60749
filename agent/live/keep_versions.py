"""Hands every text that the library sees to the versions that are kept."""

import asyncio
import time
from concurrent.futures import Future
from contextlib import suppress

from data.versions import Versions
from personas.entry import Change, Entry
from personas.library import Library
from personas.source import LIMIT


class VersionKeeper:
    """Follows a library from the moment on at which it is made."""

    def __init__(self, library: Library, versions: Versions) -> None:
        self._versions = versions
        self._started = time.time()
        self._unseen = {entry.slug: entry for entry in library.entries()}
        library.on_change(self._on_change)

    async def first_sight(self) -> None:
        """Keep what the files held at the start.

        One after the other, so that an author's page need not wait for 500 of them.
        """
        for slug in list(self._unseen):
            if entry := self._unseen.pop(slug, None):
                await asyncio.wrap_future(self._first(entry))

    def _on_change(self, change: Change) -> None:
        entry = change.entry
        if unseen := self._unseen.pop(entry.slug, None):
            self._first(unseen)
        if _is_whole(entry):
            self._versions.keep(
                entry.slug, entry.version, entry.text, author=change.author, origin=change.origin
            )

    def _first(self, entry: Entry) -> "Future[bool]":
        """Keep a text under the time at which its file was written."""
        moment = self._started
        with suppress(OSError):
            moment = min(moment, entry.path.stat().st_mtime)
        # A file that is not whole is handed over without a version, and left out.
        version = entry.version if _is_whole(entry) else ""
        return self._versions.keep(entry.slug, version, entry.text, moment=moment)


def _is_whole(entry: Entry) -> bool:
    """Whether the entry's text is all that its file holds."""
    return not entry.deleted and bool(entry.version) and len(entry.text.encode()) <= LIMIT
