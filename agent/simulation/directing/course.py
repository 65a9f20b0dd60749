"""The values of a call's course: what is observed, where the call stands, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from personas.model import Fact, Persona, Rule

PhaseName = Literal["opening", "escalation", "deescalation", "resolution"]
PHASES: tuple[PhaseName, ...] = get_args(PhaseName)
"""In the order in which a call goes through them."""
Kind = Literal[
    "reply", "known", "retort", "fact", "withhold", "line", "accept", "farewell", "leave"
]
"""What the next line is: a rule's reply, the answer to what was done already, a retort to an
insult, the facts that were asked for, an excuse for one that waits, any line that fits, the
acceptance, the goodbye, or hanging up after insults."""
Act = Literal[
    "",
    "keywords",
    "out_of_role",
    "goodbye",
    "more",
    "wellbeing",
    "story",
    "check",
    "personal",
    "detail",
    "offer",
    "choice",
    "remark",
    "confirm",
    "permission",
    "request",
    "pause",
    "repeat",
    "regret",
    "brush_off",
    "filler",
]
"""What a turn is beside all rules: keywords in a row that are no sentence, words to whoever plays
the customer and not to the customer, a goodbye, a question
whether there is anything more, how the customer is, what it is about, whether the line works, what
is none of their business, or for some other detail, an offer, a choice that is left to them, a
remark that wants a nod, a question whether something was understood rightly or whether the trainee
may go on, a request, a plea for a moment, one to hear the last line again, a harsh word taken back,
words that leave the customer to themselves, or that say nothing."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a turn matched: the exact words, a confidence 0-1, and who saw it.

    ``source`` is ``lexical`` (word lists), ``reader`` (the trained model on this machine),
    ``model`` (a text model) or ``example`` (one of the author's own: with a confidence of 0 when
    these words do not count). ``asked``: the words are a question or an offer, which does nothing
    yet.
    """

    rule: str
    quote: str
    confidence: float = 1.0
    source: str = "lexical"
    asked: bool = False


class AskedFact(NamedTuple):
    """A fact that a turn asks for, by its label (its value where it has none), and how surely;
    ``source`` is ``example`` where the author's own question says so."""

    label: str
    confidence: float = 1.0
    source: str = ""


class FittingLine(NamedTuple):
    """One of the persona's own lines, and how well (0-1) it would answer the turn."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What an observer saw in one trainee turn.

    ``source`` is that observer, as in ``Match``; ``stand_in`` is why another one stands in for a
    text model: the code of the model's failure, "" when it does not. ``unsure`` matches move
    nothing. ``lines`` is empty when nobody has judged them. ``settles`` are the words that say what
    was offered before is done now, in whatever words it was offered: 'Great, then I'll do that'.
    """

    text: str
    matches: tuple[Match, ...] = ()
    hostile: bool = False
    question: bool = False
    source: str = "lexical"
    stand_in: str = ""
    unsure: tuple[Match, ...] = ()
    facts: tuple[AskedFact, ...] = ()
    lines: tuple[FittingLine, ...] = ()
    act: Act = ""
    settles: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where the call stands; ``counts`` says how often each rule was matched, in the order of their
    latest matches. ``insults`` are the hostile turns that left it at the highest intensity,
    ``harm`` is by how much the trainee has raised it and not taken back, ``offered`` are criteria
    that were offered as a question and wait for a word that they are done."""

    phase: PhaseName
    intensity: int
    counts: Mapping[str, int]
    met: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    resolved: bool = False
    turns: int = 0
    hostile_turns: int = 0
    insults: int = 0
    harm: int = 0
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Direction:
    """What the engine's next line is: its kind, the rule it answers, words for a model, the
    ``facts`` to tell in it as they are by now, and whether the persona hangs up after it."""

    kind: Kind
    rule: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One turn's outcome; ``matched`` and ``quotes`` go pairwise. ``observation`` is what was
    decided on; steps of other observers that come to the same are equal."""

    state: State
    cause: str
    direction: Direction
    matched: tuple[str, ...]
    quotes: tuple[str, ...]
    observation: Observation = field(compare=False)

    @property
    def hang_up(self) -> bool:
        """Whether the persona hangs up after its next line."""
        return self.direction.hang_up


@dataclass(frozen=True, slots=True)
class Effect:
    """A trigger's or de-escalation's change of intensity; ``times`` it was matched before."""

    rule: Rule
    change: int
    times: int


@dataclass(frozen=True, slots=True)
class Change:
    """All about one turn: the rules it matched, their effects, and the state on both sides.

    ``insult`` is what hostility added to the intensity. ``facts`` are those asked for that may be
    told, ``waiting`` those that may not yet.
    """

    persona: Persona
    before: State
    after: State
    observation: Observation
    rules: tuple[Rule, ...]
    effects: tuple[Effect, ...]
    insult: int
    facts: tuple[Fact, ...] = ()
    waiting: tuple[Fact, ...] = ()

    @property
    def met_again(self) -> tuple[Rule, ...]:
        """The criteria that this turn met once more."""
        return tuple(rule for rule in self.rules if rule.id in self.before.met)

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
