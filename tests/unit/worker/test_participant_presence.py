"""What a job can tell of its room, with the real LiveKit server."""

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest
from livekit import rtc

from agent.calls.livekit_rooms import LiveKitRooms
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.livekit_server import LiveKitServer
from agent.protocol.brief import Brief
from agent.worker.participant_presence import server_answers

pytestmark = pytest.mark.call


@pytest.fixture
async def trainee(server: LiveKitServer) -> AsyncIterator[rtc.Room]:
    """A room that the app has made, entered by its trainee, who speaks."""
    endpoint = Endpoint(server.url, server.key, server.secret)
    rooms = LiveKitRooms(lambda: endpoint, "nobody", RECONNECT_TIMEOUT)
    await rooms.dispatch("call-1", Brief("c1", "ann", "", "v1", "offline", "trainee"))
    room = rtc.Room()
    await room.connect(*rooms.trainee_access("call-1", "trainee", "Trainee"))
    track = rtc.LocalAudioTrack.create_audio_track("mic", rtc.AudioSource(48000, 1))
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)
    yield room
    await room.disconnect()


async def test_a_room_outlasts_a_trainee_who_may_come_back(trainee: rtc.Room) -> None:
    assert trainee.departure_timeout > RECONNECT_TIMEOUT
    assert trainee.empty_timeout > RECONNECT_TIMEOUT


async def test_a_server_that_stands_still_answers_nobody(
    server: LiveKitServer, trainee: rtc.Room
) -> None:
    assert await server_answers(trainee)
    process = psutil.Process(server.pid)
    process.suspend()
    try:
        await asyncio.sleep(0.5)  # what is under way arrives
        assert not await server_answers(trainee)
    finally:
        process.resume()
    assert await server_answers(trainee)
