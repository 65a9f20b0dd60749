"""A LiveKit server of our own for the tests that need one without a running app, and patience
with engines."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.platform.process.replies import Reply
from agent.platform.server.livekit_server import LiveKitServer
from agent.speech.hearing import recogniser


@pytest.fixture(autouse=True)
def patience_with_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a busy machine is late with is no silence of an engine, though a booth's clock is
    hurried; a test of silence sets its own."""
    monkeypatch.setattr("agent.worker.engine_session.ANSWER", 30.0)
    monkeypatch.setattr("agent.engines.pipeline.engine.DEAF", 30.0)
    # A child process knows nothing of that clock: it gets the seconds that it gets in the product.
    limits = Reply.__init__.__kwdefaults__
    assert limits is not None
    for name in ("begin", "limit"):
        monkeypatch.setitem(limits, name, 6.0 * limits[name])
    monkeypatch.setattr(recogniser, "LATE", 6.0 * recogniser.LATE)
    monkeypatch.setattr(recogniser, "START", 6.0 * recogniser.START)


@pytest.fixture
def states() -> "asyncio.Queue[str]":
    """Every state that the server has had and nobody has looked at."""
    return asyncio.Queue()


@pytest.fixture
async def server(
    binary: Path, tmp_path: Path, states: "asyncio.Queue[str]"
) -> AsyncIterator[LiveKitServer]:
    server = LiveKitServer(binary, tmp_path, states.put_nowait)
    await server.start()
    yield server
    await server.stop()
