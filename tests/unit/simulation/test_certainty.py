"""What counts of an observation, and what is only kept as unsure."""

import pytest

from agent.simulation.directing.certainty import LONE, SURE, UNSURE, decided
from agent.simulation.directing.director import AskedFact, Match, Observation, advance, begin
from agent.simulation.directing.ledger import Ledger
from data.records import Turn
from personas.model import Rule
from tests.support.personas import make_persona, rule

BLAME = rule("trigger", "Blaming him", 2)
APOLOGY = rule("deescalation", "A sincere apology", -2)
REFUND = rule("criterion", "A refund is confirmed")
VERIFY = rule("objective", "Verifies identity")
PERSONA = make_persona([BLAME, APOLOGY, REFUND, VERIFY])


def counted(*matches: Match, **more: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    seen = decided(PERSONA, Observation("words", matches, **more))  # type: ignore[arg-type]
    return tuple(m.rule for m in seen.matches), tuple(m.rule for m in seen.unsure)


def read(what: Rule, confidence: float, *, asked: bool = False) -> Match:
    return Match(what.id, "words", confidence, "reader", asked)


@pytest.mark.parametrize("source", SURE)
def test_a_trigger_needs_more_certainty_than_anything_else(source: str) -> None:
    needed = SURE[source]
    assert needed["trigger"] > max(needed["deescalation"], needed["objective"])
    assert needed["trigger"] >= needed["criterion"] >= UNSURE


@pytest.mark.parametrize("what", [BLAME, REFUND, VERIFY], ids=lambda what: what.kind)
def test_between_sure_and_no_lies_unsure(what: Rule) -> None:
    sure = SURE["reader"][what.kind]
    assert counted(read(what, sure)) == ((what.id,), ())
    assert counted(read(what, sure - 0.01)) == ((), (what.id,))
    assert counted(read(what, UNSURE - 0.01)) == ((), ())


def test_an_observer_of_a_newer_release_has_to_be_as_sure_as_any() -> None:
    assert counted(Match(BLAME.id, "words", 0.69, "new")) == ((), (BLAME.id,))
    assert counted(Match(BLAME.id, "words", 0.7, "new")) == ((BLAME.id,), ())


def test_what_calms_counts_with_less_when_it_is_the_only_reading() -> None:
    nearly = read(APOLOGY, SURE["reader"]["deescalation"] - LONE)
    assert counted(nearly) == ((APOLOGY.id,), ())
    assert counted(nearly, read(BLAME, 0.4)) == ((), (APOLOGY.id, BLAME.id))


@pytest.mark.parametrize(
    ("blame", "apology", "counts"),
    [(0.9, 0.95, APOLOGY), (0.95, 0.9, BLAME), (0.9, 0.9, APOLOGY)],
)
def test_the_same_words_do_not_anger_and_calm(blame: float, apology: float, counts: Rule) -> None:
    sure, unsure = counted(read(BLAME, blame), read(APOLOGY, apology))
    assert sure == (counts.id,)
    assert len(unsure) == 1
    elsewhere = Match(BLAME.id, "other", blame, "reader")
    assert len(counted(elsewhere, read(APOLOGY, apology))[0]) == 2
    assert len(counted(Match(BLAME.id, "words"), Match(APOLOGY.id, "words"))[0]) == 2


def test_a_doubtful_accusation_takes_nothing_from_what_surely_calms() -> None:
    doubtful = SURE["reader"]["trigger"] - 0.01
    sure, unsure = counted(read(BLAME, doubtful), read(APOLOGY, doubtful - 0.05))
    assert (sure, unsure) == ((APOLOGY.id,), (BLAME.id,))


def test_a_short_courtesy_accuses_nobody() -> None:
    def sure(act: str, text: str, source: str = "reader") -> bool:
        match = Match(BLAME.id, "bye", 0.9, source)
        seen = Observation(text, (match,), act=act)  # type: ignore[arg-type]
        return bool(decided(PERSONA, seen).matches)

    assert not sure("goodbye", "All right, take care, bye.")
    assert sure("", "All right, take care, bye.")
    assert sure("goodbye", "All right, take care, bye.", "example")
    assert sure("goodbye", "It was you who broke it, so what do you expect? Bye.")


def test_a_question_never_meets_a_criterion() -> None:
    assert counted(read(REFUND, 1.0, asked=True)) == ((), ())
    assert counted(read(VERIFY, 1.0, asked=True)) == ((VERIFY.id,), ())


def test_keywords_in_a_row_match_nothing() -> None:
    assert counted(read(VERIFY, 1.0), read(REFUND, 1.0), act="keywords") == ((), ())
    step = advance(PERSONA, begin(PERSONA), Observation("a", (read(VERIFY, 1.0),), act="keywords"))
    assert step.cause == "keywords in a row, no sentence"
    assert "You did not understand" in step.direction.text


def test_what_an_observer_calls_unsure_never_counts() -> None:
    assert counted(unsure=(read(VERIFY, 0.9),)) == ((), (VERIFY.id,))


def test_unsure_readings_move_nothing_and_stand_in_the_record() -> None:
    ledger = Ledger(PERSONA)
    seen = Observation("words", (read(BLAME, 0.6), read(VERIFY, 0.9)), source="reader")
    turn, step = ledger.heard(Turn(1, "trainee", "words", 5.0), seen)
    assert step.state.intensity == PERSONA.intensity
    assert (turn.matched, turn.confidences) == ((VERIFY.id,), (0.9,))
    assert (turn.unsure, turn.unsure_quotes) == ((BLAME.id,), ("words",))
    assert turn.unsure_confidences == (0.6,)
    assert Turn.from_json(turn.to_json()) == turn


def test_a_record_of_before_has_no_readings_and_one_with_words_for_numbers_is_refused() -> None:
    old = {"index": 0, "speaker": "trainee", "text": "Hi", "begin": 1.0, "matched": ["t-1"]}
    assert Turn.from_json(old).unsure == ()
    with pytest.raises(TypeError, match="confidences"):
        Turn.from_json({**old, "confidences": ["much"]})


def test_a_later_view_that_says_nothing_of_facts_leaves_them() -> None:
    ledger = Ledger(make_persona([VERIFY], facts=(("Account", "TC-1"),)))
    first = Observation("words", facts=(AskedFact("Account"),))
    ledger.heard(Turn(1, "trainee", "words", 5.0), first)
    ledger.revise(1, Observation("words", source="model"))
    assert ledger.step is not None
    assert [fact.value for fact in ledger.step.direction.facts] == ["TC-1"]
