"""A child process that is watched over: requests into it, answers out, started again when it dies.

What may take a whole process down, as a library in C does by a bad text, runs in such a child:
there its death costs the one request that it died over.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agent.platform.process.frames import Frame, Garbage, Kind
from agent.platform.process.pace import Health, Pace, State
from agent.platform.process.piped import Piped
from agent.platform.process.requests import Ask, Refused, Requests

log = logging.getLogger(__name__)

START = 20.0
"""Seconds that a child may take to be ready; 0.1 on an idle machine."""
OUTBOX = 1 << 20
"""Bytes that wait for the child at most."""
MOST = 64
"""Requests under way at most."""
_ROOT = Path(__file__).parents[3]


class Supervised:
    """Owns one child, ``python -m module``, which speaks as ``serving`` does. For any thread.

    The child is started by ``warm`` or by the first request, and again when it dies. ``idle``: it
    is ended after so many seconds without a request. ``name`` is for the log.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path = _ROOT,
        low_priority: bool = False,
        idle: float | None = None,
        start: float = START,
        outbox: int = OUTBOX,
        most: int = MOST,
    ) -> None:
        self.name = name
        self._command = (sys.executable, *command)
        self._cwd = cwd
        self._low = low_priority
        self._idle = idle
        self._start = start
        self._changed = threading.Condition()
        self._requests = Requests(name, outbox, most)
        self._run: Piped | None = None
        self._wanted = False
        self._closed = False
        self._pace = Pace()
        self._not_before = 0.0
        self._resting = False
        self._deaths = 0
        self._error = ""
        self._heard = 0.0
        self._threads: list[threading.Thread] = []

    @property
    def health(self) -> Health:
        """How it is now."""
        with self._changed:
            return Health(self._state(), self._deaths, self._error)

    def warm(self, seconds: float = 0.0) -> None:
        """Start the child and keep it from now on; waits up to so many seconds until it is up."""
        with self._changed:
            self._wanted = True
            self._awake()
            if seconds:
                settled = ("up", "resting", "closed")
                self._changed.wait_for(lambda: self._state() in settled, seconds)

    def ask(self, head: dict[str, Any], on: Callable[[Frame], None], body: bytes = b"") -> Ask:
        """Begin a request; raises Refused in words.

        ``on`` is called on a thread of the child's with each ``BEGAN``, ``PIECE``, ``DONE``,
        ``FAILED`` or ``LOST``, of which the last three are the end. It must be quick.
        """
        with self._changed:
            self._refuse()
            ask = self._requests.add(self, head, on, body)
            self._awake()
        return ask

    def more(self, ask: Ask, head: dict[str, Any], body: bytes) -> None:
        """More for that request; raises Refused when too much waits already."""
        data = Frame(Kind.MORE, ask.number, head, body).pack()
        with self._changed:
            self._requests.grow(ask, data)
            self._changed.notify_all()

    def cancel(self, ask: Ask) -> None:
        """Nobody waits for that request any more."""
        with self._changed:
            self._requests.cancel(ask)
            self._changed.notify_all()

    def overdue(self, seconds: float) -> None:
        """Somebody has waited that long: a child that has been silent as long hangs, and is
        ended."""
        with self._changed:
            run = self._run
            silent = time.monotonic() - self._heard >= seconds
        if run is not None and run.ready.is_set() and silent:
            log.warning("%s does not answer and is ended", self.name)
            run.kill()

    def close(self) -> None:
        """End the child; what is under way is lost."""
        with self._changed:
            self._closed, run = True, self._run
            asks = self._requests.clear()
            self._changed.notify_all()
        if run is not None:
            run.kill()
        self._lose(asks, f"{self.name} is closed")
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(2.0)

    def _state(self) -> State:
        if self._closed:
            return "closed"
        if self._resting and time.monotonic() < self._not_before:
            return "resting"
        if self._run is None:
            return "starting" if self._wanted or len(self._requests) else "idle"
        return "up" if self._run.ready.is_set() and not self._run.over else "starting"

    def _refuse(self) -> None:
        state = self._state()
        if state == "closed":
            raise Refused(f"{self.name} is closed")
        if state == "resting":
            left = max(1, round(self._not_before - time.monotonic()))
            why = f"{self.name} ended again and again ({self._error})"
            raise Refused(f"{why}; it is tried again in {left} s")

    def _awake(self) -> None:
        if not self._threads and not self._closed:
            for work, name in ((self._keep, "keeper"), (self._write, "writer")):
                thread = threading.Thread(target=work, name=f"{self.name} {name}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._changed.notify_all()

    def _lose(self, asks: Sequence[Ask], why: str) -> None:
        for ask in asks:
            self._hand_on(ask, Frame(Kind.LOST, ask.number, {"error": why}))

    def _hand_on(self, ask: Ask, frame: Frame) -> None:
        try:
            ask.on(frame)
        except Exception:
            # One request's fault must not end the child of all.
            log.exception("%s: an answer could not be taken", self.name)

    # The keeper: one life of the child after the other, and what it says.

    def _keep(self) -> None:
        while self._due():
            run, why = None, ""
            try:
                run = Piped(self._command, self._cwd, low_priority=self._low)
            except (OSError, RuntimeError) as error:  # no memory, processes or threads
                why = f"it cannot be started: {error}"
            if run is not None:
                why = self._follow(run)
            self._ended(run, why)

    def _due(self) -> bool:
        """Wait until a child is wanted and may be started; False at the end."""
        with self._changed:
            while not self._closed:
                left = self._not_before - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                elif self._wanted or len(self._requests):
                    return True
                else:
                    self._changed.wait()
            return False

    def _follow(self, run: Piped) -> str:
        """Take what that child says to its end; why it ended."""
        with self._changed:
            if self._closed:
                run.kill()
            self._run = run
            self._heard = time.monotonic()
            self._changed.notify_all()
        why = ""
        try:
            run.greet()
            while (frame := run.read()) is not None:
                self._take(run, frame)
        except Garbage as error:
            why = str(error)
        except (OSError, ValueError) as error:
            why = f"its pipe broke: {error}"
        with self._changed:
            run.over = True
            run.ready.set()
            self._changed.notify_all()
        code = run.reap()
        said = f": {run.last_words}" if run.last_words else ""
        return why or f"it ended with code {code}{said}"

    def _take(self, run: Piped, frame: Frame) -> None:
        with self._changed:
            self._heard = time.monotonic()
            if frame.kind is Kind.READY:
                run.ready.set()
                self._resting = False
                self._changed.notify_all()
                return
            run.worked = True
            ask = self._requests.get(frame.request)
            if frame.kind in (Kind.DONE, Kind.FAILED):
                self._pace.worked()
                self._requests.end(frame.request)
                self._changed.notify_all()
            if ask is None:
                return  # cancelled
            ask.begun = True
        self._hand_on(ask, frame)

    def _ended(self, run: Piped | None, why: str) -> None:
        with self._changed:
            self._run = None
            if self._closed:
                return
            if run is not None and run.retired:
                return
            self._deaths += 1
            self._error = why
            at_work = run is not None and run.worked
            pause, self._resting = self._pace.died(time.monotonic(), at_work=at_work)
            self._not_before = time.monotonic() + pause
            lost = self._requests.clear() if self._resting else self._requests.survive()
            self._changed.notify_all()
        log.warning(
            "%s: %s; %s",
            self.name,
            why,
            f"it rests for {pause:.0f} s" if self._resting else "it is started again",
        )
        self._lose(lost, f"{self.name} ended: {why}")

    # The writer: what waits, to the child that is there.

    def _write(self) -> None:
        known: Piped | None = None
        while (run := self._next_run(known)) is not None:
            known = run
            if not run.ready.wait(self._start):
                log.warning("%s did not start within %g s", self.name, self._start)
                run.kill()
            elif not run.over:
                self._feed(run)

    def _next_run(self, known: Piped | None) -> Piped | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._run not in (None, known))
            return None if self._closed else self._run

    def _feed(self, run: Piped) -> None:
        while (data := self._next_data(run)) is not None:
            try:
                run.write(data)
            except (OSError, ValueError):
                return  # its end is noticed by who reads it

    def _next_data(self, run: Piped) -> bytes | None:
        """What is to be written next; None when that child is over, or not needed any more."""
        with self._changed:
            while True:
                more = self._changed.wait_for(
                    lambda: self._requests.waiting or run.over or self._closed, self._idle
                )
                if run.over or self._closed:
                    return None
                if more:
                    if (data := self._requests.next()) is not None:
                        return data
                elif not len(self._requests):
                    self._wanted = False
                    run.retire()
                    return None
