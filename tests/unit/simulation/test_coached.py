"""A coach's word beside the reader's, and how well the two agree."""

import math
from dataclasses import replace
from typing import Any

import pytest

from agent.simulation.reviewing.coached import (
    Agreement,
    Shown,
    agreement,
    as_json,
    as_lines,
    coached,
    corrected,
    for_trainee,
    judged,
    of_turn,
    shown_lately,
    waiting,
)
from data.annotations import Annotation, Kind
from data.journal import CallRecord
from data.records import CallStart, Turn

CARD: dict[str, Any] = {
    "score": 67,
    "passed": False,
    "objectives": [
        {"id": "ask", "text": "Asks", "weight": 2, "shown": True, "evidence": []},
        {"id": "day", "text": "Names a day", "weight": 1, "shown": False, "evidence": []},
        {"id": "old", "text": "Of before", "weight": 5, "shown": True, "before": True},
    ],
}
MOMENTS = iter(range(1, 1000))


def word(
    kind: Kind, rule: str, yes: bool | None = None, turn: int | None = None, by: str = "dana"
) -> Annotation:
    return Annotation(kind, by, float(next(MOMENTS)), rule, turn=turn, yes=yes, reader=False)


def test_a_coach_s_word_changes_the_score_and_leaves_the_reader_s() -> None:
    said = word("objective", "day", True)
    found = coached(CARD, [said], [])
    assert (found.score, found.passed) == (100, True)
    assert found.objectives["day"].last == said
    assert CARD["score"] == 67
    assert coached(CARD, [word("objective", "ask", False)], []).score == 0


def test_without_a_coach_the_score_is_the_reader_s() -> None:
    found = coached(CARD, [word("claim", "day"), word("comment", "", turn=3)], [])
    assert (found.score, dict(found.objectives), found.last) == (67, {}, None)


def test_the_later_word_counts_and_can_be_taken_back() -> None:
    first, second = word("objective", "day", True), word("objective", "day", False, by="eve")
    found = coached(CARD, [first, second], [])
    assert not found.objectives["day"].shown
    assert found.last == second
    back = coached(CARD, [first, second, word("objective", "day")], [])
    assert (back.score, dict(back.objectives)) == (67, {})


def test_a_turn_that_counts_shows_its_objective_until_it_is_taken_back() -> None:
    counts = word("turn", "day", True, 3)
    found = coached(CARD, [counts], [])
    assert (found.score, found.objectives["day"].turns) == (100, (3,))
    against = [word("objective", "day", False), word("turn", "day", True, 5)]
    assert coached(CARD, against, []).objectives["day"].shown, "said later than the refusal"
    back = [*against, word("turn", "day", None, 5)]
    assert coached(CARD, back, []).objectives["day"].last == against[0], "which still stands"
    assert coached(CARD, [counts, word("turn", "day", False, 3)], []).score == 67
    assert coached(CARD, [counts, word("objective", "day", False)], []).score == 67
    kept = coached(CARD, [word("objective", "day", True), word("turn", "day", False, 3)], [])
    assert kept.objectives["day"].shown, "another turn may have shown it"


def test_a_turn_that_does_not_count_is_no_word_on_the_objective() -> None:
    assert not coached(CARD, [word("turn", "ask", False, 3)], []).objectives


def test_a_rude_call_stays_one_and_an_unscored_one_has_no_score() -> None:
    rude = [Turn(n, "trainee", "You fool", 1.0, hostile=True) for n in (1, 3)]
    assert coached(CARD, [word("objective", "day", True)], rude).score == 20
    unscored = {**CARD, "score": None, "passed": None}
    found = coached(unscored, [word("objective", "day", True)], [])
    assert (found.score, found.passed) == (None, None)
    assert found.objectives["day"].shown


def test_what_was_shown_in_an_earlier_call_is_not_settled_here() -> None:
    assert not coached(CARD, [word("objective", "old", False)], []).objectives


def test_what_is_worked_out_from_the_score_follows_the_coach() -> None:
    start = CallStart("1" * 16, "mai", "a", "Ann", "Returns", "v", "offline", "en-US", 0.0)
    record = CallRecord(start, "", scorecard=CARD)
    said = [word("objective", "day", True, 3), word("objective", "ask", False)]
    card = corrected(record, said).scorecard
    assert card is not None
    assert (card["score"], card["passed"]) == (33, False)
    assert [item["shown"] for item in card["objectives"]] == [False, True, True]
    assert corrected(record, []) is record
    assert record.scorecard == CARD
    assert as_json(record, []) is None
    exported = as_json(record, said)
    assert exported is not None
    assert (exported["score"], len(exported["annotations"])) == (33, 2)


def test_it_reads_well_in_an_export() -> None:
    start = CallStart("1" * 16, "mai", "a", "Ann", "Returns", "v", "offline", "en-US", 0.0)
    record = CallRecord(start, "", scorecard=CARD)
    said = [
        replace(word("claim", "day", turn=3, by="mai"), words="Names a day", text="I did"),
        replace(word("objective", "day", True, 3), words="Names a day"),
        replace(word("comment", "", turn=3), text="Well done"),
        replace(word("comment", "", turn=3), text="Slower", moment=67.4),
    ]
    assert as_lines(record, said) == [
        "100 of 100, passed",
        'mai says to have done this: Names a day, turn 4: "I did"',
        "dana: Names a day: shown, turn 4",
        'dana, turn 4: "Well done"',
        'dana, turn 4, at 1:07: "Slower"',
    ]


def test_a_trainee_is_not_told_what_the_customer_waits_for() -> None:
    own, inside = word("turn", "day", True, 3), word("turn", "refund", True, 3)
    assert for_trainee(CARD, [own, inside]) == (own,)


def test_a_claim_waits_until_a_coach_answers_it() -> None:
    claim, again = word("claim", "day"), word("claim", "day")
    assert waiting([claim, again]) == (claim,)
    assert waiting([claim, word("comment", "", turn=1)]) == (claim,)
    assert waiting([claim, word("objective", "ask", True)]) == (claim,)
    assert waiting([claim, word("turn", "day", False, 3)]) == (claim,)
    for answer in (word("objective", "day", False), word("turn", "day", True, 3)):
        assert waiting([claim, answer]) == ()
    assert waiting([claim, word("objective", "day", False), again]) == (again,)


def test_what_was_settled_in_a_turn() -> None:
    yes, no = word("turn", "day", True, 3), word("turn", "ask", False, 3)
    assert of_turn([yes, no, word("turn", "day", True, 5)], 3) == {"day": yes, "ask": no}
    assert of_turn([yes, word("turn", "day", None, 3)], 3) == {}
    for refused in (False, None):
        assert of_turn([yes, no, word("objective", "day", refused)], 3) == {"ask": no}
    assert of_turn([yes, word("objective", "day", True)], 3) == {"day": yes}


@pytest.mark.parametrize(
    ("both", "first", "second", "neither", "kappa"),
    [
        # Two readers of 50 proposals, and two pairs with the same 60 of 100 in agreement: the
        # worked examples of https://en.wikipedia.org/wiki/Cohen%27s_kappa.
        (20, 5, 10, 15, 0.4),
        (45, 15, 25, 15, 0.1304),
        (25, 35, 5, 35, 0.2593),
        (10, 0, 0, 10, 1.0),
        (0, 10, 10, 0, -1.0),
        (5, 5, 5, 5, 0.0),
    ],
)
def test_cohen_s_kappa_of_textbook_tables(
    both: int, first: int, second: int, neither: int, kappa: float
) -> None:
    pairs = [(True, True)] * both + [(True, False)] * first
    pairs += [(False, True)] * second + [(False, False)] * neither
    found = agreement(pairs)
    assert found.calls == both + first + second + neither
    assert found.agreed == both + neither
    assert found.kappa is not None
    assert math.isclose(found.kappa, kappa, abs_tol=5e-5)


def test_where_there_is_no_kappa_words_say_so() -> None:
    assert agreement([]) == Agreement(0, 0, None)
    assert agreement([]).words() == "No coach has judged this yet."
    same = agreement([(True, True)] * 7)
    assert same == Agreement(7, 7, None)
    assert "agree in 7 of 7 calls. Both always said the same thing" in same.words()
    one = agreement([(True, False)])
    assert one.words() == "Coach and reader agree in 0 of 1 call: kappa 0.00."
    assert "kappa \N{MINUS SIGN}1.00" in agreement([(True, False), (False, True)]).words()


def test_a_judgement_is_the_latest_word_that_answers_a_reading() -> None:
    first, last = word("objective", "day", True), word("objective", "day", False)
    assert judged([first, last, word("claim", "ask")]) == {"day": last}
    assert judged([first, word("objective", "day")]) == {}, "it was taken back"
    counts = word("turn", "day", True, 3)
    assert judged([counts]) == {"day": counts}
    assert judged([counts, word("turn", "day", None, 3)]) == {}
    assert judged([first, word("turn", "day", False, 3)]) == {"day": first}
    assert judged([replace(counts, reader=None)]) == {}, "no objective"


def test_in_how_many_calls_an_objective_was_shown_and_by_whom_not() -> None:
    calls = [
        ("ann", {"ask": True, "day": False}),
        ("bob", {"ask": True, "day": False}),
        ("ann", {"ask": True, "day": False}),
        ("ann", {"day": True}),
    ]
    found = shown_lately(calls)
    assert found["ask"] == Shown(3, 3, ())
    assert found["day"] == Shown(1, 4, (("ann", 2), ("bob", 1)))
    assert shown_lately([]) == {}
