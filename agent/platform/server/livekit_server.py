"""Our own LiveKit server: a supervised child process on loopback."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from agent.platform.process.child import Child
from agent.platform.process.rolling_log import RollingLog
from agent.platform.server.livekit_config import (
    HOST,
    Ports,
    new_key,
    new_secret,
    server_environment,
)
from data.common.observers import Observers

State = Literal["starting", "up", "restarting", "failed", "stopped"]

START_TIME = 10.0  # seconds to answer after its start; 0.05 when the machine is idle
CHECK_EVERY = 2.0  # seconds between two health checks
CHECKS = 6  # unanswered in a row: it hangs
PAUSES = (0.05, 0.2, 0.5, 1.0)  # seconds before each restart of a row
DEATHS, DEATH_TIME = 5, 30.0  # so many deaths in so many seconds: it does not work here
_TAIL = 20  # lines of its output kept for a message
_TAKEN = ("address already in use", "only one usage of each socket address")


class LiveKitServer:
    """Starts the server, restarts it when it dies or hangs, and says how it is.

    Key and secret are random and stay the same until the app ends, and so do the ports unless
    someone else has taken them: clients come back by themselves. ``on_change`` gets each new state
    on the event loop; after one, read ``url`` again.
    """

    def __init__(
        self, binary: Path, data_dir: Path, on_change: Callable[[State], None] | None = None
    ) -> None:
        self.key = new_key()
        self.secret = new_secret()
        self.state: State = "stopped"
        self.error = ""
        self.log = data_dir / "livekit-server.log"
        self._binary = binary
        self._observers = Observers[State]("the LiveKit server's state")
        if on_change is not None:
            self._observers.add(on_change)
        self._ports = Ports.free()
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._rolling = RollingLog(self.log)

    @property
    def url(self) -> str:
        """Where browser and worker connect."""
        return f"ws://{HOST}:{self._ports.tcp}"

    @property
    def pid(self) -> int:
        """The server's process id, 0 while it does not run."""
        return self._child.pid if self._child is not None and self._child.running else 0

    async def start(self) -> None:
        """Start it, or again after it failed; back when its state is ``up`` or ``failed``."""
        if self._task is None or self._task.done():
            self._settled.clear()
            self._set("starting")
            self._task = asyncio.create_task(self._supervise(), name="livekit-server")
        await self._settled.wait()

    async def stop(self) -> None:
        """End it; back within 3 seconds, with no process left."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._rolling.close()
        self._set("stopped")
        self._settled.set()

    async def _supervise(self) -> None:
        deaths: deque[float] = deque(maxlen=DEATHS)
        while True:
            if await self._live():
                deaths.append(time.monotonic())
            if len(deaths) == DEATHS and deaths[-1] - deaths[0] < DEATH_TIME:
                return self._fail()
            self._set("restarting")
            recent = sum(time.monotonic() - t < DEATH_TIME for t in deaths)
            await asyncio.sleep(PAUSES[min(max(recent, 1), len(PAUSES)) - 1])

    async def _live(self) -> bool:
        """One life of the server, from its start to its end; False when only a port was taken."""
        self._tail.clear()
        try:
            child = self._child = Child(
                [str(self._binary)],
                env=server_environment(self._ports, self.key, self.secret),
                on_line=self._take,
            )
        except OSError as error:
            self._take(f"cannot start {self._binary}: {error}")
            return True
        watch = asyncio.create_task(self._watch())
        try:
            code = await self._end_of(child, watch)
        finally:
            watch.cancel()
            await child.stop()
        self._take(f"-- ended with code {code} --")
        if any(words in line.lower() for line in self._tail for words in _TAKEN):
            self._ports = Ports.free()
            return False
        return True

    async def _end_of(self, child: Child, watch: "asyncio.Task[None]") -> int:
        ended = asyncio.ensure_future(child.wait())
        await asyncio.wait((ended, watch), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            self._take("-- it does not answer and is started again --")
            child.kill()
        return await ended

    async def _watch(self) -> None:
        """Back when the server does not answer (any more)."""
        until = time.monotonic() + START_TIME
        while not await answers(self._ports.tcp):
            if time.monotonic() > until:
                return
            await asyncio.sleep(0.02)
        self._set("up")
        self._settled.set()
        missed = 0
        while missed < CHECKS:
            await asyncio.sleep(CHECK_EVERY)
            missed = 0 if await answers(self._ports.tcp) else missed + 1

    def _take(self, line: str) -> None:
        self._tail.append(line)
        self._rolling.write(line)

    def _fail(self) -> None:
        last = "\n".join(list(self._tail)[-5:])
        self._set(
            "failed",
            f"The LiveKit server ended {DEATHS} times in a row, so no call is possible. "
            f"Its last words, more of them in {self.log}:\n{last}",
        )
        self._settled.set()

    def _set(self, state: State, error: str = "") -> None:
        changed = (state, error) != (self.state, self.error)
        self.state, self.error = state, error
        if changed:
            self._observers.tell(state)


async def answers(port: int, limit: float = 2.0) -> bool:
    """Whether a LiveKit server answers ``OK`` on that port of this machine, within seconds."""
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(f"GET / HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
                return (await reader.read(64)).split(b" ")[1:2] == [b"200"]
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
