"""Waiting in tests: until something holds, or on a loop whose clock jumps to the next timer."""

import asyncio
import contextlib
import selectors
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

import pytest

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
PATIENCE = 30.0
"""Seconds that a wait in a test may take: far more than it does, for a machine that is busy."""
_pace = 1.0
"""Seconds of the loop's clock that may pass in one of the machine's: see ``hurried``."""


class _Jump(selectors.DefaultSelector):
    """Adds what it should have waited to ``now`` instead; waits for other threads for real."""

    now = 0.0
    threads = 0
    """How many are at work for the loop: while they are, no time passes."""

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None or (timeout > 0 and self.threads):
            return super().select(None)
        self.now += max(timeout, 0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """``time()`` starts at 0 and passes without waiting, but for threads; no sockets, please."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now

    def stand_still(self, seconds: float) -> None:
        """The process is stopped for so long, as by SIGSTOP: time passes and nothing is done."""
        self._jump.now += seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        working = super().run_in_executor(executor, func, *args)
        self._jump.threads += 1
        working.add_done_callback(self._worked)
        return working

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        self._jump.threads += 1
        await super().shutdown_default_executor(*timeout)

    def _worked(self, working: object) -> None:
        self._jump.threads -= 1


def at_once(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own whose waiting takes no time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def now() -> float:
    """Seconds since the loop was made."""
    return asyncio.get_running_loop().time()


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until it holds; TimeoutError after that time."""
    async with asyncio.timeout(seconds * _pace):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.002 * _pace)


@contextlib.contextmanager
def hurried(factor: float = 6.0) -> Iterator[None]:
    """For this loop and its process time passes so many times as fast while the loop has nothing
    to do but wait: what it does, and what threads do for it, takes the time that it takes.

    Waits of threads that are not a loop's, and other processes, know nothing of it. Where a loop
    waits without a selector (Windows), nothing is hurried.
    """
    leading = getattr(asyncio.get_running_loop(), "_selector", None)
    real, select = time.monotonic, selectors.DefaultSelector.select
    execute = asyncio.BaseEventLoop.run_in_executor
    shift, ahead, working = time.time() - real(), 0.0, 0

    def steady() -> float:
        return real() + ahead

    def wait(self: Any, timeout: float | None = None) -> Any:
        nonlocal ahead
        if timeout is None or timeout <= 0 or working:
            return select(self, timeout)
        began = real()
        found = select(self, timeout / factor)
        if self is leading:
            waited = real() - began
            ahead += max(0.0, min(waited * factor, timeout) - waited)
        return found

    def run(self: Any, *work: Any) -> Any:
        nonlocal working
        working += 1
        doing = execute(self, *work)
        doing.add_done_callback(done)
        return doing

    def done(_: object) -> None:
        nonlocal working
        working -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selectors.DefaultSelector, "select", wait)
        patch.setattr(asyncio.BaseEventLoop, "run_in_executor", run)
        patch.setattr(time, "monotonic", steady)
        patch.setattr(time, "perf_counter", steady)
        patch.setattr(time, "time", lambda: steady() + shift)
        patch.setattr(time, "time_ns", lambda: int((steady() + shift) * 1e9))
        patch.setattr("data.common.clock.steady", steady)
        patch.setattr("tests.support.clock._pace", factor)
        yield


class Times:
    """The steady clock and the time of day, standing still until they are told to move."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._steady, self._ahead = 1_000.0, 1_795_000_000.0
        patch.setattr("data.common.clock.steady", lambda: self._steady)
        patch.setattr("time.time", lambda: self._steady + self._ahead)

    def pass_by(self, seconds: float) -> None:
        """So much time passes, for both."""
        self._steady += seconds

    def set_ahead(self, seconds: float) -> None:
        """Somebody sets the time of day; no time passes by that."""
        self._ahead += seconds


@contextlib.contextmanager
def within(seconds: float = PATIENCE) -> Iterator[None]:
    """TimeoutError in what takes longer, also while it looks for a regular expression, which
    nothing else interrupts; only on the main thread, and not on Windows."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(*_: object) -> None:
        raise TimeoutError(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
