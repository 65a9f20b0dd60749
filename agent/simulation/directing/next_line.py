"""A turn's outcome in words: its cause, and the direction of the persona's next line."""

from agent.simulation.directing.course import Change, Direction, Effect, Kind
from agent.simulation.directing.facts import asked_fact
from agent.simulation.directing.stage import direction_text, named
from personas.model import Rule

HOSTILE = "a hostile tone"
NOTHING = "nothing matched"
"""Causes that are in no rule's words."""


def cause(change: Change) -> str:
    """Why the call stands where it stands: '-2: a sincere apology; +1: put on hold'."""
    parts = [f"+{change.insult}: {HOSTILE}"] if change.insult else []
    parts += [_effect_words(effect) for effect in change.effects]
    parts += [f"met: {named(rule.text)}" for rule in change.newly_met]
    parts += [f"shown: {named(rule.text)}" for rule in change.newly_shown]
    if change.after.resolved and not change.before.resolved:
        parts.append("the resolution is accepted")
    if change.before.resolved and not change.after.resolved:
        parts.append("the acceptance is taken back")
    return "; ".join(parts) or NOTHING


def direct(change: Change) -> Direction:
    """What the persona's next line is to be."""
    kind, rule = _kind(change)
    after, persona = change.after, change.persona
    missing = tuple(r.text for r in persona.criteria if r.id not in after.met)
    text = direction_text(
        persona,
        after.phase,
        after.intensity,
        _task(change, kind, rule),
        missing,
        resolved=after.resolved,
    )
    return Direction(kind, rule.id if rule else "", text)


def _effect_words(effect: Effect) -> str:
    again = " (again)" if effect.times else ""
    change = f"{effect.change:+d}" if effect.change else "0"
    return f"{change}: {named(effect.rule.text)}{again}"


def _kind(change: Change) -> tuple[Kind, Rule | None]:
    """The kind of the next line, and the rule it answers: the one that moved most."""
    if change.after.resolved:
        return ("farewell" if change.before.resolved else "accept"), None
    heard = sorted(change.effects, key=lambda e: (-abs(e.change), e.change < 0))
    if change.insult and not any(e.change > 0 for e in heard):
        return "retort", None
    fact = asked_fact(change.persona, change.observation.text)
    if heard and (heard[0].change or not fact):
        return "reply", heard[0].rule
    spoken = [rule for rule in change.newly_met if rule.replies]
    if spoken:
        return "reply", spoken[0]
    return ("fact" if fact else "line"), None


def _task(change: Change, kind: Kind, rule: Rule | None) -> str:
    if kind == "accept":
        return "You have what you need. Accept the solution and say so."
    if kind == "farewell":
        return "All is settled. Thank them briefly and say goodbye."
    fact = asked_fact(change.persona, change.observation.text)
    told = f' They asked for a detail; tell them: "{fact.label}: {fact.value}".' if fact else ""
    if rule is not None:
        return _reaction(rule) + told
    if change.insult:
        return "They were hostile. React to that, sharply." + told
    return ("Answer that question and no more." if fact else "Answer in one or two lines.") + told


def _reaction(rule: Rule) -> str:
    said = "This just made you angrier" if rule.kind == "trigger" else "This just happened"
    quoted = f' Say something like: "{rule.replies[0]}"' if rule.replies else ""
    return f"{said}: {named(rule.text)}.{quoted}"
