"""What a persona's facts are by now: rules that were matched change some and open others."""

import re
from collections.abc import Iterable
from dataclasses import replace

from agent.simulation.directing.certainty import ASKED_FACT
from agent.simulation.directing.course import AskedFact, State
from personas.model import Fact, Persona

_NAME = re.compile(r"(?:(?:full|first|last|customer|my) )?name|ชื่อ(?:เต็ม)?", re.I)


def facts_now(persona: Persona, state: State) -> tuple[Fact, ...]:
    """Every fact as it is after what has been done; the latest change of a fact holds."""
    changed = changes(persona, state)
    return tuple(
        replace(fact, value=changed[fact.label]) if fact.label in changed else fact
        for fact in persona.facts
    )


def changes(persona: Persona, state: State) -> dict[str, str]:
    """The labels of the facts that have changed, with their values."""
    done = [rule for each in state.counts if (rule := persona.rule(each)) is not None]
    return {change.label: change.value for rule in done for change in rule.then}


def by_now(persona: Persona, state: State) -> str:
    """What a model is told of the facts that have changed, to stand after its task."""
    changed = "; ".join(f"{label}: {value}" for label, value in changes(persona, state).items())
    return f" By now: {changed}." if changed else ""


def asked(
    persona: Persona, state: State, wanted: Iterable[AskedFact]
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """The facts asked for as they are by now: those that may be told, and those that wait.

    Each is there once, however often it was asked for.
    """
    labels = {each.label: None for each in wanted if each.confidence >= ASKED_FACT}
    now = facts_now(persona, state)
    found = {
        (fact.label, fact.value): fact for name in labels for fact in now if name == key_of(fact)
    }
    told = {key: fact for key, fact in found.items() if _open(fact, state)}
    return tuple(told.values()), tuple(f for key, f in found.items() if key not in told)


def key_of(fact: Fact) -> str:
    """What the fact is called: its label, or its value where it has none."""
    return fact.label or fact.value


def is_name(fact: Fact) -> bool:
    """Whether the fact is the customer's own name."""
    return _NAME.fullmatch(fact.label) is not None


def _open(fact: Fact, state: State) -> bool:
    return not fact.only_after or fact.only_after in state.counts
