"""Waiting in tests: until something holds, or on a loop whose clock jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jump(selectors.DefaultSelector):
    """Adds what it should have waited to ``now`` instead; waits for other threads for real."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            return super().select(None)
        self.now += max(timeout, 0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """``time()`` starts at 0 and passes without waiting; no threads and no sockets, please."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def at_once(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own whose waiting takes no time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def now() -> float:
    """Seconds since the loop was made."""
    return asyncio.get_running_loop().time()


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until it holds; TimeoutError after that time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.002)
