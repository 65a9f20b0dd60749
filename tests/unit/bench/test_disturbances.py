"""What the benchmarks put between a mouth and the recogniser is what its figures say."""

from itertools import pairwise

import numpy as np
import pytest

from tests.bench.disturbances import (
    RATE,
    Wave,
    babble,
    mu_law,
    noisy,
    pink,
    speech_power,
    telephone,
)
from tests.support.speech import Sound


def tone(hertz: float, seconds: float = 1.0, size: float = 8_000) -> Sound:
    at = np.arange(int(seconds * RATE)) / RATE
    return (size * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def power(sound: Sound | Wave) -> float:
    return float(np.mean(sound.astype(np.float64) ** 2))


def decibels(one: float, other: float) -> float:
    return float(10 * np.log10(one / other))


@pytest.mark.parametrize("wanted", [20, 10, 5])
def test_noise_is_so_many_decibels_under_the_speech_and_not_under_its_pauses(wanted: int) -> None:
    half = np.concatenate([tone(300), np.zeros(RATE, dtype=np.int16)])
    noise = noisy(half, pink(half.size, 1), wanted).astype(np.float64) - half
    assert decibels(power(tone(300)), power(noise)) == pytest.approx(wanted, abs=0.1)


def test_what_would_be_cut_off_is_made_softer() -> None:
    loud = tone(300, size=32_000)
    both = noisy(loud, pink(loud.size, 1), 0)
    assert np.abs(both.astype(np.int32)).max() == 32_767
    assert np.corrcoef(both, loud)[0, 1] > 0.6


def test_pauses_do_not_count_for_the_power_of_speech() -> None:
    spoken = tone(300).astype(np.float64)
    assert speech_power(np.concatenate([spoken, np.zeros(3 * RATE)])) == pytest.approx(
        power(spoken), rel=0.02
    )


def test_pink_noise_loses_three_decibels_an_octave() -> None:
    spectrum = np.abs(np.fft.rfft(pink(30 * RATE, 3))) ** 2
    hertz = np.fft.rfftfreq(30 * RATE, 1 / RATE)
    octaves = [spectrum[(hertz >= low) & (hertz < 2 * low)].mean() for low in (200, 400, 800, 1600)]
    falls = [decibels(one, other) for one, other in pairwise(octaves)]
    assert falls == pytest.approx([3.0, 3.0, 3.0], abs=0.4)


def test_each_of_those_who_talk_is_as_loud() -> None:
    soft, loud = tone(300, 0.7, 500), tone(1_000, 0.4, 20_000)
    spectrum = np.abs(np.fft.rfft(babble(4 * RATE, [soft, loud], 5))) ** 2
    hertz = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    near = [spectrum[np.abs(hertz - middle) < 50].sum() for middle in (300, 1_000)]
    assert decibels(near[0], near[1]) == pytest.approx(0, abs=1)


def test_the_same_seed_makes_the_same_noise() -> None:
    assert (pink(RATE, 4) == pink(RATE, 4)).all()
    assert not (pink(RATE, 4) == pink(RATE, 5)).all()


@pytest.mark.parametrize(
    ("hertz", "passes"), [(100, False), (500, True), (3_000, True), (5_000, False)]
)
def test_a_telephone_has_its_band(hertz: float, passes: bool) -> None:
    sound = tone(hertz)
    lost = decibels(power(sound), max(power(telephone(sound)), 1e-3))
    assert (lost < 1) is passes
    assert (lost > 30) is not passes


def test_a_telephone_keeps_time() -> None:
    sound = np.concatenate([np.zeros(5_001, dtype=np.int16), tone(1_000, 0.5)])
    heard = telephone(sound)
    assert heard.size == sound.size
    onset = int(np.flatnonzero(np.abs(heard) > 2_000)[0])
    assert abs(onset - 5_001) < RATE // 200


def test_a_telephone_adds_the_noise_of_its_eight_bits() -> None:
    sound = tone(1_003)
    middle = slice(RATE // 4, -RATE // 4)
    error = telephone(sound)[middle].astype(np.float64) - sound[middle]
    assert 30 < decibels(power(sound), power(error)) < 45


def test_mu_law_gives_the_values_of_the_standard() -> None:
    # ITU-T G.711, table 2b: the ends and the first steps of its segments, in 16 bits.
    given = np.array([0, 3, 100, -100, 1_000, 8_159, 32_767, -32_768], dtype=np.int16)
    assert mu_law(given).tolist() == [0, 0, 104, -104, 988, 8_316, 32_124, -32_124]


def test_mu_law_has_two_hundred_and_fifty_five_steps() -> None:
    every = np.arange(-32_768, 32_768).astype(np.int16)
    coded = mu_law(every)
    assert len(set(coded.tolist())) == 255
    assert (mu_law(coded) == coded).all()
    off = np.abs(coded.astype(np.int32) - every)[np.abs(every.astype(np.int32)) > 500]
    assert (off / np.abs(every.astype(np.int32))[np.abs(every.astype(np.int32)) > 500]).max() < 0.04
