"""The drawing of a call's course: round times under it, and each point where its turn ended."""

import re

import pytest

from ui.report.course import LEFT, Point, svg


def drawn(moments: list[float]) -> str:
    course = [
        Point(-1, 6, "", 0.0),
        *(Point(turn, 5, "", at) for turn, at in enumerate(moments, 1)),
    ]
    return svg(course, None, "", [""] * len(course))


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        ([7.0, 22.5], ["Start", "0:05", "0:10", "0:15", "0:20"]),
        ([30.0, 94.0], ["Start", "0:15", "0:30", "0:45", "1:00", "1:15", "1:30"]),
        ([1200.0], ["Start", "5:00", "10:00", "15:00", "20:00"]),
        ([7200.0], ["Start", "20:00", "40:00", "60:00", "80:00", "100:00", "120:00"]),
        ([0.0, 0.0], ["Start"]),
    ],
    ids=["seconds", "a minute", "usual", "two hours", "no time"],
)
def test_the_times_under_the_drawing_are_round(moments: list[float], said: list[str]) -> None:
    assert re.findall(r'text-anchor="middle">([^<]+)<', drawn(moments)) == said


def test_a_point_stands_where_its_turn_ended() -> None:
    places = [float(x) for x in re.findall(r'cx="([0-9.]+)"', drawn([10.0, 40.0]))]
    assert places[0] == LEFT
    assert (places[1] - LEFT) / (places[2] - LEFT) == pytest.approx(0.25, abs=0.001)
