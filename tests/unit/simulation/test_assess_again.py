"""An old call scored again by today's rules."""

from dataclasses import replace

import pytest

from agent.simulation.directing.assessment import assess, assess_again
from agent.simulation.observing.observer import LexicalObserver
from data.journal import CallRecord
from data.records import CallEnd, CallStart, Turn
from personas.model import Persona
from personas.parse import examine
from tests.support.studio import persona_text

TEXT = (
    persona_text()
    .replace("Apologises", "Apologizes")
    .replace("Names a day for the refund", "Asks for the order number")
)
START = CallStart("1" * 16, "mai", "ann-lee", "Ann Lee", "Returns", "v", "offline", "en-US", 0.0)
TURNS = (
    Turn(0, "persona", "My parcel is broken.", 1.0),
    Turn(1, "trainee", "I'm so sorry about the broken parcel.", 2.0),
    Turn(2, "persona", "Well.", 3.0),
    Turn(3, "trainee", "What is your order number, please?", 4.0),
)


def persona(text: str) -> Persona:
    found = examine(text, "ann-lee").persona
    assert found is not None
    return found


def record(turns: tuple[Turn, ...] = TURNS, start: CallStart = START) -> CallRecord:
    made = CallRecord(start, TEXT, turns=turns, end=CallEnd(9.0, "ended"))
    return replace(made, scorecard=assess(made))


def test_what_was_missed_then_is_seen_now_and_the_record_stays() -> None:
    then = record()
    assert then.scorecard is not None
    assert then.scorecard["score"] == 0
    today = persona(TEXT)
    again = assess_again(then, today, LexicalObserver(today))
    assert (again.card.score, again.card.passed) == (100, True)
    assert again.gained == ("Apologizes for the broken parcel", "Asks for the order number")
    assert (again.lost, again.added, again.dropped) == ((), (), ())
    assert then.scorecard["score"] == 0
    assert then.turns == TURNS


def test_rules_that_came_and_went_are_named() -> None:
    today = persona(TEXT.replace("Asks for the order number", "Names a day for the refund"))
    again = assess_again(record(), today, LexicalObserver(today))
    assert again.card.score == 67
    assert again.added == ("Names a day for the refund",)
    assert again.dropped == ("Asks for the order number",)
    ids = {rule.text: rule.id for rule in persona(TEXT).objectives}
    apology = ids["Apologizes for the broken parcel"]
    seen = (TURNS[0], replace(TURNS[3], index=1, matched=(apology,), quotes=("order number",)))
    then = record((*seen, TURNS[2], replace(TURNS[3], text="And the order number?")))
    assert assess_again(then, persona(TEXT), LexicalObserver(persona(TEXT))).lost == (
        "Apologizes for the broken parcel",
    )


def test_a_call_without_a_turn_of_the_trainee_has_no_score_today_either() -> None:
    today = persona(TEXT)
    again = assess_again(record(TURNS[:1]), today, LexicalObserver(today))
    assert (again.card.score, again.card.passed) == (None, None)
    assert "at least two turns" in again.card.not_scored


def test_what_was_said_in_an_earlier_call_counts_neither_for_nor_against() -> None:
    today = persona(TEXT)
    replayed = tuple(replace(turn, replayed=True) for turn in TURNS[:2])
    fresh = Turn(5, "trainee", "And which color was the box?", 6.0)
    start = replace(START, origin="2" * 16, taken=2)
    again = assess_again(record((*replayed, *TURNS[2:], fresh), start), today,
                         LexicalObserver(today))  # fmt: skip
    assert again.card.objectives[0].before
    assert again.card.score == 100, "of what was open, all was shown"


def test_a_beginning_that_no_release_knows_is_refused() -> None:
    today = persona(TEXT)
    odd = record(start=replace(START, phase="intermission"))
    with pytest.raises(ValueError, match="not in tuple"):
        assess_again(odd, today, LexicalObserver(today))
