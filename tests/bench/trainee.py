"""A trainee without a browser, in a process of its own: speaks, listens and prints what it heard.

``python -m tests.bench.trainee URL FIRST TURNS``, the token as the first line of its input: joins
the room, says so many of the benchmark's sentences from number FIRST on, and prints one JSON object
with ``answers`` (seconds from the last loud sample sent to the first loud frame heard, null where
none came), ``gaps`` (seconds between two frames heard, those over 60 ms), ``frames`` and
``concealed`` (seconds of sound that the receiver had to make up).
"""

import asyncio
import json
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from tests.bench.sentences import TURNS
from tests.bench.trainee_voices import spoken
from tests.support.speech import RATE

STEP = RATE // 100
"""Samples in a frame that is sent: 10 ms, the only length that LiveKit takes without a queue."""
LOUD = 10 ** (-50 / 20) * 32768
QUIET = 0.8
"""Seconds of silence after which a line is over."""
PATIENCE = 15.0
"""Seconds that an answer, or a line, may take."""
GAP = 0.06


@dataclass
class Ear:
    """What is heard of the persona."""

    loud_at: float = 0.0
    gaps: list[float] = field(default_factory=list)
    frames: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, track: rtc.Track) -> None:
        """Follow that track to its end."""
        last = 0.0
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20)
        async for event in stream:
            now = time.monotonic()
            if last and now - last > GAP:
                self.gaps.append(now - last)
            last = now
            self.frames += 1
            if level(np.frombuffer(event.frame.data, dtype=np.int16)) > LOUD:
                self.loud_at = now
                self._changed.set()

    async def loud(self, since: float) -> float | None:
        """When it was loud first after that moment, None when it is not for too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self.loud_at <= since:
                    self._changed.clear()
                    await self._changed.wait()
                return self.loud_at
        return None

    async def silence(self) -> None:
        """Until a line is over."""
        until = time.monotonic() + PATIENCE
        while (now := time.monotonic()) < until:
            if (left := QUIET - (now - self.loud_at)) <= 0:
                break
            await asyncio.sleep(left)


class Mouth:
    """A microphone that is always on: speech or silence, a frame at a time.

    What is loud is known before it is sent: this process shares the processor with the calls.
    """

    def __init__(self) -> None:
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=0)
        self._frames: deque[tuple[rtc.AudioFrame, bool]] = deque()
        self._silent = asyncio.Event()
        self.loud_at = 0.0

    async def run(self) -> None:
        """Send until cancelled."""
        due = time.monotonic()
        silence = rtc.AudioFrame(bytes(2 * STEP), RATE, 1, STEP)
        while True:
            frame = silence
            if self._frames:
                frame, loud = self._frames.popleft()
                if loud:
                    self.loud_at = time.monotonic() + 0.01
            else:
                self._silent.set()
            await self.source.capture_frame(frame)
            due += 0.01
            await asyncio.sleep(max(due - time.monotonic(), 0))

    async def say(self, speech: NDArray[np.int16]) -> float:
        """Speak; the moment of the last loud sample."""
        padded = np.pad(speech, (0, -len(speech) % STEP)).reshape(-1, STEP)
        self._silent.clear()
        self._frames.extend(
            (rtc.AudioFrame(piece.tobytes(), RATE, 1, STEP), level(piece) > LOUD)
            for piece in padded
        )
        await self._silent.wait()
        return self.loud_at


def level(samples: NDArray[np.int16]) -> float:
    """RMS."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0


async def main(url: str, token: str, first: int, turns: int) -> None:
    """One call."""
    numbers = [n % len(TURNS) for n in range(first, first + turns)]
    speeches = [spoken(TURNS[number], number) for number in numbers]
    ear, mouth, room = Ear(), Mouth(), rtc.Room()
    tracks: list[rtc.Track] = []
    tasks = [asyncio.create_task(mouth.run())]

    def subscribed(track: rtc.Track, *_: object) -> None:
        tracks.append(track)
        tasks.append(asyncio.create_task(ear.listen(track)))

    room.on("track_subscribed", subscribed)
    await room.connect(url, token)
    microphone = rtc.LocalAudioTrack.create_audio_track("microphone", mouth.source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(microphone, options)
    await ear.loud(0.0)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # all begin together
    await asyncio.sleep(1.5 * (first % 4))  # callers are no choir
    answers: list[float | None] = []
    for speech in speeches:
        await ear.silence()
        ended = await mouth.say(speech)
        heard = await ear.loud(ended)
        answers.append(None if heard is None else heard - ended)
    concealed = await _concealed(tracks)
    await room.disconnect()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    told = {"answers": answers, "gaps": ear.gaps, "frames": ear.frames, "concealed": concealed}
    print(json.dumps(told), flush=True)


async def _concealed(tracks: list[rtc.Track]) -> float:
    samples = 0
    for track in tracks:
        for stat in await track.get_stats():
            if stat.HasField("inbound_rtp"):
                inbound = stat.inbound_rtp.inbound
                samples += inbound.concealed_samples - inbound.silent_concealed_samples
    return samples / RATE


if __name__ == "__main__":
    token = sys.stdin.readline().strip()
    asyncio.run(main(sys.argv[1], token, int(sys.argv[2]), int(sys.argv[3])))
