"""Workers in other processes, or on other machines, as the app sees them.

Each keeps one connection to the app. Over it come the events of its jobs, and back go the commands,
both numbered, so that none is lost or doubled when the connection breaks (see ``delivery``).
Messages are JSON objects.

From a worker: first ``{"worker": ID, "protocol": VERSION, "capacity": CALLS, "state": …,
"ack": N}``, where ``capacity`` is how many calls it takes at once; then ``{"n": 1, "do": …}`` with
``attach`` or ``detach`` and a ``call``, ``event`` and an ``event``, or ``state`` and a ``state``.
To a worker: first ``{"agent": NAME, "protocol": VERSION, "ack": N, "clock": SECONDS}``, whose
``clock`` is the app's steady one, on which the calls' times are; then ``{"n": 1, "refused": CALL}``
and ``{"n": 2, "call": CALL, "command": …}``. A worker of another version is sent away instead with
``{"protocol": VERSION, "refused": WORDS}``.
From both, ``{"ack": N}`` says how many of the other's messages have arrived.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.server.endpoint import Endpoint
from agent.protocol.messages import Command, Ended, UnknownKind, event, pack
from agent.protocol.switchboard import Switchboard
from agent.protocol.version import VERSION, Version, mismatch
from agent.protocol.websocket.delivery import Delivery
from data.common import clock

log = logging.getLogger(__name__)

PATH = "/api/worker"
"""Where the app takes workers, by websocket."""
FIRST = 10.0
"""Seconds that a worker may take to say who it is."""
REFUSED = 60.0
"""Seconds for which a worker of another version is told of; it asks again more often."""


class Connection(Protocol):
    """One worker's connection; ``receive`` is None at its end, both may raise ``OSError``."""

    async def send(self, text: str) -> None: ...

    async def receive(self) -> str | None: ...


@dataclass
class _Worker:
    """One worker; it stays the same over its connections."""

    id: str
    state: str = "starting"
    capacity: int = 0
    calls: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    delivery: Delivery = field(default_factory=Delivery)
    connection: Connection | None = None
    lost: asyncio.TimerHandle | None = None


class _Refusal(NamedTuple):
    """A worker of another version; it asked ``at`` that time of the steady clock."""

    version: Version
    at: float


class RemoteWorkers:
    """Joins the jobs of all workers elsewhere to the switchboard; lives on the app's loop.

    To the voice service it is what ``agent.worker.worker.Worker`` is for this process. The calls of
    a worker that is away for longer than ``reconnect_timeout`` seconds have failed. ``on_change``
    is called when ``state`` or ``error`` may be another one.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        reconnect_timeout: float = RECONNECT_TIMEOUT,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.agent_name = f"rehearsal-{secrets.token_hex(4)}"
        self._switchboard = switchboard
        self._reconnect_timeout = reconnect_timeout
        self._on_change = on_change
        self._endpoint: Endpoint | None = None
        self._workers: dict[str, _Worker] = {}
        self._refused: dict[str, _Refusal] = {}

    @property
    def error(self) -> str:
        """What keeps calls from being made."""
        if self.state == "registered":
            return ""
        return self.refused or (
            "No worker is there to play the customer. Start one: "
            "python -m agent.worker --app (this address)."
        )

    @property
    def refused(self) -> str:
        """Why a worker that asks to come is sent away, and what helps; "" when none is."""
        since = clock.steady() - REFUSED
        asked = [refusal.version for refusal in self._refused.values() if refusal.at > since]
        return mismatch(min(asked), VERSION) if asked else ""

    @property
    def state(self) -> str:
        """``registered`` when at least one worker takes calls."""
        return "registered" if self._registered() else "down"

    @property
    def capacity(self) -> int:
        """How many calls those that take some take together."""
        return sum(worker.capacity for worker in self._registered())

    def health(self) -> dict[str, Any]:
        """How many of them take calls, how many calls that is, and why others are sent away."""
        registered = len(self._registered())
        return {"registered": registered, "capacity": self.capacity, "refused": self.refused}

    async def run(self, endpoint: Endpoint) -> None:
        """Take workers of that LiveKit server until cancelled."""
        self._endpoint = endpoint
        await asyncio.get_running_loop().create_future()

    def admits(self, token: str) -> bool:
        """Whether that is the token of a worker."""
        from agent.protocol.websocket.worker_token import is_worker  # slow to import

        return self._endpoint is not None and is_worker(self._endpoint, token)

    async def serve(self, connection: Connection) -> None:
        """Speak with one admitted worker until its connection ends."""
        first = await asyncio.wait_for(connection.receive(), FIRST)
        greeting = json.loads(first or "{}")
        name, version = str(greeting["worker"]), Version.of(greeting.get("protocol"))
        if words := mismatch(version, VERSION):
            await self._refuse(connection, name, version, words)
            return
        worker = self._workers.setdefault(name, _Worker(name))
        worker.state = str(greeting.get("state", ""))
        worker.capacity = int(greeting.get("capacity", 0))
        worker.connection = connection
        worker.delivery.acknowledged(int(greeting.get("ack", 0)))
        if worker.lost is not None:
            worker.lost.cancel()
        self._on_change()
        try:
            await self._converse(worker, connection)
        finally:
            if worker.connection is connection:  # it has not come back meanwhile
                worker.connection = None
                self._on_change()
                loop = asyncio.get_running_loop()
                worker.lost = loop.call_later(self._reconnect_timeout, self._give_up, worker)

    async def _refuse(
        self, connection: Connection, name: str, version: Version, words: str
    ) -> None:
        if name not in self._refused:
            log.error("worker %s is sent away. %s", name, words)
        now = clock.steady()
        kept = {id: each for id, each in self._refused.items() if each.at > now - REFUSED}
        self._refused = {**kept, name: _Refusal(version, now)}
        self._on_change()
        # The clocks of loop and app differ where a machine sleeps: it is looked at a bit later.
        asyncio.get_running_loop().call_later(REFUSED + 1.0, self._on_change)
        await connection.send(json.dumps({"protocol": str(VERSION), "refused": words}))

    async def _converse(self, worker: _Worker, connection: Connection) -> None:
        """Greet that worker; then hear it, and send what there is for it, until the end."""
        welcome = {
            "agent": self.agent_name,
            "protocol": str(VERSION),
            "ack": worker.delivery.received,
            "clock": clock.steady(),
        }
        await connection.send(json.dumps(welcome))
        writing = asyncio.create_task(worker.delivery.feed(connection.send))
        try:
            while (text := await connection.receive()) is not None:
                self._take(worker, json.loads(text))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    def _take(self, worker: _Worker, message: dict[str, Any]) -> None:
        if "ack" in message:
            worker.delivery.acknowledged(int(message["ack"]))
            return
        if not worker.delivery.take(int(message["n"])):
            return
        match message["do"]:
            case "state":
                worker.state = str(message["state"])
                self._on_change()
            case "attach":
                self._attach(worker, str(message["call"]))
            case "detach":
                self._detach(worker, str(message["call"]))
            case "event":
                self._hand_on(worker, message["event"])

    def _hand_on(self, worker: _Worker, values: Any) -> None:
        try:
            told = event(values)
        except UnknownKind as unknown:
            log.info("worker %s: %s", worker.id, unknown)
            return
        if told.call not in worker.refused:
            self._switchboard.send(told)

    def _attach(self, worker: _Worker, call: str) -> None:
        def on_command(order: Command) -> None:
            worker.delivery.put({"call": call, "command": pack(order)})

        if self._switchboard.attach(call, on_command):
            worker.calls.add(call)
        else:
            worker.refused.add(call)
            worker.delivery.put({"refused": call})

    def _detach(self, worker: _Worker, call: str) -> None:
        if call in worker.calls:
            worker.calls.discard(call)
            self._switchboard.detach(call)

    def _give_up(self, worker: _Worker) -> None:
        log.warning("worker %s did not come back; %d calls end", worker.id, len(worker.calls))
        self._workers.pop(worker.id, None)
        for call in sorted(worker.calls):
            self._switchboard.detach(call)
            self._switchboard.send(Ended(call, "worker"))

    def _registered(self) -> list[_Worker]:
        """Those that take calls now."""
        here = [each for each in self._workers.values() if each.connection is not None]
        return [each for each in here if each.state == "registered"]
