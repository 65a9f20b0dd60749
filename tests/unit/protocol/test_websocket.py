"""A worker's connection to the app: what it carries, and what breaks it."""

import asyncio
import base64
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, cast

import pytest
from aiohttp import WSMsgType, web

from agent.calls.recording_writer import RecordingWriter
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.tokens import trainee_token
from agent.protocol.messages import (
    Command,
    End,
    Ended,
    Event,
    Joined,
    RecordingEnded,
    RecordingPart,
    Say,
    Status,
    pack,
)
from agent.protocol.switchboard import Switchboard
from agent.protocol.version import VERSION, Version
from agent.protocol.websocket.client import AppConnection, Offset
from agent.protocol.websocket.server import PATH, REFUSED, RemoteWorkers
from agent.protocol.websocket.worker_token import worker_token
from data.common.clock import steady
from data.recordings import Recordings
from tests.support.clock import PATIENCE, until
from tests.support.fakes.served import listening

ENDPOINT = Endpoint("ws://127.0.0.1:1", "APIkey", "s" * 40)


class Socket:
    """A server's side of a websocket as the app wants it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)

    async def receive(self) -> str | None:
        message = await self._socket.receive()
        return message.data if message.type is WSMsgType.TEXT else None


class Side:
    """The app's side: a switchboard, its workers, and an address that can be cut.

    ``port`` is one that was free when it was opened, unless it is given.
    """

    def __init__(self, port: int = 0, *, reconnect_timeout: float = RECONNECT_TIMEOUT) -> None:
        self.port = port
        self.told: list[Event] = []
        self.board = Switchboard(self.told.append)
        self.board.start()
        self.workers = RemoteWorkers(self.board, reconnect_timeout)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Take workers."""
        self._running = asyncio.create_task(self.workers.run(ENDPOINT))
        app = web.Application()
        app.router.add_get(PATH, self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def cut(self) -> None:
        """Break every connection."""
        for socket in list(self._sockets):
            assert socket._writer is not None
            socket._writer.transport.abort()

    async def close(self) -> None:
        """Be gone."""
        self._running.cancel()
        await self.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.workers.admits(token):
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self.workers.serve(Socket(socket))
        finally:
            self._sockets.discard(socket)
        return socket


@contextlib.asynccontextmanager
async def joined(side: Side, secret: str = ENDPOINT.secret) -> AsyncIterator[AppConnection]:
    """A worker's line to that side."""
    endpoint = Endpoint(ENDPOINT.url, ENDPOINT.key, secret)
    line = AppConnection(f"http://127.0.0.1:{side.port}", lambda id: worker_token(endpoint, id), 3)
    running = asyncio.create_task(line.run())
    try:
        yield line
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.protocol.websocket.client.AGAIN", 0.05)
    monkeypatch.setattr("agent.protocol.websocket.client.REFUSED_AGAIN", 0.05)


@contextlib.asynccontextmanager
async def opened(*, reconnect_timeout: float = RECONNECT_TIMEOUT) -> AsyncIterator[Side]:
    side = Side(reconnect_timeout=reconnect_timeout)
    await side.open()
    try:
        yield side
    finally:
        await side.close()


async def test_a_worker_elsewhere_learns_the_app_s_clock_and_learns_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = steady
    async with opened() as side:
        # The worker's machine was started an hour before the app's.
        monkeypatch.setattr("data.common.clock.steady", lambda: here() + 3600.0)
        monkeypatch.setattr("agent.protocol.websocket.server.clock", SimpleNamespace(steady=here))
        async with joined(side) as line:
            await until(line.found.is_set)
            assert line.time() == pytest.approx(here(), abs=PATIENCE)
            # It sleeps on a clock that does not count that; then the line is made again.
            monkeypatch.setattr("data.common.clock.steady", lambda: here() - 500.0)
            await side.cut()
            await until(lambda: abs(line.time() - here()) < PATIENCE)


def test_the_closer_measure_of_a_clock_is_kept_while_both_can_be() -> None:
    close, rough = Offset(10.0, 0.01), Offset(10.2, 0.4)
    assert rough.or_better(close) == close
    assert close.or_better(rough) == close
    assert rough.or_better(None) == rough
    moved = Offset(99.0, 0.4)
    assert moved.or_better(close) == moved, "the machine was started anew"


async def test_events_come_out_in_their_order_and_commands_go_in() -> None:
    heard: list[Command] = []
    async with opened() as side, joined(side) as line:
        assert line.attach("c1", heard.append)
        line.send(Joined("c1"))
        line.send(Status("c1", "speaking"))
        await until(lambda: len(side.told) == 2)
        assert line.agent_name == side.workers.agent_name
        assert side.board.command("c1", Say("Hello"))
        await until(lambda: heard == [Say("Hello")])
        line.detach("c1")
        line.send(Ended("c1", "ended"))
        await until(lambda: len(side.told) == 3)
        assert side.told == [Joined("c1"), Status("c1", "speaking"), Ended("c1", "ended")]
        assert not side.board.command("c1", Say("anybody?"))


async def test_a_broken_connection_loses_and_doubles_nothing() -> None:
    async with opened() as side, joined(side) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        for number in range(200):
            line.send(Status("c1", str(number)))
            if number % 40 == 20:
                await side.cut()
            await asyncio.sleep(0.002)
        await until(lambda: len(side.told) >= 200)
        await asyncio.sleep(0.1)
        assert [e.status for e in side.told if isinstance(e, Status)] == [*map(str, range(200))]
        assert side.board.command("c1", End("ended"))
        await until(lambda: heard == [End("ended")])


async def test_a_recording_goes_on_where_a_broken_connection_cut_it(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    call, recordings = "a" * 16, Recordings(tmp_path, days=30)
    pages = [secrets.token_bytes(300) for _ in range(100)]
    with ThreadPoolExecutor(1) as thread:
        writer = RecordingWriter(call, recordings.open, thread, lambda: None)
        async with opened() as side, joined(side) as line:
            for number, page in enumerate(pages):
                line.send(RecordingPart(call, number, base64.b64encode(page).decode("ascii")))
                if number % 10 == 5:
                    await asyncio.sleep(0)  # so that some of them are under way
                    await side.cut()
                elif number % 10 == 9:
                    await until(lambda: len(side.told) > 5)
            line.send(RecordingEnded(call, ""))
            await until(lambda: RecordingEnded(call, "") in side.told)
        for event in side.told:
            if isinstance(event, RecordingPart):
                writer.take(event)
        writer.end("")
    path = recordings.find(call)
    assert path is not None
    assert path.read_bytes() == b"".join(pages)
    assert (writer.state, writer.reason) == ("ended", "")


async def test_commands_under_way_when_the_connection_breaks_arrive_once() -> None:
    async with opened() as side, joined(side) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        await line.drained(PATIENCE)
        orders: list[Command] = [Say(str(number)) for number in range(200)]
        for number, order in enumerate(orders):
            if number % 40 == 20:
                # What is sent now meets a socket that is broken, which nobody knows yet.
                await side.cut()
            assert side.board.command("c1", order)
            if number % 10 == 0:
                await asyncio.sleep(0.01)
        await until(lambda: len(heard) >= 200)
        await asyncio.sleep(0.1)
        assert heard == orders


async def test_a_command_that_comes_twice_is_obeyed_once() -> None:
    """As when the connection breaks before the app has heard that it had arrived."""
    connections = 0

    async def take(request: web.Request) -> web.StreamResponse:
        nonlocal connections
        connections += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_json({"agent": "a", "protocol": "1.7", "ack": 0, "clock": 0.0})
        for n, text in ((1, "once"), (2, "twice")) if connections == 1 else ((2, "twice"),):
            await socket.send_json({"n": n, "call": "c1", "command": pack(Say(text))})
        await asyncio.sleep(0.05)
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get(PATH, take)
    runner, port = await listening(app)
    async with joined(Side(port)) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        await until(lambda: connections > 2)
        assert heard == [Say("once"), Say("twice")]
    await runner.cleanup()


async def test_a_worker_that_was_given_up_is_commanded_again() -> None:
    """The app counts for it from the beginning, the worker does not."""
    async with opened(reconnect_timeout=0.0) as side, joined(side) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        await line.drained(PATIENCE)
        side.board.command("c1", Say("first"))
        await until(lambda: len(heard) == 1)
        await side.cut()
        await until(lambda: side.told == [Ended("c1", "worker")])
        line.detach("c1")
        line.attach("c2", heard.append)
        await until(lambda: side.board.command("c2", Say("second")))
        await until(lambda: heard == [Say("first"), Say("second")])


async def test_the_second_worker_with_a_call_is_sent_away_and_not_heard() -> None:
    async with opened() as side, joined(side) as first, joined(side) as second:
        first.attach("c1", lambda order: None)
        await until(lambda: side.board.command("c1", Say("Hello")))
        heard: list[Command] = []
        second.attach("c1", heard.append)
        second.send(Joined("c1"))
        await until(lambda: heard == [End("ended")])
        second.detach("c1")
        second.send(Ended("c1", "ended"))
        await second.drained(PATIENCE)
        assert side.told == []
        assert side.board.command("c1", Say("still there?"))


async def test_the_app_takes_as_many_calls_as_its_workers_do_together() -> None:
    async with opened(reconnect_timeout=0.1) as side:
        assert side.workers.capacity == 0
        async with joined(side) as one, joined(side) as other:
            for line in (one, other):
                line.tell_state("registered")
            await until(lambda: side.workers.capacity == 6)
            other.tell_state("stopped")
            await until(lambda: side.workers.capacity == 3)
        await until(lambda: side.workers.capacity == 0)


async def test_a_call_whose_worker_does_not_come_back_has_failed() -> None:
    async with opened(reconnect_timeout=0.1) as side:
        async with joined(side) as line:
            line.attach("c1", lambda order: None)
            line.tell_state("registered")
            await until(lambda: side.workers.state == "registered")
        await until(lambda: side.told == [Ended("c1", "worker")])
        assert side.workers.state == "down"
        assert "python -m agent.worker" in side.workers.error


async def test_a_worker_that_is_gone_before_its_greeting_is_not_there() -> None:
    class Gone:
        async def send(self, text: str) -> None:
            raise ConnectionResetError

        async def receive(self) -> str | None:
            return json.dumps(
                {"worker": "w", "protocol": str(VERSION), "state": "registered", "ack": 0}
            )

    async with opened(reconnect_timeout=0.1) as side:
        with contextlib.suppress(ConnectionResetError):
            await side.workers.serve(Gone())
        assert side.workers.state == "down"
        await until(lambda: not side.workers._workers)


@pytest.mark.parametrize("greeting", ["", "[]", "{}", "no JSON"])
async def test_an_app_that_does_not_greet_is_asked_again(greeting: str) -> None:
    tries = 0

    async def take(request: web.Request) -> web.StreamResponse:
        nonlocal tries
        tries += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        if greeting:
            await socket.send_str(greeting)
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get(PATH, take)
    runner, port = await listening(app, shutdown_timeout=0.1)
    async with joined(Side(port)):
        await until(lambda: tries >= 3)
    await runner.cleanup()


@contextlib.contextmanager
def version_of(end: str, version: str) -> Iterator[None]:
    """That end, ``server`` (the app) or ``client`` (the worker), is of another release."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"agent.protocol.websocket.{end}.VERSION", Version.of(version))
        yield


@pytest.mark.parametrize(
    ("worker", "remedy"), [("0.9", "Update that worker"), ("2.0", "Update the app")]
)
async def test_a_worker_of_another_version_is_sent_away_with_words(
    worker: str, remedy: str, caplog: pytest.LogCaptureFixture
) -> None:
    with version_of("client", worker):
        async with opened() as side, joined(side) as line:
            await until(lambda: line.refusal)
            assert remedy in line.refusal
            assert side.workers.error == line.refusal
            assert side.workers.health() == {
                "registered": 0,
                "capacity": 0,
                "refused": line.refusal,
            }
            assert not line.found.is_set()
            assert not side.workers._workers
            await until(lambda: caplog.text.count("This worker plays no calls.") == 1)


@pytest.mark.parametrize("protocol", [{}, {"protocol": "0.9"}])
async def test_a_worker_of_before_is_sent_away_with_words(protocol: dict[str, str]) -> None:
    """It told no version, and does not understand why; the app's health says it."""

    class Old:
        def __init__(self) -> None:
            self.told: list[str] = []

        async def send(self, text: str) -> None:
            self.told.append(text)

        async def receive(self) -> str | None:
            return json.dumps({"worker": "w", "state": "registered", "had": 0, **protocol})

    async with opened() as side:
        old = Old()
        await side.workers.serve(old)
        assert [list(json.loads(text)) for text in old.told] == [["protocol", "refused"]]
        assert side.workers.state == "down"
        assert "Update that worker to the release of the app" in side.workers.error


async def test_a_worker_that_was_sent_away_is_forgotten_once_it_asks_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with version_of("client", "0.9"):
        async with opened() as side, joined(side) as line:
            await until(lambda: line.refusal)
            later = steady() + REFUSED
            monkeypatch.setattr("agent.protocol.websocket.server.clock.steady", lambda: later)
            assert not side.workers.refused
            assert "Start one" in side.workers.error


async def test_that_a_worker_was_sent_away_and_that_it_is_forgotten_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent.protocol.websocket.server.REFUSED", -0.9)  # soon over
    told: list[str] = []
    workers = RemoteWorkers(Switchboard(lambda event: None), on_change=lambda: told.append("now"))

    class Old:
        async def send(self, text: str) -> None:
            told.append("sent away")

        async def receive(self) -> str | None:
            return json.dumps({"worker": "w"})

    await workers.serve(Old())
    assert told == ["now", "sent away"]
    await until(lambda: told == ["now", "sent away", "now"])


async def test_a_worker_comes_by_itself_once_the_app_was_updated() -> None:
    async with opened() as side:
        with version_of("client", "2.0"):
            async with joined(side) as line:
                await until(lambda: line.refusal)
                with version_of("server", "2.1"):
                    await until(line.found.is_set)
                    assert not line.refusal
                    line.tell_state("registered")
                    await until(lambda: side.workers.state == "registered")
                    assert not side.workers.error


@pytest.mark.parametrize("welcome", [{}, {"protocol": "2.0"}])
async def test_an_app_of_another_version_gets_no_worker(welcome: dict[str, str]) -> None:
    """One of before greets whoever comes."""

    async def take(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_json({"agent": "a", "seen": 0, "clock": 0.0, **welcome})
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get(PATH, take)
    runner, port = await listening(app, shutdown_timeout=0.1)
    async with joined(Side(port)) as line:
        await until(lambda: line.refusal)
        assert "Update" in line.refusal
        assert not line.found.is_set()
    await runner.cleanup()


async def test_an_app_that_comes_back_in_another_version_ends_the_jobs() -> None:
    async with opened() as side, joined(side) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        await line.drained(PATIENCE)
        with version_of("server", "2.0"):
            await side.cut()
            await until(lambda: heard == [End("interrupted")])
            await until(lambda: line.moved.is_set() and not line.found.is_set())


async def test_what_a_newer_minor_says_beside_the_rest_is_left_unread() -> None:
    class Strange(NamedTuple):
        call: str

        def to_json(self) -> dict[str, object]:
            return {"call": self.call, "mood": "odd"}

    heard: list[Command] = []
    with version_of("client", "1.9"):
        async with opened() as side, joined(side) as line:
            line.attach("c1", heard.append)
            await line.drained(PATIENCE)
            connected = list(side._sockets)
            line.send(cast(Event, Strange("c1")))
            line.send(Joined("c1"))
            await until(lambda: side.told == [Joined("c1")])
            side.board.command("c1", cast(Command, Strange("c1")))
            side.board.command("c1", Say("Hello"))
            await until(lambda: heard == [Say("Hello")])
            assert list(side._sockets) == connected


async def test_a_new_app_ends_the_jobs_of_the_old_one() -> None:
    async with opened() as old, joined(old) as line:
        heard: list[Command] = []
        line.attach("c1", heard.append)
        await line.drained(PATIENCE)
        await old.close()
        new = Side(old.port)
        await new.open()
        await until(line.moved.is_set)
        await until(lambda: heard == [End("interrupted")])
        assert line.agent_name == new.workers.agent_name
        line.send(Ended("c1", "interrupted"))
        await until(lambda: new.told == [Ended("c1", "interrupted")])
        await new.close()


@pytest.mark.parametrize("token", ["", "abc", "other secret", "trainee"])
async def test_only_who_has_the_secret_is_a_worker(token: str) -> None:
    async with opened() as side:
        await until(lambda: side.workers.admits(worker_token(ENDPOINT, "worker-1")))
        match token:
            case "other secret":
                token = worker_token(Endpoint(ENDPOINT.url, ENDPOINT.key, "t" * 40), "worker-1")
            case "trainee":
                token = trainee_token(
                    key=ENDPOINT.key,
                    secret=ENDPOINT.secret,
                    identity="worker-1",
                    name="Ann",
                    room="r",
                )
        assert not side.workers.admits(token)
