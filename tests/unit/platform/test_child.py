"""Children end when they are told to, and never outlive the app."""

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest

from agent.platform.process.child import Child
from tests.support.clock import until

# A grandchild, so that the tests see a whole tree end; both tell their pids.
TREE = """
import os, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("tree", os.getpid(), other.pid, flush=True)
time.sleep(60)
"""
APP = f"""
import asyncio, sys
from agent.platform.process.child import Child

async def main():
    child = Child([sys.executable, "-c", {TREE!r}], on_line=lambda line: print(line, flush=True))
    await child.wait()

asyncio.run(main())
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="a job object does this on Windows")


class Lines:
    """What a child said, to be awaited line by line."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def __call__(self, line: str) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, line)

    async def pids(self) -> list[int]:
        return [int(word) for word in (await self._queue.get()).split()[1:]]

    async def next(self) -> str:
        return await self._queue.get()


def gone(pids: list[int]) -> bool:
    return not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_output_and_exit_code() -> None:
    lines: list[str] = []
    program = "import sys; print('one'); print('zwei \\u00fc', file=sys.stderr); sys.exit(3)"
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    child = Child([sys.executable, "-u", "-c", program], env=env, on_line=lines.append)
    assert await child.wait() == 3
    assert lines == ["one", "zwei ü"]
    assert not child.running


@posix
async def test_a_missing_program_is_named() -> None:
    lines: list[str] = []
    child = Child(["no-such-program"], on_line=lines.append)
    assert await child.wait() == 127
    assert lines == ["cannot start no-such-program: No such file or directory"]


async def test_stop_ends_the_whole_tree() -> None:
    lines = Lines()
    child = Child([sys.executable, "-c", TREE], on_line=lines)
    pids = await lines.pids()
    assert child.pid == pids[0]
    await child.stop()
    await until(lambda: gone(pids))


@posix
async def test_stop_does_not_wait_for_a_child_that_ignores_it() -> None:
    lines = Lines()
    child = Child([sys.executable, "-c", DEAF], on_line=lines)
    await lines.next()
    assert await child.stop() == 128 + signal.SIGKILL  # it would have ended by itself with 0


async def test_stop_after_its_end_is_harmless() -> None:
    child = Child([sys.executable, "-c", "pass"])
    assert await child.wait() == 0
    assert await child.stop() == 0


def test_a_killed_app_leaves_no_child() -> None:
    app = subprocess.Popen([sys.executable, "-c", APP], stdout=subprocess.PIPE, text=True)
    with app:
        assert app.stdout is not None
        pids = [int(word) for word in app.stdout.readline().split()[1:]]
        assert not gone(pids)
        app.kill()
    asyncio.run(until(lambda: gone(pids)))


@posix
async def test_a_killed_guard_leaves_no_child() -> None:
    lines = Lines()
    child = Child([sys.executable, "-c", TREE], on_line=lines)
    pids = await lines.pids()
    guard = psutil.Process(child.pid).ppid()
    os.kill(guard, signal.SIGKILL)
    await child.wait()
    await until(lambda: gone(pids))
