"""The monitor of stalls: sees work on the loop, and only that."""

import asyncio
import time
from pathlib import Path

import pytest
from nicegui import app

from tests.support.stalls import WORST, Stall, append_to, forbid, no_stalls, read
from tests.support.studio import World, visit


def work(seconds: float) -> None:
    """Keep this thread busy for so much of the processor's time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_work_on_the_loop_is_a_stall_that_names_its_place() -> None:
    async def stall() -> None:
        async with no_stalls():
            await asyncio.sleep(0.05)
            work(WORST * 1.5)

    with pytest.raises(AssertionError, match="in work"):
        await stall()


async def test_waiting_is_none_whatever_holds_the_loop() -> None:
    async with no_stalls():
        await asyncio.sleep(0.05)
        time.sleep(WORST * 1.5)  # noqa: ASYNC251 - as on a machine that gives the loop no turn


async def test_work_in_a_thread_is_none() -> None:
    async with no_stalls():
        await asyncio.to_thread(work, WORST * 1.5)


def test_stalls_of_another_process_come_in_a_file(tmp_path: Path) -> None:
    file, stall = tmp_path / "stalls.jsonl", Stall("app", 0.3, 0.1, 0.4, ["in work"])
    assert read(file) == []
    append_to(file)(stall)
    assert read(file) == [stall]
    with pytest.raises(AssertionError, match=r"'app' worked 0\.300 s"):
        forbid(read(file))


async def test_a_page_test_that_fails_leaves_the_next_one_a_fresh_start(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="this one"):
        async with visit(World(tmp_path).studio()):
            raise AssertionError("this one")
    assert not app.is_started
