"""Work that a run of keystrokes asks for, done once, a moment later."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import background_tasks

Work = Callable[[], Coroutine[Any, Any, None]]


class Debounce:
    """Does ``work`` so many ``seconds`` after it was asked for.

    With ``postpone`` each further call puts it off, so that it waits for a pause; without, it is
    done while the typing goes on.
    """

    def __init__(self, seconds: float, work: Work, *, postpone: bool = False) -> None:
        self._seconds = seconds
        self._work = work
        self._postpone = postpone
        self._waiting: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Ask for it."""
        if self._waiting is not None and not self._postpone:
            return
        self.cancel()
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(self._seconds, self._do)

    def cancel(self) -> None:
        """Do not do it after all."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _do(self) -> None:
        self._waiting = None
        background_tasks.create(self._work(), name="what was typed")
