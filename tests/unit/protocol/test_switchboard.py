"""The way of events and commands between the app's loop and the jobs' loops."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.protocol.messages import (
    Command,
    Event,
    Joined,
    Say,
    Status,
)
from agent.protocol.switchboard import Switchboard
from tests.support.clock import PATIENCE, until


class JobThread:
    """A job's thread with a loop of its own, as the worker has them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.heard: list[tuple[Command, str]] = []
        self.thread = threading.Thread(target=self.loop.run_forever, name="job")
        self.thread.start()

    def take(self, command: Command) -> None:
        self.heard.append((command, threading.current_thread().name))

    def attach(self, board: Switchboard, call: str) -> bool:
        async def attach() -> bool:
            return board.attach(call, self.take)

        return asyncio.run_coroutine_threadsafe(attach(), self.loop).result(PATIENCE)

    def flush(self) -> None:
        """Back when everything sent so far has arrived."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result(PATIENCE)

    def close(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
            self.loop.close()


@pytest.fixture
def job() -> Iterator[JobThread]:
    job = JobThread()
    yield job
    job.close()


def board(on_event: Callable[[Event], None] = lambda _: None) -> Switchboard:
    board = Switchboard(on_event)
    board.start()
    return board


async def test_events_arrive_in_order_on_the_app_s_thread(job: JobThread) -> None:
    got: list[tuple[Event, str]] = []
    link = board(lambda event: got.append((event, threading.current_thread().name)))
    sent = [Status("c1", str(n)) for n in range(50)]
    for event in sent:
        job.loop.call_soon_threadsafe(link.send, event)
    await until(lambda: len(got) == len(sent))
    assert got == [(event, threading.current_thread().name) for event in sent]


async def test_commands_arrive_in_order_on_the_job_s_thread(job: JobThread) -> None:
    link = board()
    assert not link.command("c1", Say("too early"))
    assert job.attach(link, "c1")
    sent = [Say(str(n)) for n in range(50)]
    assert all(link.command("c1", command) for command in sent)
    job.flush()
    assert job.heard == [(command, "job") for command in sent]
    link.detach("c1")
    assert not link.command("c1", Say("too late"))


async def test_a_call_has_one_job(job: JobThread) -> None:
    link, second = board(), JobThread()
    try:
        assert job.attach(link, "c1")
        assert not second.attach(link, "c1")
        assert second.attach(link, "c2")
        link.command("c1", Say("for the first"))
        job.flush()
        second.flush()
        assert (len(job.heard), second.heard) == (1, [])
    finally:
        second.close()


async def test_of_many_jobs_at_once_one_is_taken(job: JobThread) -> None:
    link = board()
    jobs = [JobThread() for _ in range(8)]
    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda job: job.attach(link, "c1"), jobs)) == 1
    finally:
        for other in jobs:
            other.close()


async def test_a_job_whose_loop_has_died_is_not_there(job: JobThread) -> None:
    link, second = board(), JobThread()
    try:
        assert job.attach(link, "c1")
        job.close()
        assert not link.command("c1", Say("anybody?"))
        assert second.attach(link, "c1")
        assert link.command("c1", Say("hello"))
    finally:
        second.close()


async def test_a_loop_that_closes_in_this_moment_is_not_there(
    job: JobThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a look at the loop and the call, another thread may close it."""
    link = board()
    assert job.attach(link, "c1")
    job.close()
    monkeypatch.setattr(job.loop, "is_closed", lambda: False)
    monkeypatch.setattr(job.loop, "_check_closed", _closed)
    assert not link.command("c1", Say("anybody?"))


def test_events_for_an_app_that_is_gone_are_dropped() -> None:
    got: list[Event] = []
    link = Switchboard(got.append)
    link.send(Joined("c1"))  # before the app's loop runs
    asyncio.run(_start(link))
    link.send(Joined("c1"))  # after it
    assert got == []


async def _start(link: Switchboard) -> None:
    link.start()


def _closed() -> None:
    raise RuntimeError("Event loop is closed")
