"""Figures of consistency, as far as code can judge."""

import pytest

from agent.simulation.guarding.consistency import (
    Answer,
    FactQuestion,
    Verdict,
    consistency,
    fact_questions,
    told_right,
)
from data.records import Turn
from tests.support.guard_cases import actor

WALTER, SARAH = actor("walter-hughes"), actor("sarah-thompson")


@pytest.mark.parametrize(
    ("slug", "label", "said", "right"),
    [
        (
            "walter-hughes",
            "Account number",
            "It's four oh, seven seven, two one, five eight.",
            True,
        ),
        ("walter-hughes", "Account number", "That's 40 77 21 58, I believe.", True),
        ("walter-hughes", "Account number", "It's 40 77 21 59.", False),
        ("walter-hughes", "Account number", "I'd have to look for it.", False),
        ("walter-hughes", "Plan", "I pay forty-nine dollars for the Home Internet Basic.", True),
        ("walter-hughes", "Spot", "It's down on the floor, under the desk.", True),
        ("walter-hughes", "Spot", "Beside the armchair.", None),
        ("walter-hughes", "Age", "I'm sixty-eight.", False),
        ("sarah-thompson", "เลขบัญชี", "TC 88213 ค่ะ", True),
        ("sarah-thompson", "เลขบัญชี", "TC 88214 ค่ะ", False),
        ("sarah-thompson", "อายุ", "สามสิบห้าปีค่ะ", False),
    ],
)
def test_an_answer_is_compared_with_its_fact(
    slug: str, label: str, said: str, right: bool | None
) -> None:
    persona = actor(slug)
    fact = next(fact for fact in persona.facts if fact.label == label)
    assert told_right(persona, Answer(FactQuestion(fact, "?"), said)) is right


def test_each_fact_is_asked_for_in_the_author_s_words() -> None:
    questions = {each.fact.label: each.text for each in fact_questions(WALTER)}
    assert questions["Age"] in next(fact.asked for fact in WALTER.facts if fact.label == "Age")
    kept = [fact for fact in actor("maria-delgado").facts if fact.only_after]
    assert kept
    assert not {q.fact for q in fact_questions(actor("maria-delgado"))} & set(kept)
    assert all(each.text for each in fact_questions(SARAH))


def test_without_a_model_only_facts_are_judged() -> None:
    turns = (
        Turn(0, "trainee", "What plan are you on?", 0.0, asked=("Plan",)),
        Turn(1, "persona", "I pay 89 dollars a month.", 1.0),
    )
    answers = [Answer(each, each.fact.value) for each in fact_questions(WALTER)]
    found = consistency(WALTER, turns, answers, problem="No text model is set up.")
    assert found.prompt_to_line.share is None
    assert str(found.line_to_line) == "not judged"
    assert [each.by for each in found.prompt_to_line.wrong] == ["code"], "it is found all the same"
    assert found.facts.share == 1.0
    assert str(found.facts).endswith("(by code)")


def test_what_nobody_could_judge_is_counted_apart() -> None:
    spot = next(fact for fact in WALTER.facts if fact.label == "Spot")
    answers = [Answer(FactQuestion(spot, "Where?"), "Beside the armchair.")]
    assert str(consistency(WALTER, (), answers).facts) == "not judged"
    seen = consistency(WALTER, (), answers, Verdict(facts=((0, False),)))
    assert str(seen.facts) == "0 of 1 (by code and model)"
    assert seen.facts.wrong[0].by == "model"
