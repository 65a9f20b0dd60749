"""What has been heard of a call so far, as the guards need it for the next line."""

from dataclasses import dataclass, field

from agent.simulation.guarding.numbers import Number, digits, numbers
from data.records import Turn
from personas.model import Persona


@dataclass(slots=True)
class CallSoFar:
    """Grows with each turn of the trainee.

    ``asked`` are the labels of facts that were asked for, ``matched`` the ids of the rules that
    were, ``said`` the trainee's turns, ``numbers`` and ``digits`` what of numbers is in them.
    """

    asked: set[str] = field(default_factory=set)
    numbers: set[Number] = field(default_factory=set)
    digits: str = ""
    matched: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    last: Turn | None = None

    def heard(self, turn: Turn) -> None:
        """A turn of the trainee."""
        self.asked.update(turn.asked)
        self.matched.update(turn.matched)
        self.said.append(turn.text)
        self.numbers.update(numbers(turn.text))
        self.digits += f" {digits(turn.text)}"
        self.last = turn

    @property
    def just_said(self) -> str:
        """The trainee's last turn, "" before the first."""
        return self.last.text if self.last else ""

    @property
    def just_asked(self) -> tuple[str, ...]:
        """The labels of the facts that the last turn asked for."""
        return self.last.asked if self.last else ()

    def unresolved(self, persona: Persona) -> bool:
        """Whether a director has followed the call, and lets the persona accept nothing yet."""
        if self.last is None or not self.last.phase:
            return False
        missing = any(rule.id not in self.matched for rule in persona.criteria)
        return missing or self.last.hostile or self.last.intensity > persona.threshold
