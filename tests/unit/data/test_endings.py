"""What ended a call, in words, and which calls are scored."""

from dataclasses import replace

import pytest

from agent.simulation.directing.assessment import assess
from agent.simulation.rehearsal import play
from data.endings import ENDINGS, how_it_ended, why_not_scored
from data.exports import as_text
from data.journal import CallRecord
from data.records import CallEnd, CallStart, Turn
from data.summary import Summary
from personas.parse import examine
from tests.support.persona_text import FULL
from ui.kit import words

START = CallStart("a" * 16, "mai", "anna", "Anna", "Returns", "v1", "offline", "en-US", 1000.0)
HELLO = Turn(0, "persona", "Hello?", 1.0)
SORRY = Turn(1, "trainee", "I am so sorry about that.", 3.0)
REFUND = Turn(2, "trainee", "You get your money back today.", 9.0)
TALK = (HELLO, SORRY, REFUND)


def test_only_who_hangs_up_is_said_to_have_ended_the_call() -> None:
    said = {reason: words.end(reason) for reason in ENDINGS}
    by_trainee = [reason for reason, text in said.items() if "ended by" in text.lower()]
    assert by_trainee == ["ended", "resolved"]
    assert len(set(said.values())) == len(said)
    assert words.end("") == "Going on now"
    assert words.end("a code of tomorrow") == "a code of tomorrow"


@pytest.mark.parametrize(
    ("reason", "resolved", "listed", "to_trainee"),
    [
        (
            "goodbye",
            True,
            "Solved; the customer hung up after the trainee's goodbye",
            "Solved; the customer hung up after your goodbye",
        ),
        ("lost", True, "Solved; the connection was lost", "Solved; the connection was lost"),
        ("resolved", True, "Solved; ended by the trainee", "Solved; you hung up"),
        (
            "hung_up",
            False,
            "The customer had enough of insults and hung up",
            "The customer had enough of insults and hung up",
        ),
    ],
)
def test_what_came_of_a_call_is_said_with_who_ended_it(
    reason: str, resolved: bool, listed: str, to_trainee: str
) -> None:
    assert words.end(reason, resolved) == listed
    assert how_it_ended(reason, resolved, to_trainee=True) == to_trainee
    assert words.end_in_short(reason, resolved) == (
        "Solved" if reason in ("goodbye", "resolved") else listed
    )


@pytest.mark.parametrize("reason", [*ENDINGS, "a code of tomorrow"])
def test_what_was_broken_off_is_not_scored_unless_the_customer_was_satisfied(reason: str) -> None:
    whole = reason in ("ended", "resolved", "hung_up", "goodbye", "silence")
    assert (why_not_scored(CallEnd(1.0, reason), TALK) == "") == whole
    assert why_not_scored(CallEnd(1.0, reason, resolved=True), TALK) == ""


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (HELLO,),
        (HELLO, SORRY),
        (HELLO, SORRY, replace(REFUND, interrupted=True)),
        (HELLO, replace(SORRY, replayed=True), REFUND),
    ],
)
def test_a_score_needs_two_turns_that_the_trainee_finished(turns: tuple[Turn, ...]) -> None:
    assert "at least two turns" in why_not_scored(CallEnd(1.0, "ended"), turns)


@pytest.mark.parametrize(
    ("end", "turns", "why"),
    [
        (CallEnd(1020.0, "left"), TALK, "broken off before its end: the trainee left the page"),
        (CallEnd(1001.0, "ended"), (HELLO,), "this call had none"),
    ],
)
def test_a_call_without_a_score_has_its_card_and_says_why(
    end: CallEnd, turns: tuple[Turn, ...], why: str
) -> None:
    record = CallRecord(START, FULL, turns, end=end)
    record = replace(record, scorecard=assess(record))
    assert record.scorecard is not None
    assert (record.scorecard["score"], record.scorecard["passed"]) == (None, None)
    assert record.scorecard["objectives"]
    assert why in record.scorecard["not_scored"]
    summary = Summary.of(record)
    assert (summary.score, summary.passed) == (None, None)
    text = as_text(record)
    assert why in text
    assert "of 100" not in text


def test_a_call_that_its_trainee_ended_is_scored() -> None:
    record = CallRecord(START, FULL, TALK, end=CallEnd(1020.0, "ended"))
    assert isinstance(assess(record)["score"], int)


def test_a_rehearsal_of_one_line_is_not_scored() -> None:
    persona = examine(FULL, "anna").persona
    assert persona is not None
    card = play(persona, ["I am so sorry."]).to_json("offline")["scorecard"]
    assert (card["score"], card["passed"]) == (None, None)
    assert isinstance(play(persona, ["I am so sorry.", "Goodbye."]).scorecard.score, int)
