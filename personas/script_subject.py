"""What a script can name of its persona: rules and facts by their words, and what holds of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from personas.checks import check
from personas.marks import normalised, take_apart
from personas.model import Fact, Kind, Persona, Rule
from personas.near_names import NearNames
from personas.parsed import ParsedPersona
from personas.source import Findings, shown

T = TypeVar("T")
_SHOWN = 3
"""Names that are told of several."""


@dataclass(frozen=True, slots=True)
class ScriptSubject:
    """The persona that a script is about, as far as its file can be read.

    ``threshold`` is the intensity 0-10 at which it accepts; ``hang_up``: it may end the call.
    """

    rules: tuple[Rule, ...]
    facts: tuple[Fact, ...]
    threshold: int
    hang_up: bool

    @classmethod
    def of(cls, persona: Persona | ParsedPersona) -> "ScriptSubject":
        """Of a persona, or of a text that may have errors."""
        if isinstance(persona, Persona):
            rules, facts = persona.rules, persona.facts
            return cls(rules, facts, persona.threshold, persona.hang_up)
        threshold = check(persona, Findings())[1]
        return cls(persona.all_rules, persona.facts, threshold, persona.front.hang_up)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


class NameProblem(Exception):
    """Words for an author: why a name stands for nothing, or for too much."""


class Names:
    """Finds what a script names; of wrong names it says which are near.

    Without a subject every name is taken as it is.
    """

    def __init__(self, subject: ScriptSubject | None) -> None:
        self._subject = subject
        self._near: dict[str, NearNames] = {}

    def rule(self, words: str, kind: Kind | None) -> str:
        """The id of the rule of these words, of their unmistakable beginning, or of this id.

        Of one kind only when ``kind`` names it. Raises NameProblem.
        """
        if self._subject is None:
            return words
        among = [r for r in self._subject.rules if kind in (None, r.kind)]
        if same := [r for r in among if r.id == words.strip().casefold()]:
            return same[0].id
        keys = [normalised(words), normalised(take_apart(words, kind or "trigger").words)]
        for key in filter(None, keys):
            if found := _fitting(key, [(normalised(r.text), r) for r in among], _rule_words):
                return found.id
        raise NameProblem(self._no_rule(self._subject, words, kind))

    def fact(self, words: str) -> str:
        """The label of a fact, or its value where it has none; raises NameProblem."""
        if self._subject is None:
            return words
        names = {normalised(f.label or f.value): f.label or f.value for f in self._subject.facts}
        key = normalised(words)
        if key in names:  # no beginning of it: a longer label may be of another fact
            return names[key]
        if any(normalised(fact.value) == key for fact in self._subject.facts):
            raise NameProblem(f"{shown(words)!r} is what a fact says; write its label")
        rules = {normalised(rule.text) for rule in self._subject.rules}
        what = "is a rule and no fact" if key in rules else "is no fact of Profile Data"
        raise NameProblem(f"{shown(words)!r} {what}{self._meant('fact', key, names)}")

    def _no_rule(self, subject: ScriptSubject, words: str, kind: Kind | None) -> str:
        key = normalised(words)
        what = _KINDS[kind] if kind else "a rule"
        for other in subject.rules:
            if kind and (normalised(other.text) == key or other.id == words.strip().casefold()):
                return f"{shown(words)!r} is {_KINDS[other.kind]}, not {what}"
        names = {normalised(r.text): r.text for r in subject.rules if kind in (None, r.kind)}
        no = f"no {what.partition(' ')[2]}"
        return f"{shown(words)!r} is {no} of the persona{self._meant(what, key, names)}"

    def _meant(self, what: str, key: str, names: dict[str, str]) -> str:
        """Which names are near; all, when they are few and none is near."""
        if not names:
            return "; it has none"
        near = self._near.setdefault(what, NearNames(names)).near(key, _SHOWN)
        close = near or [name for other, name in names.items() if key and key in other][:_SHOWN]
        if close:
            return f"; is {_either(close)} meant?"
        few = list(names.values())
        return f"; there is {_either(few)}" if len(few) <= _SHOWN else ""


_KINDS: dict[Kind, str] = {
    "trigger": "a trigger",
    "deescalation": "a de-escalation point",
    "criterion": "a criterion",
    "objective": "an objective",
}


def _rule_words(rule: Rule) -> str:
    return f"{rule.text} ({rule.id})"


def _fitting(key: str, among: list[tuple[str, T]], words: Callable[[T], str]) -> T | None:
    """What has these words, or alone begins with them; NameProblem when several do."""
    if same := [each for name, each in among if name == key]:
        return same[0]
    begun = [each for name, each in among if name.startswith(key)]
    if len(begun) > 1:
        several = _either(list(map(words, begun))[:_SHOWN])
        raise NameProblem(f"{shown(key)!r} begins several: {several}; write more of the one meant")
    return begun[0] if begun else None


def _either(names: Iterable[str]) -> str:
    return " or ".join(repr(shown(name)) for name in names)
