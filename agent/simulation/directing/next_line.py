"""A turn's outcome in words: its cause, and the direction of the persona's next line."""

import re

from agent.simulation.directing.course import Change, Direction, Effect, Kind
from agent.simulation.directing.facts import by_now, key_of
from agent.simulation.directing.stage import direction_text, named
from personas.model import Rule

HOSTILE = "a hostile tone"
NOTHING = "nothing matched"
KEYWORDS = "keywords in a row, no sentence"
OUT_OF_ROLE = "nothing said to the customer"
ACCEPTED = "the resolution is accepted"
TAKEN_BACK = "the acceptance is taken back"
"""Causes that are in no rule's words."""
_MOVES_NOTHING = {"keywords": KEYWORDS, "out_of_role": OUT_OF_ROLE}
_APOLOGY = re.compile(r"\b(?:apolog|sorry|regret)|ขอโทษ|ขออภัย", re.I)


def cause(change: Change) -> str:
    """Why the call stands where it stands: '-2: a sincere apology; +1: put on hold'."""
    parts = [f"+{change.insult}: {HOSTILE}"] if change.insult else []
    parts += [_effect_words(effect) for effect in change.effects]
    parts += [f"met: {named(rule.text)}" for rule in change.newly_met]
    parts += [f"shown: {named(rule.text)}" for rule in change.newly_shown]
    if change.after.resolved and not change.before.resolved:
        parts.append(ACCEPTED)
    if change.before.resolved and not change.after.resolved:
        parts.append(TAKEN_BACK)
    return "; ".join(parts) or _MOVES_NOTHING.get(change.observation.act, NOTHING)


def direct(change: Change, hang_up: bool) -> Direction:
    """What the persona's next line is to be; ``hang_up`` when it is the last one."""
    kind, rule = _kind(change, hang_up)
    after, persona = change.after, change.persona
    missing = tuple(r.text for r in persona.criteria if r.id not in after.met)
    text = direction_text(
        persona,
        after.phase,
        after.intensity,
        _task(change, kind, rule) + _not_yet(change, kind) + by_now(persona, after),
        missing,
        resolved=after.resolved,
    )
    facts = change.facts if kind not in ("farewell", "leave") else ()
    return Direction(kind, rule.id if rule else "", text, facts, hang_up)


def is_apology(rule: Rule) -> bool:
    """Whether the rule is about being sorry."""
    return _APOLOGY.search(rule.text) is not None


def _effect_words(effect: Effect) -> str:
    again = " (again)" if effect.times else ""
    change = f"{effect.change:+d}" if effect.change else "0"
    return f"{change}: {named(effect.rule.text)}{again}"


def _kind(change: Change, hang_up: bool) -> tuple[Kind, Rule | None]:
    """The kind of the next line, and the rule it answers: the one that moved most."""
    if hang_up and change.observation.hostile:
        return "leave", None
    spoken = [rule for rule in change.newly_met if rule.replies]
    if change.after.resolved and not change.before.resolved:
        return "accept", (spoken[-1] if spoken else None)
    if change.after.resolved and change.observation.act == "goodbye" and not change.facts:
        return "farewell", None
    heard = sorted(change.effects, key=lambda e: (-abs(e.change), e.change < 0))
    angered = any(effect.change > 0 for effect in heard)
    if change.observation.act == "regret":
        heard = [effect for effect in heard if not is_apology(effect.rule)]
    if change.insult and not angered:
        return "retort", None
    if change.observation.act == "goodbye" and not (angered or spoken):
        return ("fact" if change.facts else "line"), None
    if change.after.resolved and change.observation.act == "more" and not angered:
        return ("fact" if change.facts else "line"), None
    moving = [effect for effect in heard if _is_news(effect)]
    if spoken and not angered:
        return "reply", spoken[0]
    if moving:
        return "reply", moving[0].rule
    if heard and not change.facts and not _rather_answered(change):
        return "reply", heard[0].rule
    return _without_rule(change)


def _rather_answered(change: Change) -> bool:
    """Whether the turn wants another answer than that of a rule which moves nothing any more."""
    seen, moved = change.observation, any(effect.change for effect in change.effects)
    if seen.act == "repeat":
        return not any(effect.rule.replies for effect in change.effects)
    return seen.act == "regret" or (seen.question and not moved)


def _is_news(effect: Effect) -> bool:
    """Whether it moved the mood as nothing before: what calms is no news when it comes again."""
    return effect.change > 0 or (effect.change < 0 and not effect.times)


def _without_rule(change: Change) -> tuple[Kind, Rule | None]:
    """The kind of a line that nothing new calls for."""
    if change.facts:
        return "fact", None
    again = [rule for rule in change.met_again if rule.replies or rule.then]
    if again:
        return "known", again[0]
    return ("withhold" if change.waiting else "line"), None


_TASKS: dict[Kind, str] = {
    "accept": "You have what you need. Accept the solution and say so.",
    "farewell": "All is settled. Thank them briefly and say goodbye.",
    "leave": "You have been insulted enough. Say so in one sentence and hang up.",
    "retort": "They were hostile. React to that, sharply.",
    "fact": "Answer that question and no more.",
    "withhold": "They asked for something that you do not tell yet. Ask why they want to know.",
    "line": "Answer in one or two lines.",
}


def _task(change: Change, kind: Kind, rule: Rule | None) -> str:
    details = "; ".join(f"{fact.label}: {fact.value}".strip(": ") for fact in change.facts)
    told = f' They asked for a detail; tell them: "{details}".' if details else ""
    if change.observation.act == "keywords":
        return "You did not understand a word of that. Say so and ask what they mean."
    if change.observation.act == "out_of_role":
        return (
            f"They spoke as if you were somebody else than {change.persona.name}. You don't know "
            "what they mean; stay with what you called for."
        )
    if kind in ("farewell", "leave"):
        return _TASKS[kind]
    if kind == "known" and rule is not None:
        return f"That was done already: {named(rule.text)}. Say so."
    if kind == "reply" and rule is not None:
        return _reaction(rule) + told
    return _TASKS[kind] + told


def _not_yet(change: Change, kind: Kind) -> str:
    """What else was asked for and is not to be told, beside another task than to withhold it."""
    if kind in ("withhold", "farewell", "leave") or not change.waiting:
        return ""
    kept = "; ".join(f'"{key_of(fact)}"' for fact in change.waiting)
    return f" They also asked for something that you do not tell yet: {kept}."


def _reaction(rule: Rule) -> str:
    said = "This just made you angrier" if rule.kind == "trigger" else "This just happened"
    quoted = f' Say something like: "{rule.replies[0]}"' if rule.replies else ""
    return f"{said}: {named(rule.text)}.{quoted}"
