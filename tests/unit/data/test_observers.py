"""Observers of changes: each is told, whatever the others do."""

import asyncio

import pytest

from data.common.observers import Observers


def test_an_observer_that_fails_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    observers, heard = Observers[int]("numbers"), list[int]()
    observers.add(lambda number: 1 / 0)
    observers.add(heard.append)
    observers.tell(7)
    assert heard == [7]
    assert "an observer of numbers failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_log_names_the_news(caplog: pytest.LogCaptureFixture) -> None:
    observers = Observers[str, int](lambda name, size: f"{name} ({size})")
    observers.add(lambda name, size: 1 / 0)
    observers.tell("ann", 3)
    assert "an observer of ann (3) failed" in caplog.text


def test_the_end_of_one_is_not_the_end_of_its_twin() -> None:
    observers, heard = Observers[int]("numbers"), list[int]()
    end = observers.add(heard.append)
    observers.add(heard.append)
    end()
    end()
    observers.tell(1)
    assert heard == [1]
    assert len(observers) == 1


def test_who_is_taken_away_by_another_is_not_told() -> None:
    observers, heard = Observers[()]("it"), list[str]()
    observers.add(lambda: end())
    end = observers.add(lambda: heard.append("late"))
    observers.tell()
    assert not heard


async def test_news_of_another_thread_comes_on_the_loop_in_order() -> None:
    observers, heard = Observers[int]("numbers"), list[tuple[int, object]]()
    observers.add(lambda number: heard.append((number, asyncio.current_task())))
    observers.loop = asyncio.get_running_loop()

    def tell() -> None:
        for number in range(3):
            observers.tell(number)

    await asyncio.to_thread(tell)
    await asyncio.sleep(0)
    assert [number for number, _ in heard] == [0, 1, 2]


def test_a_loop_that_is_closed_takes_its_observers_along() -> None:
    observers, heard = Observers[int]("numbers"), list[int]()
    observers.add(heard.append)
    observers.loop = asyncio.new_event_loop()
    observers.loop.close()
    observers.tell(1)
    assert not heard
    observers.loop = None
    observers.tell(2)
    assert heard == [2]
