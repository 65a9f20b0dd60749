"""Where a call's sound is taken: the trainee's from the room, the customer's before it is sent."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from livekit import rtc
from livekit.agents.voice import io

from agent.worker.recording.timeline import RATE

FRAME = 60
"""Milliseconds of a frame of the trainee's."""
CLOSING = 1.0
"""Seconds that a stream may take to be closed."""

log = logging.getLogger(__name__)

OnFrame = Callable[[rtc.AudioFrame], None]


class TraineeTap:
    """Hears the microphone of the participant ``trainee`` as long as the call lasts, whatever
    session there is, and takes it up again when it is published anew."""

    def __init__(self, trainee: str, on_frame: OnFrame) -> None:
        self._trainee = trainee
        self._on_frame = on_frame
        self._hearing: asyncio.Task[None] | None = None

    def watch(self, room: rtc.Room) -> None:
        """Follow that room, from before it is joined."""
        room.on("track_subscribed", self._on_track)

    async def aclose(self) -> None:
        """Hear nothing more."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.wait((self._hearing,), timeout=2 * CLOSING)

    def _on_track(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        wanted = participant.identity == self._trainee
        if wanted and publication.source == rtc.TrackSource.SOURCE_MICROPHONE:
            before, self._hearing = self._hearing, asyncio.create_task(self._hear(track))
            if before is not None:
                before.cancel()

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream.from_track(
            track=track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME
        )
        try:
            async for event in stream:
                self._on_frame(event.frame)
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(stream.aclose(), CLOSING)


class CustomerTap:
    """Stands before what a session's voice sends its sound to, ``source``, and tells of each frame
    with the seconds until it begins to sound, and of each time that it falls silent at once.

    What LiveKit tells of a line's course comes once it is over, and by the time of day.
    """

    def __init__(
        self,
        source: rtc.AudioSource,
        on_frame: Callable[[rtc.AudioFrame, float], None],
        on_cut: Callable[[], None],
    ) -> None:
        self._source = source
        self._on_frame = on_frame
        self._on_cut = on_cut

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Sound to be sent."""
        self._on_frame(frame, self._source.queued_duration)
        await self._source.capture_frame(frame)

    def clear_queue(self) -> None:
        """Fall silent."""
        self._source.clear_queue()
        self._on_cut()

    async def aclose(self) -> None:
        """Nothing more is sent."""
        self._on_cut()
        await self._source.aclose()


def tap(
    output: io.AudioOutput,
    on_frame: Callable[[rtc.AudioFrame, float], None],
    on_cut: Callable[[], None],
) -> None:
    """Hear what that output of a session sends into the room; raises ``AttributeError`` when it
    is not the room's."""
    sink: Any = output
    while sink.next_in_chain is not None:
        sink = sink.next_in_chain
    sink._audio_source = CustomerTap(sink._audio_source, on_frame, on_cut)
