"""Runs a command to its end, within limits of time, and keeps its last words."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.platform.process.child import Child

_TAIL = 40  # lines


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds in all, and seconds without a line of output, before a command is given up."""

    total: float
    silence: float | None = None


class CommandFailed(Exception):
    """A command ended with another code than 0, or was given up; ``tail`` are its last lines."""

    def __init__(
        self, why: Literal["code", "silence", "time"], words: str, tail: Sequence[str]
    ) -> None:
        super().__init__(words)
        self.why = why
        self.tail = tuple(tail)


async def run(
    args: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
    log: Callable[[str], None] | None = None,
) -> list[str]:
    """Run it at low priority and return its last lines; raises ``CommandFailed``.

    ``on_line`` is called on the event loop, ``log`` on a thread. When this is cancelled, the
    command and all it started are gone afterwards.
    """
    output = _Output(on_line, log)
    try:
        child = Child(args, env=env, cwd=cwd, on_line=output.take, low_priority=True)
    except OSError as error:
        raise CommandFailed("code", str(error), [str(error)]) from error
    try:
        code = await _within(limits, child, output)
    finally:
        await child.stop()
        output.close()
    if code != 0:
        raise CommandFailed("code", f"it ended with code {code}", output.tail)
    return list(output.tail)


class _Output:
    """The last lines, when the last one came, and who wants them."""

    def __init__(
        self, on_line: Callable[[str], None] | None, log: Callable[[str], None] | None
    ) -> None:
        self.tail: deque[str] = deque(maxlen=_TAIL)
        self.heard = time.monotonic()
        self._on_line = on_line
        self._log = log
        self._loop = asyncio.get_running_loop()

    def take(self, line: str) -> None:
        """Take a line on the child's thread."""
        self.heard = time.monotonic()
        self.tail.append(line)
        if self._log is not None:
            self._log(line)
        if self._on_line is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._pass_on, line)

    def close(self) -> None:
        """Pass no more lines on."""
        self._on_line = None

    def _pass_on(self, line: str) -> None:
        if self._on_line is not None:
            self._on_line(line)


async def _within(limits: Limits, child: Child, output: _Output) -> int:
    end = time.monotonic() + limits.total
    while True:
        now = time.monotonic()
        if now >= end:
            words = f"it took more than {_minutes(limits.total)}"
            raise CommandFailed("time", words, output.tail)
        if limits.silence is not None and now - output.heard >= limits.silence:
            words = f"nothing was heard of it for {_minutes(limits.silence)}"
            raise CommandFailed("silence", words, output.tail)
        quiet = end if limits.silence is None else output.heard + limits.silence
        try:
            return await asyncio.wait_for(child.wait(), max(0.01, min(end, quiet) - now))
        except TimeoutError:
            continue


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
