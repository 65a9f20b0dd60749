"""Workers in other processes, or on other machines, as the app sees them.

Each keeps one connection to the app. Over it come the events of its jobs, and back go the commands,
both numbered, so that none is lost or doubled when the connection breaks. Messages are JSON
objects.

From a worker: first ``{"worker": ID, "state": …, "had": N}``; then ``{"n": 1, "do": …}`` with
``attach`` or ``detach`` and a ``call``, ``event`` and an ``event``, or ``state`` and a ``state``;
``{"had": N}`` says which of the app's messages have arrived.
To a worker: first ``{"agent": NAME, "seen": N, "clock": SECONDS}``, whose ``clock`` is the app's
steady one, on which the calls' times are; then ``{"n": 1, "refused": CALL}`` and
``{"n": 2, "call": CALL, "command": …}``; ``{"seen": N}`` says which of the worker's have arrived.
"""

import asyncio
import json
import logging
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.server.endpoint import Endpoint
from agent.protocol.messages import Command, Ended, event, pack
from agent.protocol.switchboard import Switchboard
from agent.protocol.websocket.outbox import Outbox
from data.common import clock

log = logging.getLogger(__name__)

PATH = "/api/worker"
"""Where the app takes workers, by websocket."""
FIRST = 10.0
"""Seconds that a worker may take to say who it is."""


class Connection(Protocol):
    """One worker's connection; ``receive`` is None at its end, both may raise ``OSError``."""

    async def send(self, text: str) -> None: ...

    async def receive(self) -> str | None: ...


@dataclass
class _Remote:
    """One worker; it stays the same over its connections."""

    id: str
    state: str = "starting"
    seen: int = 0
    calls: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    outbox: Outbox = field(default_factory=Outbox)
    connection: Connection | None = None
    lost: asyncio.TimerHandle | None = None


class RemoteWorkers:
    """Joins the jobs of all remote workers to the switchboard; lives on the app's loop.

    To the voice service it is what ``agent.worker.worker.Worker`` is for this process. The calls of
    a worker that is away for longer than ``reconnect_timeout`` seconds have failed.
    """

    def __init__(self, board: Switchboard, reconnect_timeout: float = RECONNECT_TIMEOUT) -> None:
        self.agent_name = f"rehearsal-{secrets.token_hex(4)}"
        self._board = board
        self._reconnect_timeout = reconnect_timeout
        self._endpoint: Endpoint | None = None
        self._workers: dict[str, _Remote] = {}

    @property
    def error(self) -> str:
        """What keeps calls from being made."""
        return (
            ""
            if self.state == "registered"
            else "No worker is there to play the customer. Start one: "
            "python -m agent.worker --app (this address)."
        )

    @property
    def state(self) -> str:
        """``registered`` when at least one worker takes calls."""
        there = [w for w in self._workers.values() if w.connection is not None]
        return "registered" if any(w.state == "registered" for w in there) else "down"

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
        values = json.loads(first or "{}")
        name, had = str(values["worker"]), int(values.get("had", 0))
        remote = self._workers.setdefault(name, _Remote(name))
        remote.state = str(values.get("state", ""))
        remote.connection = connection
        remote.outbox.arrived(had)
        if remote.lost is not None:
            remote.lost.cancel()
        try:
            await self._converse(remote, connection)
        finally:
            if remote.connection is connection:  # it has not come back meanwhile
                remote.connection = None
                loop = asyncio.get_running_loop()
                remote.lost = loop.call_later(self._reconnect_timeout, self._give_up, remote)

    async def _converse(self, remote: _Remote, connection: Connection) -> None:
        """Greet that worker; then hear it, and send what there is for it, until the end."""
        welcome = {"agent": self.agent_name, "seen": remote.seen, "clock": clock.steady()}
        await connection.send(json.dumps(welcome))
        writing = asyncio.create_task(remote.outbox.feed(connection.send))
        try:
            while (text := await connection.receive()) is not None:
                self._take(remote, json.loads(text))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    def _take(self, remote: _Remote, message: dict[str, Any]) -> None:
        if "had" in message:
            remote.outbox.arrived(int(message["had"]))
            return
        if message["n"] <= remote.seen:
            return  # sent again after a break, although it had arrived
        remote.seen = message["n"]
        remote.outbox.confirm(remote.seen)
        match message["do"]:
            case "state":
                remote.state = str(message["state"])
            case "attach":
                self._attach(remote, str(message["call"]))
            case "detach":
                self._detach(remote, str(message["call"]))
            case "event":
                told = event(message["event"])
                if told.call not in remote.refused:
                    self._board.send(told)

    def _attach(self, remote: _Remote, call: str) -> None:
        def on_command(order: Command) -> None:
            remote.outbox.put({"call": call, "command": pack(order)})

        if self._board.attach(call, on_command):
            remote.calls.add(call)
        else:
            remote.refused.add(call)
            remote.outbox.put({"refused": call})

    def _detach(self, remote: _Remote, call: str) -> None:
        if call in remote.calls:
            remote.calls.discard(call)
            self._board.detach(call)

    def _give_up(self, remote: _Remote) -> None:
        log.warning("worker %s did not come back; %d calls end", remote.id, len(remote.calls))
        self._workers.pop(remote.id, None)
        for call in sorted(remote.calls):
            self._board.detach(call)
            self._board.send(Ended(call, "worker"))
