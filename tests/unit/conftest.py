"""A LiveKit server of our own for the tests that need one without a running app."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.platform.server.livekit_server import LiveKitServer
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Preparation


@pytest.fixture(scope="session")
def binary() -> Path:
    """The server program, prepared like the app does it."""

    async def prepare() -> Path:
        cache = Settings.load(Path(), os.environ).cache_dir
        preparation = Preparation(cache_dir=cache)
        await preparation.run()
        assert preparation.livekit_server is not None, preparation.parts
        return preparation.livekit_server

    return asyncio.run(prepare())


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
