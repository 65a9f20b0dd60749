"""What is given back after calls."""

import gc
import threading
import weakref

import pytest

from agent.platform.process.memory import MemoryTrimmer, freeze
from agent.platform.server.livekit_config import Ports, server_environment


class Ring:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_cycles_are_freed_some_time_after_the_last_call() -> None:
    gc.disable()
    try:
        gone = threading.Event()
        ring = Ring()
        weakref.finalize(ring, gone.set)
        trimmer = MemoryTrimmer(pause=0.1)
        trimmer.soon()
        del ring
        assert gone.wait(10)
    finally:
        gc.enable()


def test_nothing_happens_once_it_is_closed() -> None:
    before = set(threading.enumerate())  # the calls of other tests may have left theirs
    trimmer = MemoryTrimmer(pause=60.0)
    trimmer.soon()
    (timer,) = set(threading.enumerate()) - before
    trimmer.close()
    timer.join(10)
    assert not timer.is_alive()


def test_pages_that_go_on_being_closed_do_not_put_it_off() -> None:
    before = set(threading.enumerate())
    trimmer = MemoryTrimmer(pause=60.0, postpone=False)
    trimmer.soon()
    first = set(threading.enumerate()) - before
    trimmer.soon()
    assert set(threading.enumerate()) - before == first
    trimmer.close()


@pytest.fixture
def thawed() -> object:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_was_settled_is_not_looked_through_again() -> None:
    freeze()
    assert gc.get_freeze_count() > 1000
    assert len(gc.get_objects()) < 1000


@pytest.mark.parametrize(("environ", "gogc"), [({}, "50"), ({"GOGC": "200"}, "200")])
def test_the_livekit_server_tidies_up_early_unless_told_otherwise(
    environ: dict[str, str], gogc: str
) -> None:
    assert server_environment(Ports(1, 2), "k", "s", environ)["GOGC"] == gogc
