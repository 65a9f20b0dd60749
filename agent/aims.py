"""What a rule asks for: its own words as acts and word groups to be found in a turn."""

import re
from collections import Counter
from dataclasses import dataclass
from math import log

from agent.lexicon import english, thai
from agent.reading import Reading, read_english
from agent.reading_th import has_thai, read_thai
from personas.model import Persona, Rule

ACT, GROUP, STEM = "act", "group", "stem"

_TAIL = re.compile(
    r"\b(?:without|instead of|rather than|before|until|so that|as opposed to)\b", re.I
)
_UNASKED = re.compile(
    r"\b(?:without|before)\s+(?:even\s+)?(?:being\s+)?(?:ask|permission|warning|consent|notice)"
    r"|โดยไม่ถาม|โดยไม่ขอ|ไม่ถามก่อน",
    re.I,
)
_OR = re.compile(r",?\s+or\s+|\s*/\s*|หรือ|กับ", re.I)
_ASKS = re.compile(
    r"^\s*(?:the (?:trainee|agent)\s+)?(?:politely\s+|first\s+)?"
    r"(?:ask|find(?:s|ing)? out|inquir|check(?:s|ing)? (?:if|whether))\w*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Want:
    """One thing looked for: an act, a word group or a stem, with its weight and polarity."""

    kind: str
    name: str
    weight: float
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """One way of satisfying a rule; ``acts`` decide when there are any, else ``words`` do."""

    acts: tuple[Want, ...]
    words: tuple[Want, ...]
    asks: bool = False
    unasked: bool = False
    """It must come unasked: an offer ("may I…?") is not it."""
    partial: bool = False
    """It is one alternative of a longer rule."""


def aims_of(persona: Persona) -> dict[str, tuple[Aim, ...]]:
    """The aims of every rule by rule id; words count the less the more rules have them."""
    raw = {rule.id: _alternatives(rule) for rule in persona.rules}
    rarity = _rarity(persona, raw)
    return {
        rule_id: tuple(_weighed(aim, rarity) for aim in aims if aim.acts or aim.words)
        for rule_id, aims in raw.items()
    }


def _rarity(persona: Persona, raw: dict[str, list[Aim]]) -> dict[tuple[str, str], float]:
    seen: Counter[tuple[str, str]] = Counter()
    for aims in raw.values():
        seen.update({(w.kind, w.name) for aim in aims for w in aim.words})
    most = log(1 + len(persona.rules))
    return {key: 0.35 + 0.65 * log((1 + len(persona.rules)) / n) / most for key, n in seen.items()}


def _weighed(aim: Aim, rarity: dict[tuple[str, str], float]) -> Aim:
    words = tuple(
        Want(w.kind, w.name, w.weight * rarity.get((w.kind, w.name), 1.0), w.negated)
        for w in aim.words
    )
    return Aim(aim.acts, words, aim.asks, aim.unasked, aim.partial)


def _alternatives(rule: Rule) -> list[Aim]:
    text = rule.text
    whole = _aim(text, text)
    parts = [p for p in _OR.split(_without_tail(text)) if p.strip()]
    if len(parts) < 2:
        return [whole]
    aims = [_aim(part, text, partial=True) for part in parts]
    return [whole, *(a for a in aims if a.acts or sum(w.weight for w in a.words) >= 1)]


def _without_tail(text: str) -> str:
    found = _TAIL.search(text)
    return text[: found.start()] if found and found.start() > 8 else text


def _aim(part: str, whole: str, *, partial: bool = False) -> Aim:
    head = _without_tail(part)
    reading = rule_reading(head)
    acts, weak = _acts(reading)
    words = _words(head, reading, acts)
    tail = part[len(head) :]
    if tail and not acts:
        known = {(w.kind, w.name) for w in words}
        extra = _words(tail, rule_reading(tail), ())
        words += [Want(w.kind, w.name, 0.4) for w in extra if (w.kind, w.name) not in known]
    return Aim(
        acts=tuple(acts),
        words=tuple(weak + words),
        asks=bool(_ASKS.search(whole)),
        unasked=bool(_UNASKED.search(whole)),
        partial=partial,
    )


def rule_reading(text: str) -> Reading:
    """What a rule's own words say."""
    if has_thai(text):
        return read_thai(text, thai(), thai().named)
    lists = english()
    return read_english(text, lists, lists.named, rule=True)


def _acts(reading: Reading) -> tuple[list[Want], list[Want]]:
    """The deciding acts, the first one weighing most, and the weak ones that only help."""
    flags = english().acts
    found = sorted((hits[0].start, name, hits[0].negated) for name, hits in reading.acts.items())
    strong = [(n, neg) for _, n, neg in found if n not in flags or not flags[n].weak]
    weak = [Want(ACT, n, 1.0, neg) for _, n, neg in found if n in flags and flags[n].weak]
    return [Want(ACT, n, 1.0 if i == 0 else 0.4, neg) for i, (n, neg) in enumerate(strong)], weak


def _words(text: str, reading: Reading, acts: list[Want] | tuple[Want, ...]) -> list[Want]:
    """Word groups, and stems of words that are in no group; plain words do not count."""
    wants, covered = [], set()
    for name, hits in reading.groups.items():
        spans = {(h.start, h.end) for h in hits}
        heard = {text[a:b].lower() for a, b in spans}
        covered |= {stem_span for hit in hits for stem_span in range(hit.start, hit.end)}
        if not heard <= english().grammar["plain"]:
            wants.append((hits[0].start, hits[0].end, Want(GROUP, name, 1.0, hits[0].negated)))
    for name, hits in reading.stems.items():
        hit = hits[0]
        word = text[hit.start : hit.end].lower()
        if hit.start not in covered and word not in english().grammar["plain"] and len(word) > 2:
            wants.append((hit.start, hit.end, Want(STEM, name, 0.8, hit.negated)))
    return _shared(wants)


def _shared(wants: list[tuple[int, int, Want]]) -> list[Want]:
    """Groups of the same word are one thing: they share its weight."""
    spans = Counter((start, end) for start, end, _ in wants)
    return [
        Want(w.kind, w.name, w.weight / spans[(start, end)], w.negated) for start, end, w in wants
    ]
