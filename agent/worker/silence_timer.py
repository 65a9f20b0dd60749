"""How long the persona bears a silence before it speaks up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

MOST = 3
"""Nudges in a row; a trainee who left the desk should not be called for ever."""
OVERDUE = 1.0
"""Seconds by which the timer may be late; later, this process itself stood still meanwhile."""


class SilenceTimer:
    """Calls ``on_silence`` after ``seconds`` of silence, each time waiting half as long again.

    A silence counts only while the two could hear each other: not while it is held, not while this
    process stood still, and not when ``is_heard``, asked at its end, says no.
    """

    def __init__(
        self,
        seconds: float,
        on_silence: Callable[[], None],
        is_heard: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.seconds = seconds
        self._on_silence = on_silence
        self._is_heard = is_heard
        self._timer: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        self._silent = False
        self._holds: set[str] = set()
        self._nudges = 0

    def start(self) -> None:
        """Nobody speaks: begin to count."""
        self.stop()
        self._silent = True
        if self._nudges < MOST and not self._holds:
            loop = asyncio.get_running_loop()
            due = loop.time() + self.seconds * (1 + self._nudges / 2)
            self._timer = loop.call_at(due, self._elapsed, due)

    def stop(self) -> None:
        """Somebody speaks."""
        self._silent = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def hold(self, why: str, on: bool = True) -> None:
        """Stand still for as long as one reason to do so holds; then a silence begins anew."""
        was_held = bool(self._holds)
        (self._holds.add if on else self._holds.discard)(why)
        if self._silent and was_held != bool(self._holds):
            self.start()

    def renew(self) -> None:
        """The trainee has said something: the next silence is a first one again."""
        self._nudges = 0

    def _elapsed(self, due: float) -> None:
        self._timer = None
        if asyncio.get_running_loop().time() - due > OVERDUE:
            self.start()
        elif self._is_heard is None:
            self._speak_up()
        else:
            self._asking = asyncio.create_task(self._ask(self._is_heard))

    async def _ask(self, is_heard: Callable[[], Awaitable[bool]]) -> None:
        try:
            heard = await is_heard()
        except Exception:
            log.exception("nobody knows whether the persona would be heard")
            heard = True  # as most of the time; or it would never speak up again
        self._asking = None
        if heard:
            self._speak_up()
        else:
            self.start()

    def _speak_up(self) -> None:
        self._nudges += 1
        self._on_silence()
