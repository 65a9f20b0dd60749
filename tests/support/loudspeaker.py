"""A loudspeaker for tests without a room: plays what it gets in the time of the loop."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from tests.support.clock import now
from tests.support.speech import Sound

RATE = 24_000


class Loudspeaker(io.AudioOutput):
    """Plays what it gets, from ``delay`` seconds after the first frame on."""

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__(
            label="loudspeaker",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=RATE,
        )
        self.delay = delay
        self._sound: Sound = np.zeros(0, dtype=np.int16)
        self._taken = 0
        self._got = self._played = 0.0
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._open = self._complete = False

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._open:
            self._open, self._complete, self._got, self._played = True, False, 0.0, 0.0
            self._sound, self._taken = self._sound[:0], 0
            self._at(self.delay, self._begin)
        self._got += frame.duration
        self._sound = np.concatenate([self._sound, np.asarray(frame.data)])

    def take(self) -> Sound:
        """What has been played since the last time, of the line that is being played."""
        begin, self._taken = self._taken, max(self._taken, int(self._position() * RATE))
        return self._sound[begin : self._taken]

    def flush(self) -> None:
        super().flush()
        self._complete = self._open
        self._schedule()

    def clear_buffer(self) -> None:
        if self._open:
            self._finish(interrupted=True)

    def pause(self) -> None:
        self._hold()

    def resume(self) -> None:
        if self._open and self._since is None:
            self._since = now()
            self._schedule()

    def _begin(self) -> None:
        self._since = now()
        self.on_playback_started(created_at=time.time())
        self._schedule()

    def _schedule(self) -> None:
        if self._complete and self._since is not None:
            self._at(self._got - self._position(), self._finish)

    def _hold(self) -> None:
        self._played, self._since = self._position(), None
        self._at(0, None)

    def _position(self) -> float:
        return self._played + (0.0 if self._since is None else now() - self._since)

    def _finish(self, interrupted: bool = False) -> None:
        self._hold()
        self._open = False
        self.on_playback_finished(playback_position=self._played, interrupted=interrupted)

    def _at(self, seconds: float, action: Callable[[], None] | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, action) if action else None
