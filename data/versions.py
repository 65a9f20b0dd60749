"""Every distinct content that the persona files have had, kept beside them.

The files of the personas folder are the truth; this is their memory. Each persona has a folder of
its own, so that a save reads and writes what is hers only, and a rename moves it.
"""

import hashlib
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from data.history import History, Version
from data.renames import Name, Renames
from data.store import StoreError

__all__ = ["Name", "Version", "Versions", "VersionsError"]

log = logging.getLogger(__name__)
T = TypeVar("T")

REMEMBERED = 64
"""Histories in memory at once; reading one again takes a millisecond."""
OWED = 200
"""Contents that wait in memory for a disk that can be written."""
LABEL, NOTE = 80, 2000
"""Characters that a label and a note may have."""
NOTHING_ELSE = (
    "Saving personas still works; what was not kept is tried again with the next save, until "
    "Rehearsal stops."
)
# The dot is in the names that archived personas have, "archive.NAME".
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)?")


class VersionsError(Exception):
    """The versions cannot be read or written; the text is for a person and names the remedy."""


@dataclass(frozen=True, slots=True)
class _Debt:
    """A content that is to be kept."""

    slug: str
    seen: Version
    data: bytes


class Versions:
    """The versions of all personas, in ``folder``; safe to use from any thread.

    One thread does all the work, so what is asked later sees what was kept before. ``keep`` and
    ``renamed`` do not wait for it; the other methods do, so call them off the app's loop.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="versions")
        self._histories: OrderedDict[str, History] = OrderedDict()
        self._owed: list[_Debt] = []
        self._unmoved: list[tuple[str, str, float]] = []
        self._renames: Renames | None = None
        self.trouble = ""
        """Why contents are not being kept at present, in words; empty when they are."""

    def keep(
        self,
        slug: str,
        version: str,
        text: str,
        *,
        author: str = "",
        origin: str = "disk",
        moment: float | None = None,
    ) -> "Future[bool]":
        """Keep what the persona's file holds since ``moment`` (now); whether that is a change.

        ``version`` is the beginning of the SHA-256 of its bytes. It never raises: what cannot be
        written is tried again with the next one, and ``trouble`` says why.
        """
        seen = Version(version, time.time() if moment is None else moment, author, origin)
        return self._later(lambda: self._keep(_Debt(slug, seen, text.encode("utf-8", "replace"))))

    def renamed(self, old: str, new: str) -> "Future[bool]":
        """The persona ``old`` is called ``new`` by now: its versions and calls go with it."""
        moment = time.time()
        return self._later(lambda: self._rename(old, new, moment))

    def retry(self) -> None:
        """Try again to keep what could not be kept."""
        self._wait(self._pay)

    def list(self, slug: str) -> tuple[Version, ...]:
        """The versions of a persona, the newest first; raises ``VersionsError``."""
        return self._wait(lambda: self._history(slug).versions())

    def text(self, slug: str, version: str) -> str | None:
        """The text of a version; None when there is none, or its file is damaged."""
        return self._wait(lambda: self._history(slug).text(version))

    def describe(self, slug: str, version: str, *, label: str, note: str) -> None:
        """Give a version a label and a note; raises ``VersionsError`` when they are not stored."""
        if len(label) > LABEL or len(note) > NOTE:
            raise VersionsError(
                f"A label has at most {LABEL} characters, and a note {NOTE:,}. Shorten it."
            )
        words = label.strip(), note.strip()
        try:
            self._wait(lambda: self._history(slug).describe(version, *words))
        except KeyError:
            raise VersionsError("This version is no longer there.") from None

    def by(self, author: str) -> tuple[tuple[str, Version], ...]:
        """The versions that have that name, each with its persona; reads every history."""

        def look(slug: str) -> tuple[tuple[str, Version], ...]:
            found = self._history(slug).versions()
            return tuple((slug, row) for row in found if author in (row.author, row.again_by))

        found = (self._wait(partial(look, slug)) for slug in sorted(self.known()))
        return tuple(chain.from_iterable(found))

    def forget(self, author: str) -> int:
        """Take that name off all versions, which stay; returns of how many. Raises
        ``VersionsError``."""

        def forget(slug: str) -> int:
            return self._history(slug).forget(author)

        return sum(self._wait(partial(forget, slug)) for slug in self.known())

    def names(self, slug: str) -> tuple[Name, ...]:
        """The names that this persona has had, the present one first."""
        return self._wait(lambda: self._names().names(slug))

    def heir(self, slug: str) -> str:
        """The present name of the persona that was last called so."""
        return self._wait(lambda: self._names().heir(slug))

    def bearers(self, names: Iterable[tuple[str, float]]) -> tuple[str, ...]:
        """The present names of the personas that were called so at these moments."""
        asked = tuple(names)
        return self._wait(lambda: tuple(self._names().since(*each) for each in asked))

    def of_names(self, slugs: Iterable[str]) -> dict[str, tuple[Name, ...]]:
        """The present names of the personas that have had these slugs, each with when it had them:
        what has been called so at these moments belongs to it."""
        asked = tuple(slugs)
        return self._wait(lambda: self._of_names(asked))

    def known(self) -> set[str]:
        """The names that have a history, whether or not there is a file."""
        return self._wait(self._known)

    def close(self) -> None:
        """Wait until all is kept."""
        self._thread.shutdown()

    def _keep(self, debt: _Debt) -> bool:
        if not hashlib.sha256(debt.data).hexdigest().startswith(debt.seen.version or "?"):
            return False  # the file holds no text, and text is what can be shown and restored
        self._owed.append(debt)
        if len(self._owed) > OWED:
            lost = self._owed.pop(0)
            log.error("version %s of %s is lost", lost.seen.version, lost.slug)
        return self._pay()

    def _pay(self) -> bool:
        """Write what is owed, in order; whether the last of it was a change."""
        changed, trouble, owed = False, self._catch_up(), self._owed
        # While a history is not where it belongs, another one of its name would be mixed in.
        self._owed = owed if trouble else []
        for debt in () if trouble else owed:
            try:
                changed = self._history(debt.slug).keep(debt.seen, debt.data)
            except (OSError, StoreError) as error:
                changed = False
                self._owed.append(debt)
                self._histories.pop(debt.slug, None)
                trouble = _in_words("New versions are not being kept", error, self._folder)
            except Exception:
                changed = False
                self._histories.pop(debt.slug, None)
                log.exception("version %s of %s is lost", debt.seen.version, debt.slug)
        self._tell(f"{trouble} {NOTHING_ELSE}" if trouble else "")
        return changed

    def _rename(self, old: str, new: str, moment: float) -> bool:
        """Bring the history of ``old`` to ``new``, which may have one of its own already."""
        self._owed = [replace(debt, slug=new) if debt.slug == old else debt for debt in self._owed]
        self._unmoved.append((old, new, moment))
        trouble = self._catch_up()
        if trouble:
            self._tell(trouble)
        return not trouble

    def _catch_up(self) -> str:
        """Make the renames that are still to be made, in order; why one cannot be, in words."""
        while self._unmoved:
            old, new, moment = self._unmoved[0]
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._names().add(old, new, moment)
                if self._path(old).is_dir():
                    self._move(old, new)
            except (OSError, StoreError) as error:
                return _in_words(f"The history of {old} stays behind", error, self._folder)
            self._unmoved.pop(0)
        return ""

    def _move(self, old: str, new: str) -> None:
        if self._path(new).exists():
            self._history(new).absorb(self._history(old))
        else:
            self._path(old).rename(self._path(new))
        for slug in (old, new):
            self._histories.pop(slug, None)

    def _history(self, slug: str) -> History:
        history = self._histories.pop(slug, None)
        if history is None:
            history = History(self._path(slug))
        self._histories[slug] = history
        if len(self._histories) > REMEMBERED:
            self._histories.popitem(last=False)
        return history

    def _path(self, slug: str) -> Path:
        if not _SLUG.fullmatch(slug):
            raise StoreError(f"{slug!r} is no persona's name.")
        return self._folder / slug

    def _known(self) -> set[str]:
        if not self._folder.is_dir():
            return set()
        return {path.name for path in self._folder.iterdir() if path.is_dir()}

    def _of_names(self, slugs: Iterable[str]) -> dict[str, tuple[Name, ...]]:
        found: dict[str, tuple[Name, ...]] = {}
        for slug in slugs:
            for present, spans in self._names().spans(slug).items():
                found[present] = (*found.get(present, ()), *spans)
        return found

    def _names(self) -> Renames:
        if self._renames is None:
            self._renames = Renames(self._folder)
        return self._renames

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error("%s", trouble)
        elif self.trouble and not trouble:
            log.warning("New versions are being kept again.")
        self.trouble = trouble

    def _later(self, work: "Callable[[], bool]") -> "Future[bool]":
        try:
            future = self._thread.submit(work)
        except RuntimeError:  # the app is stopping; the next start sees the file
            future = Future()
            future.set_result(False)
        future.add_done_callback(_log_fault)
        return future

    def _wait(self, work: Callable[[], T]) -> T:
        try:
            return self._thread.submit(work).result()
        except (OSError, StoreError) as error:
            words = _in_words("The versions cannot be read or written", error, self._folder)
            raise VersionsError(words) from error


def _in_words(what: str, error: OSError | StoreError, folder: Path) -> str:
    if isinstance(error, StoreError):
        return f"{what}: {error}"
    why = error.strerror or str(error)
    return f"{what}: {why}. Make room on the disk of {folder}, or make that folder writable."


def _log_fault(future: "Future[bool]") -> None:
    if not future.cancelled() and (error := future.exception()):
        log.error("versions: %s", error, exc_info=error)
