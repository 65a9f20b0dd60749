"""What is not kept any longer goes by itself: old recordings, old calls, what was left behind."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from data.calls import Archive, CallGoesOn
from data.people import People
from data.recordings import DAY, Recordings
from data.store import StoreError

LOOK = 3600.0
"""Seconds between two looks for what is older than it may be."""

log = logging.getLogger(__name__)


class Retention:
    """Deletes calls that began more than ``days`` days ago (None: none), old recordings, and what a
    stop in the middle of deleting has left. Whatever fails is tried again with the next look."""

    def __init__(
        self, archive: Archive, recordings: Recordings, people: People, days: int | None
    ) -> None:
        self._archive = archive
        self._recordings = recordings
        self._people = people
        self._days = days

    async def run(self) -> None:
        """Look each hour, until cancelled."""
        while True:
            await asyncio.to_thread(self.sweep)
            await asyncio.sleep(LOOK)

    def sweep(self) -> None:
        """Look once; never raises, since the app goes on whatever its disk says."""
        for what, work in (
            ("What is kept of people who are to be forgotten", self._people.finish),
            ("What is left of deleted calls", self._archive.sweep),
            ("Old recordings", self._recordings.sweep),
            ("Old calls", self._delete_old_calls),
        ):
            _tried(what, work)

    def _delete_old_calls(self) -> None:
        if self._days is None:
            return
        old = self._archive.finished.begun_before(time.time() - self._days * DAY)
        number = 0
        try:
            number = self._archive.delete(old)
        except (OSError, CallGoesOn):  # one that has to wait keeps no other
            for call in old:
                _tried(f"The old call {call}", partial(self._archive.delete, [call]))
        if number:
            log.info("%d calls are deleted; they are kept for %d days", number, self._days)


def _tried(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except (OSError, StoreError, CallGoesOn) as error:
        log.warning("%s could not be deleted; the next look tries again: %s", what, error)
    except Exception:
        log.exception("%s could not be deleted; the next look tries again", what)
