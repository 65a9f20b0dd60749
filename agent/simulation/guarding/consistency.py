"""How consistent a persona is when a model plays it: with its file, with itself, and in its facts.

Code judges where it can: a number, a name or a date that the file has otherwise, and an answer to a
question for a fact. The rest takes a text model, and is not judged without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.simulation.acting.telling import tells
from agent.simulation.directing.facts import key_of
from agent.simulation.guarding.guards import breaks
from agent.simulation.guarding.numbers import digits
from data.consistency import By, Consistency, Disagreement, Figure
from data.records import Turn
from personas.model import Fact, Persona

CODE_DIGITS = 3
"""Figures of a value from which on its answer is compared by them."""
_ASKS = {"th": "ขอทราบ{label}ด้วยค่ะ"}
_ASKS_ELSE = "What about this: {label}?"
_TURN = 0.0


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """A question that is for one fact, as a trainee would ask it."""

    fact: Fact
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the persona said to such a question."""

    question: FactQuestion
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text model found: lines that are not as the file has it, lines that are not as another
    line has it, and for answers (by their place) whether they tell their fact."""

    file: tuple[Disagreement, ...] = ()
    lines: tuple[Disagreement, ...] = ()
    facts: tuple[tuple[int, bool], ...] = ()


def fact_questions(persona: Persona) -> tuple[FactQuestion, ...]:
    """One question for each fact that may be told at once: the author's own, or its name."""
    language = persona.language.lower().split("-")[0]
    frame = _ASKS.get(language, _ASKS_ELSE)
    return tuple(
        FactQuestion(fact, fact.asked[0] if fact.asked else frame.format(label=fact.label))
        for fact in persona.facts
        if fact.label and not fact.only_after
    )


def told_right(persona: Persona, answer: Answer) -> bool | None:
    """Whether the answer tells its fact, as far as code can say; None where it cannot."""
    fact, said = answer.question.fact, answer.text
    if _tells(said, fact.value):
        return True
    if _contradicts(persona, answer) or len(digits(fact.value)) >= CODE_DIGITS:
        return False
    return None


def consistency(
    persona: Persona,
    turns: Sequence[Turn],
    answers: Sequence[Answer],
    verdict: Verdict | None = None,
    problem: str = "",
) -> Consistency:
    """The figures of a call's lines and of answers to ``fact_questions``; ``verdict`` is a text
    model's, None without one, for the reason ``problem``."""
    lines = [turn for turn in turns if turn.speaker == "persona" and turn.text.strip()]
    coded = tuple(_by_code(persona, turns))
    if verdict is None:
        file = Figure(0, 0, "", coded)
        between = Figure(0, 0, "")
    else:
        wrong = (*coded, *(d for d in verdict.file if d.turn not in {c.turn for c in coded}))
        file = _figure(len(lines), wrong, "code and model")
        between = _figure(len(lines), verdict.lines, "model")
    return Consistency(file, between, _facts(persona, answers, verdict), problem)


def _figure(number: int, wrong: tuple[Disagreement, ...], by: By) -> Figure:
    return Figure(number - len({each.turn for each in wrong}), number, by, wrong)


def _by_code(persona: Persona, turns: Sequence[Turn]) -> Iterator[Disagreement]:
    for each in breaks(persona, turns):
        if each.guard == "contradiction":
            yield Disagreement(each.turn, each.words, each.why, "code")


def _facts(persona: Persona, answers: Sequence[Answer], verdict: Verdict | None) -> Figure:
    judged: list[bool] = []
    wrong: list[Disagreement] = []
    asked_model = False
    by_model = dict(verdict.facts) if verdict else {}
    for place, answer in enumerate(answers):
        right = told_right(persona, answer)
        by: Literal["code", "model"] = "code"
        if right is None and place in by_model:
            right, by, asked_model = by_model[place], "model", True
        if right is None:
            continue
        judged.append(right)
        if not right:
            fact = answer.question.fact
            wrong.append(Disagreement(-1, answer.text, f"{key_of(fact)}: {fact.value}", by))
    who: By = "code and model" if asked_model else "code"
    return Figure(
        sum(judged), len(judged), who if judged else "", tuple(wrong), len(answers) - len(judged)
    )


def _tells(said: str, value: str) -> bool:
    meant = digits(value)
    if len(meant) >= CODE_DIGITS:
        return meant in digits(said) or value.casefold() in said.casefold()
    return tells(said, value)


def _contradicts(persona: Persona, answer: Answer) -> bool:
    question = answer.question
    asked = (key_of(question.fact),)
    turns = (
        Turn(0, "trainee", question.text, _TURN, asked=asked),
        Turn(1, "persona", answer.text, _TURN),
    )
    return any(each.guard == "contradiction" for each in breaks(persona, turns))
