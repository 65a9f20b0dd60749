"""Words about a call's state: causes, and the stage direction a model engine is given."""

import re

from agent.simulation.directing.mood import mood_word
from data.phases import phase_word
from personas.model import Persona

_FRAME = re.compile(
    r"^(?:(?:being|getting) (?=\w+ed\b|told|put|given|sent|left|cut|made|kept|held|shown|sold)"
    r"|hearing(?: that)? |when (?:the )?(?:trainee|agent)(?: is)? )\s*",
    re.I,
)


def named(rule_text: str) -> str:
    """A rule's words as they stand after a colon: 'Being told to wait' → 'told to wait'."""
    words = _FRAME.sub("", rule_text).strip().rstrip(".")
    if len(words) > 1 and words[0].isupper() and not words[1].isupper():
        words = words[0].lower() + words[1:]
    return words


def direction_text(
    persona: Persona,
    phase: str,
    intensity: int,
    task: str,
    missing: tuple[str, ...],
    *,
    resolved: bool = False,
) -> str:
    """The stage direction: mood, what to say, and what not to accept yet."""
    head = f"You are {mood_word(intensity)} ({intensity}/10). Phase: {phase_word(phase).lower()}."
    return " ".join(
        part for part in (head, task, _limit(persona, intensity, missing, resolved)) if part
    )


def _limit(persona: Persona, intensity: int, missing: tuple[str, ...], resolved: bool) -> str:
    if resolved:
        return ""
    reasons = []
    if intensity > persona.threshold:
        reasons.append(f"you are still above {persona.threshold}/10")
    if missing:
        reasons.append("you have not been given: " + "; ".join(map(named, missing)))
    if not reasons:
        return ""
    return f"Do not accept a solution yet: {', and '.join(reasons)}."
