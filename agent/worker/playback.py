"""Which of the persona's words have been heard: for captions, and for a line that was cut off.

LiveKit's own synchroniser guesses the pace from the sound's spectrum, which stops the job's loop
for 0.3 s at the beginning of a line; here the voice has told when each word begins.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from livekit import rtc
from livekit.agents.types import TimedString
from livekit.agents.voice import io

from data.common import clock

_PACE = 15.0
"""Characters a second (150 words a minute), where a voice does not tell when its words sound."""
STALL = 10.0
"""Seconds for which a line may stop sounding before it is over."""
_PAUSED = 0.3
"""Seconds of sound by which the room's count of what was played may be ahead of ours."""
_LOOK = 0.1
"""Seconds between two looks for a word that has begun."""


@dataclass
class TimedUtterance:
    """One line: its pieces of text, each with the second at which it begins to sound."""

    pieces: list[tuple[float, str]] = field(default_factory=list)
    over: bool = False
    taken: bool = False
    timed: bool = False
    _length: int = 0

    def add(self, text: str, begin: float) -> None:
        """A word that begins to sound then."""
        self.timed = True
        self.pieces.append((begin, text))

    def guess(self, text: str) -> None:
        """Text whose time is not known: right after what is there, or at the usual pace."""
        if self.timed:
            self.pieces.append((self.pieces[-1][0], text))
            return
        for word in re.findall(r"\S+\s*|\s+", text):
            self.pieces.append((self._length / _PACE, word))
            self._length += len(word)

    def until(self, position: float) -> str:
        """The text that has begun by then (seconds of sound)."""
        return "".join(text for begin, text in self.pieces if begin <= position).strip()

    def whole(self) -> str:
        """All of it."""
        return self.until(float("inf"))


class TimedTranscript(io.TextOutput):
    """Collects the words of the line that the voice is making."""

    def __init__(self) -> None:
        super().__init__(label="words", next_in_chain=None)
        self.line = TimedUtterance()

    async def capture_text(self, text: str) -> None:
        """A word with its time, or text between words."""
        if self.line.over:
            self.line = TimedUtterance()
        if isinstance(text, TimedString) and isinstance(text.start_time, float):
            self.line.add(str(text), text.start_time)
        else:
            self.line.guess(str(text))

    def flush(self) -> None:
        """The line is complete."""
        self.line.over = True

    def take(self) -> TimedUtterance:
        """The line that begins to sound; a voice may be ahead of its own text."""
        if self.line.taken and self.line.over:
            self.line = TimedUtterance()
        self.line.taken = True
        return self.line


class PlaybackOutput(io.AudioOutput):
    """Passes the sound on and follows how far it has been heard.

    ``on_text`` gets the words so far, growing, while the line sounds; ``on_stall`` is called when
    no more sound comes for ``STALL`` seconds although the line is not complete. ``fell_silent`` is
    when the latest line was paused for good, on the clock ``now``, None when it was not: LiveKit
    pauses a line at the trainee's first sound, and gives it up when that has become words.
    """

    def __init__(
        self,
        sink: io.AudioOutput,
        words: TimedTranscript,
        on_text: Callable[[str], None],
        on_stall: Callable[[], None] = lambda: None,
        now: Callable[[], float] = clock.steady,
    ) -> None:
        super().__init__(
            label="heard",
            next_in_chain=sink,
            sample_rate=sink.sample_rate,
            capabilities=io.AudioOutputCapabilities(pause=True),
        )
        assert self.next_in_chain is not None
        # Not ``sink`` itself: the framework puts a piece of its own between.
        self._next = self.next_in_chain
        self._words = words
        self._on_text = on_text
        self._on_stall = on_stall
        self._now = now
        self._paused_at = 0.0
        self.fell_silent: float | None = None
        self._got = 0.0
        self._complete = True
        self._line = TimedUtterance()
        self._since: float | None = None
        self._before = 0.0
        self._follower: asyncio.Task[None] | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Sound to be played."""
        await super().capture_frame(frame)
        if self._complete:
            self._got, self._complete = 0.0, False
        self._got += frame.duration
        await self._next.capture_frame(frame)

    def flush(self) -> None:
        """The line's sound is complete."""
        super().flush()
        self._complete = True
        self._next.flush()

    def clear_buffer(self) -> None:
        """Fall silent."""
        self._next.clear_buffer()

    def pause(self) -> None:
        """Fall silent, perhaps to go on."""
        super().pause()
        if self._since is not None:  # it is paused anew with each piece of the trainee's speech
            self._paused_at, self.fell_silent = self._position(), self._now()
        self._before, self._since = self._position(), None

    def resume(self) -> None:
        """Go on."""
        super().resume()
        if self._follower is not None and self._since is None:
            self._since = time.monotonic()

    def on_playback_started(self, *, created_at: float) -> None:
        """The line begins to sound."""
        super().on_playback_started(created_at=created_at)
        self.fell_silent = None
        self._stop()
        self._line = self._words.take()
        self._before, self._since = 0.0, time.monotonic()
        self._follower = asyncio.get_running_loop().create_task(self._follow())

    def on_playback_finished(
        self,
        *,
        playback_position: float,
        interrupted: bool,
        synchronized_transcript: str | None = None,
    ) -> None:
        """The line is over, or was cut off at ``playback_position`` seconds."""
        self._stop()
        if playback_position > self._paused_at + _PAUSED:
            self.fell_silent = None  # it went on after the pause
        heard = self._line.until(playback_position) if interrupted else self._line.whole()
        super().on_playback_finished(
            playback_position=playback_position,
            interrupted=interrupted,
            synchronized_transcript=heard,
        )

    def _position(self) -> float:
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def _stop(self) -> None:
        self._since = None
        if self._follower is not None:
            self._follower.cancel()
            self._follower = None

    async def _follow(self) -> None:
        shown = ""
        while True:
            text = self._line.until(self._position())
            if text != shown:
                shown = text
                self._on_text(text)
            if not self._complete and self._position() > self._got + STALL:
                self._on_stall()
                return
            await asyncio.sleep(_LOOK)
