"""Two endings of one call: what is different in a try of one of its moments."""

from dataclasses import replace

import pytest

from agent.simulation.reviewing.endings import differences, ending
from data.journal import CallRecord
from data.records import CallEnd, CallStart, Turn
from tests.support.talk import TEXT, persona_of

SARAH = persona_of(TEXT)
VERIFY, CALM = (rule.id for rule in SARAH.objectives)
START = CallStart("a" * 16, "ann", "sarah", "Sarah", "Billing", "v0", "offline", "en-US", 0.0)
BEFORE = (
    Turn(0, "persona", "I was charged twice!", 1.0),
    Turn(1, "trainee", "Your date of birth?", 3.0, phase="opening", intensity=8, matched=(VERIFY,)),
    Turn(2, "persona", "The third of May.", 5.0),
)


def said(text: str, intensity: int, *matched: str) -> Turn:
    return Turn(3, "trainee", text, 7.0, phase="escalation", intensity=intensity, matched=matched)


def record(*turns: Turn, resolved: bool = False) -> CallRecord:
    return CallRecord(START, TEXT, turns=turns, end=CallEnd(9.0, "ended", resolved))


OLD = record(*BEFORE, said("Calm down.", 10, VERIFY))


def told(new: CallRecord, old: CallRecord = OLD) -> tuple[str, ...]:
    return differences(ending(old, 3, SARAH), ending(new, 3, SARAH), SARAH)


def test_what_is_different_in_the_end() -> None:
    new = record(*BEFORE, said("I am sorry.", 4, CALM), resolved=True)
    assert told(new) == (
        "Solved this time; the first time it was not.",
        "The mood ended at 4 of 10 (tense) instead of 10 of 10 (furious): calmer by 6.",
        "Shown this time only: \u201cStay calm\u201d.",
        "Shown the first time only: \u201cVerify identity before discussing the account\u201d.",
    )
    assert told(OLD, new)[:2] == (
        "Not solved this time; the first time it was.",
        "The mood ended at 10 of 10 (furious) instead of 4 of 10 (tense): angrier by 6.",
    )


def test_what_is_the_same_is_said_too() -> None:
    assert told(OLD) == (
        "Not solved, neither time.",
        "The mood ended at 10 of 10 (furious) both times.",
    )
    solved = replace(OLD, end=CallEnd(9.0, "ended", True))
    assert told(solved, solved)[0] == "Solved both times."


def test_a_try_in_which_nothing_was_said_is_compared_with_nothing() -> None:
    (only,) = told(record(*BEFORE))
    assert only == "Nothing was said in this try, so there is nothing to set beside the first time."


@pytest.mark.parametrize(("turns", "begun"), [(BEFORE, 8), ((), SARAH.intensity)])
def test_where_an_ending_begins(turns: tuple[Turn, ...], begun: int) -> None:
    end = ending(record(*turns), 3, SARAH)
    assert (end.begun, end.ended, end.shown, end.answered) == (begun, begun, frozenset(), False)
