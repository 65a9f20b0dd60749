"""What a trainee can do better next time, from the scorecard and from what made it worse."""

from data.journal import CallRecord
from personas.model import Persona

MOST = 5


def advice(record: CallRecord, persona: Persona | None) -> list[str]:
    """The most useful points first: at most five."""
    card = record.scorecard or {}
    given = card.get("advice")
    if given:
        return [str(point) for point in given]
    missed = [item for item in card.get("objectives", []) if not item["shown"]]
    missed.sort(key=lambda item: -item["weight"])
    return ([str(item["text"]) for item in missed] + _provoked(record, persona))[:MOST]


def strengths(record: CallRecord) -> list[str]:
    """What the trainee did well, when the scorecard says so."""
    return [str(point) for point in (record.scorecard or {}).get("strengths", [])]


def _provoked(record: CallRecord, persona: Persona | None) -> list[str]:
    triggers = {rule.id: rule.text for rule in persona.triggers} if persona else {}
    return [
        f"Turn {turn.index + 1}, “{quote}”: this made it worse ({triggers[rule]})."
        for turn in record.turns
        for rule, quote in zip(turn.matched, turn.quotes, strict=False)
        if rule in triggers
    ]
