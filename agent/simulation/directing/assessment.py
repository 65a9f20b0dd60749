"""The scorecard of a recorded call, and what it would be by today's rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent.simulation.directing.director import begin
from agent.simulation.directing.ledger import Ledger
from agent.simulation.directing.scorecard import Scorecard, score
from agent.simulation.observing.observer import Observer
from data.endings import why_not_scored
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona
from personas.parse import examine


def assess(record: CallRecord) -> dict[str, Any]:
    """Score a call that has ended by the persona text that was last in force in it.

    Raises ``ValueError`` when that text cannot be read (its scorecard is then left out).
    """
    text = record.edited_text or record.persona_text
    persona = examine(text, record.start.persona).persona
    if persona is None:
        raise ValueError("the persona text of the call cannot be read")
    return score(persona, record.turns, _not_scored(record)).to_json()


@dataclass(frozen=True, slots=True)
class Reassessment:
    """A call scored again: ``card`` by today's rules; by their words, ``gained`` and ``lost`` are
    the objectives that are shown now only, and then only, ``added`` and ``dropped`` those that the
    rules have now only, and had then only."""

    card: Scorecard
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def assess_again(record: CallRecord, persona: Persona, observer: Observer) -> Reassessment:
    """What the call comes to when each of its turns is read by that persona's rules, from where it
    began. The record stays as it is. Raises ``ValueError`` when it began in an unknown phase."""
    turns = tuple(_read_again(record, persona, observer))
    card = score(persona, turns, _not_scored(record))
    then = {str(item["id"]): item for item in (record.scorecard or {}).get("objectives", ())}
    both = [result for result in card.objectives if result.id in then]
    known = {result.id for result in card.objectives}
    return Reassessment(
        card,
        gained=tuple(r.text for r in both if r.shown and not then[r.id].get("shown")),
        lost=tuple(r.text for r in both if not r.shown and then[r.id].get("shown")),
        added=tuple(r.text for r in card.objectives if r.id not in then),
        dropped=tuple(str(item.get("text")) for rule, item in then.items() if rule not in known),
    )


def _read_again(record: CallRecord, persona: Persona, observer: Observer) -> Iterator[Turn]:
    ledger = Ledger(persona, begin(persona, record.start.phase, record.start.intensity))
    for turn in record.turns:
        if turn.speaker == "trainee":
            yield ledger.heard(turn, observer.observe(turn.text))[0]
        else:
            yield ledger.spoke(turn)


def _not_scored(record: CallRecord) -> str:
    return why_not_scored(record.end, record.turns) if record.end is not None else ""
