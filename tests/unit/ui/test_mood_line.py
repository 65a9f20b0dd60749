"""The course of the mood as a small drawing."""

import re
from xml.etree import ElementTree

import pytest

from ui.lab.mood_line import EDGE, HEIGHT, WIDTH, drawing


@pytest.mark.parametrize("moods", [(0, 10), (7, 7, 7), (10, 0, 5, 3), tuple(range(11)) * 3])
def test_each_mood_is_a_point_inside_the_drawing(moods: tuple[int, ...]) -> None:
    line = ElementTree.fromstring(drawing(moods))[0]
    places = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert len(places) == len(moods)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert places[-1][0] == pytest.approx(WIDTH - EDGE)
    assert all(EDGE <= y <= HEIGHT - EDGE for _, y in places)


@pytest.mark.parametrize(("last", "mood"), [(0, "calm"), (5, "tense"), (10, "furious")])
def test_the_last_one_has_the_look_of_its_mood(last: int, mood: str) -> None:
    assert re.search(f'class="rh-dot-{mood}"', drawing((8, last)))
