"""What is missing in a recording is found, and nothing else."""

import numpy as np
import pytest

from tests.bench.gaps import SMEARED, STEP, Levels, gaps, stretches

TALK = ((1.0, 3.0), (4.0, 4.4), (6.0, 9.0))
"""Seconds in which a voice is heard."""


def voice(*, late: float = 0.0, wanders: float = 0.0) -> Levels:
    """Its levels; each stretch by ``wanders`` seconds later than the one before."""
    levels = np.zeros(round((12.0 + late) / STEP))
    course = np.random.default_rng(3).uniform(0.02, 0.3, 1000)
    for number, (begin, end) in enumerate(TALK):
        first = round((begin + late + number * wanders) / STEP)
        length = round((end - begin) / STEP)
        levels[first : first + length] = course[number * 100 : number * 100 + length]
        # Stops, as before a "t": no sound, and no gap.
        levels[first + 20 : first + 36] = 0.0
    return levels


def without(levels: Levels, begin: float, end: float) -> Levels:
    """A recording in which that is lost."""
    levels[round(begin / STEP) : round(end / STEP)] = 0.0
    return levels


def test_a_voice_is_found_in_its_stretches() -> None:
    found = [(begin * STEP, end * STEP) for begin, end in stretches(voice())]
    assert found == [pytest.approx(each) for each in TALK]


@pytest.mark.parametrize("late", [0.0, 0.8, 2.5])
@pytest.mark.parametrize("wanders", [0.0, 0.05])
def test_a_whole_recording_has_no_gap_wherever_it_begins(late: float, wanders: float) -> None:
    assert gaps(voice(), voice(late=late, wanders=wanders)) == [0.0, 0.0, 0.0]
    assert gaps(voice(late=late), voice(wanders=wanders)) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("late", [0.0, 1.3])
@pytest.mark.parametrize("length", [0.06, 0.1, 0.5])
def test_what_is_lost_of_a_line_is_told(late: float, length: float) -> None:
    recorded = without(voice(late=late), 7.0 + late, 7.0 + late + length)
    first, second, third = gaps(voice(), recorded)
    assert first == second == 0.0
    assert third == pytest.approx(length + SMEARED, abs=2 * STEP)


def test_a_line_that_is_not_there_at_all_is_one_gap() -> None:
    lost = gaps(voice(), without(voice(), 3.5, 5.0))
    assert lost[1] > 0.2
    assert lost[0] == lost[2] == 0.0


def test_a_silence_that_was_one_counts_only_with_what_sounded_beside_it() -> None:
    """The stop at 6.1 to 6.18 s, and 60 ms behind it."""
    (*_, third) = gaps(voice(), without(voice(), 6.1, 6.24))
    assert third == pytest.approx(0.06 + SMEARED, abs=5 * STEP)


def test_without_any_voice_there_is_nothing_to_miss() -> None:
    assert gaps(np.zeros(400), voice()) == []
