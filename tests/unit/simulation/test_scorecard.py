"""The scorecard: objectives, evidence, weights and advice."""

from dataclasses import replace

import pytest

from agent.simulation.directing.scorecard import PASS_MARK, score
from data.records import Turn
from personas.model import Rule
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


def test_advice_names_what_was_missed_and_what_made_it_worse() -> None:
    card = score(PERSONA, [said(1, "calm down", CALM_DOWN.id), said(3, "sorry", APOLOGY.id)])
    assert card.advice == (
        "Still to show: verifies identity.",
        "Still to show: thanks the customer.",
        'Avoid this, it made Sam angrier: told to calm down ("calm down").',
        "Sam was still waiting for this: a refund is confirmed.",
    )
    assert card.strengths == ("It calmed Sam: a sincere apology.",)


@pytest.mark.parametrize(
    ("shown", "met", "resolved", "words"),
    [
        ((THANK,), True, True, "Sam accepted the solution, yet the score stays below 70"),
        ((VERIFY, THANK), False, False, "still missing: a refund is confirmed"),
        ((VERIFY, THANK), False, False, "the mood ended at 9 of 10, and 4 is needed"),
        ((VERIFY, THANK), True, True, ""),
        ((THANK,), False, False, ""),
        ((THANK,), False, None, ""),
    ],
)
def test_a_verdict_that_contradicts_the_score_has_a_word_why(
    shown: tuple[Rule, ...], met: bool, resolved: bool | None, words: str
) -> None:
    rules = [each.id for each in shown] + [REFUND.id] * met
    card = score(PERSONA, [replace(said(1, "x", *rules), intensity=9)], resolved=resolved)
    assert words in card.why
    assert bool(card.why) == bool(words)
    assert card.to_json().get("why", "") == card.why
    assert not score(PERSONA, [], "not scored", resolved=True).why


@pytest.mark.parametrize(("insults", "points"), [(0, 100), (1, 100), (2, 20), (3, 20)])
def test_whoever_insults_the_customer_again_gets_few_points(insults: int, points: int) -> None:
    turns = [said(1, "x", VERIFY.id, THANK.id)]
    turns += [replace(said(3 + n, "You fool!"), hostile=True) for n in range(insults)]
    card = score(PERSONA, turns, resolved=False)
    assert (card.score, card.passed) == (points, points == 100)
    assert ("insulted more than once" in card.why) == (insults > 1)
    replayed = [replace(turn, replayed=turn.hostile) for turn in turns]
    assert score(PERSONA, replayed).score == 100, "another call's insults"


def test_few_points_are_not_explained_by_insults() -> None:
    turns = [replace(said(n, "You fool!"), hostile=True) for n in (1, 3)]
    card = score(PERSONA, turns, resolved=False)
    assert (card.score, card.why) == (0, "")
