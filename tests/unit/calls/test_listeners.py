"""A listener's ear ends with its page, whoever kept its token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from livekit import rtc

from agent.calls import listeners
from agent.calls.listeners import STRANGER
from agent.calls.live_call import LiveCall
from agent.calls.livekit_rooms import LiveKitRooms
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.livekit_server import LiveKitServer
from tests.support.clock import until
from tests.support.live_calls import Studio


@pytest.fixture
async def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    monkeypatch.setattr(listeners, "LOOK", 0.02)
    studio = Studio(tmp_path)
    yield studio
    await studio.calls.aclose()
    studio.store.close()


def enter(studio: Studio, token: str) -> str:
    """Somebody enters the room with that token."""
    identity = token.split("|")[1]
    studio.jobs.people.append(identity)
    return identity


async def test_an_ear_is_put_out_when_its_page_goes_and_each_time_it_comes_again(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    page, other = studio.calls.admit_listener(call), studio.calls.admit_listener(call)
    gone, stays = enter(studio, page.token), enter(studio, other.token)
    page.close()
    await until(lambda: studio.jobs.removed == [gone])
    enter(studio, page.token)
    await until(lambda: studio.jobs.removed == [gone, gone])
    assert studio.jobs.people == ["trainee-trainee", "agent-x", stays]


async def test_the_trainee_is_told_of_an_ear_without_a_page_until_it_is_gone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = (await studio.begin()).call
    page = studio.calls.admit_listener(call)
    told: list[tuple[str, ...]] = []
    call.subscribe(lambda event: told.append(call.coaching.listeners))
    page.close()
    enter(studio, page.token)
    await until(lambda: told == [(STRANGER,), ()])


async def test_a_look_that_fails_ends_no_watch(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = (await studio.begin()).call
    page = studio.calls.admit_listener(call)
    gone = enter(studio, page.token)
    sees, failed = studio.jobs.participants, asyncio.Event()

    async def fail(room: str) -> list[str]:
        failed.set()
        raise KeyError("a fault of ours")

    monkeypatch.setattr(studio.jobs, "participants", fail)
    page.close()
    await failed.wait()
    monkeypatch.setattr(studio.jobs, "participants", sees)
    await until(lambda: studio.jobs.removed == [gone])


async def test_nobody_is_looked_for_once_the_call_is_over_or_the_server_gone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def refuse(room: str) -> list[str]:
        nonlocal looks
        looks += 1
        raise RuntimeError("the voice service is not up")

    monkeypatch.setattr(studio.jobs, "participants", refuse)
    call = (await studio.begin()).call
    studio.calls.admit_listener(call)
    await until(lambda: looks > 2)
    call.hang_up()
    await until(lambda: not studio.calls._tasks)


async def test_a_call_that_is_over_lets_nobody_listen_and_is_not_watched(studio: Studio) -> None:
    call = (await studio.begin()).call
    call.hang_up()
    await until(lambda: not studio.calls._tasks)
    with pytest.raises(RuntimeError, match="over"):
        studio.calls.admit_listener(call)
    assert not studio.calls._tasks


@pytest.mark.call
async def test_the_server_puts_a_hidden_ear_out(
    server: LiveKitServer, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Endpoint(server.url, server.key, server.secret)
    rooms = LiveKitRooms(lambda: endpoint, "nobody")
    call: LiveCall = (await studio.begin()).call
    for name in ("listener_access", "participants", "remove"):
        monkeypatch.setattr(studio.jobs, name, getattr(rooms, name))
    page = studio.calls.admit_listener(call)
    room, out = rtc.Room(), asyncio.Event()
    room.on("disconnected", lambda reason: out.set())
    await room.connect(page.server_url, page.token)
    page.close()
    await asyncio.wait_for(out.wait(), 30)
    await room.disconnect()
