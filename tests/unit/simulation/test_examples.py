"""What the author's own examples say of a turn, by their words alone."""

from dataclasses import replace

import pytest

from agent.simulation.directing.certainty import decided
from agent.simulation.directing.director import Match, Observation
from agent.simulation.directing.ledger import Ledger
from agent.simulation.observing.observer import LexicalObserver
from data.records import Turn
from personas.model import Kind, Persona, Rule
from tests.support.personas import make_persona, rule


def taught(kind: Kind, like: tuple[str, ...] = (), unlike: tuple[str, ...] = ()) -> Rule:
    """A rule whose own words give nothing to look for."""
    return replace(rule(kind, "Zzyzx"), like=like, unlike=unlike)


def counts(what: Rule, said: str, language: str = "en-US") -> bool:
    persona = make_persona([what], language=language)
    seen = decided(persona, LexicalObserver(persona).observe(said))
    return what.id in {match.rule for match in seen.matches}


GUTTED = "I feel awful about how that went for you."


@pytest.mark.parametrize(
    "said",
    [
        GUTTED,
        "i feel awful about how that went for you",
        "Right. I feel awful, about how that went for you! Let me look.",
        "I feel awful about how that all went for you.",  # nearly so
    ],
)
def test_what_is_said_in_the_words_of_an_example_counts(said: str) -> None:
    assert counts(taught("deescalation", (GUTTED,)), said)
    assert not counts(taught("deescalation"), said)


@pytest.mark.parametrize(
    "said",
    [
        "I can't say that I feel awful about how that went for you.",
        "Would you mind if I feel awful about how that went for you?",
        "I don't feel awful about how that went for you.",
        "Do I feel awful about how that went for you?",
        "How did that go for you?",
    ],
)
def test_what_is_denied_asked_or_only_thought_of_is_not_said(said: str) -> None:
    assert not counts(taught("deescalation", (GUTTED,)), said)


def test_a_short_example_is_a_whole_sentence() -> None:
    what = taught("objective", ("On us.",))
    assert counts(what, "Sure. On us.")
    assert not counts(what, "They counted on us to do that.")


def test_an_example_of_few_letters_and_one_of_none_fail_nothing() -> None:
    what = taught("objective", ("x", "…", "👍"))
    assert counts(what, "X!")
    assert not counts(what, "👍")
    assert not counts(what, "")


def test_the_words_of_an_example_count_though_they_are_a_question_or_a_row() -> None:
    assert counts(taught("criterion", ("Shall I book Friday?",)), "Shall I book Friday?")
    row = "blue port router light cable reset socket"
    assert counts(taught("criterion", (row,)), row)


SORRY = rule("deescalation", "A sincere apology")


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("I apologize for what happened to you.", True),
        ("I am sorry for the delay today.", False),
        ("I am so sorry for the delay today.", False),
        ("I am sorry for the delay today. I apologize for what happened to you.", True),
    ],
)
def test_what_is_said_as_under_unlike_does_not_count_and_the_rest_of_the_turn_does(
    said: str, counted: bool
) -> None:
    what = replace(SORRY, unlike=("I am sorry for the delay today.",))
    assert counts(what, said) is counted
    assert counts(SORRY, said)


def test_the_same_sentence_under_both_does_not_count() -> None:
    assert not counts(taught("objective", ("It is on us.",), ("It is on us.",)), "It is on us.")


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("ดิฉันจะโอนเงินคืนให้ภายในวันนี้ค่ะ", True),
        ("ดิฉันจะโอนเงินคืนให้ภายในวันนี้นะคะ ขอบคุณที่รอค่ะ", True),
        ("ดิฉันจะโอนเงินคืนให้ได้ภายในวันนี้เลยค่ะ", True),
        ("ดิฉันจะไม่โอนเงินคืนให้ภายในวันนี้ค่ะ", False),
        ("ขอบคุณค่ะ", False),
    ],
)
def test_examples_work_in_thai(said: str, counted: bool) -> None:
    what = taught("criterion", ("ดิฉันจะโอนเงินคืนให้ภายในวันนี้ค่ะ",))
    assert counts(what, said, "th-TH") is counted


def test_what_examples_say_holds_beside_a_text_model() -> None:
    """Its view replaces that of this machine; it has not read the examples as these are meant."""
    like, unlike = taught("deescalation", (GUTTED,)), replace(SORRY, unlike=("Sorry?",))
    persona = make_persona([like, unlike])
    assert _after_a_model(persona, GUTTED, ()) == {like.id}
    assert _after_a_model(persona, "Sorry?", (Match(SORRY.id, "Sorry?", 0.9, "model"),)) == set()
    assert _after_a_model(persona, "Sorry!!", (Match(SORRY.id, "Sorry", 0.9, "model"),)) == set()


def _after_a_model(persona: Persona, said: str, matches: tuple[Match, ...]) -> set[str]:
    ledger = Ledger(persona)
    turn = Turn(0, "trainee", said, 0.0, "typed", persona.version, end=0.0)
    ledger.heard(turn, LexicalObserver(persona).observe(said))
    ledger.revise(0, Observation(said, matches, source="model"))
    assert ledger.step is not None
    return set(ledger.step.matched)
