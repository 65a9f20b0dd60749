"""No garbage is searched for while LiveKit lists the threads of a process."""

import asyncio
import gc
import sys
import threading
import time
from typing import Any

import pytest
from livekit.agents.telemetry import loop_monitor

from agent.worker.loop_samples import sample_without_garbage


@pytest.fixture(autouse=True)
def _patched() -> None:
    sample_without_garbage()


@pytest.mark.parametrize("searching", [True, False])
async def test_the_search_is_off_while_threads_are_listed_and_then_as_it_was(
    monkeypatch: pytest.MonkeyPatch, searching: bool
) -> None:
    seen: list[bool] = []
    frames = sys._current_frames

    def listed() -> Any:
        seen.append(gc.isenabled())
        return frames()

    monkeypatch.setattr(sys, "_current_frames", listed)
    told: list[loop_monitor.BlockedReport] = []
    monitor = loop_monitor.EventLoopMonitor(
        asyncio.get_running_loop(),
        warn_threshold=0.05,
        error_threshold=0.05,
        tick_interval=0.02,
        name="test",
    )
    monkeypatch.setattr(monitor, "_report", told.append)
    if not searching:
        gc.disable()
    try:
        monitor.start()
        await asyncio.sleep(0.1)
        time.sleep(0.4)  # noqa: ASYNC251 - the loop stands
        await asyncio.sleep(0.1)
        assert gc.isenabled() is searching
    finally:
        monitor.stop()
        gc.enable()
    assert told
    assert told[0].stacks
    assert seen
    assert not any(seen)


async def test_of_two_that_look_at_once_none_switches_it_on_for_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = threading.Barrier(2)
    together: list[bool] = []

    def look(monitor: Any, lag: float) -> None:
        try:
            inside.wait(0.2)
        except threading.BrokenBarrierError:
            pass
        else:
            together.append(True)
        assert not gc.isenabled()

    monkeypatch.setattr("agent.worker.loop_samples._theirs", look)
    both = [
        asyncio.to_thread(loop_monitor.EventLoopMonitor._sample_loop_thread, None, 0.0)  # type: ignore[arg-type]
        for _ in range(2)
    ]
    await asyncio.gather(*both)
    assert not together
    assert gc.isenabled()
