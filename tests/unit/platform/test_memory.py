"""What is given back after calls."""

import ctypes
import gc
import mmap
import sys
import threading
import weakref
from pathlib import Path

import pytest

from agent.platform.process.memory import MemoryTrimmer, freeze, let_files_go
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


def address(mapping: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(mapping))


def protect(mapping: mmap.mmap) -> None:
    """Make it read-only, as the loader does with what it has written addresses into."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = ctypes.c_void_p(address(mapping))
    assert libc.mprotect(place, ctypes.c_size_t(len(mapping)), mmap.PROT_READ) == 0


def resident(start: int) -> int:
    """Kilobytes in memory of the mapping that begins there."""
    lines = iter(Path("/proc/self/smaps").read_text("utf-8").splitlines())
    assert any(line.startswith(f"{start:x}-") for line in lines)
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked what is in memory")
@pytest.mark.parametrize("changed", [False, True])
def test_what_was_read_of_a_large_file_leaves_the_memory_but_no_change_of_it(
    tmp_path: Path, changed: bool
) -> None:
    file = tmp_path / "model.ort"
    file.write_bytes(b"weight" * 700_000)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY) as model:
        assert model[:] == file.read_bytes()
        if changed:
            model[:7] = b"changed"
        start, before = address(model), model[:]
        protect(model)
        assert resident(start) > 4_000
        let_files_go()
        assert (resident(start) < 1_000) is not changed
        assert model[:] == before
