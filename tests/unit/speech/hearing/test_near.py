"""What the detector of a session gets: silence for an echo, and all of what the trainee says."""

from typing import Any

import numpy as np
import pytest
from livekit import rtc

from agent.speech.hearing.near import NearStream
from tests.support.speech import Sound

RATE = 24_000
SPAN = RATE // 50


class Detector:
    """Notes what it gets, as the amplitude of each frame."""

    def __init__(self) -> None:
        self.got: list[int] = []

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
