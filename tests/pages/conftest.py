"""The studio that the pages of this folder belong to; a test of a richer one has its own.

No timer ticks in these tests: what a page shows comes by events, or it does not come.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui.timer import Timer

from tests.support.studio import Make, World, visit


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    async with visit(world.studio()) as make:
        yield make


@pytest.fixture
def ticking() -> None:
    """For tests of what time alone changes: timers tick as in the app."""


@pytest.fixture(autouse=True)
def no_ticks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timers that go on and on are never called; those that are called once, are."""

    async def stand_still(timer: Timer) -> None:
        pass

    if "ticking" not in request.fixturenames:
        monkeypatch.setattr(Timer, "_run_in_loop", stand_still)
