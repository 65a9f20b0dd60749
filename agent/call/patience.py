"""How long the persona bears a silence before it speaks up."""

import asyncio
from collections.abc import Callable

MOST = 3
"""Nudges in a row; a trainee who left the desk should not be called for ever."""


class Patience:
    """Calls ``on_silence`` after ``seconds`` of silence, each time waiting half as long again."""

    def __init__(self, seconds: float, on_silence: Callable[[], None]) -> None:
        self.seconds = seconds
        self._on_silence = on_silence
        self._timer: asyncio.TimerHandle | None = None
        self._nudges = 0

    def start(self) -> None:
        """Nobody speaks: begin to count."""
        self.stop()
        if self._nudges < MOST:
            wait = self.seconds * (1 + self._nudges / 2)
            self._timer = asyncio.get_running_loop().call_later(wait, self._elapsed)

    def stop(self) -> None:
        """Somebody speaks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def renew(self) -> None:
        """The trainee has said something: the next silence is a first one again."""
        self._nudges = 0

    def _elapsed(self) -> None:
        self._timer = None
        self._nudges += 1
        self._on_silence()
