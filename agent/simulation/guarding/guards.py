"""All guards over one call: turn by turn, or a whole record at once."""

from collections.abc import Iterable

from agent.simulation.guarding import (
    assistant,
    company,
    contradiction,
    early,
    hidden,
    instructions,
    language,
    rules_told,
)
from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import GUARDS, GuardName, Look
from agent.simulation.guarding.written import Written
from data.records import Break, Turn
from personas.model import Persona

__all__ = ["GUARDS", "Break", "GuardName", "Guards", "breaks"]

_LOOKS: dict[GuardName, Look] = {
    "assistant": assistant.found,
    "company": company.found,
    "rules": rules_told.found,
    "hidden": hidden.found,
    "instructions": instructions.found,
    "language": language.found,
    "early": early.found,
    "contradiction": contradiction.found,
}


class Guards:
    """Hears a call turn by turn, in its order; ``persona`` is the one that is played."""

    def __init__(self, persona: Persona) -> None:
        self._written = Written(persona)
        self._call = CallSoFar()

    def swap(self, persona: Persona) -> None:
        """From the next turn on this version is played."""
        if persona != self._written.persona:
            self._written = Written(persona)

    def heard(self, turn: Turn) -> tuple[Break, ...]:
        """What a line of the persona breaks, each guard once; nothing for a turn of the trainee,
        and for one that was said in an earlier call."""
        if turn.speaker == "trainee":
            self._call.heard(turn)
            return ()
        if turn.replayed or not turn.text.strip():
            return ()
        looked = (
            (name, look(turn.text, self._written, self._call)) for name, look in _LOOKS.items()
        )
        return tuple(Break(turn.index, name, f.words, f.why) for name, f in looked if f)


def breaks(persona: Persona, turns: Iterable[Turn]) -> tuple[Break, ...]:
    """Every guard that the persona's lines break, in the order of the turns."""
    guards = Guards(persona)
    return tuple(each for turn in turns for each in guards.heard(turn))
