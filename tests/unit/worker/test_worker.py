"""The worker of this process, with a LiveKit server that comes and goes."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from livekit.agents import AgentServer, JobContext

from agent.platform.server.endpoint import Endpoint
from agent.worker.worker import Worker, WorkerState
from tests.support.clock import until
from tests.support.fakes.livekit import FakeLiveKit


@pytest.fixture
async def server() -> AsyncIterator[FakeLiveKit]:
    async with FakeLiveKit() as server:
        yield server


async def _enter(ctx: JobContext) -> None:
    raise AssertionError("no call is made here")


async def test_each_state_of_the_worker_is_told(server: FakeLiveKit) -> None:
    """As it signs on, loses its server, finds it again, and is stopped."""
    told: list[WorkerState] = []
    worker = Worker(_enter, told.append)
    assert worker.state == "stopped"
    running = asyncio.create_task(worker.run(Endpoint(f"ws://{server.host}", "k", "s" * 40)))
    try:
        await until(lambda: told == ["starting", "registered"])
        await server.cut()
        await until(lambda: told == ["starting", "registered", "down", "registered"])
        assert server.names == [worker.agent_name] * 2
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert told[4:] == ["stopped"]
    assert (worker.state, worker.error) == ("stopped", "")


async def test_a_worker_that_gave_up_is_started_again(
    server: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.worker.worker.RESTART", 0.05)
    made: list[object] = []
    told: list[WorkerState] = []

    class Once(Worker):
        def _make(self, endpoint: Endpoint):  # type: ignore[no-untyped-def]
            made.append(endpoint)
            if len(made) == 1:
                raise RuntimeError("no room for it")
            return super()._make(endpoint)

    worker = Once(_enter, told.append)
    running = asyncio.create_task(worker.run(Endpoint(f"ws://{server.host}", "k", "s" * 40)))
    try:
        await until(lambda: told[:1] == ["down"])
        assert "no room for it" in worker.error
        await until(lambda: told == ["down", "starting", "registered"])
        assert not worker.error
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("capacity", "jobs", "load"), [(None, 9, 0.0), (4, 0, 0.0), (4, 2, 0.475), (4, 9, 0.95)]
)
def test_a_worker_beside_others_tells_how_busy_it_is(
    capacity: int | None, jobs: int, load: float
) -> None:
    worker = Worker(_enter, capacity=capacity)
    server = cast(AgentServer, SimpleNamespace(active_jobs=[None] * jobs))
    assert worker._load(server) == pytest.approx(load)
