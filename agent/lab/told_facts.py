"""Which of a persona's lines tells a fact, and whether anybody had asked for it by then; pure."""

import re
from collections.abc import Iterable, Sequence

from agent.simulation.acting.telling import tells
from agent.simulation.directing.facts import key_of
from agent.simulation.text_call import Exchange
from data.records import Turn
from personas.model import Fact, Persona

SHARE = 0.75
"""The share of a value's words from which on a line that was not told to tell it has done so."""
SHORT = 3
"""Letters of a value up to which it must stand there as a word of its own."""


def facts_named(persona: Persona, name: str) -> tuple[Fact, ...]:
    """The facts of that label, or of that value where they have no label."""
    return tuple(fact for fact in persona.facts if key_of(fact) == name)


def tells_one(line: str, facts: Iterable[Fact], exchange: Exchange | None = None) -> bool:
    """Whether the line tells one of these facts; of those that it was directed to tell, half of the
    words are enough."""
    directed = {fact.value for fact in exchange.told} if exchange else set()
    return any(_says(line, f.value, directed=f.value in directed) for f in facts)


def told_too_soon(
    persona: Persona, name: str, opening: Turn | None, exchanges: Sequence[Exchange]
) -> tuple[Turn, str] | None:
    """The first line of the persona that tells that fact before the trainee had asked for it, and
    what had not been done by then, in words; None when it was kept.

    Who names the fact, or does what the rule says whose reply tells it, has earned it as well.
    """
    facts = facts_named(persona, name)
    if opening is not None and tells_one(opening.text, facts):
        return opening, "before anybody had said a word"
    asked, matched, said = False, set[str](), False
    for exchange in exchanges:
        turn = exchange.said
        asked = asked or name in turn.asked
        said = said or tells_one(turn.text, facts)
        matched |= set(turn.matched)
        if said or _told_by_rule(persona, facts, matched):
            return None
        if not tells_one(exchange.reply.text, facts, exchange):
            continue
        if kept := next((f for f in facts if f.only_after not in ("", *matched)), None):
            rule = persona.rule(kept.only_after)
            return exchange.reply, f'before "{rule.text if rule else kept.only_after}" was matched'
        return None if asked else (exchange.reply, "before it was asked for")
    return None


def _told_by_rule(persona: Persona, facts: Iterable[Fact], matched: Iterable[str]) -> bool:
    """Whether a rule that was matched has a reply which tells the fact, or changes it."""
    rules = [rule for each in matched if (rule := persona.rule(each)) is not None]
    return any(
        any(change.label == fact.label for change in rule.then)
        or any(_says(reply, fact.value) for reply in rule.replies)
        for rule in rules
        for fact in facts
    )


def _says(line: str, value: str, *, directed: bool = False) -> bool:
    value = value.strip().rstrip(".")
    if len(value) <= SHORT:
        found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", line, re.IGNORECASE)
        return bool(value) and found is not None
    return tells(line, value) if directed else tells(line, value, SHARE)
