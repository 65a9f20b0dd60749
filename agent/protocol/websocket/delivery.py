"""Messages over a connection that may break: each arrives once, and in order."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any


class Delivery:
    """What one end has for the other, over all of their connections; on one loop.

    Messages are numbered from 1 as ``n`` and kept until the other end has acknowledged them, by
    ``{"ack": N}``. ``received`` is how many of its messages have come. ``delivered`` is set while
    it has all of ours.
    """

    def __init__(self) -> None:
        self.received = 0
        self.delivered = asyncio.Event()
        self.delivered.set()
        self._count = 0
        self._kept: deque[tuple[int, str]] = deque()
        self._more = asyncio.Event()

    def put(self, message: dict[str, Any]) -> None:
        """One more message for the other end."""
        self._count += 1
        self._kept.append((self._count, json.dumps({"n": self._count, **message})))
        self.delivered.clear()
        self._wake()

    def take(self, number: int) -> bool:
        """Whether that message of the other end is a new one, to be acknowledged now; else it was
        sent again after a break, although it had arrived."""
        if number <= self.received:
            return False
        self.received = number
        self._wake()
        return True

    def acknowledged(self, number: int) -> None:
        """The other end has all messages up to this one, perhaps from a process that is gone."""
        self._count = max(self._count, number)
        while self._kept and self._kept[0][0] <= number:
            self._kept.popleft()
        if not self._kept:
            self.delivered.set()

    def forget(self) -> None:
        """Nobody waits any more for what has not been delivered."""
        self._kept.clear()
        self.delivered.set()

    async def feed(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send over one connection all that the other end does not have, and what comes later; ends
        with the connection's error, and keeps what was under way for the next one."""
        sent, told = 0, 0
        while True:
            more = self._more
            if self.received > told:
                told = self.received
                await send(json.dumps({"ack": told}))
            for number, text in [each for each in self._kept if each[0] > sent]:
                await send(text)
                sent = number
            await more.wait()

    def _wake(self) -> None:
        # A new one for the next message: several connections may wait for this one.
        self._more.set()
        self._more = asyncio.Event()
