"""A worker's connection to the app: its jobs' events go out over it, and their commands come in.

What is said over it, see ``agent.protocol.websocket.server``.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import aiohttp

from agent.protocol.messages import Command, End, Event, UnknownKind, command, pack
from agent.protocol.switchboard import LocalJobs
from agent.protocol.version import VERSION, OtherVersion, Version, mismatch
from agent.protocol.websocket.delivery import Delivery
from agent.protocol.websocket.server import PATH
from data.common import clock

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds before a connection that ended is made again."""
REFUSED_AGAIN = 15.0
"""Seconds before an app of another version is asked again: it may have been updated by then."""
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

    ``agent_name`` is known while ``found`` is set; ``moved`` is set when it has changed: the app
    was started anew, and the jobs of the old one are told to end. ``refusal`` says why the app
    takes nothing from this worker, and what helps; "" while it does. ``capacity`` is how many
    calls this worker takes at once.
    """

    def __init__(self, app: str, token: Callable[[str], str], capacity: int) -> None:
        self.agent_name = ""
        self.state = "starting"
        self.found = asyncio.Event()
        self.moved = asyncio.Event()
        self.refusal = ""
        self._app = app.rstrip("/")
        self._token = token
        self._capacity = capacity
        self._id = f"worker-{secrets.token_hex(8)}"
        self._loop = asyncio.get_running_loop()
        self._jobs = LocalJobs()
        self._delivery = Delivery()
        self._offset: Offset | None = None

    def time(self) -> float:
        """The app's steady clock, as the last greetings told it."""
        return clock.steady() + (self._offset.seconds if self._offset is not None else 0.0)

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool:
        """Called on the job's loop; False when this process plays the call already.

        When another worker does, the job is told to end as soon as the app has said so.
        """
        if not self._jobs.attach(call, on_command):
            return False
        self._put("attach", call=call)
        return True

    def detach(self, call: str) -> None:
        """Forget the job of that call."""
        self._jobs.detach(call)
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
                pause = AGAIN
                try:
                    await self._connect(session)
                except OtherVersion as error:
                    self._refused(str(error))
                    pause = REFUSED_AGAIN
                except _BROKEN as error:
                    log.warning("no connection to the app: %s", error)
                await asyncio.sleep(pause)

    async def drained(self, seconds: float) -> None:
        """Until the app has everything, for so long at most."""
        await asyncio.sleep(0)  # what the jobs have just put comes first
        with suppress(TimeoutError):
            await asyncio.wait_for(self._delivery.delivered.wait(), seconds)

    async def _connect(self, session: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {self._token(self._id)}"}
        async with asyncio.timeout(LIMIT):
            socket = await session.ws_connect(self._app + PATH, headers=headers, heartbeat=LIMIT)
        async with socket:
            asked = clock.steady()
            await socket.send_json(
                {
                    "worker": self._id,
                    "protocol": str(VERSION),
                    "capacity": self._capacity,
                    "state": self.state,
                    "ack": self._delivery.received,
                }
            )
            welcome = await socket.receive_json(timeout=LIMIT)
            told = clock.steady()
            self._check_version(welcome)
            self._learn_time(float(welcome["clock"]), asked, told)
            self._greeted(str(welcome["agent"]), int(welcome["ack"]))
            writing = asyncio.create_task(self._delivery.feed(socket.send_str))
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._take(json.loads(message.data))
            finally:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _check_version(self, welcome: dict[str, Any]) -> None:
        words = str(welcome["refused"]) if "refused" in welcome else ""
        if not words and "agent" in welcome:  # an app of before versions refuses nobody
            words = mismatch(VERSION, Version.of(welcome.get("protocol")))
        if words:
            raise OtherVersion(words)
        self.refusal = ""

    def _refused(self, words: str) -> None:
        """For as long as it is so, this worker plays nothing; the console is told once."""
        if words != self.refusal:
            log.error("This worker plays no calls. %s", words)
        self.refusal = words
        if self.agent_name:  # the app that it played for is gone
            self.agent_name = ""
            self.found.clear()
            self._dismiss()
            self.moved.set()

    def _learn_time(self, app: float, asked: float, told: float) -> None:
        """The app's clock was at ``app`` between these two readings of ours."""
        learned = Offset(app - (asked + told) / 2, (told - asked) / 2)
        self._offset = learned.or_better(self._offset)

    def _greeted(self, name: str, received: int) -> None:
        if self.agent_name not in ("", name):
            self._dismiss()
            self.moved.set()
        self.agent_name = name
        self.found.set()
        self._delivery.acknowledged(received)

    def _dismiss(self) -> None:
        """The calls of these jobs went down with the app."""
        self._delivery.forget()
        for call in self._jobs.calls():
            self._jobs.command(call, End("interrupted"))

    def _take(self, message: dict[str, Any]) -> None:
        if "ack" in message:
            self._delivery.acknowledged(int(message["ack"]))
            return
        if not self._delivery.take(int(message["n"])):
            return
        if "refused" in message:
            self._jobs.command(str(message["refused"]), End("ended"))
            return
        try:
            self._jobs.command(str(message["call"]), command(message["command"]))
        except UnknownKind as unknown:
            log.info("the app: %s", unknown)

    def _put(self, do: str, **values: Any) -> None:
        with suppress(RuntimeError):  # this process ends
            self._loop.call_soon_threadsafe(self._delivery.put, {"do": do, **values})
