"""How events and commands pass between the jobs of this process and the app.

Each job runs on a loop of its own, in a thread of its own; the app has another.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from agent.protocol.messages import Command, Event
from data.common import clock


class JobLink(Protocol):
    """What a job needs of the link to the rest; see ``Switchboard``."""

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool: ...

    def detach(self, call: str) -> None: ...

    def send(self, event: Event) -> None: ...

    def time(self) -> float:
        """The app's steady clock just now (``data.common.clock``), as well as it is known here."""
        ...


class LocalJobs:
    """The jobs of this process, each with the loop on which it takes commands; for any thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, tuple[asyncio.AbstractEventLoop, Callable[[Command], None]]] = {}
        self._lock = threading.Lock()

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool:
        """Called on the job's loop: from now on the call's commands arrive there.

        False when the call already has a job: a second dispatch must not bring two personas.
        """
        with self._lock:
            if call in self._jobs and not self._jobs[call][0].is_closed():
                return False
            self._jobs[call] = (asyncio.get_running_loop(), on_command)
            return True

    def detach(self, call: str) -> None:
        """Forget the job of that call."""
        with self._lock:
            self._jobs.pop(call, None)

    def calls(self) -> list[str]:
        """The calls that have a job."""
        with self._lock:
            return list(self._jobs)

    def command(self, call: str, command: Command) -> bool:
        """Hand a command to that call's job; False when it has none (yet)."""
        loop, on_command = self._jobs.get(call, (None, None))
        if loop is None or on_command is None:
            return False
        try:
            loop.call_soon_threadsafe(on_command, command)
        except RuntimeError:  # the loop is closed; it can close between a look and the call
            return False
        return True


class Switchboard(LocalJobs):
    """Passes events to the app's loop and commands to the job's, whichever thread calls."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        super().__init__()
        self._on_event = on_event
        self._app_loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Remember the running loop as the app's."""
        self._app_loop = asyncio.get_running_loop()

    def send(self, event: Event) -> None:
        """Hand an event to the app; silently dropped when the app's loop is gone."""
        if self._app_loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._app_loop.call_soon_threadsafe(self._on_event, event)

    def time(self) -> float:
        """The app's steady clock, which is this process's."""
        return clock.steady()
