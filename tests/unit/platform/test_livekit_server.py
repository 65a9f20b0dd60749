"""Our own LiveKit server: loopback only, back after a death, and gone with the app."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest
from livekit import rtc

from agent.platform.server.livekit_server import LiveKitServer, answers
from agent.platform.server.tokens import trainee_token
from tests.support.clock import until

pytestmark = pytest.mark.call

QUICK = 30.0
"""Seconds that a stop may take on a busy machine; where it waits for somebody, it never ends."""


def port_of(server: LiveKitServer) -> int:
    return int(server.url.rpartition(":")[2])


async def up_again(states: "asyncio.Queue[str]") -> None:
    async with asyncio.timeout(60):
        while await states.get() != "restarting":
            pass
        while await states.get() != "up":
            pass


def ticket(server: LiveKitServer, room: str) -> str:
    return trainee_token(
        key=server.key,
        secret=server.secret,
        identity="trainee",
        name="Trainee",
        room=room,
    )


async def test_it_listens_on_loopback_only(server: LiveKitServer) -> None:
    assert server.state == "up"
    sockets = psutil.Process(server.pid).net_connections("inet")
    waiting = [s for s in sockets if s.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)]
    assert len(waiting) == 2  # one TCP, one UDP
    assert {s.laddr.ip for s in sockets} == {"127.0.0.1"}


async def test_its_secret_is_not_on_the_command_line(server: LiveKitServer) -> None:
    assert server.secret not in " ".join(psutil.Process(server.pid).cmdline())
    await until(lambda: server.log.exists() and server.log.read_text())
    assert server.secret not in server.log.read_text()


async def test_killed_it_comes_back_at_the_same_address(
    server: LiveKitServer, states: "asyncio.Queue[str]"
) -> None:
    url, key, pid = server.url, server.key, server.pid
    psutil.Process(pid).kill()
    await up_again(states)
    assert (server.url, server.key) == (url, key)
    assert server.pid != pid


async def test_a_taken_port_is_replaced(binary: Path, tmp_path: Path) -> None:
    server = LiveKitServer(binary, tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port_of(server)))
        other.listen()
        taken = server.url
        await server.start()
        assert server.state == "up"
        assert server.url != taken
    await server.stop()


async def test_stop_is_quick_at_any_moment(binary: Path, tmp_path: Path) -> None:
    server = LiveKitServer(binary, tmp_path)
    for pause in (0, 0.02, 0.2):  # in the first 0.1 s it swallows the first SIGTERM
        starting = asyncio.create_task(server.start())
        await asyncio.sleep(pause)
        async with asyncio.timeout(QUICK):
            await server.stop()
        await starting
        assert not await answers(port_of(server))
        assert server.state == "stopped"


async def test_stop_does_not_wait_for_people_in_a_room(server: LiveKitServer) -> None:
    room = rtc.Room()
    await room.connect(server.url, ticket(server, "r1"))
    pid = server.pid
    async with asyncio.timeout(QUICK):
        await server.stop()
    assert not psutil.pid_exists(pid)
    await room.disconnect()


async def test_a_program_that_cannot_run_is_told_in_words(tmp_path: Path) -> None:
    server = LiveKitServer(tmp_path / "missing", tmp_path)
    await server.start()
    assert server.state == "failed"
    assert "missing" in server.error
    assert str(server.log) in server.error
    await server.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")
async def test_a_server_that_hangs_is_started_again(
    binary: Path, tmp_path: Path, states: "asyncio.Queue[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.platform.server.livekit_server.CHECK_EVERY", 0.05)
    monkeypatch.setattr("agent.platform.server.livekit_server.CHECKS", 1)
    server = LiveKitServer(binary, tmp_path, states.put_nowait)
    await server.start()
    os.kill(server.pid, signal.SIGSTOP)
    await up_again(states)
    await server.stop()
