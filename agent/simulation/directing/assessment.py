"""The scorecard of a recorded call."""

from typing import Any

from agent.simulation.directing.scorecard import score
from data.endings import why_not_scored
from data.journal import CallRecord
from personas.parse import examine


def assess(record: CallRecord) -> dict[str, Any]:
    """Score a call that has ended by the persona text that was last in force in it.

    Raises ``ValueError`` when that text cannot be read (its scorecard is then left out).
    """
    text = record.edited_text or record.persona_text
    persona = examine(text, record.start.persona).persona
    if persona is None:
        raise ValueError("the persona text of the call cannot be read")
    why = why_not_scored(record.end, record.turns) if record.end is not None else ""
    return score(persona, record.turns, why).to_json()
