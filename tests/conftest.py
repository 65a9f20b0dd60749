"""What the tests of whole calls share: one running app, prepared once, and one process."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.running import RunningApp
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


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback that refuses whoever connects, and that nobody else can take meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of whole calls one after the other in one process, all others by file in the other.

    Two calls at once would measure each other; what is not a call hardly waits, and fills the time
    that calls spend speaking.
    """
    for item in items:
        calls = item.get_closest_marker("call") or "app" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("calls" if calls else item.path.stem))
