"""What the author's own examples say of a turn, by their words alone."""

from dataclasses import replace

import pytest

from agent.simulation.directing.certainty import decided
from agent.simulation.directing.director import AskedFact, Match, Observation
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
    ("example", "said"),
    [
        ("It's on us, you needn't pay", "its on us you neednt pay"),
        ("It's on us, you needn't pay", "Well. It\u2019s on us: you needn\u2019t pay!"),
        ("We will bring you a new one soon", "We will bring you a newo."),  # just enough of it
    ],
)
def test_an_example_is_found_however_it_is_written(example: str, said: str) -> None:
    assert counts(taught("deescalation", (example,)), said)
    assert not counts(taught("deescalation", (example,)), said[:-8])


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
        ("I am sorry for the delay today. I am sorry to ring so late.", False),
    ],
)
def test_what_is_said_as_under_unlike_does_not_count_and_the_rest_of_the_turn_does(
    said: str, counted: bool
) -> None:
    unlike = ("I am sorry for the delay today.", "I am sorry to ring so late.")
    what = replace(SORRY, unlike=unlike)
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


ASKING = make_persona(
    facts=(("Router", "N 300"), ("Date of birth", "9 March 1950"), ("Phone", "555 0100"))
)


def asking(*asked: tuple[str, ...], persona: Persona = ASKING) -> Persona:
    """The persona with these questions under its facts, in their order."""
    facts = zip(persona.facts, (*asked, (), ()), strict=False)
    return replace(persona, facts=tuple(replace(fact, asked=each) for fact, each in facts))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("How old is that gadget?", [("Router", 1.0)]),
        ("okay so how old is that gadget", [("Router", 1.0)]),
        ("Which of the two gadgets is it you have?", [("Router", 0.8)]),
        ("Which of the two gadgets is it that you don't have?", []),
        (
            "Sorry. How old is that gadget? And what's your phone number?",
            [("Router", 1.0), "Phone"],
        ),
        ("What's your phone number? How old is that gadget?", ["Phone", ("Router", 1.0)]),
        ("The box, please.", [("Router", 1.0)]),
        ("The box, please?", [("Router", 1.0)]),
        ("What's your date of birth?", ["Date of birth"]),
        ("I wonder how many gadgets are old.", []),
    ],
)
def test_a_question_of_the_author_s_asks_for_its_fact(
    said: str, found: list[str | tuple[str, float]]
) -> None:
    which = "Which of the two gadgets is it that you have?"
    persona = asking(("How old is that gadget?", "The box, please", which))
    expected = [
        AskedFact(each) if isinstance(each, str) else AskedFact(*each, "example") for each in found
    ]
    assert list(LexicalObserver(persona).observe(said).facts) == expected


def test_the_question_that_is_nearest_decides() -> None:
    persona = asking(("How old is that gadget of yours?",), ("How old is that gadget of ours?",))
    (fact,) = LexicalObserver(persona).observe("How old is that gadget of ours?").facts
    assert fact == AskedFact("Date of birth", 1.0, "example")


def test_a_question_of_the_author_s_works_in_thai() -> None:
    thai = make_persona(facts=(("เครื่อง", "N 300"),), language="th-TH")
    persona = asking(("ตัวนี้รุ่นไหนคะ",), persona=thai)
    (fact,) = LexicalObserver(persona).observe("ตัวนี้รุ่นไหนครับ").facts
    assert fact == AskedFact("เครื่อง", 1.0, "example")


def test_a_question_of_the_author_s_holds_beside_a_text_model() -> None:
    persona = asking(("How old is that gadget?",))
    for said, told in (("How old is that gadget?", "Router"), ("When was it?", "Date of birth")):
        ledger = Ledger(persona)
        turn = Turn(0, "trainee", said, 0.0, "typed", persona.version, end=0.0)
        ledger.heard(turn, LexicalObserver(persona).observe(said))
        model = (AskedFact("Date of birth"),)
        ledger.revise(0, Observation(said, source="model", facts=model))
        assert ledger.step is not None
        assert [fact.label for fact in ledger.step.direction.facts] == [told]


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
