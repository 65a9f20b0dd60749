"""The clock of a call, under a time of day that is set while it runs."""

import sys
import time

import pytest

from data.common import clock
from data.common.clock import CallClock, steady
from tests.support.clock import Times


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    return Times(monkeypatch)


def test_the_steady_clock_counts_while_the_machine_sleeps() -> None:
    if hasattr(time, "CLOCK_BOOTTIME"):
        assert clock.steady() == pytest.approx(time.clock_gettime(time.CLOCK_BOOTTIME), abs=60)
    assert clock.steady() <= clock.steady()


def test_seconds_count_from_the_zero_to_the_millisecond(times: Times) -> None:
    call = CallClock()
    times.pass_by(1.23456)
    assert call.now() == 1.235
    assert CallClock(call.zero).now() == 1.235, "another one with that zero agrees"
    assert CallClock(call.zero + 60).now() == 0.0


@pytest.mark.parametrize("step", [3600.0, -3600.0, 0.0, 7.5])
def test_a_time_of_day_that_is_set_moves_nothing(times: Times, step: float) -> None:
    call = CallClock()
    times.pass_by(10)
    told = time.time()
    assert call.moment(told) == 10.0
    times.pass_by(2)
    before = time.time()
    times.set_ahead(step)
    times.pass_by(1)
    after = time.time()
    times.pass_by(0.5)
    assert call.now() == 13.5
    assert call.moment(after) == pytest.approx(13.0)
    assert call.moment(before) == pytest.approx(12.0)


def test_a_moment_that_cannot_be_is_now_or_the_beginning(times: Times) -> None:
    call = CallClock()
    times.pass_by(5)
    assert call.moment(time.time() + 100) == 5.0
    assert call.moment(time.time() - 100) == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere another clock counts sleep")
def test_sleep_counts_as_time_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    awake, with_sleep = 100.0, 3700.0
    times = {time.CLOCK_BOOTTIME: with_sleep, time.CLOCK_MONOTONIC: awake}
    monkeypatch.setattr(time, "clock_gettime", times.__getitem__)
    monkeypatch.setattr(time, "monotonic", lambda: awake)
    assert steady() == with_sleep
