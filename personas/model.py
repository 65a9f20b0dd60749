"""What a persona file says, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["trigger", "deescalation", "criterion", "objective"]
Level = Literal["error", "warning"]
PhraseKind = Literal["unknown", "why", "unanswered", "solved", "goodbye"]
"""When a line of ``# Phrases`` is said: the persona does not know what is asked, wonders why it is
asked, was not answered, sees all solved, or takes its leave."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of the checker about a line (1-based) of a persona file."""

    line: int
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class FactChange:
    """What becomes of a fact once a rule is matched: ``value`` is told from then on.

    ``label`` is the one of every fact that changes, spelled as there; ``line`` is 1-based.
    """

    label: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger, de-escalation point, acceptance criterion or test objective.

    ``id`` depends only on kind and words (not on marks, quotes, examples or position).
    ``change`` is the change of intensity (0 for criteria and objectives); ``weight`` is an
    objective's weight (0 for the other kinds); ``line`` is 1-based. ``like`` and ``unlike`` are
    sentences of a trainee that match the rule, and that do not; ``then`` is what changes with it.
    ``missing`` is what the persona says while a criterion is not met.
    """

    id: str
    kind: Kind
    text: str
    replies: tuple[str, ...]
    change: int
    weight: int
    line: int
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    then: tuple[FactChange, ...] = ()
    missing: tuple[str, ...] = ()

    def change_after(self, times: int) -> int:
        """The change of intensity when the rule was matched ``times`` times before.

        In full, then half, then a quarter of it (rounded away from zero), then nothing; a change
        of one does not repeat.
        """
        if times > 2 or (times and abs(self.change) < 2):
            return 0
        size = -(-abs(self.change) >> times)
        return size if self.change > 0 else -size

    @property
    def reach(self) -> int:
        """All changes together that the rule can bring in a call."""
        return sum(self.change_after(times) for times in range(3))


@dataclass(frozen=True, slots=True)
class Fact:
    """A profile entry the persona tells only when asked, such as ``Account: TC-88213``.

    ``label`` is empty for a bullet without a colon. ``only_after`` is the id of the rule that has
    to be matched before the fact may be told at all; empty when any question will do. ``asked``
    are questions of a trainee that are for this fact.
    """

    label: str
    value: str
    line: int
    only_after: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section the format does not know, kept word for word for the prompt."""

    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the four phases: its notes (bullets without quotes) and quoted lines to say."""

    number: int
    title: str
    notes: tuple[str, ...]
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Persona:
    """A whole persona.

    ``version`` is the first 12 hex digits of the SHA-256 of the file's bytes; ``patience`` is in
    seconds; ``intensity`` (at the start) and ``threshold`` are 0-10; ``language`` is a BCP 47 tag;
    ``engine`` is empty when the file names none; ``phases`` has the four in order.

    ``phrases`` are lines of this customer for moments that every call may have; ``briefing`` is
    markdown for the trainee, which the persona must never be told. ``published``: trainees see it;
    ``hang_up``: it ends the call after a goodbye or silences once all is settled, or when it is
    insulted again at its worst; ``exam``: mood and objectives are hidden until the report;
    ``recording``: calls may be recorded.
    """

    slug: str
    version: str
    text: str
    name: str
    character: str
    scenario: str
    difficulty: Literal["easy", "medium", "hard"]
    language: str
    patience: float
    intensity: int
    threshold: int
    facts: tuple[Fact, ...]
    context: tuple[str, ...]
    phases: tuple[Phase, Phase, Phase, Phase]
    triggers: tuple[Rule, ...]
    deescalations: tuple[Rule, ...]
    criteria: tuple[Rule, ...]
    objectives: tuple[Rule, ...]
    constraints: tuple[str, ...]
    extra: tuple[Section, ...] = ()
    voice: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    engine: str = ""
    phrases: Mapping[PhraseKind, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    briefing: str = ""
    published: bool = True
    hang_up: bool = True
    exam: bool = False
    recording: bool = True

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order triggers, de-escalations, criteria, objectives."""
        return self.triggers + self.deescalations + self.criteria + self.objectives

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Examination:
    """What reading a file gave: the persona (None when there is an error) and all findings."""

    persona: Persona | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the persona from being used."""
        return tuple(f for f in self.findings if f.level == "error")
