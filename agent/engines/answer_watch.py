"""Notices that no answer comes."""

import asyncio
from collections.abc import Callable


class AnswerWatch:
    """Calls ``on_late`` when an expected answer has not begun after ``seconds``."""

    def __init__(self, seconds: float, on_late: Callable[[], None]) -> None:
        self._seconds = seconds
        self._on_late = on_late
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_due(self) -> bool:
        """Whether an answer is expected."""
        return self._timer is not None

    def expect(self, seconds: float | None = None) -> None:
        """An answer is due from now on, within other ``seconds`` if they are given; asking again
        gives no more time."""
        if self._timer is None:
            given = self._seconds if seconds is None else seconds
            self._timer = asyncio.get_running_loop().call_later(given, self._late)

    def stop(self) -> None:
        """It has come, or is not due any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        self._on_late()
