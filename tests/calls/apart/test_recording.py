"""The taps of a recording in a real room: what a microphone sends, and what a voice sends."""

import asyncio
import base64
import io
from typing import Any

import av
import numpy as np
import pytest
from livekit import api, rtc
from livekit.agents.voice.room_io._output import _ParticipantAudioOutput

from agent.protocol.messages import Event, RecordingEnded, RecordingPart
from agent.worker.recording.recorder import Recorder
from data.common.clock import CallClock
from tests.support.clock import until
from tests.support.livekit_apart import LiveKitApart

pytestmark = pytest.mark.call

RATE = 24_000
NEAR = 0.3
"""Seconds, of which most is the way through the server on a busy machine."""


def tone(seconds: float) -> rtc.AudioFrame:
    at = np.arange(round(seconds * RATE)) / RATE
    sound = (8000 * np.sin(2 * np.pi * 300 * at)).astype(np.int16)
    return rtc.AudioFrame(sound.tobytes(), RATE, 1, sound.size)


async def joined(server: LiveKitApart, identity: str, room: rtc.Room) -> rtc.Room:
    grants = api.VideoGrants(room_join=True, room="recorded")
    token = api.AccessToken(server.key, server.secret).with_identity(identity).with_grants(grants)
    await room.connect(server.url, token.to_jwt())
    return room


def loud(side: Any, rate: int) -> tuple[float, float]:
    """When that side is first heard, and for how long in all, in seconds."""
    step = rate // 100
    heard = np.abs(side[: side.size // step * step].reshape(-1, step)).max(axis=1) > 0.05
    return float(heard.argmax()) / 100, float(heard.sum()) / 100


async def test_both_voices_of_a_real_room_are_recorded(apart: LiveKitApart) -> None:
    sent: list[Event] = []
    clock = CallClock()
    recorder = Recorder("c1", "trainee-ann", clock, sent.append)
    ours = rtc.Room()
    recorder.start(ours)
    ours, theirs = await asyncio.gather(
        joined(apart, "persona", ours), joined(apart, "trainee-ann", rtc.Room())
    )
    voice = _ParticipantAudioOutput(
        ours, sample_rate=RATE, num_channels=1, track_name="persona",
        track_publish_options=rtc.TrackPublishOptions(),
    )  # fmt: skip
    recorder.follow(voice)  # before it is published, as a session's is
    publishing = asyncio.create_task(voice.start())
    microphone = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("microphone", microphone)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await theirs.local_participant.publish_track(track, options)
    await publication.wait_for_subscription()
    await publishing
    await asyncio.sleep(1.0)
    spoke = clock.now()
    await microphone.capture_frame(tone(0.5))
    await asyncio.sleep(1.0)
    answered = clock.now()
    await voice.capture_frame(tone(5.0))
    voice.flush()
    await asyncio.sleep(1.0)
    voice.clear_buffer()
    cut = clock.now()
    await until(lambda: voice._pushed_duration == 0)
    await recorder.aclose()
    await voice.aclose()
    await asyncio.gather(ours.disconnect(), theirs.disconnect())
    assert sent[-1] == RecordingEnded("c1", "")
    data = b"".join(base64.b64decode(e.sound) for e in sent if isinstance(e, RecordingPart))
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode(audio=0))
    left, right = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    rate = frames[0].sample_rate
    begin, length = loud(left, rate)
    assert begin == pytest.approx(spoke, abs=NEAR)
    assert length == pytest.approx(0.5, abs=0.1)
    begin, length = loud(right, rate)
    assert begin == pytest.approx(answered, abs=NEAR)
    assert length == pytest.approx(cut - answered, abs=NEAR)
