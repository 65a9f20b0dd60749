"""What a trainee's token allows, and what the server refuses with it."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from livekit import rtc
from livekit.api import TokenVerifier

from agent.platform.server.livekit_server import LiveKitServer
from agent.platform.server.tokens import MOST_LISTENERS, listener_token, trainee_token

KEY, SECRET = "APIkey", "s" * 40


def token(key: str = KEY, secret: str = SECRET, **changes: Any) -> str:
    given = {
        "identity": "trainee-1",
        "name": "Trainee",
        "room": "call-1",
    }
    return trainee_token(key=key, secret=secret, **(given | changes))


def test_it_allows_one_room_and_the_microphone() -> None:
    claims = TokenVerifier(KEY, SECRET).verify(token())
    grants = claims.video
    assert grants is not None
    assert (grants.room_join, grants.room) == (True, "call-1")
    assert grants.can_publish_sources == ["microphone"]
    assert grants.can_subscribe
    assert grants.can_publish_data is False
    rights = (grants.room_create, grants.room_list, grants.room_admin, grants.room_record)
    assert not any((*rights, grants.hidden, grants.agent, grants.can_update_own_metadata))
    assert (claims.identity, claims.name) == ("trainee-1", "Trainee")


def test_its_room_has_place_for_listeners_and_asks_for_nobody() -> None:
    claims = TokenVerifier(KEY, SECRET).verify(token())
    assert claims.room_config is not None
    assert claims.room_config.max_participants > MOST_LISTENERS + 1, "who listens keeps nobody out"
    assert not claims.room_config.agents


@pytest.mark.parametrize("ttl", [timedelta(minutes=11), timedelta(0), timedelta(seconds=-1)])
def test_it_lives_ten_minutes_at_most(ttl: timedelta) -> None:
    with pytest.raises(ValueError, match="ten minutes"):
        token(ttl=ttl)


def test_it_names_a_room() -> None:
    with pytest.raises(ValueError, match="every room"):
        token(room="")


def test_one_who_listens_is_hidden_and_can_do_nothing_else() -> None:
    made = listener_token(key=KEY, secret=SECRET, identity="listener-1", room="call-1")
    claims = TokenVerifier(KEY, SECRET).verify(made)
    grants = claims.video
    assert grants is not None
    assert (grants.room_join, grants.room, grants.hidden) == (True, "call-1", True)
    assert grants.can_subscribe
    gives = (grants.can_publish, grants.can_publish_data, grants.can_publish_sources)
    assert not any(gives)
    rights = (grants.room_create, grants.room_list, grants.room_admin, grants.room_record)
    assert not any((*rights, grants.agent, grants.recorder, grants.can_update_own_metadata))
    assert (claims.identity, claims.name) == ("listener-1", "")
    assert claims.room_config is not None
    assert not claims.room_config.agents
    now = int(time.time())
    expires = json.loads(base64.urlsafe_b64decode(made.split(".")[1] + "=="))["exp"]
    assert now < expires <= now + 600


def test_one_who_listens_does_so_in_one_room() -> None:
    with pytest.raises(ValueError, match="every room"):
        listener_token(key=KEY, secret=SECRET, identity="listener-1", room="")


@pytest.fixture
async def room(server: LiveKitServer) -> AsyncIterator[rtc.Room]:
    """A room entered with a token that names it."""
    room = rtc.Room()
    await room.connect(server.url, token(server.key, server.secret))
    yield room
    await room.disconnect()


@pytest.mark.call
async def test_the_server_lets_it_in_that_room_only(room: rtc.Room) -> None:
    assert room.name == "call-1"


@pytest.mark.call
async def test_the_server_takes_a_microphone(room: rtc.Room) -> None:
    track = rtc.LocalAudioTrack.create_audio_track("mic", rtc.AudioSource(48000, 1))
    assert await taken(room, track, rtc.TrackSource.SOURCE_MICROPHONE, 30.0)


@pytest.mark.call
async def test_the_server_takes_no_sound_of_a_screen(room: rtc.Room) -> None:
    track = rtc.LocalAudioTrack.create_audio_track("screen", rtc.AudioSource(48000, 1))
    assert not await taken(room, track, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)


@pytest.mark.call
async def test_the_server_takes_no_camera(room: rtc.Room) -> None:
    track = rtc.LocalVideoTrack.create_video_track("camera", rtc.VideoSource(320, 240))
    assert not await taken(room, track, rtc.TrackSource.SOURCE_CAMERA)


async def taken(
    room: rtc.Room,
    track: rtc.LocalTrack,
    source: "rtc.TrackSource.ValueType",
    seconds: float = 2.0,
) -> bool:
    """Whether the server takes the track; it never answers for one that it does not take."""
    options = rtc.TrackPublishOptions(source=source)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await room.local_participant.publish_track(track, options)
            return True
    return False


@pytest.mark.call
async def test_the_server_refuses_another_secret(server: LiveKitServer) -> None:
    room = rtc.Room()
    with pytest.raises(rtc.ConnectError):
        await room.connect(server.url, token(server.key, "x" * 40))


@pytest.mark.call
async def test_the_server_hides_who_listens_and_takes_nothing_from_them(
    server: LiveKitServer, room: rtc.Room
) -> None:
    came: list[str] = []
    got: list[bytes] = []
    room.on("participant_connected", lambda who: came.append(who.identity))
    room.on("data_received", lambda packet: got.append(packet.data))
    listener = rtc.Room()
    hidden = listener_token(
        key=server.key, secret=server.secret, identity="listener-1", room="call-1"
    )
    await listener.connect(server.url, hidden)
    try:
        assert list(listener.remote_participants) == ["trainee-1"]
        track = rtc.LocalAudioTrack.create_audio_track("mic", rtc.AudioSource(48000, 1))
        assert not await taken(listener, track, rtc.TrackSource.SOURCE_MICROPHONE)
        with suppress(Exception):
            await listener.local_participant.publish_data("psst", topic="chat")
    finally:
        await listener.disconnect()
    await asyncio.sleep(0.2)
    assert (dict(room.remote_participants), came, got) == ({}, [], [])


@pytest.mark.call
async def test_an_ear_that_is_hidden_does_not_start_the_voice(
    server: LiveKitServer, room: rtc.Room
) -> None:
    """The persona waits until the trainee takes its voice, whoever else does."""
    listener = rtc.Room()
    hidden = listener_token(
        key=server.key, secret=server.secret, identity="listener-1", room="call-1"
    )
    heard = asyncio.Event()
    listener.on("track_subscribed", lambda *_: heard.set())
    await listener.connect(server.url, hidden)
    try:
        track = rtc.LocalAudioTrack.create_audio_track("mic", rtc.AudioSource(48000, 1))
        publication = await room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )
        await asyncio.wait_for(heard.wait(), 30)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publication.wait_for_subscription(), 1)
    finally:
        await listener.disconnect()
