"""What the detector of a session gets: silence for an echo, and all of what the trainee says."""

from typing import Any

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.vad import VADEvent, VADEventType

from agent.speech.hearing.near import NearStream
from tests.support.speech import Sound

RATE = 24_000
SPAN = RATE // 50


class Detector:
    """Notes what it gets, as the amplitude of each frame."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.events: list[VADEvent] = []

    async def __anext__(self) -> VADEvent:
        return self.events.pop(0)

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self.got.append(int(np.abs(np.asarray(frame.data)).max()))

    def flush(self) -> None:
        self.got.append(-1)


def given(*amplitudes: int, limit: float = -30.0) -> list[int]:
    """What the detector gets of frames of 20 ms with these amplitudes."""
    inner = Detector()
    stream = NearStream(inner, lambda level: level < limit)  # type: ignore[arg-type]
    for amplitude in amplitudes:
        push(stream, square(amplitude))
    return inner.got


def push(stream: Any, sound: Sound) -> None:
    stream.push_frame(rtc.AudioFrame(sound.tobytes(), RATE, 1, sound.size))


def square(amplitude: int) -> Sound:
    return np.tile([amplitude, -amplitude], SPAN // 2).astype(np.int16)


def test_an_echo_is_silence() -> None:
    assert given(*[500] * 40) == [0] * 40


def test_the_first_sounds_of_the_trainee_are_given_as_they_were() -> None:
    """At the frame that makes it loud enough, with those that were held back shortly before."""
    assert given(*[500] * 10, 900, 1_000, 8_000, 8_000) == [
        *[0] * 12,
        *[500, 500, 900, 1_000, 8_000, 8_000],
    ]


def test_faint_sounds_between_loud_ones_belong_to_them_and_after_a_while_no_more() -> None:
    got = given(8_000, *[300] * 40)
    assert got[:20] == [8_000, *[300] * 19]
    assert got[-10:] == [0] * 10


@pytest.mark.parametrize("amplitude", [0, 5, 500, 8_000])
def test_where_nobody_else_speaks_all_is_given(amplitude: int) -> None:
    assert given(*[amplitude] * 10, limit=-300.0) == [amplitude] * 10


def test_what_is_held_back_is_forgotten_at_a_flush() -> None:
    inner = Detector()
    stream = NearStream(inner, lambda level: level < -30.0)  # type: ignore[arg-type]
    push(stream, square(500))
    stream.flush()
    push(stream, square(8_000))
    assert inner.got == [0, -1, 8_000]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def event(kind: VADEventType, timestamp: float) -> VADEvent:
    return VADEvent(kind, 0, timestamp, 0.06, 0.0, inference_duration=0.001)


async def told(stream: NearStream, inner: Detector, kind: VADEventType, at: float) -> float:
    inner.events.append(event(kind, at))
    return (await anext(stream)).inference_duration


async def test_a_late_detector_does_not_move_the_beginning() -> None:
    """What the session takes off the present moment is for how long that sound has been here."""
    clock, inner = Clock(), Detector()
    stream = NearStream(inner, lambda level: False, clock)  # type: ignore[arg-type]
    for _ in range(10):
        clock.now += 0.02
        push(stream, square(8_000))
    clock.now += 0.15
    start, end = VADEventType.START_OF_SPEECH, VADEventType.END_OF_SPEECH
    assert await told(stream, inner, start, 0.1) == pytest.approx(0.25)
    assert await told(stream, inner, start, 0.2) == pytest.approx(0.15)
    assert await told(stream, inner, end, 0.1) == 0.001
    assert await told(stream, inner, start, 5.0) == 0.001, "sound that never came"
    stream.flush()
    push(stream, square(8_000))
    clock.now += 0.03
    assert await told(stream, inner, start, 0.02) == pytest.approx(0.03), "it counts anew"


async def test_what_was_held_back_has_been_there_for_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, inner = Clock(), Detector()
    stream = NearStream(inner, lambda level: level < -30.0, clock)  # type: ignore[arg-type]
    for amplitude in (500, 900, 1_000, 8_000):
        clock.now += 0.02
        push(stream, square(amplitude))
    assert inner.got == [0, 0, 0, 500, 900, 1_000, 8_000]
    start = VADEventType.START_OF_SPEECH
    assert await told(stream, inner, start, 0.08) == pytest.approx(0.06)
    assert await told(stream, inner, start, 0.14) == 0.001


async def test_frames_that_come_late_together_were_said_one_after_another() -> None:
    """As when the loop stood still for a while."""
    clock, inner = Clock(), Detector()
    stream = NearStream(inner, lambda level: False, clock)  # type: ignore[arg-type]
    clock.now += 0.2
    for _ in range(10):
        push(stream, square(8_000))
    start = VADEventType.START_OF_SPEECH
    assert await told(stream, inner, start, 0.06) == pytest.approx(0.14)
