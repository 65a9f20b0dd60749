"""Hands every text that the library sees to the versions that are kept, and every name."""

import asyncio
import logging
import time
from concurrent.futures import Future
from contextlib import suppress

from data.versions import Versions, VersionsError
from personas.entry import Change, Entry, Renamed
from personas.library import Library
from personas.source import LIMIT, version_of

log = logging.getLogger(__name__)

NOTHING = ("", version_of(b""))
"""Versions by which no file can be known again."""


class VersionRecorder:
    """Follows a library from the moment on at which it is made."""

    def __init__(self, library: Library, versions: Versions) -> None:
        self._versions = versions
        self._started = time.time()
        self._unseen = {entry.slug: entry for entry in library.entries()}
        self._library = library
        library.on_change(self._on_change)
        library.on_rename(self._on_rename)

    async def sync_at_start(self) -> None:
        """Tell which files have another name since the last stop; keep what all of them hold.

        One after the other, so that an author's page need not wait for 500 of them.
        """
        try:
            for old, new in await asyncio.to_thread(self._moved):
                self._library.renamed(old, new)
        except VersionsError as error:
            log.error("files that were renamed while Rehearsal was down begin anew: %s", error)
        for slug in list(self._unseen):
            if entry := self._unseen.pop(slug, None):
                try:
                    await asyncio.wrap_future(self._first(entry))
                except Exception:
                    log.exception("the text of %s is not kept as a version", slug)

    def _moved(self) -> list[tuple[str, str]]:
        """Files without a history that hold what a file that is gone held last."""
        places, known = self._library.places(), self._versions.known()
        fresh = [slug for slug in sorted(places.keys() - known) if places[slug] not in NOTHING]
        lost = known - places.keys() if fresh else set()
        last = [(kept[0], slug) for slug in lost if (kept := self._versions.list(slug))]
        owners = {row.version: slug for row, slug in sorted(last, key=lambda each: each[0].latest)}
        return [(owners.pop(places[slug]), slug) for slug in fresh if places[slug] in owners]

    def _on_change(self, change: Change) -> None:
        entry = change.entry
        if unseen := self._unseen.pop(entry.slug, None):
            self._first(unseen)
        if _is_whole(entry):
            self._versions.keep(
                entry.slug, entry.version, entry.text, author=change.author, origin=change.origin
            )

    def _on_rename(self, renamed: Renamed) -> None:
        if unseen := self._unseen.pop(renamed.old, None):
            self._first(unseen)
        self._versions.renamed(renamed.old, renamed.new)

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
