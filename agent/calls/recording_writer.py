"""Writes a call's recording as its job sends it, off the app's loop."""

import asyncio
import base64
import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial

from agent.protocol.messages import RecordingPart
from data.recordings import OpenRecording

log = logging.getLogger(__name__)


class RecordingWriter:
    """Writes one call's parts by ``writer``, in their order; lives on the app's loop.

    ``state`` is ``waiting`` until the first part has come, then ``on``, then ``ended``; ``reason``
    is why it ended: "" at the end of the call, ``encoder``, ``disk`` (it takes no more), ``gap`` (a
    part is missing) or ``job`` (which went without a word). ``changed`` is called with each new
    state. Whatever happens here, the call goes on.
    """

    def __init__(
        self,
        call: str,
        open_file: Callable[[str], OpenRecording],
        writer: Executor,
        changed: Callable[[], None],
    ) -> None:
        self.state = "waiting"
        self.reason = ""
        self._call = call
        self._open = open_file
        self._writer = writer
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._file: OpenRecording | None = None
        self._next = 0

    def take(self, part: RecordingPart) -> None:
        """The next part of the stream."""
        if self.state == "ended":
            return
        if part.number != self._next:
            self.end("gap")
            return
        self._next += 1
        if self.state == "waiting":
            self._become("on")
        self._submit(self._add, part.sound)

    def end(self, reason: str) -> None:
        """Nothing more comes; the first reason counts."""
        if self.state != "ended":
            self.reason = reason
            self._become("ended")
            self._submit(self._close)

    def _become(self, state: str) -> None:
        self.state = state
        self._changed()

    def _add(self, sound: str) -> None:
        if self._file is None:
            self._file = self._open(self._call)
        self._file.add(base64.b64decode(sound, validate=True))

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _submit(self, work: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the app stops, and has written for the last time
            self._writer.submit(work, *values).add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        """In the thread that writes."""
        error = future.exception()
        if error is None:
            return
        if self.state != "ended":
            log.error("call %s: its recording ends, the call goes on: %s", self._call, error)
        reason = "disk" if isinstance(error, OSError) else "gap"
        with suppress(RuntimeError):  # the app's loop is closed
            self._loop.call_soon_threadsafe(partial(self.end, reason))
