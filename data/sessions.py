"""Who is logged in: the sessions of browsers, which end for good."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from data.common.observers import Observers
from data.records import Record
from data.store import Store
from data.users import User, Users

log = logging.getLogger(__name__)

LONGEST = 90 * 86_400.0
"""Seconds after which a session ends, however much it is used."""
MOST_OF_USER = 200
"""Sessions of one user: the oldest ends with one more."""
PASS_LASTS = 60.0
"""Seconds in which a pass has to be used."""
MOST_PASSES = 1000
"""Passes that are not used yet."""


@dataclass(frozen=True, slots=True)
class _Session(Record):
    """A session as stored: the hash of its token, never the token; ``family`` is the same before
    and after the token was renewed; ``browser`` is where its pages keep what they remember."""

    token: str
    name: str
    key: str
    family: str
    browser: str
    began: float


@dataclass(frozen=True, slots=True)
class _Pass:
    token: str
    browser: str
    until: float


class Sessions:
    """The sessions of all users; safe to use from any thread.

    What changes one writes a file: call that from a worker thread. All else answers from memory.
    """

    def __init__(self, store: Store, users: Users, clock: Callable[[], float] = time.time) -> None:
        self._shelf = store.table("sessions", key="token", remedy="everybody has to log in again")
        self._users = users
        self._clock = clock
        self._lock = threading.Lock()
        # Replaced as a whole by each change, so that pages read it without waiting.
        self._sessions = {item.token: item for item in map(_session, self._shelf.all()) if item}
        self._renewed: dict[str, str] = {}
        self._passes: dict[str, _Pass] = {}
        self._renewing: set[str] = set()
        self._endings = Observers[str](lambda name: f"the sessions of {name}")
        users.on_change(self._account_changed)

    def on_end(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback`` with the name of each user whose account has changed: sessions of
        theirs may have ended by that. It is called in the thread that changed it; returns the way
        to stop it."""
        return self._endings.add(callback)

    def begin(self, user: User) -> str:
        """A new session of the user; returns its token, a secret of the browser."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            gone = self._ended()
            own = [item for item in self._sessions.values() if item.name == user.name]
            gone += [item.token for item in own[: max(0, len(own) - MOST_OF_USER + 1)]]
            self._change(gone, self._new(token, user.name, secrets.token_hex(8), str(uuid4())))
        return token

    def renew(self, token: str, user: User) -> str:
        """The user's session goes on under another token, with the rights of now: pages that are
        open may still name the old one, new ones may not. Returns the new token."""
        fresh = secrets.token_urlsafe(32)
        with self._lock:
            old = self._find(token, page=True)
            if old is None or old.name != user.name:
                self._change([], self._new(fresh, user.name, secrets.token_hex(8), str(uuid4())))
                return fresh
            self._change([old.token], self._new(fresh, old.name, old.family, old.browser))
            self._renewed[old.token] = _hash(fresh)
        return fresh

    def set_password(self, token: str, user: User, password: str) -> str:
        """Give the user that password; the session goes on as ``renew`` has it, and all others of
        the user end. Returns the new token; raises like ``Users.set_password``."""
        self._renewing.add(user.name)
        try:
            self._users.set_password(user.name, password)
            # In between, no session fits the account: nobody may be told before this one does.
            fresh = self.renew(token, user)
        finally:
            self._renewing.discard(user.name)
        self._endings.tell(user.name)
        return fresh

    def end(self, token: str) -> None:
        """The session ends for good."""
        with self._lock:
            self._change([_hash(token)])

    def prune(self) -> set[str]:
        """Forget the sessions that have ended by themselves; returns the browsers that had one."""
        with self._lock:
            gone = self._ended()
            browsers = {self._sessions[token].browser for token in gone}
            self._change(gone)
            return browsers - self.browsers()

    def user(self, token: str, *, page: bool = False) -> User | None:
        """Whose session it is; None when it is none or has ended.

        ``page``: it is asked by a page that has been open for a while, whose token may have been
        renewed.
        """
        session = self._find(token, page=page)
        return self._users.get(session.name) if session and self._good(session) else None

    def same(self, one: str, other: str) -> bool:
        """Whether both are tokens of one session, before and after it was renewed."""
        if one == other:
            return True
        first, second = self._find(one, page=True), self._find(other, page=True)
        return first is not None and second is not None and first.family == second.family

    def began(self, name: str) -> list[float]:
        """When that user's sessions of now began, seconds since the epoch."""
        return sorted(s.began for s in self._sessions.values() if s.name == name and self._good(s))

    def browsers(self) -> set[str]:
        """Every browser with a session."""
        return {item.browser for item in self._sessions.values()}

    def give_pass(self, token: str, browser: str) -> str:
        """What that browser may take the token with, once and soon: a page learns of a login over
        its websocket, and a cookie can only come with an answer."""
        ticket, now = secrets.token_urlsafe(24), self._clock()
        with self._lock:
            for old in [old for old, item in self._passes.items() if item.until < now]:
                del self._passes[old]
            if len(self._passes) >= MOST_PASSES:
                del self._passes[next(iter(self._passes))]
            self._passes[ticket] = _Pass(token, browser, now + PASS_LASTS)
        return ticket

    def take(self, ticket: str, browser: str) -> tuple[str, str] | None:
        """The token for a pass of that browser, and what the browser is called from now on; None
        when the pass was used, is late, or another's."""
        with self._lock:
            found = self._passes.get(ticket)
            if found is None or found.browser != browser:
                return None
            del self._passes[ticket]
        session = self._find(found.token)
        if session is None or self._clock() > found.until:
            return None
        return found.token, session.browser

    def _account_changed(self, name: str) -> None:
        if name not in self._renewing:
            self._endings.tell(name)

    def _find(self, token: str, *, page: bool = False) -> _Session | None:
        hashed = _hash(token)
        while page and hashed not in self._sessions and hashed in self._renewed:
            hashed = self._renewed[hashed]
        return self._sessions.get(hashed)

    def _new(self, token: str, name: str, family: str, browser: str) -> _Session:
        key = self._users.session_key(name)
        return _Session(_hash(token), name, key, family, browser, self._clock())

    def _good(self, session: _Session) -> bool:
        young = self._clock() - session.began < LONGEST
        return young and session.key == self._users.session_key(session.name)

    def _ended(self) -> list[str]:
        return [token for token, item in self._sessions.items() if not self._good(item)]

    def _change(self, gone: list[str], fresh: _Session | None = None) -> None:
        kept = {token: item for token, item in self._sessions.items() if token not in gone}
        self._sessions = kept | ({fresh.token: fresh} if fresh else {})
        try:
            self._shelf.remove(*gone)
            if fresh:
                self._shelf.put(fresh.to_json())
        except OSError as error:  # a full disk must not lock anyone out
            log.warning("A change of the logins counts until the next start only: %s", error)


def _session(document: dict[str, object]) -> _Session | None:
    try:
        return _Session.from_json(document)
    except TypeError:
        return None  # whose it was logs in again


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
