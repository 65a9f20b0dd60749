"""The built-in trainees: ``good`` knows its trade, ``rude`` does not care, ``clueless`` is lost.

They are made from what the persona's file says, its rules, examples and briefing, so there is one
for any persona. A seed varies order, wording and politeness; 0 varies nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from agent.simulation.directing.certainty import decided
from agent.simulation.directing.director import Observation, State
from agent.simulation.language.lexicon import english, thai
from agent.simulation.observing.aims import rule_reading
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.simulation.own_words import briefing_lines, own_words
from agent.simulation.trainee_words import TraineeWords, words_for
from personas.languages import is_read
from personas.model import Persona, Rule

BUILT_IN = ("good", "rude", "clueless")
MOST_TURNS = 40
_POLITE = 0.3
"""How many lines begin politely, of a trainee that is varied."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Planned:
    """A line, and the rule for whose sake it is said ("" for none); ``again``: said before."""

    text: str
    rule: str = ""
    again: bool = False


class Trainee:
    """A built-in trainee; ``next`` gives its next line, or None when it hangs up.

    It may come into a call that others began: then it leaves out what was done already.
    """

    def __init__(
        self, kind: str, persona: Persona, observer: Observer | None = None, seed: int = 0
    ) -> None:
        """``observer`` is who reads its lines in the call; without one, the word lists."""
        self._kind = kind
        self._persona = persona
        self._observer = observer
        self._seed = seed
        self._words = words_for(persona)
        self._objectives = {rule.id for rule in persona.objectives}
        self._left: list[_Planned] | None = None
        self._said_goodbye = False

    def next(self, state: State) -> str | None:
        """The next line, given how the call stands."""
        if self._left is None:
            plan = _Plan(self._persona, self._observer, self._words, self._seed)
            self._left = self._not_done(plan.lines(self._kind), state)
        if self._said_goodbye or not (self._left or self._leaving(state)):
            return None
        if self._leaving(state):
            self._said_goodbye = True
            return _varied(self._words.goodbye, self._seed) or None
        return self._left.pop(0).text

    def _not_done(self, planned: list[_Planned], state: State) -> list[_Planned]:
        """What is left for a call that stands so: at its beginning, all."""
        if not state.turns:
            return planned
        done = {*state.counts, *state.met, *state.shown}
        left = [one for one in planned if one.again or one.rule not in done]
        # Nobody greets in the middle of a call; who is rude or lost says nothing for a rule's sake.
        return [one for one in left if one.rule or self._kind != "good"]

    def _leaving(self, state: State) -> bool:
        """Whether all is settled, and nothing is left that a good trainee shows."""
        return (
            self._kind == "good"
            and state.resolved
            and not any(
                planned.rule in self._objectives and planned.rule not in state.shown
                for planned in self._left or ()
            )
        )


def line_finder(persona: Persona, observer: Observer | None = None) -> Callable[[Rule], str]:
    """What gives the line of the good trainee for a rule, as ``observer`` reads it; "" where it
    knows none."""
    return _Plan(persona, observer, words_for(persona), 0).line_for


def _varied(lines: Sequence[str], seed: int) -> str:
    if not lines:
        return ""
    return Random(seed).choice(lines) if seed else lines[0]


class _Judge:
    """What a line does, as a call would count it."""

    def __init__(self, persona: Persona, observer: Observer | None) -> None:
        words = LexicalObserver(persona)
        self._persona = persona
        self._observer = observer or words
        self._seen: dict[str, Observation] = {}
        self.acts_of = words.acts_of

    def observe(self, line: str) -> Observation:
        """What counts of the line."""
        if line not in self._seen:
            self._seen[line] = decided(self._persona, self._observer.observe(line))
        return self._seen[line]


class _Plan:
    """Plans the lines of a trainee for one persona."""

    def __init__(
        self, persona: Persona, observer: Observer | None, words: TraineeWords, seed: int
    ) -> None:
        self._persona = persona
        self._judge = _Judge(persona, observer)
        self._words = words
        self._read = is_read(persona.language)
        self._language = "th" if persona.language.lower().startswith("th") else "en"
        self._seed = seed
        self._random = Random(seed)
        self._triggers = {rule.id for rule in persona.triggers}
        self._helping = {rule.id for rule in (*persona.deescalations, *persona.criteria)}
        self._briefed: dict[str, list[str]] | None = None

    def lines(self, kind: str) -> list[_Planned]:
        """The lines of that kind of trainee."""
        if kind == "good":
            return self._good()
        if kind == "rude":
            return self._rude()
        lost = self._shuffled(self._words.lost)
        return [_Planned(line) for line in lost if not self._judge.observe(line).matches]

    def _good(self) -> list[_Planned]:
        """A greeting, then a line for every rule that no earlier line has shown, criteria last.

        De-escalation points come round a second time, for personas whom once does not calm enough.
        """
        persona = self._persona
        hello = _varied(self._words.hello, self._seed)
        planned = [_Planned(hello)] if hello and self._harmless(hello) else []
        shown = self._matched(hello) if planned else set()
        order = (persona.objectives, persona.deescalations, persona.criteria)
        for rule in (rule for rules in order for rule in self._shuffled(rules)):
            line = "" if rule.id in shown else self.line_for(rule)
            if line:
                planned.append(_Planned(line, rule.id))
                shown |= self._matched(line)
        planned += self._each(self._shuffled(persona.deescalations), again=True)
        return planned[:MOST_TURNS]

    def _rude(self) -> list[_Planned]:
        """Insults, all that angers the persona, and more insults."""
        insults = [_Planned(line) for line in self._words.rude]
        if self._seed:
            insults = [insults[0], *self._shuffled(insults[1:])] if insults else []
        angering = list(self._each(self._shuffled(self._persona.triggers)))
        return [*insults[:2], *angering, *insults[2:]][:MOST_TURNS]

    def _each(self, rules: Iterable[Rule], again: bool = False) -> Iterator[_Planned]:
        for rule in rules:
            if line := self.line_for(rule):
                yield _Planned(line, rule.id, again)

    def _shuffled(self, values: Sequence[T]) -> list[T]:
        return self._random.sample(values, len(values)) if self._seed else list(values)

    def _matched(self, line: str) -> set[str]:
        return {match.rule for match in self._judge.observe(line).matches}

    def _harmless(self, line: str) -> bool:
        return not self._judge.observe(line).hostile and not self._triggers & self._matched(line)

    def line_for(self, rule: Rule) -> str:
        """A line that does what the rule says, and nothing of the other side's; empty if none does.

        Where nobody on this machine can tell, the author's own example or words.
        """
        for line in self._candidates(rule):
            if line and self._does(line, rule):
                return line
        return "" if self._read else next(iter(rule.like), rule.text)

    def _does(self, line: str, rule: Rule) -> bool:
        seen = self._matched(line)
        if rule.id not in seen:
            return False
        return not self._helping & seen if rule.kind == "trigger" else self._harmless(line)

    def _candidates(self, rule: Rule) -> Iterator[str]:
        """Stock sentences for the acts that a rule names, its own words turned around, then the
        author's examples and the briefing; these first, and politely, when it is varied."""
        if not self._seed:
            yield from self._stock(rule)
            if rule.kind != "trigger" or not self._read:  # insults anger enough
                yield from rule.like
            yield from self._of_briefing(rule)
            return
        varied = self._shuffled([*rule.like, *self._of_briefing(rule), *self._examples(rule)])
        if varied and self._words.polite and self._random.random() < _POLITE:
            yield f"{self._random.choice(self._words.polite)} {varied[0]}"
        yield from varied
        yield from self._stock(rule)

    def _examples(self, rule: Rule) -> list[str]:
        """Ways to do the acts that the rule names."""
        if not self._read:
            return []
        acts = thai().acts if self._language == "th" else english().acts
        names = dict.fromkeys([*self._judge.acts_of(rule.id), *rule_reading(rule.text).acts])
        return [acts[n].examples[0] for n in names if n in acts and acts[n].examples]

    def _stock(self, rule: Rule) -> list[str]:
        if not self._read:
            return []
        stock, name = self._examples(rule), self._persona.name
        own = own_words(rule.text, self._language)
        name_first = [f"{name}, {line[0].lower()}{line[1:]}" for line in stock[:1]]
        both = [" ".join(stock[:2])] if len(stock) > 1 else []
        return [*stock, *both, *own, *(f"{s} {o}" for s in stock[:1] for o in own), *name_first]

    def _of_briefing(self, rule: Rule) -> list[str]:
        """Sentences of the briefing that do what the rule says."""
        if rule.kind == "trigger":
            return []
        if self._briefed is None:
            self._briefed = {}
            for line in briefing_lines(self._persona):
                for matched in self._matched(line):
                    self._briefed.setdefault(matched, []).append(line)
        return self._briefed.get(rule.id, [])
