"""Requests to a supervised child: those under way, and what of them still waits to be sent."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from agent.platform.process.frames import Frame, Kind

TRIES = 2
"""Children that one request may meet, when the first ended before it began with it."""


class ChildTrouble(Exception):
    """Something was asked of a child and does not come; the text is for a person."""


class Refused(ChildTrouble):
    """The child takes nothing now: it is busy, does not work here, or is closed."""


class Lost(ChildTrouble):
    """The child ended over this request, or before it began with it."""


class Late(ChildTrouble):
    """The child has not answered in time."""


class Failed(ChildTrouble):
    """The child says why it cannot do it; it goes on."""


class Owner(Protocol):
    """Whose request it is; see ``Supervised``."""

    def more(self, ask: "Ask", head: dict[str, Any], body: bytes) -> None: ...

    def cancel(self, ask: "Ask") -> None: ...

    def overdue(self, seconds: float) -> None: ...


class Ask:
    """One request under way; made by ``Supervised.ask``."""

    def __init__(self, owner: "Owner", number: int, on: Callable[[Frame], None]) -> None:
        self.number = number
        self.on = on
        self.data = b""
        self.begun = False
        self.written = False
        self.grown = False
        self.tries = 1
        self._owner = owner

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """More for the request; raises Refused when too much waits for the child already."""
        self._owner.more(self, head, body)

    def cancel(self) -> None:
        """Nobody waits for it any more: nothing more is told of it, and the child stops soon."""
        self._owner.cancel(self)

    def overdue(self, seconds: float) -> None:
        """It has waited that long: a child that has been silent as long hangs, and is ended."""
        self._owner.overdue(seconds)


class Requests:
    """The table of requests; ``limit`` in bytes, ``most`` in requests. Guarded by its owner."""

    def __init__(self, name: str, limit: int, most: int) -> None:
        self._name = name
        self._limit = limit
        self._most = most
        self._numbers = itertools.count(1)
        self._asks: dict[int, Ask] = {}
        self._outbox: deque[tuple[Ask | None, bytes]] = deque()
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._asks)

    @property
    def waiting(self) -> bool:
        """Whether there is something to be sent."""
        return bool(self._outbox)

    def get(self, number: int) -> Ask | None:
        """The request of that number, if it is under way."""
        return self._asks.get(number)

    def add(
        self, owner: Owner, head: dict[str, Any], on: Callable[[Frame], None], body: bytes
    ) -> Ask:
        """A new request; raises Refused in words."""
        if len(self._asks) >= self._most:
            raise Refused(f"{self._name} is busy with {self._most} requests already")
        ask = Ask(owner, next(self._numbers), on)
        ask.data = Frame(Kind.ASK, ask.number, head, body).pack()
        self._put(ask, ask.data)
        self._asks[ask.number] = ask
        return ask

    def grow(self, ask: Ask, data: bytes) -> None:
        """More for that request, if it is under way; raises Refused in words."""
        if ask.number in self._asks:
            self._put(ask, data)
            ask.grown = True

    def cancel(self, ask: Ask) -> None:
        """Forget it; a child that has got it is told."""
        if self._asks.pop(ask.number, None) is not None and ask.written:
            # Small, and to be heard whatever else waits.
            self._outbox.append((None, Frame(Kind.CANCEL, ask.number).pack()))

    def end(self, number: int) -> None:
        """It has been answered."""
        self._asks.pop(number, None)

    def next(self) -> bytes | None:
        """What is to be sent now; None when nothing is."""
        while self._outbox:
            ask, data = self._outbox.popleft()
            if ask is None:
                return data
            self._waiting -= len(data)
            if ask.number in self._asks:
                ask.written = True
                return data
        return None

    def clear(self) -> list[Ask]:
        """Forget all; those that were under way."""
        asks = list(self._asks.values())
        self._asks.clear()
        self._outbox.clear()
        self._waiting = 0
        return asks

    def survive(self) -> list[Ask]:
        """The child has ended: what it had not begun with is to be sent once more.

        Gives those that are lost: what it had begun with, what cannot be sent again, and what has
        been tried often enough.
        """
        lost = [ask for ask in self._asks.values() if _is_lost(ask)]
        for ask in lost:
            del self._asks[ask.number]
        self._send_again(ask for ask in self._asks.values() if ask.written)
        return lost

    def _send_again(self, asks: Iterable[Ask]) -> None:
        for ask in asks:
            ask.tries, ask.written = ask.tries + 1, False
            self._outbox.append((ask, ask.data))
            self._waiting += len(ask.data)

    def _put(self, ask: Ask, data: bytes) -> None:
        if self._waiting + len(data) > self._limit:
            raise Refused(f"{self._name} does not keep up: {self._waiting:,} bytes wait for it")
        self._outbox.append((ask, data))
        self._waiting += len(data)


def _is_lost(ask: Ask) -> bool:
    return ask.begun or (ask.written and (ask.grown or ask.tries >= TRIES))
