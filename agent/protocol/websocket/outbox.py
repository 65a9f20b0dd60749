"""Messages over a connection that may break: numbered, and kept until the other end has them."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any


class Outbox:
    """What the app has for one worker, over all of that worker's connections; on one loop."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: deque[tuple[int, str]] = deque()
        self._seen = 0
        self._more = asyncio.Event()

    def put(self, message: dict[str, Any]) -> None:
        """One more message; it gets its number as ``n``."""
        self._count += 1
        self._kept.append((self._count, json.dumps({"n": self._count, **message})))
        self._wake()

    def confirm(self, number: int) -> None:
        """Tell the worker that its messages up to this one have arrived."""
        self._seen = number
        self._wake()

    def arrived(self, number: int) -> None:
        """The worker has all messages up to this one, perhaps from an app that is gone."""
        self._count = max(self._count, number)
        while self._kept and self._kept[0][0] <= number:
            self._kept.popleft()

    async def feed(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send over one connection all that the worker does not have, and what comes later; ends
        with the connection's error, and keeps what was under way for the next one."""
        sent, told = 0, 0
        while True:
            more = self._more
            if self._seen > told:
                told = self._seen
                await send(json.dumps({"seen": told}))
            for number, text in [each for each in self._kept if each[0] > sent]:
                await send(text)
                sent = number
            await more.wait()

    def _wake(self) -> None:
        # A new one for the next message: several connections may wait for this one.
        self._more.set()
        self._more = asyncio.Event()
