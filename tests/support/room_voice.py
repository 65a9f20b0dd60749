"""LiveKit's own output of a session, with a source that plays by the loop's clock, and no room."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc
from livekit.agents.voice.room_io._output import _ParticipantAudioOutput

from tests.support.clock import now

RATE = 24_000
QUEUE = 0.2
"""Seconds that the source takes ahead of what sounds."""


class Source:
    """In the place of ``rtc.AudioSource``, which plays in real time."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._until = 0.0

    @property
    def queued_duration(self) -> float:
        return max(0.0, self._until - now())

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        self._until = max(self._until, now()) + frame.duration
        await asyncio.sleep(max(0.0, self.queued_duration - QUEUE))

    def clear_queue(self) -> None:
        self._until = now()

    async def wait_for_playout(self) -> None:
        await asyncio.sleep(self.queued_duration)

    async def aclose(self) -> None:
        self._until = now()


def room_voice(patch: pytest.MonkeyPatch) -> _ParticipantAudioOutput:
    """The output of a session in a room where somebody listens."""
    patch.setattr(rtc, "AudioSource", Source)
    options: Any = None
    room: Any = None
    voice = _ParticipantAudioOutput(
        room, sample_rate=RATE, num_channels=1, track_publish_options=options
    )
    voice._subscribed_fut.set_result(None)
    voice._forwarding_task = asyncio.create_task(voice._forward_audio())
    return voice


class Microphone:
    """The stream of a track that is published: ``rtc.AudioStream`` without a server."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue()
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[Any]:
        while True:
            yield SimpleNamespace(frame=await self.frames.get())

    async def aclose(self) -> None:
        self.closed = True

    def publish(self, room: Any, identity: str = "trainee-ann") -> None:
        """The track comes into that room; ``from_track`` of ``streams`` gives this one for it."""
        publication = SimpleNamespace(source=rtc.TrackSource.SOURCE_MICROPHONE)
        room.emit("track_subscribed", self, publication, SimpleNamespace(identity=identity))


def streams(patch: pytest.MonkeyPatch) -> None:
    """Tracks are microphones of tests from now on."""
    patch.setattr(rtc.AudioStream, "from_track", lambda track, **_: track)
