"""Who may log in: names, roles, and hashed passwords."""

import logging
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.common.observers import Observers
from data.records import Record
from data.store import Damaged, Store, StoreError, Table, unusable
from data.throttle import Throttle, TooManyTries, Visitor

__all__ = ["Account", "PasswordError", "Role", "TooManyTries", "User", "UserError", "Users"]

log = logging.getLogger(__name__)

Role = Literal["trainee", "author", "admin"]

MIN_LENGTH = 8
MAX_LENGTH = 256
MAX_NAME = 64
MAX_DISPLAY = 80
"""Characters that passwords, names to log in with, and names to show may have."""


SET_ALREADY = "The first password has been set already. Log in with it."


class UserError(ValueError):
    """The account cannot be made or changed; the text is for a person."""


class PasswordError(UserError):
    """The password cannot be taken; the text is for a person."""


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may log in; ``display`` is the name to show."""

    name: str
    role: Role
    display: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its admin sees it; ``demo`` tells that its password is a demo one."""

    user: User
    demo: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class _Account(Record):
    """A user as stored; ``demo`` is the demo password while it is in force.

    Sessions hang on ``stamp``, another one with each new password and each disabling or enabling,
    and on ``rights``, which counts the changes of the role: what is ended never comes back.
    """

    name: str
    role: Role
    display: str
    hash: str
    demo: str = ""
    disabled: bool = False
    stamp: str = ""
    rights: int = 0

    @property
    def user(self) -> User:
        return User(self.name, self.role, self.display)

    def usable(self, demo_allowed: bool) -> bool:
        return not self.disabled and (demo_allowed or not self.demo)


# The one place of the demo accounts: name, role, display, password.
_DEMO: tuple[tuple[str, Role, str, str], ...] = (
    ("trainee", "trainee", "Demo trainee", "trainee-demo"),
    ("author", "author", "Demo author", "author-demo"),
    ("admin", "admin", "Demo admin", "admin-demo"),
)
_DEMO_PASSWORDS = frozenset(password for *_, password in _DEMO)


class Users:
    """The accounts; safe to use from any thread.

    Checking and setting a password takes some 50 ms and 64 MB: call those through
    ``PasswordWork``. All else answers from memory. Raises ``StoreError``.
    """

    def __init__(
        self, store: Store, hasher: PasswordHasher | None = None, throttle: Throttle | None = None
    ) -> None:
        self._folder = store.folder
        self._shelf = _table(store)
        self._hasher = hasher or PasswordHasher()
        self._throttle = throttle or Throttle()
        self._lock = threading.RLock()
        accounts = [_account(document, self._folder) for document in self._shelf.all()]
        # Replaced as a whole by each change, so that reading waits for no lock: pages read it on
        # the event loop while a worker thread hashes.
        self._accounts = {account.name: account for account in accounts}
        self._nobody = ""
        self._changes = Observers[str](lambda name: f"the account {name}")

    def on_change(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback`` with the name of each account that has changed, in the thread that
        changed it; returns the way to stop it."""
        return self._changes.add(callback)

    def seed_demo(self) -> None:
        """Make the demo accounts, when there is no account at all; raises ``StoreError``."""
        with self._lock:
            if self._accounts:
                return
            demo = [_Account(n, r, d, self._hash(p), demo=p) for n, r, d, p in _DEMO]
            try:
                self._shelf.add(account.to_json() for account in demo)
            except OSError as error:
                raise unusable(self._folder, error) from error
            self._accounts = {account.name: account for account in demo}

    def verify(
        self, name: str, password: str, *, demo_allowed: bool, visitor: Visitor | None = None
    ) -> User | None:
        """The user when name and password are right, and no demo password where none is allowed.

        Raises ``TooManyTries`` after several failed tries for the name or by the visitor. What is
        too long to be right is wrong before it costs anything.
        """
        too_long = len(name) > MAX_NAME or len(password) > MAX_LENGTH
        name = "" if too_long else _plain(name)
        visitor = visitor or Visitor()
        self._throttle.begin(name, visitor)
        account = self._accounts.get(name)
        if too_long or not self._matches(account, password):
            return None
        with self._lock:
            if account is None or self._accounts.get(name) is not account:
                return None  # it was changed meanwhile
            if not account.usable(demo_allowed):
                return None
            self._throttle.succeeded(name, visitor)
            self._rehash(account, password)
            return account.user

    def get(self, name: str) -> User | None:
        """The user of that name, unless there is none or it is disabled."""
        account = self._accounts.get(name)
        return account.user if account and not account.disabled else None

    def add(self, name: str, role: Role, display: str, password: str) -> User:
        """A new account; raises ``UserError``, ``PasswordError``, ``OSError``."""
        name = _plain(name[: MAX_NAME + 1])
        if not re.fullmatch(rf"[a-z0-9][a-z0-9._@+-]{{1,{MAX_NAME - 1}}}", name):
            raise UserError(
                "A name has 2 to 64 letters a-z, digits, or . _ @ + - and begins with a letter "
                "or a digit."
            )
        if role not in get_args(Role):
            raise UserError(f"The role is one of {', '.join(get_args(Role))}.")
        shown = _shown(display) or name
        _check(password)
        fresh = self._hash(password)
        with self._lock:
            if name in self._accounts:
                raise UserError(f"There is an account {name} already.")
            account = _Account(name, role, shown, fresh, stamp=_stamp())
            self._keep(account)
            return account.user

    def set_password(self, name: str, password: str) -> None:
        """Give an account its own password, and enable it; raises like ``add``."""
        _check(password)
        fresh = self._hash(password)
        with self._lock:
            account = self._account(name)
            changed = replace(account, hash=fresh, demo="", disabled=False, stamp=_stamp())
            self._keep(changed)
            self._throttle.forget(account.name)

    def is_demo(self, name: str) -> bool:
        """Whether a demo password is in force there, which whoever is at this machine may use."""
        account = self._accounts.get(name)
        return account is not None and bool(account.demo)

    def demo_passwords(self) -> dict[str, str]:
        """The demo passwords still in force, by name."""
        accounts = [item for item in self._accounts.values() if item.demo]
        return {account.name: account.demo for account in accounts if not account.disabled}

    def first_run_needed(self, loopback: bool) -> bool:
        """Whether no admin could log in, so that a first password has to be set.

        ``loopback``: whether the app listens on loopback only, where demo passwords count.
        """
        admins = [item for item in self._accounts.values() if item.role == "admin"]
        return not any(admin.usable(demo_allowed=loopback) for admin in admins)

    def set_first_password(self, password: str) -> User:
        """Give the account ``admin`` its password, and disable what still has a demo password.

        Raises ``UserError`` when an admin has an own password already, else like ``add``.
        """
        _check(password)
        if not self.first_run_needed(loopback=False):
            raise UserError(SET_ALREADY)
        fresh = self._hash(password)
        with self._lock:
            if not self.first_run_needed(loopback=False):
                raise UserError(SET_ALREADY)
            for account in self._accounts.values():
                if account.demo and account.name != "admin":
                    self._keep(replace(account, disabled=True, demo="", stamp=_stamp()))
            self._keep(_Account("admin", "admin", "Admin", fresh, stamp=_stamp()))
            return self._accounts["admin"].user

    def change(self, name: str, *, role: Role, display: str, disabled: bool = False) -> None:
        """Change what an account may do and is called; raises ``UserError``, ``OSError``.

        One admin who can log in stays, or nobody could mend anything. Another role, disabling and
        enabling end the account's sessions.
        """
        if role not in get_args(Role):
            raise UserError(f"The role is one of {', '.join(get_args(Role))}.")
        shown = _shown(display)
        with self._lock:
            account = self._account(name)
            if self._only_admin(account) and (disabled or role != "admin"):
                raise UserError("This is the only admin. Make another one first.")
            stamp = _stamp() if disabled != account.disabled else account.stamp
            rights = account.rights + (role != account.role)
            changed = replace(account, role=role, disabled=disabled, stamp=stamp, rights=rights)
            self._keep(replace(changed, display=shown or account.name))

    def why_not_removed(self, name: str) -> str:
        """Why the account of that name cannot be removed, in words; "" when it can, or there is
        none."""
        account = self._accounts.get(name)
        if account is not None and account.demo:
            return "It is a demo account, which whoever is at this machine may use."
        if account is not None and self._only_admin(account):
            return "It is the only admin, without whom nobody could mend anything."
        return ""

    def remove(self, name: str) -> bool:
        """Take that account and its password away, which ends its sessions; False when there is
        none, or it has to stay. Raises ``OSError``."""
        with self._lock:
            if name not in self._accounts or self.why_not_removed(name):
                return False
            self._shelf.remove(name)
            self._accounts = {key: a for key, a in self._accounts.items() if key != name}
            self._changes.tell(name)
        return True

    def session_key(self, name: str) -> str:
        """What a session of that user is tied to: it changes with password, role and disabling, and
        is never the same again."""
        account = self._accounts.get(name)
        return f"{self.page_key(name)}.{account.rights}" if account else ""

    def page_key(self, name: str) -> str:
        """What the open pages of that user are tied to: as ``session_key``, but for the role."""
        account = self._accounts.get(name)
        if account is None:
            return ""
        # Accounts that were stored before there was a stamp have their password's.
        return account.stamp or sha256(account.hash.encode()).hexdigest()[:16]

    def accounts(self) -> tuple[Account, ...]:
        """Every account, disabled ones too, by name."""
        found = sorted(self._accounts.values(), key=lambda account: account.name)
        return tuple(Account(a.user, bool(a.demo), a.disabled) for a in found)

    def list(self) -> tuple[User, ...]:
        """Everyone who may log in, by name."""
        accounts = [item for item in self._accounts.values() if not item.disabled]
        return tuple(account.user for account in sorted(accounts, key=lambda item: item.name))

    def _only_admin(self, account: _Account) -> bool:
        """Whether no other admin can log in."""
        admins = [a for a in self._accounts.values() if a.role == "admin" and not a.disabled]
        return admins == [account]

    def _account(self, name: str) -> _Account:
        account = self._accounts.get(_plain(name[: MAX_NAME + 1]))
        if account is None:
            raise UserError(f"There is no account {name[:MAX_NAME]}.")
        return account

    def _matches(self, account: _Account | None, password: str) -> bool:
        # An unknown name takes as long as a wrong password, so the time gives no name away.
        self._nobody = self._nobody or self._hash("nobody's password")
        try:
            return self._hasher.verify(account.hash if account else self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def _rehash(self, account: _Account, password: str) -> None:
        if not self._hasher.check_needs_rehash(account.hash):
            return
        try:
            stamp = self.page_key(account.name)
            self._keep(replace(account, hash=self._hash(password), stamp=stamp))
        except OSError as error:  # a full disk must not lock anyone out
            log.warning("The password of %s keeps its old hash: %s", account.name, error)

    def _keep(self, account: _Account) -> None:
        self._shelf.put(account.to_json())
        self._accounts = {**self._accounts, account.name: account}
        self._changes.tell(account.name)


def _table(store: Store) -> Table:
    try:
        return store.table("users", key="name")
    except Damaged as damage:
        raise StoreError(
            f"The accounts in {store.folder / 'users.json'} cannot be read ({damage}). Put a good "
            "copy back, or move the file away to start again with the demo accounts."
        ) from damage


def _account(document: dict[str, Any], folder: Path) -> _Account:
    """The account as stored; ``StoreError`` for an odd one, since leaving it out could take the
    only admin away."""
    missing = [name for name in ("name", "role", "display", "hash") if name not in document]
    try:
        if missing:
            raise TypeError(f"it has no {', '.join(missing)}")
        return _Account.from_json(document)
    except TypeError as error:
        name = document.get("name")
        which = f"The account {name[:MAX_NAME]}" if isinstance(name, str) else "An account"
        raise StoreError(
            f"{which} in {folder / 'users.json'} cannot be read: {error}. Mend it there, put a "
            "good copy of the file back, or take this account out of the file and add it again "
            "on the page of the accounts."
        ) from error


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _stamp() -> str:
    return secrets.token_hex(8)


def _shown(display: str) -> str:
    """A name to show, checked before anything is done with it; raises ``UserError``."""
    if len(display) > MAX_DISPLAY:
        raise UserError(f"The name to show has at most {MAX_DISPLAY} characters.")
    display = display.strip()
    if not display.isprintable():
        raise UserError("The name to show is one line, without control characters.")
    return display


def _bytes(password: str) -> bytes:
    # Keyboards differ in how they compose accents.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _check(password: str) -> None:
    if len(password) < MIN_LENGTH:
        raise PasswordError(f"A password has at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise PasswordError(f"A password has at most {MAX_LENGTH} characters.")
    if password in _DEMO_PASSWORDS:
        raise PasswordError("That is a demo password, which everyone knows. Choose another one.")
