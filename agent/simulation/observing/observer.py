"""Which of a persona's rules a trainee's turn matches, by word lists and with no model."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from agent.simulation.directing.director import Match, Observation
from agent.simulation.language.lexicon import english, thai
from agent.simulation.language.reading import Hit, Reading, read_english
from agent.simulation.language.reading_th import has_thai, read_thai
from agent.simulation.language.sentences import sentence_spans
from agent.simulation.observing.aims import (
    ACT,
    GROUP,
    SHARED,
    STEM,
    TAIL,
    Aim,
    Asked,
    Want,
    aims_of,
    asked_by,
)
from agent.simulation.observing.asked_facts import asked_facts, asks_detail, may_ask
from agent.simulation.observing.asking import is_asked
from agent.simulation.observing.examples import (
    asked_like,
    examples_of,
    judged,
    questions_of,
    said_like,
    unsaid,
)
from agent.simulation.observing.out_of_role import beside_the_role, in_role
from agent.simulation.observing.turn_act import (
    act_of,
    is_courtesy,
    regrets,
    settles,
    tells_to_tell,
)
from personas.model import Persona, Rule

WINDOW = 140
"""Characters within which a rule's words must stand together."""
ENOUGH = 0.45
ALONE = {STEM: 0.95, GROUP: 0.75, ACT: 0.75}
"""What a single word is worth where a rule has more: a topic's own name nearly all."""
UNASKED = 0.4
"""What words are worth in a statement where the rule wants a question."""
DENIED = 0.6
"""What words are worth when one of them is denied in the turn and not in the rule."""
WITHOUT_ACT = 0.85
"""What a rule's words are worth when the act that it names was not seen."""


OPPOSITES = {
    "blame": "not_your_fault",
    "accuse": "believe",
    "disbelief": "believe",
    "many_steps": "one_step",
    "jargon": "plain_words",
    "rush": "take_time",
    "pressure": "take_time",
    "ask_again": "notes_read",
    "hold": "ask_permission",
    "contract_penalty": "no_fee",
    "pay_return": "no_fee",
}
"""Acts that anger, and what is done instead."""


class Observer(Protocol):
    """Tells what a trainee's turn did."""

    def observe(self, text: str) -> Observation: ...


@runtime_checkable
class LooksAhead(Observer, Protocol):
    """One that takes less time when it is told what it will be asked."""

    def expect(self, texts: Iterable[str]) -> None: ...


MakeObserver = Callable[[Persona, Observer | None], Observer]
"""The observer of a persona; what it shares with that of an earlier version is taken over."""


@dataclass(frozen=True, slots=True)
class _Found:
    score: float
    hits: tuple[Hit, ...]
    spots: int = 0


class LexicalObserver:
    """Reads a turn by acts, word groups, negation and mood, and compares it with every rule.

    The rules' own words say what to look for, so that it works for rules nobody has seen yet.
    Building it takes some milliseconds, less with that of an earlier version at hand; observing a
    turn takes about one.
    """

    def __init__(self, persona: Persona, before: "Observer | None" = None) -> None:
        self._persona = persona
        self.examples, self.questions = examples_of(persona), questions_of(persona)
        known = before._sought if isinstance(before, LexicalObserver) else {}
        self._sought: Asked = asked_by(persona, known)
        self._aims = aims_of(persona, self._sought)
        self._asked = {name for name, act in english().acts.items() if act.asked}
        self._asked |= {name for name, act in thai().acts.items() if act.asked}
        names = _names(persona)
        self._names = frozenset(name.lower() for name in names)
        self._name = _name_pattern(names)
        self._lately: Reading | None = None

    def observe(self, text: str) -> Observation:
        """The rules that this turn matches, and whether it is hostile or a question."""
        said = in_role(text)
        if said != text:
            return beside_the_role(text, self.observe_said(said) if said else None)
        return self.observe_said(text)

    def observe_said(self, text: str) -> Observation:
        """The same of words that are known to be said to the persona."""
        reading = self._reading_of(text)
        examples = judged(said_like(self.examples, text), text)
        denied = unsaid(examples)
        matches = list(examples)
        for rule in self._persona.rules:
            if rule.id in denied:
                rest = text
                for quote in denied[rule.id]:
                    rest = rest.replace(quote, " ")
                match = self._match(rule, rest, self._read(rest))
            else:
                match = self._match(rule, text, reading)
            if match is not None:
                matches.append(match)
        hostile = any(not h.negated for h in reading.acts.get("hostile", ()))
        hostile = hostile and not regrets(text)
        facts = asked_facts(self._persona, text, asked_like(self.questions, text))
        act = act_of(text, question=reading.question or bool(facts))
        asks = reading.question or may_ask(text)
        if act in ("", "offer", "request") and asks and asks_detail(text):
            act = "detail"
        elif act == "detail" and not (reading.question or tells_to_tell(text)):
            act = ""  # what the words only seem to ask for
        return Observation(
            text,
            tuple(matches),
            hostile,
            reading.question,
            facts=facts,
            act=act,
            settles=settles(text),
        )

    def _match(self, rule: Rule, text: str, reading: Reading) -> Match | None:
        found = max(
            (self._look(aim, reading) for aim in self._aims[rule.id]),
            key=lambda f: f.score,
            default=_Found(0, ()),
        )
        if found.score < ENOUGH or not found.hits:
            return None
        quote = _quote(text, found.hits)
        if rule.kind == "trigger" and is_courtesy(quote):
            return None
        return Match(rule.id, quote, _confidence(found.score), asked=is_asked(text, quote))

    def looks_for(self, rule_id: str) -> bool:
        """Whether the rule's words give anything to look for."""
        return bool(self._aims.get(rule_id))

    def acts_of(self, rule_id: str) -> list[str]:
        """The names of the acts that satisfy the rule, surest first."""
        aims = self._aims.get(rule_id, ())
        return [want.name for aim in aims for want in aim.acts if not want.negated]

    def calming_down(self, text: str) -> list[str]:
        """The sentences that tell the customer to calm down, which itself calms nobody."""
        hits = self._reading_of(text).acts.get("calm_down", ())
        spans = [(a, b) for a, b in sentence_spans(text) if any(a <= h.start < b for h in hits)]
        return [text[a:b] for a, b in spans]

    def speaks_against(self, text: str) -> set[str]:
        """The rules whose act the words deny, do the opposite of, or only seem to do; none where
        something else follows upon a 'but'."""
        if _BUT.search(text):
            return set()
        reading = self._reading_of(text)
        done = {name for name, hits in reading.acts.items() if not all(h.negated for h in hits)}
        return {
            rule
            for rule, aims in self._aims.items()
            for aim in aims
            if aim.acts and (_contradicted(aim, reading) or OPPOSITES.get(aim.acts[0].name) in done)
        }

    def _reading_of(self, text: str) -> Reading:
        """The reading of a turn; that of the latest is kept, since more than one question is asked
        of it. Nobody changes it, so threads may share it."""
        lately = self._lately
        if lately is None or lately.text != text:
            lately = self._lately = self._read(text)
        return lately

    def _read(self, text: str) -> Reading:
        lists = english()
        reading = read_english(text, lists, lists.said, names=self._names)
        if has_thai(text):
            other = read_thai(text, thai(), thai().said)
            for name, hits in other.acts.items():
                reading.acts.setdefault(name, []).extend(hits)
            for name, hits in other.groups.items():
                reading.groups.setdefault(name, []).extend(hits)
            reading.likened |= other.likened
            reading.question = reading.question or other.question
        named = [Hit(m.start(), m.end()) for m in self._name.finditer(text)]
        if named:
            reading.acts["name_use"] = named
        return reading

    def _look(self, aim: Aim, reading: Reading) -> _Found:
        words = self._by_words(aim, reading)
        if not aim.acts:
            return words
        acts = self._by_acts(aim, reading, words.score)
        if acts.score < ENOUGH and words.spots > 1 and not _contradicted(aim, reading):
            return replace(words, score=words.score * WITHOUT_ACT)
        return acts

    def _by_acts(self, aim: Aim, reading: Reading, words: float) -> _Found:
        """How much of the acts was done, with the rule's other words adding to it."""
        weights: dict[int, float] = {}
        done: dict[int, Hit] = {}
        for want in aim.acts:
            weights[want.spot] = want.weight
            hit = self._best(want, reading, aim)
            if hit:
                done.setdefault(want.spot, hit)
        share = sum(weights[spot] for spot in done) / sum(weights.values())
        if not share:
            return _Found(0, ())
        score = 0.75 * share + 0.25 * words if aim.words else share
        return _Found(score, tuple(done.values()), len(done))

    def _by_words(self, aim: Aim, reading: Reading) -> _Found:
        """The share of the rule's words found close together."""
        needed = {w.spot: w.weight for w in aim.words if not TAIL <= w.spot < SHARED}
        whole = sum(needed.values())
        if not whole:
            return _Found(0, ())
        found = [(want, hit) for want in aim.words for hit in self._hits(want, reading)]
        best = _Found(0, ())
        for begin in sorted({hit.start for _, hit in found}):
            near = [(w, h) for w, h in found if begin <= h.start and h.end <= begin + WINDOW]
            best = max(best, _share(aim, near, whole), key=lambda f: f.score)
        if aim.asks and not reading.question and not _requests(reading):
            return replace(best, score=best.score * UNASKED)
        return best

    def _hits(self, want: Want, reading: Reading) -> list[Hit]:
        if want.kind == ACT:
            return reading.acts.get(want.name, [])
        return (reading.groups if want.kind == GROUP else reading.stems).get(want.name, [])

    def _best(self, want: Want, reading: Reading, aim: Aim) -> Hit | None:
        """The first hit of an act with the right polarity and mood."""
        for hit in reading.acts.get(want.name, ()):
            if hit.negated != want.negated:
                continue
            if hit.asking in ("info", "request") and want.name not in self._asked:
                continue
            if aim.unasked and (hit.asking == "offer" or "ask_permission" in reading.acts):
                continue
            return hit
        return None


def _contradicted(aim: Aim, reading: Reading) -> bool:
    """Whether the turn has the first act of the rule in the negative, or only its likeness."""
    first = aim.acts[0]
    hits = reading.acts.get(first.name, ())
    return first.name in reading.likened or any(hit.negated != first.negated for hit in hits)


def _share(aim: Aim, near: list[tuple[Want, Hit]], whole: float) -> _Found:
    """What these hits are worth; one word of the turn serves one spot of the rule."""
    worth: dict[int, tuple[float, Hit]] = {}
    alone = GROUP
    taken: set[int] = set()
    negated = {want.spot: want.negated for want in aim.words}
    for want, hit in sorted(near, key=lambda n: -n[0].weight * _credit(n[0], n[1], aim)):
        if want.spot in worth or hit.start in taken:
            continue
        worth[want.spot] = (want.weight * _credit(want, hit, aim), hit)
        taken.add(hit.start)
        alone = GROUP if want.topic else want.kind
    score = min(1.0, sum(value for value, _ in worth.values()) / whole)
    if any(hit.negated and not negated.get(spot) for spot, (_, hit) in worth.items()):
        score *= DENIED
    if len(worth) < 2 and len({want.spot for want in aim.words}) > 1:
        score *= ALONE[alone]
    return _Found(score, tuple(hit for _, hit in worth.values()), len(worth))


def _confidence(score: float) -> float:
    """A matching score as a confidence: just enough is 0.5."""
    return round(min(1.0, 0.5 + 0.5 * (score - ENOUGH) / (1 - ENOUGH)), 2)


def _credit(want: Want, hit: Hit, aim: Aim) -> float:
    credit = 1.0 if want.negated == hit.negated else 0.3
    if hit.asking == "info" and not aim.asks:
        credit *= 0.7
    return credit


def _requests(reading: Reading) -> bool:
    return any(name in reading.acts for name in ("open_question", "ask_account"))


def _names(persona: Persona) -> set[str]:
    """The words of the persona's own name, as in its title or in a fact that is its name."""
    names = set(persona.name.split())
    for fact in persona.facts:
        if re.search(r"\bname\b|^ชื่อ", fact.label, re.I) and len(fact.value) < 40:
            names |= set(fact.value.split())
    return {name for name in names if len(name) > 2}


def _name_pattern(names: set[str]) -> re.Pattern[str]:
    long = sorted((re.escape(name) for name in names), key=len, reverse=True)
    return re.compile("|".join(long) or r"(?!)", re.I)


_BUT = re.compile(r"\b(?:but|however|though|although|except)\b", re.I)
_GAP = re.compile(r"\s{2,}")


def _quote(text: str, hits: tuple[Hit, ...]) -> str:
    """The sentence around the hits, or with no punctuation some words on both sides."""
    start, end = min(h.start for h in hits), max(h.end for h in hits)
    said = sentence_spans(text)
    left = max((begin for begin, _ in said if begin <= start), default=0)
    right = min((last for _, last in said if end <= last), default=len(text))
    left = max((gap.end() for gap in _GAP.finditer(text, left, start)), default=left)
    right = next((gap.start() for gap in _GAP.finditer(text, end, right)), right)
    if start - left > 60:
        left = _word_edge(text, start - 40, start)
    if right - end > 60:
        right = text.rfind(" ", end, end + 40)
        right = right if right > end else end
    return text[left:right].strip(" ,;:\"'“”").rstrip(".!?…")


def _word_edge(text: str, place: int, limit: int) -> int:
    space = text.find(" ", place, limit)
    return space + 1 if space >= 0 else limit
