"""The one place where passwords are hashed: a thread of its own, with room for few who wait."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from data.throttle import Visitor

T = TypeVar("T")
P = ParamSpec("P")

MOST = 32
"""Pieces of work that may wait, all visitors together: at 50 ms each, no wait is over 2 s."""
MOST_OF_ADDRESS = 16
"""Of one address, behind which there may be a whole class that logs in."""


class Crowded(Exception):
    """There is no room for another try now; the text says so to a person."""


class PasswordWork:
    """Runs what checks or sets passwords, one after the other.

    Elsewhere it would hold up whoever shares the place: one hash takes tens of milliseconds and
    64 MB. Use it from the event loop.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._addresses: Counter[str] = Counter()
        self._browsers: set[str] = set()

    async def run(
        self, visitor: Visitor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do it off the loop; raises ``Crowded``, and what ``work`` raises.

        A browser has one try at a time. Whoever asked may go away: the work is finished, and its
        place is free only then.
        """
        network = visitor.network
        if visitor.browser in self._browsers:
            raise Crowded("Your last try is still being checked. Wait a moment.")
        if self._addresses[network] >= MOST_OF_ADDRESS or self._addresses.total() >= MOST:
            raise Crowded("Too many people are logging in right now. Try again in a few seconds.")
        self._addresses[network] += 1
        self._browsers.add(visitor.browser)
        loop = asyncio.get_running_loop()
        working = loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))
        working.add_done_callback(lambda _: self._done(network, visitor.browser))
        return await asyncio.shield(working)

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _done(self, network: str, browser: str) -> None:
        self._addresses[network] -= 1
        if not self._addresses[network]:
            del self._addresses[network]
        self._browsers.discard(browser)
