"""The lab's trainee in the room of a call: a participant with a microphone, as a browser is."""

import asyncio
from collections import deque
from typing import Protocol

import numpy as np
from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from agent.lab.line_sound import RATE, Sound, mixed
from agent.lab.play import BrokenOff

JOINING, LEAVING = 10.0, 2.0
"""Seconds that the room may take."""
QUEUE = 0.1
"""Seconds of sound that are on their way to the room at once."""
_FRAME = RATE // 50


class Microphone(Protocol):
    """What a trainee speaks into."""

    async def say(self, sound: Sound, around: Sound | None = None) -> None:
        """Speak, in that noise or the call's own; back when it has been said."""
        ...

    def surround(self, around: Sound | None) -> None:
        """From now on there is that noise around the trainee, which comes again and again."""
        ...


class RoomTrainee:
    """Lives on the loop on which it joins; ``join`` raises ``BrokenOff``."""

    def __init__(self) -> None:
        self._room = rtc.Room()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=int(QUEUE * 1000))
        self._waiting: deque[tuple[Sound, Sound | None, asyncio.Future[None]]] = deque()
        self._around: Sound | None = None
        self._at = 0
        self._pump: asyncio.Task[None] | None = None

    async def join(self, url: str, token: str) -> None:
        """Enter the room, and be heard there."""
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        try:
            async with asyncio.timeout(JOINING):
                await self._room.connect(url, token)
                await self._room.local_participant.publish_track(track, options)
        except (TimeoutError, rtc.ConnectError, PublishTrackError) as error:
            why = str(error) or "it does not answer"
            raise BrokenOff(
                f"the trainee could not join the call's room: {why}. Run app.py doctor, which "
                "looks at the LiveKit server."
            ) from error
        self._pump = asyncio.create_task(self._run())

    async def say(self, sound: Sound, around: Sound | None = None) -> None:
        """Speak; back when the room has it all."""
        if not sound.size:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((sound, around, done))
        await done

    def surround(self, around: Sound | None) -> None:
        """Have that noise around."""
        self._around = around

    async def leave(self) -> None:
        """Leave the room; a second time does nothing."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None
        try:
            async with asyncio.timeout(LEAVING):
                await self._room.disconnect()
        except TimeoutError:
            pass  # the app closes the room

    async def _run(self) -> None:
        """A microphone sends all the time, also when nobody speaks."""
        silence = np.zeros(_FRAME, np.int16)
        while True:
            if not self._waiting:
                await self._send(silence, self._around)
                continue
            sound, around, done = self._waiting.popleft()
            for start in range(0, len(sound), _FRAME):
                piece = sound[start : start + _FRAME]
                piece = np.pad(piece, (0, _FRAME - len(piece)))
                await self._send(piece, self._around if around is None else around)
            if not done.done():
                done.set_result(None)

    async def _send(self, piece: Sound, around: Sound | None) -> None:
        if around is not None:
            piece = mixed(piece, np.take(around, range(self._at, self._at + _FRAME), mode="wrap"))
            self._at = (self._at + _FRAME) % len(around)
        frame = rtc.AudioFrame(piece.tobytes(), RATE, 1, _FRAME)
        await self._source.capture_frame(frame)
