"""Where sounds lie in a recording, to 40 ms of where they were."""

from collections.abc import Iterable

import numpy as np
import pytest

from agent.worker.recording.timeline import LOOK, NEAR, RATE, Sound, Timeline

FRAME = 0.06
"""Seconds of a trainee's frame."""
LEFT, RIGHT = 0, 1


def sound(seconds: float, level: int = 1000) -> Sound:
    return np.full(round(seconds * RATE), level, dtype=np.int16)


def spans(channel: Sound, level: int = 1000) -> list[tuple[float, float]]:
    """Where that level stands, in seconds."""
    inside = np.concatenate([[0], (channel == level).astype(int), [0]])
    edges = np.flatnonzero(np.diff(inside))
    return [(begin / RATE, end / RATE) for begin, end in edges.reshape(-1, 2)]


def recorded(line: Timeline, end: float, step: float = 0.5) -> Sound:
    """All of it, settled step by step as a call does."""
    pieces = [line.settle(at) for at in np.arange(step, end - LOOK, step)]
    return np.concatenate([*pieces, line.finish(end)])


def hear(line: Timeline, arrivals: Iterable[float], level: int = 1000) -> None:
    for at in arrivals:
        line.hears(at, sound(FRAME, level))


def near(found: list[tuple[float, float]], *expected: tuple[float, float]) -> None:
    assert len(found) == len(expected), found
    for each, wanted in zip(found, expected, strict=True):
        assert each == pytest.approx(wanted, abs=NEAR), (found, expected)


def test_each_side_lies_where_it_was_and_silence_between() -> None:
    line = Timeline()
    hear(line, np.arange(1.0 + FRAME, 3.01, FRAME))
    line.plays(4.0, sound(1.5))
    whole = recorded(line, 7.0)
    assert whole.shape == (7 * RATE, 2)
    near(spans(whole[:, LEFT]), (1.0, 3.0))
    near(spans(whole[:, RIGHT]), (4.0, 5.5))


def test_frames_that_a_busy_loop_gets_late_leave_no_gap() -> None:
    generator = np.random.default_rng(7)
    due = np.arange(1.0, 21.0, FRAME)
    late = due + generator.exponential(0.01, due.size)
    # The loop stands still twice, once for longer than anything is looked ahead.
    for begin, end in ((5.0, 5.3), (12.0, 13.7)):
        late = np.where((late > begin) & (late < end), end, late)
    line = Timeline()
    hear(line, np.maximum.accumulate(late))
    near(spans(line.finish(25.0)[:, LEFT]), (1.0 - FRAME, due[-1]))


def test_the_first_frame_may_be_the_late_one() -> None:
    line = Timeline()
    due = np.arange(1.0, 4.0, FRAME)
    hear(line, np.maximum(due, 1.3))
    near(spans(recorded(line, 6.0)[:, LEFT]), (1.0 - FRAME, due[-1]))


def test_a_connection_that_was_away_leaves_a_gap_of_its_length() -> None:
    line = Timeline()
    before, after = np.arange(1.0, 2.0, FRAME), np.arange(6.0, 7.0, FRAME)
    hear(line, [*before, *after])
    near(
        spans(recorded(line, 9.0)[:, LEFT]),
        (1.0 - FRAME, before[-1]),
        (6.0 - FRAME, after[-1]),
    )


def test_a_stream_that_drifts_is_brought_back_before_it_is_far_off() -> None:
    """A clock that is 0.1 % slow would be 0.6 s off after ten minutes."""
    line = Timeline()
    due = np.arange(1.0, 601.0, FRAME * 1.001)
    for at in due[:-1]:
        line.hears(at, sound(FRAME, 1))
    line.hears(due[-1], sound(FRAME, 1000))
    near(spans(line.finish(610.0)[:, LEFT]), (due[-1] - FRAME, due[-1]))


def test_what_was_cut_is_not_heard_and_the_next_line_is() -> None:
    line = Timeline()
    for begin in np.arange(2.0, 3.0, 0.05):  # the room's queue is ahead of what sounds
        line.plays(begin, sound(0.05))
    line.cuts(2.62)
    line.plays(4.0, sound(0.5))
    near(spans(recorded(line, 6.0)[:, RIGHT]), (2.0, 2.62), (4.0, 4.5))


def test_a_line_goes_on_after_a_pause_with_what_came_next() -> None:
    line = Timeline()
    line.plays(1.0, sound(1.0, 500))
    line.cuts(1.4)
    line.plays(1.9, sound(1.0, 1000))
    near(spans(recorded(line, 4.0)[:, RIGHT], 500), (1.0, 1.4))


def test_frames_of_a_line_follow_each_other_though_their_moments_shake() -> None:
    line = Timeline()
    generator = np.random.default_rng(3)
    begins = np.arange(1.0, 11.0, 0.05)
    for begin in begins + generator.uniform(-0.015, 0.015, begins.size):
        line.plays(begin, sound(0.05))
    near(spans(recorded(line, 13.0)[:, RIGHT]), (1.0, 11.0))


def test_a_call_that_ends_in_mid_word_has_what_had_sounded() -> None:
    line = Timeline()
    line.plays(1.0, sound(5.0))
    whole = recorded(line, 3.0)
    assert whole.shape[0] == 3 * RATE
    near(spans(whole[:, RIGHT]), (1.0, 3.0))


def test_what_is_given_out_lags_by_what_may_still_come() -> None:
    line = Timeline()
    hear(line, [1.0])
    assert line.settle(1.2).shape == (round(0.7 * RATE), 2)
    near(spans(line.settle(2.0)[:, LEFT] * 1), (1.0 - FRAME - 0.7, 1.0 - 0.7))
    assert line.length == pytest.approx(1.5)
    assert line.settle(1.0).shape == (0, 2)


def test_what_comes_for_a_place_that_is_given_out_is_left_out() -> None:
    line = Timeline()
    line.settle(2.5)
    line.plays(1.0, sound(1.5))
    near(spans(line.settle(4.0)[:, RIGHT]), (0.0, 0.5))
