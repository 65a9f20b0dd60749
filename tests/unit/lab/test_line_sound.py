"""The sound of a trainee's lines."""

import numpy as np
import pytest

from agent.lab.line_sound import (
    BELOW_SPEECH,
    BREATH,
    LOOP,
    RATE,
    Sound,
    in_one_go,
    joined,
    mixed,
    noise,
    speech_power,
)


def tone(seconds: float) -> Sound:
    time = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(8000 * np.sin(2 * np.pi * 300 * time), np.int16)


def quiet(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), np.int16)


def seconds(sound: Sound) -> float:
    return len(sound) / RATE


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        ([quiet(0.5), tone(1), quiet(0.5)], 1),
        ([tone(1), quiet(1), tone(1)], 2 + BREATH),
        ([tone(1), quiet(0.1), tone(1)], 2.1),
        ([quiet(2)], 0),
        ([], 0),
    ],
)
def test_a_line_is_said_in_one_go(pieces: list[Sound], length: float) -> None:
    sound = np.concatenate([*pieces, quiet(0)])
    assert seconds(in_one_go(sound)) == pytest.approx(length, abs=0.05)


def test_a_pause_that_is_asked_for_stays() -> None:
    sound = joined([(tone(1).tobytes(), 1.5), (tone(1).tobytes(), 0.0), (b"", 0.5)])
    assert seconds(sound) == pytest.approx(4.0, abs=0.1)
    assert not sound[int(1.1 * RATE) : int(2.4 * RATE)].any()


def test_noise_is_below_the_speech_by_as_much_as_said() -> None:
    speech = tone(2)
    around = noise(speech, 1)
    power = np.mean(around.astype(np.float64) ** 2)
    assert 10 * np.log10(speech_power(speech) / power) == pytest.approx(BELOW_SPEECH, abs=0.2)
    assert seconds(around) == LOOP
    assert (around == noise(speech, 1)).all()
    assert (around != noise(speech, 2)).any()


@pytest.mark.parametrize("speech", [quiet(0), quiet(1)])
def test_around_no_speech_there_is_no_noise(speech: Sound) -> None:
    assert not noise(speech, 1).any()


def test_what_is_too_loud_is_cut_off_and_does_not_turn_around() -> None:
    loud = np.full(10, 30_000, np.int16)
    assert mixed(loud, loud).tolist() == [32_767] * 10
