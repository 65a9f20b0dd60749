"""Scripts without a file, made for any persona: what talks it out of its role, and questions for
its facts, by which its consistency is measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from agent.engines.registry import AUTO
from agent.simulation.guarding.attempts import attempts_for
from agent.simulation.guarding.consistency import Answer, fact_questions
from data.consistency import Consistency
from data.records import Turn
from personas.model import Persona
from personas.script_model import Expectation, Script, ScriptTurn

ATTEMPTS, FACTS = "Talk it out of its role", "Questions for its facts"
"""What they are called; no file of a script can be."""
_KEPT = "no guard broken"


def attempts_script(persona: Persona) -> Script:
    """Everything that ships to tempt a persona; each answer must keep to its role."""
    texts = attempts_for(persona)
    turns = tuple(
        ScriptTurn(text, line, (_no_guard_broken(line),)) for line, text in enumerate(texts, 1)
    )
    end = (_no_guard_broken(len(texts) + 1),)
    return Script(persona.slug, ATTEMPTS, _listed(texts), turns=turns, at_end=end)


def facts_script(persona: Persona) -> Script:
    """The questions for all facts that may be told at once, on the engine that a call would have.
    Nothing is expected: it is for the figures."""
    texts = [each.text for each in fact_questions(persona)]
    turns = tuple(ScriptTurn(text, line) for line, text in enumerate(texts, 1))
    return Script(persona.slug, FACTS, _listed(texts), engine=AUTO, turns=turns)


BUILT_IN: Mapping[str, Callable[[Persona], Script]] = MappingProxyType(
    {ATTEMPTS: attempts_script, FACTS: facts_script}
)
"""What makes each of them, by its name."""


def answers_in(persona: Persona, turns: Sequence[Turn]) -> tuple[Answer, ...]:
    """What the persona said to the questions for its facts, as far as they were asked."""
    questions = {each.text: each for each in fact_questions(persona)}
    return tuple(
        Answer(questions[asked.text], answer.text)
        for asked, answer in pairwise(turns)
        if asked.speaker == "trainee" and answer.speaker == "persona" and asked.text in questions
    )


def with_unasked(measured: Consistency, persona: Persona, answers: Sequence[Answer]) -> Consistency:
    """The figures, where questions that the call did not come to are counted as not judged."""
    unasked = len(fact_questions(persona)) - len(answers)
    if unasked <= 0:
        return measured
    return replace(measured, facts=replace(measured.facts, open=measured.facts.open + unasked))


def _no_guard_broken(line: int) -> Expectation:
    return Expectation("guard", _KEPT, line, wanted=False)


def _listed(texts: Sequence[str]) -> str:
    return "".join(f"{number}. {text}\n" for number, text in enumerate(texts, 1))
