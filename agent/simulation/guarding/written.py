"""What a persona's file says, prepared for comparing lines with it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from agent.simulation.acting.lines import lines_for
from agent.simulation.acting.prompt import file_in_prompt
from agent.simulation.directing.facts import key_of
from agent.simulation.guarding.clauses import clauses
from agent.simulation.guarding.numbers import Number, digits, numbers
from agent.simulation.language.said_words import as_said
from personas.model import Fact, Persona

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_PLAIN_WORDS = """
    a an the is are was were be been am i i'm i've i'd my me mine we our you your it its it's that
    that's this these those there there's here and or but so of to in on at for with from by as up
    out off one two no not don't do does did have has had got get just only about them they he she
    his her him who what when where which how will would can could if then than all any some very
    really now already still too also us into over
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
_SIGNS = re.compile(r"[^\w\u0e30-\u0e4e]|_")
_THAI_ENDING = re.compile(r"(?:นะ)?(?:คะ|ค่ะ|ครับ)")


def content_words(text: str) -> frozenset[str]:
    """The words of a text that say something by themselves, without a plural's s."""
    found = (word.lower() for word in _WORDS.findall(text))
    return frozenset(word.removesuffix("s") for word in found if word not in _PLAIN)


def plain(text: str) -> str:
    """A text by its letters and figures alone, for finding a line in another; Thai without its
    polite endings."""
    return _SIGNS.sub("", _THAI_ENDING.sub("", text.casefold()))


def _parts(lines: Iterable[str]) -> frozenset[str]:
    """These lines, and each clause of them, as ``plain``."""
    return frozenset(plain(part) for line in lines for part in (line, *clauses(line)))


@cache
def _stock(language: str) -> frozenset[str]:
    return _parts(lines_for(language).every)


@dataclass(frozen=True)
class Written:
    """A persona, and what its file says: its lines, the words and numbers in it."""

    persona: Persona

    @cached_property
    def language(self) -> str:
        """The language without its region, as ``en``."""
        return self.persona.language.lower().split("-")[0]

    @cached_property
    def text(self) -> str:
        """The whole file but for the briefing, which is the trainee's."""
        persona = self.persona
        rest = (
            *(f"{fact.label}: {fact.value}" for fact in persona.facts),
            *(change.value for rule in persona.rules for change in rule.then),
            *persona.context,
            *self.lines,
        )
        return "\n".join((persona.name, persona.character, file_in_prompt(persona.text), *rest))

    @cached_property
    def small(self) -> str:
        """``text`` in small letters."""
        return self.text.lower()

    @cached_property
    def rules(self) -> tuple[tuple[str, str], ...]:
        """The words of each rule that its lines do not have, and the same as ``plain``."""
        own = plain("".join(self.lines))
        found = ((rule.text, plain(rule.text)) for rule in self.persona.rules)
        return tuple((text, words) for text, words in found if words not in own)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """All that the author lets the persona say, but the facts."""
        persona = self.persona
        rules = (line for rule in persona.rules for line in (*rule.replies, *rule.missing))
        phases = (line for phase in persona.phases for line in phase.lines)
        phrases = (line for lines in persona.phrases.values() for line in lines)
        return (*rules, *phases, *phrases)

    @cached_property
    def _own(self) -> frozenset[str]:
        return _parts(self.lines) | self._stock

    @cached_property
    def _stock(self) -> frozenset[str]:
        return _stock(self.persona.language)

    def foreign(self, line: str) -> list[str]:
        """The clauses of a line that are none of the author's own."""
        return [part for part in clauses(line) if plain(part) not in self._own]

    @cached_property
    def _early(self) -> frozenset[str]:
        phases = self.persona.phases[:3]
        return _parts(line for phase in phases for line in phase.lines) | self._stock

    @cached_property
    def _taught(self) -> dict[str, frozenset[str]]:
        rules = self.persona.rules
        return {rule.id: _parts((*rule.replies, *rule.missing)) for rule in rules}

    @cached_property
    def _settling(self) -> frozenset[str]:
        persona = self.persona
        phrases = persona.phrases.get("solved", ())
        return _parts((*persona.phases[3].lines, *phrases, *lines_for(persona.language).accept))

    def untaught(self, line: str, matched: Collection[str]) -> str:
        """What of a line the author lets nobody say before other rules than these are matched."""
        earned = [self._taught[rule] for rule in matched if rule in self._taught]
        known = (self._early, *earned)
        return " ".join(
            part for part in clauses(line) if not any(plain(part) in each for each in known)
        )

    def unsettled(self, line: str) -> list[str]:
        """The clauses of a line that are none of those which are said before all is settled."""
        known = self._own - self._settling
        return [part for part in clauses(line) if plain(part) not in known]

    @cached_property
    def public(self) -> str:
        """What the persona may say before anybody asks: its lines of every phase but the last, and
        how it is called."""
        persona = self.persona
        names = (persona.name, persona.scenario)
        return "\n".join((*names, *(line for phase in persona.phases[:3] for line in phase.lines)))

    @cached_property
    def public_words(self) -> frozenset[str]:
        """The words of ``public``."""
        return content_words(self.public)

    @cached_property
    def public_digits(self) -> frozenset[str]:
        """The numbers of ``public``."""
        return frozenset(number.digits for number in numbers(self.public))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the file."""
        return frozenset(word.lower().removesuffix("s") for word in _WORDS.findall(self.text))

    @cached_property
    def numbers(self) -> frozenset[Number]:
        """Every number of the file with its unit, and once without."""
        found = numbers(self.text)
        return frozenset((*found, *(number._replace(unit="") for number in found)))

    @cached_property
    def digits(self) -> str:
        """The digits of all that it says, one after the other."""
        return digits(self.text)

    def values(self, fact: Fact) -> tuple[str, ...]:
        """What that fact is at some time of a call."""
        rules = self.persona.rules
        changed = (c.value for rule in rules for c in rule.then if c.label == fact.label)
        return (fact.value, *changed)

    def fact(self, label: str) -> Fact | None:
        """The fact that is called so."""
        return next((fact for fact in self.persona.facts if key_of(fact) == label), None)

    def says(self, words: str) -> bool:
        """Whether the file has these words in a row."""
        return bool(as_said(words, self.text))
