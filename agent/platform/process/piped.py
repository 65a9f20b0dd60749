"""One child process whose standard input and output carry messages; it never outlives the app."""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from agent.platform.process.child import GUARD
from agent.platform.process.frames import Frame, read

_TAIL = 10  # lines of its standard error that are kept for a message
_LINE = 300  # characters of each


class Piped:
    """A running process; raises OSError when it cannot be started. For any thread.

    One thread reads it and another writes to it, since both may have to wait.
    """

    def __init__(self, args: Sequence[str], cwd: Path, *, low_priority: bool = False) -> None:
        self.ready = threading.Event()
        """Set when it has said that it is ready, and at its end."""
        self.over = False
        self.retired = False
        """It was told to end because nobody needs it."""
        self.worked = False
        """It has begun with a request."""
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._launch(list(args), cwd, low_priority)
        assert self._process.stdout is not None
        self._source = self._process.stdout
        self._errors = threading.Thread(target=self._listen, name="child-errors", daemon=True)
        self._errors.start()

    if sys.platform == "win32":

        def _launch(self, args: list[str], cwd: Path, low: bool) -> None:
            from agent.platform.process.windows_job import Job

            priority = subprocess.BELOW_NORMAL_PRIORITY_CLASS if low else 0
            self._process = subprocess.Popen(
                args,
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=priority | subprocess.CREATE_NO_WINDOW,
            )
            assert self._process.stdin is not None
            self._target = self._process.stdin
            try:
                self._job = Job(int(self._process._handle))  # type: ignore[attr-defined]
            except OSError:
                self._process.kill()
                raise

        def kill(self) -> None:
            """End the process and all it started, now."""
            self._job.kill()

        def _skip_greeting(self) -> None:
            """There is no guard, whose first line this would be."""

    else:

        def _launch(self, args: list[str], cwd: Path, low: bool) -> None:
            source, target = os.pipe()
            try:
                guard = [sys.executable, "-I", "-S", str(GUARD), "low" if low else "normal"]
                self._process = subprocess.Popen(
                    [*guard, str(source), *args],
                    cwd=cwd,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=(source,),
                    start_new_session=True,  # Ctrl+C is for the app, which then stops its children
                )
            except OSError:
                os.close(target)
                raise
            finally:
                os.close(source)
            self._target = os.fdopen(target, "wb")

        def kill(self) -> None:
            """End the process and all it started, now."""
            with suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.close()  # the guard takes this for the end of the app

        def _skip_greeting(self) -> None:
            self._source.readline(64)

    @property
    def last_words(self) -> str:
        """The last line that it wrote to its standard error; empty when there is none."""
        return next((line for line in reversed(self._tail) if line), "")

    def write(self, data: bytes) -> None:
        """Send a message; waits while the pipe is full. OSError when it takes no more."""
        self._target.write(data)
        self._target.flush()

    def greet(self) -> None:
        """To be called once, before the first ``read``."""
        self._skip_greeting()

    def read(self) -> Frame | None:
        """The next message; None at its end, Garbage for what is none."""
        return read(self._source)

    def retire(self) -> None:
        """Let it end by itself: it does when its input does."""
        self.retired = True
        with suppress(OSError, ValueError):
            self._target.close()

    def reap(self) -> int:
        """End it if need be and give everything back; its exit code."""
        self.kill()
        try:
            code = self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        with suppress(OSError, ValueError):
            self._target.close()
        self._errors.join(0.5)
        with suppress(OSError, ValueError):
            self._source.close()
        return code

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as errors, suppress(OSError, ValueError):
            while line := errors.readline(_LINE):
                self._tail.append(line.decode(errors="replace").strip())
