"""The drawing of a call's course: round numbers under it, where these turns stand."""

import re

import pytest

from ui.report.course import Point, svg


def labels(turns: list[int]) -> list[str]:
    course = [Point(-1, 6, ""), *(Point(turn, 5, "") for turn in turns)]
    drawn = svg(course, None, "", [""] * len(course))
    return re.findall(r'text-anchor="middle">([^<]+)<', drawn)


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([1, 3], ["Start", "1", "2", "3", "4"]),
        ([3, 8, 12, 16, 20, 24, 29, 34], ["Start", "5", "10", "15", "20", "25", "30", "35"]),
        (list(range(1, 80, 2)), ["Start", "10", "20", "30", "40", "50", "60", "70", "80"]),
    ],
)
def test_the_turns_under_the_drawing_are_round_numbers(turns: list[int], said: list[str]) -> None:
    assert labels(turns) == said
