"""Records one call, beside it: what its taps hear goes to a thread, which sends the stream off."""

import asyncio
import base64
import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from agent.protocol.messages import Event, RecordingEnded, RecordingPart
from agent.worker.recording.ogg import OggEncoder
from agent.worker.recording.taps import TraineeTap, tap
from agent.worker.recording.timeline import LOOK, RATE, Sound, Timeline
from data.common.clock import CallClock

CLOSING = 2.0
"""Seconds that the last words of a call may take to be encoded."""

log = logging.getLogger(__name__)


class Recorder:
    """The recording of the call ``call`` with the participant ``trainee``, from the call's zero on
    and over all of its sessions; lives on the job's loop.

    It is sent as parts, each of whole pages of one Ogg/Opus stream, and ends with the reason why,
    "" when the call was over. What fails in it costs the recording, never the call.
    """

    def __init__(
        self, call: str, trainee: str, clock: CallClock, send: Callable[[Event], None]
    ) -> None:
        self._call = call
        self._clock = clock
        self._send = send
        self._line = Timeline()
        self._trainee = TraineeTap(trainee, self._hears)
        self._work: SimpleQueue[Callable[[], Sound | None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"recording {call}", daemon=True)
        self._ticking: asyncio.TimerHandle | None = None
        self._number = 0

    def start(self, room: rtc.Room) -> None:
        """Begin, before that room is joined."""
        self._trainee.watch(room)
        self._thread.start()
        self._tick(self._clock.now())

    def follow(self, voice: io.AudioOutput) -> None:
        """The customer is heard by this output of a new session."""
        try:
            tap(voice, self._plays, lambda: self._put(partial(self._line.cuts, self._clock.now())))
        except Exception:
            log.exception("call %s: the customer is not recorded", self._call)

    async def aclose(self) -> None:
        """The call is over; all of it has been sent by the return, or it is given up."""
        if self._ticking is None:
            return
        self._ticking.cancel()
        self._ticking = None
        await self._trainee.aclose()
        self._put(partial(self._line.finish, self._clock.now()))
        self._work.put(None)
        await asyncio.to_thread(self._thread.join, CLOSING)

    def _hears(self, frame: rtc.AudioFrame) -> None:
        self._put(partial(self._line.hears, self._clock.now(), _sound(frame)))

    def _plays(self, frame: rtc.AudioFrame, wait: float) -> None:
        self._put(partial(self._line.plays, self._clock.now() + wait, _sound(frame)))

    def _put(self, work: Callable[[], Sound | None]) -> None:
        if self._thread.is_alive():
            self._work.put(work)

    def _tick(self, before: float) -> None:
        """What had arrived by the tick before has been told by now, however long the loop stood
        still since."""
        self._put(partial(self._line.settle, before))
        again = partial(self._tick, self._clock.now())
        self._ticking = asyncio.get_running_loop().call_later(LOOK, again)

    def _run(self) -> None:
        reason = ""
        try:
            encoder = OggEncoder()
            while (work := self._work.get()) is not None:
                piece = work()
                if piece is not None:
                    self._tell(encoder.encode(piece))
            self._tell(encoder.finish())
        except Exception:
            reason = "encoder"
            log.exception("call %s: its recording ends, the call goes on", self._call)
        self._send(RecordingEnded(self._call, reason))

    def _tell(self, part: bytes) -> None:
        if part:
            text = base64.b64encode(part).decode("ascii")
            self._send(RecordingPart(self._call, self._number, text))
            self._number += 1


def _sound(frame: rtc.AudioFrame) -> Sound:
    """The frame as mono at the recording's rate; of another rate, by the nearest samples between,
    as a session of a strange engine may have it."""
    sound = np.frombuffer(frame.data, dtype=np.int16).reshape(-1, frame.num_channels)
    mono = sound[:, 0] if frame.num_channels == 1 else sound.mean(axis=1)
    if frame.sample_rate != RATE:
        places = np.arange(round(mono.size * RATE / frame.sample_rate)) * frame.sample_rate / RATE
        mono = np.interp(places, np.arange(mono.size), mono)
    return mono.astype(np.int16)  # a copy, since the frame's own memory goes with it
