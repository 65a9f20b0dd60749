"""The reader on this machine decides what it decided where it was trained."""

import pytest

from agent.reader.reader import Reader
from agent.reader.weights import load
from tests.support.stored_readings import FILE, TURNS, Reading, Readings, differences, kept, read

SLUG = "walter-hughes"
TEXT = TURNS[SLUG][0]
RULE = "deescalation: A sincere apology"


@pytest.mark.skipif(
    not FILE.exists(), reason="comes with the weights: tests.support.stored_readings"
)
def test_turns_are_read_as_they_were_where_the_reader_was_trained() -> None:
    before = kept()
    assert {slug: tuple(turns) for slug, turns in before.items()} == TURNS
    assert any(rules for turns in before.values() for rules in turns.values())
    assert not differences(read(Reader(load())), before)


def readings(reading: Reading | None) -> Readings:
    found: Readings = {slug: {text: {} for text in turns} for slug, turns in TURNS.items()}
    if reading is not None:
        found[SLUG][TEXT][RULE] = reading
    return found


@pytest.mark.parametrize(
    ("now", "before", "differs"),
    [
        (Reading("sure", 0.92), Reading("sure", 0.9), False),
        (Reading("sure", 0.93), Reading("sure", 0.9), True),
        (Reading("unsure", 0.9), Reading("sure", 0.9), True),
        (Reading("unsure", 0.49), Reading("sure", 0.51), False),  # as near as that to 0.5
        (None, Reading("unsure", 0.31), False),
        (None, Reading("unsure", 0.4), True),
        (Reading("sure", 0.9), None, True),
    ],
)
def test_a_confidence_may_differ_by_what_another_machine_makes_of_it(
    now: Reading | None, before: Reading | None, differs: bool
) -> None:
    assert bool(differences(readings(now), readings(before))) == differs
