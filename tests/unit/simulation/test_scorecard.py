"""The scorecard: objectives, evidence and weights."""

from dataclasses import replace

import pytest

from agent.simulation.directing.scorecard import PASS_MARK, score
from data.records import Turn
from tests.support.personas import make_persona, rule

VERIFY = rule("objective", "Verifies identity", weight=2)
THANK = rule("objective", "Thanks the customer", weight=1)
CALM_DOWN = rule("trigger", "Being told to calm down", 2)
APOLOGY = rule("deescalation", "A sincere apology", -2)
REFUND = rule("criterion", "A refund is confirmed")
PERSONA = make_persona([VERIFY, THANK, CALM_DOWN, APOLOGY, REFUND], name="Sam")


def said(index: int, text: str, *rules: str, quote: str | None = None) -> Turn:
    quotes = tuple(text if quote is None else quote for _ in rules)
    return Turn(index, "trainee", text, index * 5.0, matched=rules, quotes=quotes)


def test_an_objective_is_shown_with_the_trainees_words() -> None:
    card = score(PERSONA, [said(1, "Your name, please?", VERIFY.id)])
    assert card.to_json()["objectives"][0] == {
        "id": VERIFY.id,
        "text": "Verifies identity",
        "weight": 2,
        "shown": True,
        "evidence": [{"turn": 1, "quote": "Your name, please?"}],
    }
    assert card.to_json()["objectives"][1]["shown"] is False


def test_the_score_is_weighted_and_passes_at_the_mark() -> None:
    card = score(PERSONA, [said(1, "x", VERIFY.id)])
    assert (card.score, card.passed) == (67, False)
    full = score(PERSONA, [said(1, "x", VERIFY.id, THANK.id)])
    assert (full.score, full.passed) == (100, True)
    assert PASS_MARK == 70


def test_an_empty_call_and_a_persona_without_objectives_score_nothing() -> None:
    assert score(PERSONA, []).score == 0
    assert not score(make_persona([APOLOGY]), []).passed


def test_words_that_the_trainee_never_said_are_no_evidence() -> None:
    assert score(PERSONA, [said(1, "hello", VERIFY.id, quote="your name")]).score == 0
    persona_turn = Turn(0, "persona", "x", 0.0, matched=(VERIFY.id,), quotes=("x",))
    assert score(PERSONA, [persona_turn]).score == 0


@pytest.mark.parametrize(("insults", "points"), [(0, 100), (1, 100), (2, 20), (3, 20)])
def test_whoever_insults_the_customer_again_gets_few_points(insults: int, points: int) -> None:
    turns = [said(1, "x", VERIFY.id, THANK.id)]
    turns += [replace(said(3 + n, "You fool!"), hostile=True) for n in range(insults)]
    card = score(PERSONA, turns)
    assert (card.score, card.passed) == (points, points == 100)
    replayed = [replace(turn, replayed=turn.hostile) for turn in turns]
    assert score(PERSONA, replayed).score == 100, "another call's insults"
