"""Passwords are hashed in a place of their own, with room for few who wait."""

import asyncio
import threading

import pytest

from data.password_work import MOST, MOST_OF_ADDRESS, Crowded, PasswordWork
from data.throttle import Visitor
from tests.support.clock import PATIENCE, until


async def test_a_flood_from_one_browser_or_address_costs_only_itself() -> None:
    work, go, done = PasswordWork(), threading.Event(), []

    def slow(number: int) -> int:
        assert go.wait(PATIENCE)
        done.append(number)
        return number

    def visitor(number: int) -> Visitor:
        return Visitor("203.0.113.1", f"browser {number}")

    waiting = [asyncio.create_task(work.run(visitor(i), slow, i)) for i in range(MOST_OF_ADDRESS)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded, match="last try is still being checked"):
        await work.run(visitor(0), slow, 99)
    with pytest.raises(Crowded, match="Too many people"):
        await work.run(visitor(99), slow, 99)
    other = asyncio.create_task(work.run(Visitor("198.51.100.7", "other"), slow, 50))
    await asyncio.sleep(0)
    waiting[3].cancel()  # whoever asked went away
    go.set()
    assert await other == 50
    assert done == [*range(MOST_OF_ADDRESS), 50]
    assert await work.run(visitor(0), slow, 51) == 51
    work.close()


async def test_what_waits_is_bounded_over_all_addresses() -> None:
    work, go = PasswordWork(), threading.Event()

    def run(number: int) -> asyncio.Task[bool]:
        visitor = Visitor(f"198.51.{number}.1", f"{number}")
        return asyncio.create_task(work.run(visitor, go.wait, PATIENCE))

    waiting = [run(number) for number in range(MOST + 5)]
    await until(lambda: sum(task.done() for task in waiting) == 5)
    go.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(result, Crowded) for result in results) == 5
    assert results.count(True) == MOST
    work.close()


async def test_a_failure_is_told_and_gives_its_place_free() -> None:
    work, visitor = PasswordWork(), Visitor("203.0.113.1", "browser")
    for _ in range(MOST + 1):
        with pytest.raises(ZeroDivisionError):
            await work.run(visitor, divmod, 1, 0)
    work.close()
