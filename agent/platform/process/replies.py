"""The answer of a supervised child as it comes: for a coroutine, piece by piece, or all at once."""

import asyncio
import queue
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.requests import ChildTrouble, Failed, Late, Lost
from agent.platform.process.supervised import Supervised

BEGIN = 8.0
"""Seconds until a child that may be starting, or busy with others, has begun with a request."""
LIMIT = 4.0
"""Seconds between two pieces of an answer."""
MOST = 16 << 20
"""Bytes of an answer that nobody takes: more are not kept."""


class Reply:
    """An answer, to be iterated over once, on the loop where it was made; raises ChildTrouble.

    Gives each ``PIECE``. Whoever stops before the end calls ``cancel``.
    """

    def __init__(
        self,
        child: Supervised,
        head: dict[str, Any],
        body: bytes = b"",
        *,
        begin: float = BEGIN,
        limit: float = LIMIT,
        most: int = MOST,
    ) -> None:
        self._begin = begin
        self._limit = limit
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque()
        self._size = 0
        self._begun = False
        self.overflown = False
        """More came than was taken."""
        self._arrived = asyncio.Event()
        self._ask = child.ask(head, self._take, body)

    def __aiter__(self) -> "Reply":
        return self

    async def __anext__(self) -> Frame:
        while True:
            frame = await self._next()
            self._begun = True
            if frame.kind is Kind.PIECE:
                return frame
            if frame.kind is Kind.DONE:
                raise StopAsyncIteration
            if frame.kind is not Kind.BEGAN:
                raise _trouble(frame)

    def cancel(self) -> None:
        """No more of it is wanted; harmless after its end."""
        self._ask.cancel()
        with self._lock:
            self._frames.clear()

    async def _next(self) -> Frame:
        limit = self._limit if self._begun else self._begin
        try:
            async with asyncio.timeout(limit):
                while not self._frames:
                    self._arrived.clear()
                    if not self._frames:
                        await self._arrived.wait()
        except TimeoutError:
            self._ask.overdue(limit)
            self._ask.cancel()
            raise Late(f"no answer within {limit:g} s") from None
        with self._lock:
            frame = self._frames.popleft()
            self._size -= len(frame.body)
            if self.overflown:
                raise Failed("more came than could be taken")
        return frame

    def _take(self, frame: Frame) -> None:
        """On a thread of the child's."""
        with self._lock:
            self._size += len(frame.body)
            self._frames.append(frame)
            self.overflown = self.overflown or self._size > self._most
            if self.overflown:
                self._ask.cancel()
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._arrived.set)


def collect(
    child: Supervised, head: dict[str, Any], body: bytes = b"", *, limit: float = BEGIN
) -> list[Frame]:
    """All pieces of an answer, each within ``limit`` seconds; blocks, and raises ChildTrouble."""
    told: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    ask = child.ask(head, told.put, body)
    pieces: list[Frame] = []
    while True:
        try:
            frame = told.get(timeout=limit)
        except queue.Empty:
            ask.overdue(limit)
            ask.cancel()
            raise Late(f"no answer within {limit:g} s") from None
        if frame.kind is Kind.PIECE:
            pieces.append(frame)
        elif frame.kind is Kind.DONE:
            return pieces
        elif frame.kind is not Kind.BEGAN:
            raise _trouble(frame)


def _trouble(frame: Frame) -> ChildTrouble:
    kind = Lost if frame.kind is Kind.LOST else Failed
    return kind(str(frame.head.get("error") or "it did not say why"))
