"""The guards over a recorded call, each line by the version of the persona that said it."""

from agent.simulation.guarding.guards import Guards
from data.journal import CallRecord
from data.records import Break
from personas.model import Persona
from personas.parse import examine


def breaks_of(record: CallRecord) -> tuple[Break, ...]:
    """Every guard that the persona's lines break in that call, as far as it has gone; none where
    the text that spoke cannot be read."""
    known: dict[str, Persona | None] = {}
    guards: Guards | None = None
    found: list[Break] = []
    for turn in record.turns:
        version = turn.version or record.start.version
        if version not in known:
            text = record.texts.get(version) or record.persona_text
            known[version] = examine(text, record.start.persona).persona if text else None
        persona = known[version]
        if persona is None:
            continue
        if guards is None:
            guards = Guards(persona)
        guards.swap(persona)
        found += guards.heard(turn)
    return tuple(found)
