"""What the tests of whole calls share in each process: one running app and one browser."""

import tests.support.keep_compiled  # noqa: F401

# isort: split
import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from nicegui import background_tasks
from playwright.sync_api import Browser

from agent.platform.settings import Settings
from agent.platform.setup.preparation import Preparation
from tests.support.caller import Browsers
from tests.support.compiled import compile_share
from tests.support.places import ROOT
from tests.support.running import RunningApp
from tests.support.schedule import Lanes, give_way, order
from tests.support.stalls import WORST, forbid

# The same examples each time: a run that fails can be run again. How long one takes is the
# machine's affair.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app, ready for calls; its personas folder is its own."""
    with RunningApp(tmp_path_factory.mktemp("app"), watched=True) as running:
        yield running


@pytest.fixture(scope="session")
def binary() -> Path:
    """The LiveKit server's program, prepared like the app does it."""

    async def prepare() -> Path:
        preparation = Preparation(cache_dir=Settings.load(ROOT, os.environ).cache_dir)
        await preparation.run()
        assert preparation.livekit_server is not None, preparation.parts
        return preparation.livekit_server

    return asyncio.run(prepare())


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """For a test or a fixture that needs a browser of its own, or one for longer than a test."""
    browsers = Browsers()
    yield browsers
    browsers.close()


@pytest.fixture
def chromium(browsers: Browsers) -> Iterator[Browser]:
    """The browser of all tests; what this one opens is closed after it."""
    with browsers.shared() as chromium:
        yield chromium


@pytest.fixture(autouse=True)
def no_stalls(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is done with the running app may not hold up the other calls."""
    if "app" not in request.fixturenames:
        yield
        return
    running: RunningApp = request.getfixturevalue("app")
    known = len(running.stalls())
    yield
    forbid(stall for stall in running.stalls()[known:] if stall.worked >= WORST)


@pytest.fixture(autouse=True)
def no_tasks_of_before() -> None:
    """NiceGUI keeps its background tasks for the whole process, and waits at a page's end until
    none is left: for ever, when one has outlived the loop of the test that began it."""
    for task in background_tasks.running_tasks:
        with contextlib.suppress(RuntimeError):  # it answers its end with more work
            task.get_coro().close()  # else it complains when nobody keeps it any more
    background_tasks.running_tasks.clear()
    background_tasks.lazy_tasks_running.clear()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback that refuses whoever connects, and that nobody else can take meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    compile_share(session.config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See ``schedule``."""
    order(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """See ``schedule``."""
    give_way(item)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """See ``schedule``; xdist's own groups are not read by this version of pytest."""
    return Lanes(config, log)
