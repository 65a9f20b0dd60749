"""A worker's connection to the app: its jobs' events go out over it, and their commands come in."""

import asyncio
import json
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import aiohttp

from agent.protocol.messages import Command, End, Event, command, pack
from agent.protocol.websocket.server import PATH
from data.common import clock

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds before a connection that ended is made again."""
LIMIT = 10.0
"""Seconds for the sign-on; also between two signs of life."""
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError, KeyError)
"""What a connection ends with, be it that the app stops just then (aiohttp's ``TypeError``) or that
its words make no sense: the next one may be better."""


class Offset(NamedTuple):
    """How far the app's steady clock is ahead of this machine's: ``seconds``, give or take
    ``error``."""

    seconds: float
    error: float

    def or_better(self, before: "Offset | None") -> "Offset":
        """This one, or the one of ``before`` when it fits and was closer."""
        if before is None or before.error > self.error:
            return self
        fits = abs(before.seconds - self.seconds) <= before.error + self.error
        return before if fits else self  # the app's machine, or ours, was started anew


class AppConnection:
    """A ``JobLink`` over a websocket; jobs call it from their threads.

    ``agent_name`` is known once ``found`` is set; ``moved`` is set when it has changed: the app was
    started anew, and the jobs of the old one are told to end.
    """

    def __init__(self, app: str, token: Callable[[str], str]) -> None:
        self.agent_name = ""
        self.state = "starting"
        self.found = asyncio.Event()
        self.moved = asyncio.Event()
        self._app = app.rstrip("/")
        self._token = token
        self._id = f"worker-{secrets.token_hex(8)}"
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._jobs: dict[str, tuple[asyncio.AbstractEventLoop, Callable[[Command], None]]] = {}
        self._count = 0
        self._unseen: deque[tuple[int, str]] = deque()
        self._sent = 0
        self._had = 0
        self._more = asyncio.Event()
        self._done = asyncio.Event()
        self._done.set()
        self._offset: Offset | None = None

    def time(self) -> float:
        """The app's steady clock, as the last greetings told it."""
        return clock.steady() + (self._offset.seconds if self._offset is not None else 0.0)

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool:
        """Called on the job's loop; False when this process plays the call already.

        When another worker does, the job is told to end as soon as the app has said so.
        """
        with self._lock:
            if call in self._jobs and not self._jobs[call][0].is_closed():
                return False
            self._jobs[call] = (asyncio.get_running_loop(), on_command)
        self._put("attach", call=call)
        return True

    def detach(self, call: str) -> None:
        """Forget the job of that call."""
        with self._lock:
            self._jobs.pop(call, None)
        self._put("detach", call=call)

    def send(self, event: Event) -> None:
        """Hand an event to the app; kept until the app has it."""
        self._put("event", event=pack(event))

    def tell_state(self, state: str) -> None:
        """Whether this worker takes calls now."""
        if state != self.state:
            self.state = state
            self._put("state", state=state)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    await self._connect(session)
                except _BROKEN as error:
                    log.warning("no connection to the app: %s", error)
                await asyncio.sleep(AGAIN)

    async def drained(self, seconds: float) -> None:
        """Until the app has everything, for so long at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), seconds)

    async def _connect(self, session: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {self._token(self._id)}"}
        async with asyncio.timeout(LIMIT):
            socket = await session.ws_connect(self._app + PATH, headers=headers, heartbeat=LIMIT)
        async with socket:
            asked = clock.steady()
            await socket.send_json({"worker": self._id, "state": self.state, "had": self._had})
            welcome = await socket.receive_json(timeout=LIMIT)
            self._learn_time(welcome, asked, clock.steady())
            self._greeted(welcome)
            writing = asyncio.create_task(self._write(socket))
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._take(json.loads(message.data))
            finally:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _learn_time(self, welcome: dict[str, Any], asked: float, told: float) -> None:
        """The app's clock was at ``welcome["clock"]`` between these two readings of ours."""
        if "clock" in welcome:  # an app of before tells none
            learned = Offset(float(welcome["clock"]) - (asked + told) / 2, (told - asked) / 2)
            self._offset = learned.or_better(self._offset)

    def _greeted(self, welcome: dict[str, Any]) -> None:
        name = str(welcome["agent"])
        if self.agent_name not in ("", name):
            self._dismiss()
            self.moved.set()
        self.agent_name = name
        self.found.set()
        self._seen(int(welcome["seen"]))
        self._sent = int(welcome["seen"])
        self._more.set()

    def _dismiss(self) -> None:
        """The calls of these jobs went down with the app."""
        with self._lock:
            calls = list(self._jobs)
            self._unseen.clear()
        for call in calls:
            self._deliver(call, End("interrupted"))

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        told = self._had
        while True:
            await self._more.wait()
            self._more.clear()
            if self._had > told:
                told = self._had
                await socket.send_json({"had": told})
            with self._lock:
                due = [(n, text) for n, text in self._unseen if n > self._sent]
            for n, text in due:
                await socket.send_str(text)
                self._sent = n

    def _take(self, message: dict[str, Any]) -> None:
        if "seen" in message:
            self._seen(int(message["seen"]))
            return
        if message["n"] <= self._had:
            return  # sent again after a break, although it had arrived
        self._had = int(message["n"])
        self._more.set()
        if "refused" in message:
            self._deliver(str(message["refused"]), End("ended"))
        else:
            self._deliver(str(message["call"]), command(message["command"]))

    def _seen(self, number: int) -> None:
        with self._lock:
            while self._unseen and self._unseen[0][0] <= number:
                self._unseen.popleft()
            if not self._unseen:
                self._done.set()

    def _deliver(self, call: str, order: Command) -> None:
        with self._lock:
            loop, on_command = self._jobs.get(call, (None, None))
        if loop is not None and on_command is not None:
            with suppress(RuntimeError):  # the job's loop is closed
                loop.call_soon_threadsafe(on_command, order)

    def _put(self, do: str, **values: Any) -> None:
        with self._lock:
            self._count += 1
            self._unseen.append((self._count, json.dumps({"n": self._count, "do": do, **values})))
        with suppress(RuntimeError):  # this process ends
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._unseen:
            self._done.clear()
            self._more.set()
