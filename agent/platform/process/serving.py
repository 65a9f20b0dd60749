"""A supervised child's own side: requests in over standard input, answers over standard output."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from agent.platform.process.frames import Frame, Garbage, Kind, read

INBOX = 1 << 20
"""Bytes of requests that wait here at most; then the pipe fills, and the app refuses more."""


def connect() -> "Served":
    """The app at the other end; call it before anything that may print.

    Whatever prints from now on goes to standard error. The process ends when the app is gone,
    even if it hangs in a C library then.
    """
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return Served(sys.stdin.buffer, target, lambda: os._exit(0))


class Served:
    """The app as its child sees it. ``on_end`` is called on a thread at the end of the input."""

    def __init__(
        self, source: BinaryIO, target: BinaryIO, on_end: Callable[[], None] = lambda: None
    ) -> None:
        self._source = source
        self._target = target
        self._on_end = on_end
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._inbox: deque[Frame] = deque()
        self._size = 0
        self._over = False
        self._cancelled: set[int] = set()
        self._begun: set[int] = set()
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def frames(self) -> Iterator[Frame]:
        """``READY`` is told, then each request and what more comes for it, to the end of the pipe.

        A request that has been cancelled is left out, and so is what follows it; a ``CANCEL`` is
        given where the request had begun before.
        """
        self.tell(Kind.READY)
        while (frame := self._next()) is not None:
            number = frame.request
            if frame.kind is Kind.CANCEL:
                with self._changed:
                    self._cancelled.discard(number)
                if number in self._begun:
                    self._begun.discard(number)
                    yield frame
            elif not self.cancelled(number):
                if frame.kind is Kind.ASK:
                    self._begun.add(number)
                    self.tell(Kind.BEGAN, number)
                yield frame

    def cancelled(self, request: int) -> bool:
        """Whether nobody waits for the answer any more; from any thread, as the work goes on."""
        with self._changed:
            return request in self._cancelled

    def tell(
        self, kind: Kind, request: int = 0, head: dict[str, Any] | None = None, body: bytes = b""
    ) -> None:
        """Answer; from any thread."""
        data = Frame(kind, request, head or {}, body).pack()
        if kind in (Kind.DONE, Kind.FAILED):
            self._begun.discard(request)
        with self._writing:
            self._target.write(data)
            self._target.flush()

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._inbox or self._over)
            if not self._inbox:
                return None
            frame = self._inbox.popleft()
            self._size -= len(frame.body)
            self._changed.notify_all()
            return frame

    def _read(self) -> None:
        try:
            while (frame := read(self._source)) is not None:
                self._put(frame)
        except (Garbage, OSError, ValueError) as error:
            print(f"the app's messages end: {error}", file=sys.stderr, flush=True)
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._on_end()

    def _put(self, frame: Frame) -> None:
        with self._changed:
            if frame.kind is Kind.CANCEL:
                self._cancelled.add(frame.request)
            else:
                self._changed.wait_for(lambda: self._size < INBOX)
            self._inbox.append(frame)
            self._size += len(frame.body)
            self._changed.notify_all()
