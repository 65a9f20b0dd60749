"""Stalls of an event loop: times in which its own thread worked and let nothing else run.

What counts is the thread's processor time: a loop that waits for a busy machine is not to blame.
"""

import asyncio
import contextlib
import gc
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from livekit.agents.telemetry.loop_monitor import BlockedReport, EventLoopMonitor

from agent.worker.loop_samples import sample_without_garbage

sample_without_garbage()

WORST = 0.25
"""Seconds of work in one piece that no test may see on the loop of the app."""
TICK = 0.02
"""Seconds between two looks; what is shorter is not seen."""


@dataclass(frozen=True)
class Stall:
    """``worked``: seconds of processor time of the loop's thread; ``collecting``: seconds by the
    clock in which garbage was searched for; ``lasted``: by the clock; ``loop`` is its name."""

    loop: str
    worked: float
    collecting: float
    lasted: float
    stacks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        stacks = "\n".join(self.stacks)
        return (
            f"The loop {self.loop!r} worked {self.worked:.3f} s of {self.lasted:.3f} s in one "
            f"piece ({self.collecting:.3f} s of the clock were for garbage):\n{stacks}"
        )


class StallMonitor(EventLoopMonitor):
    """Tells ``note`` of each stall of that loop; has no log and no telemetry of its own."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        name: str,
        note: Callable[[Stall], None],
        least: float = WORST,
    ) -> None:
        super().__init__(
            loop, warn_threshold=least, error_threshold=least, tick_interval=TICK, name=name
        )
        self._note = note

    def _report(self, report: BlockedReport) -> None:
        stall = stall_of(self._name, report)
        if stall.worked >= self.warn_threshold:
            self._note(stall)


def stall_of(name: str, report: BlockedReport) -> Stall:
    """What LiveKit's monitor reports, as we count it."""
    return Stall(name, report.cpu_time, report.gc_time, report.duration, report.stacks)


@contextlib.asynccontextmanager
async def no_stalls() -> AsyncIterator[None]:
    """Fails when the running loop stalls inside.

    Searches for garbage count, too, but not in what the tests before this one have left: it is
    left out for good, since each test's two searches in all of it would take longer than the test.
    """
    stalls: list[Stall] = []
    gc.freeze()
    monitor = StallMonitor(asyncio.get_running_loop(), "page test", stalls.append)
    monitor.start()
    try:
        yield
        await asyncio.sleep(2 * TICK)  # what was done last is seen by the next tick
    finally:
        monitor.stop()
    forbid(stalls)


def forbid(stalls: Iterable[Stall]) -> None:
    """Raises ``AssertionError`` with the stacks when there are any."""
    if found := [str(stall) for stall in stalls]:
        raise AssertionError("\n".join(found))


def append_to(file: Path) -> Callable[[Stall], None]:
    """A ``note`` that writes each stall into that file; see ``read``."""

    def note(stall: Stall) -> None:
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(stall)) + "\n")

    return note


def read(file: Path) -> list[Stall]:
    """The stalls that were written into that file so far."""
    if not file.exists():
        return []
    *lines, _ = file.read_bytes().split(b"\n")  # the last one may be half written
    return [Stall(**json.loads(line)) for line in lines]
