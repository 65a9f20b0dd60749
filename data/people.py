"""What is kept of one person, and how all of it is deleted."""

import logging
import threading
import time
from dataclasses import dataclass

from data.annotations import Annotation, Annotations
from data.calls import Archive, CallGoesOn, Summary
from data.drafts import Draft, Drafts
from data.history import Version
from data.records import Record
from data.sessions import Sessions
from data.store import Store, StoreError
from data.users import Users
from data.versions import Versions, VersionsError

_FIRST = "End it, or wait until it is over; then delete."

log = logging.getLogger(__name__)


class PersonInCall(Exception):
    """Nothing was deleted; the text is for a person and says what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of the person who logs in as ``name``.

    ``calls`` are over, tries among them; ``going_on`` are not. ``repeating`` are tries of others
    that go on from one of these, and so repeat its first turns. ``drafts`` are unsaved texts,
    ``versions`` those that bear the name, each with its persona; ``annotations`` what was said of
    calls that are over, each with its call; ``logins`` is when sessions of now began, seconds since
    the epoch. ``stays`` is why the account itself cannot be removed, "" when it can.
    """

    name: str
    calls: tuple[Summary, ...] = ()
    going_on: tuple[Summary, ...] = ()
    repeating: tuple[Summary, ...] = ()
    drafts: tuple[Draft, ...] = ()
    versions: tuple[tuple[str, Version], ...] = ()
    annotations: tuple[tuple[str, Annotation], ...] = ()
    logins: tuple[float, ...] = ()
    account: bool = False
    stays: str = ""


@dataclass(frozen=True, slots=True)
class _Deletion(Record):
    """What was asked for: all of that person, of before that moment, seconds since the epoch.

    ``calls`` are those that had begun by then, and those of others that repeat them: which these
    are could not be told any more once some are gone.
    """

    name: str
    until: float
    calls: tuple[str, ...] = ()


class People:
    """Whoever has an account or calls; safe to use from any thread, and everything blocks."""

    def __init__(
        self,
        store: Store,
        users: Users,
        sessions: Sessions,
        archive: Archive,
        drafts: Drafts,
        versions: Versions,
        annotations: Annotations,
    ) -> None:
        self._asked = store.table("deletions", key="name", remedy="ask for them again")
        self._users = users
        self._sessions = sessions
        self._archive = archive
        self._drafts = drafts
        self._versions = versions
        self._annotations = annotations
        self._lock = threading.Lock()

    def without_account(self) -> list[str]:
        """Those who have finished calls, and no account any more; raises ``StoreError``."""
        accounts = {account.user.name for account in self._users.accounts()}
        return [name for name in self._archive.finished.users() if name not in accounts]

    def kept(self, name: str) -> Kept:
        """What is kept of that person; raises ``StoreError``, ``VersionsError``."""
        calls = self._archive.of_person(name)
        over = tuple(call for call in calls if call.ended is not None)
        repeating = self._archive.finished.going_on_from(call.call for call in over)
        return Kept(
            name,
            over,
            tuple(call for call in calls if call.ended is None),
            tuple(call for call in repeating if call.user != name),
            tuple(self._drafts.by(name)),
            self._versions.by(name),
            self._annotations.by(name),
            tuple(self._sessions.began(name)),
            any(account.user.name == name for account in self._users.accounts()),
            self._users.why_not_removed(name),
        )

    def delete(self, name: str) -> None:
        """Delete all that is kept of that person, and the account unless it has to stay.

        That it is to be done is on the disk first, so that ``finish`` does what a stop or a
        failure leaves. Raises ``PersonInCall`` before anything is deleted; ``CallGoesOn``,
        ``OSError``, ``StoreError`` and ``VersionsError`` when the rest is left to ``finish``.
        """
        own = [call.call for call in self._archive.of_person(name)]
        repeating = self._archive.finished.going_on_from(own)
        calls = (*own, *(call.call for call in repeating))
        for live in self._archive.going_on():
            if live.user == name:
                raise PersonInCall(f"{name} is in a call. {_FIRST}")
            if live.origin in calls:
                raise PersonInCall(f"{live.user} is in a call that goes on from one of {name}. "
                                   f"{_FIRST}")  # fmt: skip
        asked = _Deletion(name, time.time(), calls)
        self._asked.put(asked.to_json())
        self._delete(asked)

    def finish(self) -> None:
        """Do what is left of every deletion that was asked for."""
        for document in self._asked.all():
            try:
                self._delete(_Deletion.from_json(document))
            except (CallGoesOn, OSError, StoreError, VersionsError) as error:
                log.warning("What is kept of %s is not all deleted: %s", document["name"], error)
            except TypeError:
                self._asked.remove(str(document["name"]))

    def _delete(self, asked: _Deletion) -> None:
        with self._lock:
            name = asked.name
            # First the account: with it gone, nobody begins another call under this name.
            self._users.remove(name)
            self._archive.delete(asked.calls)
            late = [c.call for c in self._archive.of_person(name) if c.started <= asked.until]
            self._archive.delete(late)  # CallGoesOn, when one of them began in the very moment
            for draft in self._drafts.by(name):
                if draft.time <= asked.until:
                    self._drafts.discard(*draft.key)
            self._drafts.flush()
            self._versions.forget(name)
            self._annotations.forget_person(name)
            self._asked.remove(name)
