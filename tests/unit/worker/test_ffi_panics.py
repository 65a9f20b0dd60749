"""Joining a room is given up: the process goes on, with what else it does."""

import subprocess
import sys

import pytest

from agent.platform.server.livekit_server import LiveKitServer
from agent.platform.server.tokens import trainee_token

pytestmark = pytest.mark.call

GIVES_UP = """
import asyncio, logging, sys
from livekit import rtc
from agent.worker.worker import Worker

class Told(logging.Handler):
    def emit(self, record):
        loop.call_soon_threadsafe(told.set)

async def main():
    joining = asyncio.create_task(rtc.Room().connect(*sys.argv[1:3]))
    await asyncio.sleep(0)  # the library has the request, and nobody waits for its answer
    joining.cancel()
    await told.wait()
    room = rtc.Room()
    await room.connect(sys.argv[1], sys.argv[3])
    print("joined another:", room.name)
    await room.disconnect()

Worker(None)  # as each process has one that plays calls
logging.getLogger("agent.worker.ffi_panics").addHandler(Told())
loop, told = asyncio.new_event_loop(), asyncio.Event()
loop.run_until_complete(main())
"""


def test_a_join_that_is_given_up_costs_that_room_only(server: LiveKitServer) -> None:
    tickets = [
        trainee_token(
            key=server.key, secret=server.secret, identity="trainee", name="Trainee", room=room
        )
        for room in ("given-up", "another")
    ]
    ended = subprocess.run(
        [sys.executable, "-c", GIVES_UP, server.url, *tickets],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "joined another: another" in ended.stdout, (ended.returncode, ended.stderr)
    assert ended.returncode == 0, ended.stderr
