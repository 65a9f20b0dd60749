"""A child process that never outlives the app, whichever way the app ends.

POSIX: ``child_guard.py`` runs it and watches a pipe from this process. Windows: a job object.
"""

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

GUARD = Path(__file__).with_name("child_guard.py")
STOP_TIME = 1.5  # seconds; the guard needs 0.8 at most
_DRAIN_TIME = 0.5  # seconds for the last output; a stray grandchild may hold the pipe open


class Child:
    """One running process and everything it starts; must be made on an event loop.

    ``on_line`` gets each line of its output (both streams) on a thread of its own. ``low_priority``
    keeps the page and calls quick while the child works.
    """

    def __init__(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
        low_priority: bool = False,
    ) -> None:
        self.pid = 0  # of the process itself, as soon as it has told; 0 before
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[int] = self._loop.create_future()
        self._launch(list(args), env, cwd, low_priority)
        reader = threading.Thread(target=self._read, name="child-output", daemon=True)
        reader.start()
        threading.Thread(target=self._reap, args=(reader,), name="child-exit", daemon=True).start()

    if sys.platform == "win32":

        def _launch(
            self, args: list[str], env: Mapping[str, str] | None, cwd: Path | None, low: bool
        ) -> None:
            from agent.platform.process.windows_job import Job

            priority = subprocess.BELOW_NORMAL_PRIORITY_CLASS if low else 0
            self._process = subprocess.Popen(
                args,
                env=env,
                cwd=cwd,
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                creationflags=priority | subprocess.CREATE_NO_WINDOW,
            )
            self.pid = self._process.pid
            try:
                self._job = Job(int(self._process._handle))  # type: ignore[attr-defined]
            except OSError:
                self._process.kill()
                raise

        def _ask_to_stop(self) -> None:
            self._job.kill()  # a console program without a console takes no gentler request

        def kill(self) -> None:
            """End the process and all it started, now."""
            self._job.kill()

    else:

        def _launch(
            self, args: list[str], env: Mapping[str, str] | None, cwd: Path | None, low: bool
        ) -> None:
            guard = [sys.executable, "-I", "-S", str(GUARD), "low" if low else "normal", "-"]
            self._process = subprocess.Popen(
                [*guard, *args],
                env=env,
                cwd=cwd,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for the app, which then stops its children
            )

        def _ask_to_stop(self) -> None:
            with suppress(OSError, ValueError):
                assert self._process.stdin is not None
                self._process.stdin.write(b"s")

        def kill(self) -> None:
            """End the process and all it started, now."""
            with suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.close()  # the guard takes this for the end of the app

    @property
    def running(self) -> bool:
        """True until the process has ended."""
        return not self._done.done()

    async def wait(self) -> int:
        """Its exit code, once it has ended (128 + N when signal N ended it)."""
        return await asyncio.shield(self._done)

    async def stop(self) -> int:
        """Ask it to end, insist, then kill it; back within 3 seconds. Its exit code."""
        self._ask_to_stop()
        for force in (self.kill, self._process.kill):
            with suppress(TimeoutError):
                return await asyncio.wait_for(self.wait(), STOP_TIME)
            force()
        return await self.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        output = io.TextIOWrapper(
            io.BufferedReader(self._process.stdout),  # type: ignore[type-var]
            encoding="utf-8",
            errors="replace",
        )
        with output, suppress(OSError, ValueError):
            for line in output:
                self._take(line.rstrip())

    def _take(self, line: str) -> None:
        if not self.pid and line.startswith("pid "):  # the guard's first line
            self.pid = int(line[4:])
        elif self._on_line is not None:
            self._on_line(line)

    def _reap(self, reader: threading.Thread) -> None:
        code = self._process.wait()
        self.kill()  # closes the pipe; Windows: ends what the child has left behind
        if code < 0 and self.pid and sys.platform != "win32":
            with suppress(OSError):  # the guard was killed: its child must not stay alone
                os.killpg(self.pid, signal.SIGKILL)
        reader.join(_DRAIN_TIME)
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._finish, code)

    def _finish(self, code: int) -> None:
        if not self._done.done():
            self._done.set_result(code)
