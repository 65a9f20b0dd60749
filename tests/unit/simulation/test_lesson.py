"""What a call teaches: what decided it, its moments, and advice."""

from dataclasses import replace

import pytest

from agent.simulation.reviewing.lesson import Advice, Verdict, lesson, lesson_of
from data.journal import CallRecord
from data.records import CallEnd, Turn
from personas.model import Rule
from tests.support.personas import make_persona, rule
from tests.support.record_writer import head
from tests.support.studio import persona_text

VERIFY = rule("objective", "Verifies the identity", weight=2)
THANK = rule("objective", "Thanks the customer", weight=1)
LIGHTS = replace(rule("objective", "Asks which lights are on", weight=3), like=("Any lights?",))
CALM_DOWN = replace(rule("trigger", "Being told to calm down", 2), unlike=("Go on, please.",))
WAIT = rule("trigger", "Being put on hold", 1)
APOLOGY = replace(rule("deescalation", "A sincere apology", -2), like=("I feel awful about it.",))
PATIENCE = replace(rule("deescalation", "Being patient", -1), like=("Take your time.",))
REFUND = rule("criterion", "A refund is confirmed")
PERSONA = make_persona(
    [VERIFY, THANK, LIGHTS, CALM_DOWN, WAIT, APOLOGY, PATIENCE, REFUND], name="Sam"
)


def said(index: int, text: str, intensity: int, *rules: Rule, cause: str = "") -> Turn:
    return Turn(
        index, "trainee", text, index * 5.0, matched=tuple(rule.id for rule in rules),
        quotes=tuple(text for _ in rules), phase="escalation", intensity=intensity, cause=cause,
    )  # fmt: skip


def verdict(score: int | None, *shown: Rule, resolved: bool | None = False) -> Verdict:
    ids = frozenset(rule.id for rule in shown)
    return Verdict(score, None if score is None else score >= 70, ids, resolved=resolved)


def test_advice_is_what_to_do_with_an_example_and_no_more_than_three() -> None:
    turns = [said(1, "Calm down.", 10, CALM_DOWN), said(3, "One second.", 10, WAIT)]
    assert lesson(PERSONA, turns, verdict(0)).advice == (
        Advice("Ask which lights are on.", "Any lights?"),
        Advice("Don't tell the customer to calm down.", "I feel awful about it.", 1, "Calm down."),
        Advice("Confirm a refund."),
    )
    assert lesson(PERSONA, turns, verdict(0)).lines()[:2] == [
        "Ask which lights are on. For example: \u201cAny lights?\u201d",
        "Don't tell the customer to calm down. You did in turn 2: \u201cCalm down.\u201d "
        "What calms instead, for example: \u201cI feel awful about it.\u201d",
    ]


def test_what_calms_instead_is_what_was_not_done_yet_and_never_what_does_no_harm() -> None:
    turns = [said(1, "I feel awful.", 5, APOLOGY), said(3, "Calm down.", 7, CALM_DOWN)]
    (advice,) = (a for a in lesson(PERSONA, turns, verdict(0)).advice if a.turn == 3)
    assert advice.example == "Take your time."
    silent = replace(PERSONA, deescalations=())
    (advice,) = (a for a in lesson(silent, turns, verdict(0)).advice if a.turn == 3)
    assert advice.example == ""


def test_the_same_deed_is_advised_once_and_nothing_where_all_was_done() -> None:
    refund = rule("criterion", "The full refund is confirmed")
    confirm = rule("objective", "Confirms the refund", weight=3)
    persona = make_persona([confirm, refund])
    assert [each.text for each in lesson(persona, [], verdict(0)).advice] == ["Confirm the refund."]
    page = rule("criterion", "He is asked to open a page, and it works")
    try_it = rule("objective", "Asks him to try a page and see if it works")
    assert len(lesson(make_persona([try_it, page]), [], verdict(0)).advice) == 1
    number = rule("criterion", "A number is given to call back")
    told = lesson(make_persona([try_it, page, number]), [], verdict(0)).advice[-1].text
    assert told == "Give a number to call back.", "the first of the others"
    day = rule("objective", "Names a day for the refund")
    assert len(lesson(make_persona([day, refund]), [], verdict(0)).advice) == 2
    done = verdict(100, VERIFY, THANK, LIGHTS, resolved=True)
    assert lesson(PERSONA, [said(1, "Refunded.", 3, REFUND)], done).advice == ()


def test_what_was_corrected_later_is_not_advised() -> None:
    first = lesson(PERSONA, [], verdict(50, VERIFY)).advice[0]
    corrected = lesson(PERSONA, [], verdict(100, VERIFY, LIGHTS)).advice[0]
    assert (first.text, corrected.text) == ("Ask which lights are on.", "Thank the customer.")


@pytest.mark.parametrize(
    ("shown", "resolved", "points", "words"),
    [
        (
            (VERIFY, LIGHTS),
            True,
            83,
            "Sam accepted the solution after \u201cYou get it back.\u201d",
        ),
        ((VERIFY, LIGHTS), True, 83, "2 of 3 objectives were shown on the way"),
        ((VERIFY, LIGHTS), True, 83, "the rest is \u201cThank the customer\u201d."),
        ((VERIFY,), True, 33, "but the score needs 70 and only 1 of 3 objectives were shown"),
        ((VERIFY,), True, 33, "the rest is \u201cAsk which lights are on\u201d."),
        ((VERIFY, LIGHTS, THANK), True, 100, "every objective was shown on the way."),
        ((), False, 0, "Sam did not accept a solution: the mood ended at 9 of 10 (furious), and 4"),
        ((), False, 0, "still open: confirm a refund."),
        ((VERIFY, LIGHTS), False, 83, "Enough was shown to pass, but Sam did not accept"),
    ],
)
def test_one_sentence_says_what_decided_the_call(
    shown: tuple[Rule, ...], resolved: bool, points: int, words: str
) -> None:
    cause = "met: a refund is confirmed; the resolution is accepted" if resolved else ""
    last = said(5, "You get it back.", 4, REFUND, cause=cause) if resolved else said(5, "No.", 9)
    why = lesson(
        PERSONA, [said(3, "Hello.", 8), last], verdict(points, *shown, resolved=resolved)
    ).why
    assert words in why
    assert why.endswith(".")


def test_what_was_accepted_and_taken_back_is_said() -> None:
    why = lesson(PERSONA, [said(1, "Refunded.", 4, REFUND)], verdict(0)).why
    assert why == "Sam did not accept a solution: what had been accepted was taken back."


@pytest.mark.parametrize(("insults", "lowered"), [(1, False), (2, True)])
def test_insults_that_lowered_the_score_are_the_reason(insults: int, lowered: bool) -> None:
    turns = [replace(said(n, "You fool!", 10), hostile=True) for n in range(insults)]
    points = 20 if lowered else 83
    why = lesson(PERSONA, turns, verdict(points, VERIFY, LIGHTS)).why
    assert ("insulted more than once" in why) == lowered
    few = [replace(turn, hostile=True) for turn in (said(1, "Fool!", 10), said(3, "Fool!", 10))]
    assert "insulted" not in lesson(PERSONA, few, verdict(0)).why, "it was 0 without them"


def test_without_a_verdict_there_is_no_reason() -> None:
    assert lesson(PERSONA, [], verdict(None)).why == ""
    assert lesson(PERSONA, [], verdict(0, resolved=None)).why == ""
    assert lesson(PERSONA, [], verdict(0), whole=False).why == ""


def test_the_moments_are_the_largest_changes_of_the_mood() -> None:
    turns = [
        Turn(0, "persona", "Yes?", 0.0, phase="opening", intensity=8),
        said(1, "Hold on.", 9, WAIT, cause="+1: put on hold"),
        said(3, "Calm down.", 10, CALM_DOWN),
        said(5, "I am sorry.", 8, APOLOGY, cause="-2: a sincere apology"),
        said(7, "Your name?", 8, VERIFY),
        said(9, "Again, sorry.", 7, APOLOGY),
    ]
    found = lesson(PERSONA, turns, verdict(50))
    assert found.best is not None
    assert found.worst is not None
    assert (found.best.turn, found.best.quote, found.best.change) == (5, "I am sorry.", -2)
    assert found.best.cause == "-2: a sincere apology"
    assert (found.worst.turn, found.worst.change) == (3, 1), "it would have angered by two"


def test_at_ten_of_ten_the_worst_moment_is_the_one_that_would_have_angered() -> None:
    turns = [said(1, "Hold on.", 10, WAIT), said(3, "Calm down.", 10, CALM_DOWN)]
    found = lesson(PERSONA, turns, verdict(0), begun=10)
    assert found.worst is not None
    assert (found.worst.turn, found.worst.change) == (3, 0)
    assert found.best is None


def test_where_nothing_calmed_what_was_settled_or_shown_is_the_best() -> None:
    turns = [said(1, "Your name?", 8, VERIFY), said(3, "Refunded.", 8, REFUND)]
    found = lesson(PERSONA, turns, verdict(33, VERIFY))
    assert found.best is not None
    assert (found.best.turn, found.worst) == (3, None)


def test_turns_of_an_earlier_call_are_no_moments_but_say_where_it_stood() -> None:
    turns = [replace(said(1, "Calm down.", 10, CALM_DOWN), replayed=True), said(3, "Well.", 10)]
    found = lesson(PERSONA, turns, verdict(0))
    assert (found.best, found.worst) == (None, None)
    assert not any(each.turn is not None for each in found.advice)


def test_a_quote_that_was_never_said_gives_way_to_the_turn() -> None:
    turn = replace(said(1, "Calm down.", 10, CALM_DOWN), quotes=("Relax!",))
    assert lesson(PERSONA, [turn], verdict(0)).advice[1].quote == "Calm down."


def test_of_a_record() -> None:
    card = {"score": 0, "passed": False, "objectives": []}
    record = CallRecord(head("0" * 16), persona_text(), end=CallEnd(9.0, "ended"), scorecard=card)
    assert "did not accept a solution" in lesson_of(record).why
    assert lesson_of(record).to_json()["best"] is None
    assert lesson_of(replace(record, scorecard=None)).advice == ()
    assert lesson_of(replace(record, persona_text="# Nothing")).advice == ()
