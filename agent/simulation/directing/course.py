"""The values of a call's course: what is observed, where the call stands, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from personas.model import Persona, Rule

PhaseName = Literal["opening", "escalation", "deescalation", "resolution"]
PHASES: tuple[PhaseName, ...] = get_args(PhaseName)
"""In the order in which a call goes through them."""
Kind = Literal["reply", "retort", "fact", "line", "accept", "farewell"]
"""What the next line is: a rule's reply, a retort to an insult, the fact that was asked for, any
line of the phase, the acceptance, or the goodbye."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a turn matched: the exact words, a confidence 0-1, and who saw it.

    ``source`` is ``lexical`` or ``model``.
    """

    rule: str
    quote: str
    confidence: float = 1.0
    source: str = "lexical"


@dataclass(frozen=True, slots=True)
class Observation:
    """What an observer saw in one trainee turn.

    ``source`` is that observer, as in ``Match``; ``stand_in`` is why the lexical one stands in for
    a text model: the code of the model's failure, "" when it does not.
    """

    text: str
    matches: tuple[Match, ...] = ()
    hostile: bool = False
    question: bool = False
    source: str = "lexical"
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where the call stands; ``counts`` says how often each rule was matched."""

    phase: PhaseName
    intensity: int
    counts: Mapping[str, int]
    met: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    resolved: bool = False
    turns: int = 0
    hostile_turns: int = 0


@dataclass(frozen=True, slots=True)
class Direction:
    """What the engine's next line is: its kind, the rule it answers, and words for a model."""

    kind: Kind
    rule: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn's outcome; ``matched`` and ``quotes`` go pairwise."""

    state: State
    cause: str
    direction: Direction
    matched: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A trigger's or de-escalation's change of intensity; ``times`` it was matched before."""

    rule: Rule
    change: int
    times: int


@dataclass(frozen=True, slots=True)
class Change:
    """All about one turn: the rules it matched, their effects, and the state on both sides.

    ``insult`` is what hostility added to the intensity.
    """

    persona: Persona
    before: State
    after: State
    observation: Observation
    rules: tuple[Rule, ...]
    effects: tuple[Effect, ...]
    insult: int

    @property
    def newly_met(self) -> tuple[Rule, ...]:
        """The criteria that this turn met."""
        fresh = set(self.after.met) - set(self.before.met)
        return tuple(rule for rule in self.rules if rule.id in fresh)

    @property
    def newly_shown(self) -> tuple[Rule, ...]:
        """The objectives that this turn showed."""
        fresh = set(self.after.shown) - set(self.before.shown)
        return tuple(rule for rule in self.rules if rule.id in fresh)
