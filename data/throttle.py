"""Slows down guessing of passwords: for a name, and for whoever tries."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from data.common.clock import steady

_FORGET_AFTER = 900.0  # seconds
_MOST = 10_000
"""Keys that are remembered of each kind: made-up names must not fill the memory."""


class TooManyTries(Exception):
    """The next try has to wait ``seconds``; the text says so to a person."""

    def __init__(self, words: str, seconds: float) -> None:
        self.seconds = seconds
        whole = math.ceil(seconds)
        unit = "second" if whole == 1 else "seconds"
        super().__init__(f"{words} Try again in {whole} {unit}.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who tries: the network address, and the session of the browser, logged in or not."""

    address: str = ""
    browser: str = ""

    @property
    def network(self) -> str:
        """The address; of IPv6 the /64, of which one connection has all addresses."""
        try:
            found = ip_address(self.address)
        except ValueError:
            return self.address[:64]
        if isinstance(found, IPv6Address):
            return found.ipv4_mapped.compressed if found.ipv4_mapped else found.exploded[:19]
        return found.compressed


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    last: float = 0.0


class _Limit:
    """Counts failed tries by key: after ``free`` of them a wait that doubles, up to ``longest``
    seconds."""

    def __init__(self, free: int, words: str, longest: float = 30.0) -> None:
        self._free = free
        self._words = words
        self._longest = longest
        self._tries: dict[str, _Tries] = {}

    def check(self, key: str, now: float) -> None:
        tries = self._tries.get(key)
        if tries is None or tries.failed < self._free or now - tries.last > _FORGET_AFTER:
            return
        pause = min(self._longest, 2.0 ** min(tries.failed - self._free, 10))
        if (left := tries.last + pause - now) > 0:
            raise TooManyTries(self._words, left)

    def count(self, key: str, now: float) -> None:
        tries = self._tries.pop(key, None)
        if tries is None or now - tries.last > _FORGET_AFTER:
            tries = _Tries()
        tries.failed, tries.last = tries.failed + 1, now
        self._tries[key] = tries  # last in the order of the dictionary
        if len(self._tries) > _MOST:
            del self._tries[next(iter(self._tries))]

    def take_back(self, key: str) -> None:
        """The last try was right after all."""
        if tries := self._tries.get(key):
            tries.failed -= 1

    def forget(self, key: str) -> None:
        self._tries.pop(key, None)

    def forget_all(self, ending: str) -> None:
        for key in [key for key in self._tries if key.endswith(ending)]:
            del self._tries[key]


class Throttle:
    """Counts failed tries; safe to use from any thread.

    The strictest limit is for one name from one address, so that a stranger elsewhere cannot keep
    an account's owner out. A browser and an address have limits of their own over all names, and a
    name has one over all addresses from which it did not log in lately.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or (lambda: steady())  # a wait is over when the machine has slept
        self._lock = threading.Lock()
        self._pair = _Limit(5, "Too many failed tries for this name.")
        self._browser = _Limit(20, "Too many failed tries from this page.")
        self._address = _Limit(100, "Too many failed tries from your network.")
        self._name = _Limit(100, "Too many failed tries for this name from elsewhere.")
        self._known: dict[str, None] = {}

    def begin(self, name: str, visitor: Visitor) -> None:
        """Count a try as a failed one until ``succeeded``; raise ``TooManyTries`` when it has to
        wait, and then it does not count."""
        now, network = self._clock(), visitor.network
        pair = _pair(network, name)
        with self._lock:
            checks = [
                (self._pair, pair),
                (self._address, network),
                (self._browser, visitor.browser),
            ]
            if pair not in self._known:
                checks.append((self._name, name))
            for limit, key in checks:
                limit.check(key, now)
            for limit, key in checks:
                limit.count(key, now)

    def succeeded(self, name: str, visitor: Visitor) -> None:
        """The try that was begun was right: the address is one that the name logs in from."""
        network = visitor.network
        pair = _pair(network, name)
        with self._lock:
            self._pair.forget(pair)
            self._browser.forget(visitor.browser)
            self._address.take_back(network)
            if pair not in self._known:
                self._name.take_back(name)
            self._known.pop(pair, None)
            self._known[pair] = None
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]

    def forget(self, name: str) -> None:
        """Forget the failed tries for a name: it has another password."""
        with self._lock:
            self._pair.forget_all(f" {name}")
            self._name.forget(name)


def _pair(network: str, name: str) -> str:
    return f"{network} {name}"
