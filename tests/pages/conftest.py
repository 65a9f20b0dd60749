"""The studio that the pages of this folder belong to; a test of a richer one has its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.studio import Make, World, visit


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    async with visit(world.studio()) as make:
        yield make
