"""What a rule asks for: its own words as acts and word groups to be found in a turn."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from math import log

from agent.simulation.language.lexicon import english, thai
from agent.simulation.language.reading import Hit, Reading, read_english
from agent.simulation.language.reading_th import has_thai, read_thai
from personas.model import Kind, Persona, Rule

ACT, GROUP, STEM = "act", "group", "stem"
TAIL, SHARED = 1000, 2000
"""Where the spots of a rule's tail, and of what an alternative shares, begin."""
GROUP_WEIGHT, STEM_WEIGHT, LESSER_WEIGHT = 1.0, 1.2, 0.4

_PLACE = re.compile(r"\w.*\b(?:at|in|on) (?:the|a|an|his|her|their) $", re.I)
"""What stands before a word that only says where: 'the suite at the hotel'."""
_TAIL = re.compile(
    r"\b(?:without|instead of|rather than|before|until|so that|as opposed to)\b", re.I
)
_UNASKED = re.compile(
    r"\b(?:without|before)\s+(?:even\s+)?(?:being\s+)?(?:ask|permission|warning|consent|notice)"
    r"|โดยไม่ถาม|โดยไม่ขอ|ไม่ถามก่อน",
    re.I,
)
_OR = re.compile(r",?\s+(?:or|such as|for example|including)\s+|\s*/\s*|,\s+(?=.*\bor\b)|หรือ", re.I)
_ASKS = re.compile(
    r"^\s*(?:the (?:trainee|agent)\s+)?(?:politely\s+|first\s+)?"
    r"(?:ask|find(?:s|ing)? out|inquir|check(?:s|ing)? (?:if|whether))\w*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Want:
    """One thing looked for; wants of one ``spot`` (a place in the rule) are alternatives.

    ``topic``: the customer brings it up, so that saying it alone is no sign of the rule.
    """

    kind: str
    name: str
    weight: float
    negated: bool = False
    spot: int = 0
    topic: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """One way of satisfying a rule: by its acts, or by enough of its words."""

    acts: tuple[Want, ...]
    words: tuple[Want, ...]
    asks: bool = False
    unasked: bool = False
    """It must come unasked: an offer ("may I…?") is not it."""
    partial: bool = False
    """It is one alternative of a longer rule."""


Asked = dict[tuple[Kind, str], list[Aim]]
"""What rules ask for by their kind and words, which alone decide about it."""


def asked_by(persona: Persona, before: Asked) -> Asked:
    """What this persona's rules ask for; of an earlier version's, what stays is taken over."""
    rules = {(rule.kind, rule.text): rule for rule in persona.rules}
    return {key: before.get(key) or _alternatives(rule) for key, rule in rules.items()}


def aims_of(persona: Persona, asked: Asked) -> dict[str, tuple[Aim, ...]]:
    """The aims of every rule by rule id; words count the less the more rules have them."""
    raw = {rule.id: asked[rule.kind, rule.text] for rule in persona.rules}
    rarity, topics = _rarity(persona, raw), _topics(persona)
    return {
        rule_id: tuple(_weighed(aim, rarity, topics) for aim in aims if aim.acts or aim.words)
        for rule_id, aims in raw.items()
    }


def _rarity(persona: Persona, raw: dict[str, list[Aim]]) -> dict[tuple[str, str], float]:
    seen: Counter[tuple[str, str]] = Counter()
    for aims in raw.values():
        seen.update({(w.kind, w.name) for aim in aims for w in aim.words})
    most = log(1 + len(persona.rules))
    return {key: 0.45 + 0.55 * log((1 + len(persona.rules)) / n) / most for key, n in seen.items()}


def _topics(persona: Persona) -> set[str]:
    """The stems of what the customer begins the call with."""
    said = ". ".join(persona.phases[0].lines)
    return set() if has_thai(said) else set(read_english(said, english(), english().said).stems)


def _weighed(aim: Aim, rarity: dict[tuple[str, str], float], topics: set[str]) -> Aim:
    """The aim with rare words weighing more; all wants of one spot weigh what its best does."""
    best: dict[int, float] = {}
    for want in aim.words:
        weight = want.weight * rarity.get((want.kind, want.name), 1.0)
        best[want.spot] = max(best.get(want.spot, 0.0), weight)
    words = tuple(
        replace(want, weight=best[want.spot], topic=want.kind == STEM and want.name in topics)
        for want in aim.words
    )
    return replace(aim, words=words)


def _alternatives(rule: Rule) -> list[Aim]:
    """The rule as a whole, and what stands on either side of an 'or'."""
    whole = _aim(rule, rule.text)
    parts = [part for part in _OR.split(_without_tail(rule.text)) if part.strip()]
    if len(parts) < 2:
        return [whole]
    aims = [_aim(rule, part, partial=True) for part in parts]
    shared = _before_last(aims[0].words)
    for place, aim in enumerate(aims[1:], 1):
        if aim.words and not aim.acts:
            aims[place] = replace(aim, words=(*aim.words, *shared))
    return [whole, *(aim for aim in aims if aim.acts or aim.words)]


def _before_last(words: tuple[Want, ...]) -> tuple[Want, ...]:
    """What both sides of an 'or' share: 'how the broken one is collected or sent back'."""
    last = max((want.spot for want in words), default=0)
    return tuple(replace(w, spot=SHARED + w.spot) for w in words if w.kind != ACT and w.spot < last)


def _without_tail(text: str) -> str:
    found = _TAIL.search(text)
    return text[: found.start()] if found and found.start() > 8 else text


def _aim(rule: Rule, part: str, *, partial: bool = False) -> Aim:
    head = _without_tail(part)
    reading = rule_reading(head)
    acts, weak = _acts(rule, reading)
    words = weak + _words(reading)
    if rule.kind != "trigger" and len({want.spot for want in words}) > 1:
        acts = [a for a in acts if a.negated or not _bad(a.name)]
    if not words and not acts:
        words = _bare(reading)
    if len(head) < len(part) and not acts:
        words += _tail_words(part[len(head) :], words)
    return Aim(
        acts=tuple(acts),
        words=tuple(words),
        asks=bool(_ASKS.search(rule.text)),
        unasked=bool(_UNASKED.search(rule.text)),
        partial=partial,
    )


def rule_reading(text: str) -> Reading:
    """What a rule's own words say."""
    if has_thai(text):
        return read_thai(text, thai(), thai().named)
    lists = english()
    return read_english(text, lists, lists.named, rule=True)


def _acts(rule: Rule, reading: Reading) -> tuple[list[Want], list[Want]]:
    """The deciding acts and the weak ones.

    Acts named by the same words share a spot: any of them will do. Later ones weigh less.
    """
    known = {**thai().acts, **english().acts}
    found = sorted((hits[0].start, name, hits[0]) for name, hits in reading.acts.items())
    weak = [Want(ACT, n, 1.0, h.negated, at) for at, n, h in found if known[n].weak]
    strong = [(n, h) for _, n, h in found if not known[n].weak]
    strong = _fitting(rule, strong, {n for n, _ in strong if known[n].bad})
    acts: list[Want] = []
    for name, hit in strong:
        later = bool(acts) and hit.start != acts[0].spot
        acts.append(Want(ACT, name, 0.4 if later else 1.0, hit.negated, hit.start))
    return acts, weak


def _bad(name: str) -> bool:
    act = english().acts.get(name) or thai().acts.get(name)
    return act is not None and act.bad


def _fitting(rule: Rule, acts: list[tuple[str, Hit]], bad: set[str]) -> list[tuple[str, Hit]]:
    """Where the words name an angering and another act at once, the one that fits the kind."""
    if rule.kind == "trigger":
        overlapping = [(n, h) for n, h in acts if n in bad]
        return [(n, h) for n, h in acts if n in bad or not any(_over(h, o) for _, o in overlapping)]
    good = [(n, h) for n, h in acts if n not in bad]
    return [
        (n, h)
        for n, h in acts
        if n not in bad or h.negated or not any(_over(h, o) for _, o in good)
    ]


def _over(hit: Hit, other: Hit) -> bool:
    return hit.start < other.end and other.start < hit.end


def _words(reading: Reading) -> list[Want]:
    """Word groups, and stems of words that are in no group; plain words do not count.

    A word in no group is mostly a rule's very topic and weighs more; the verb that a rule begins
    with ('Offering…') and a place ('at the hotel') weigh less.
    """
    plain = english().grammar["plain"]
    wants: list[Want] = []
    covered = [h for hits in reading.acts.values() for h in hits]
    for name, hits in reading.groups.items():
        kept = [h for h in hits if reading.text[h.start : h.end].lower() not in plain]
        wants += [Want(GROUP, name, GROUP_WEIGHT, h.negated, h.start) for h in kept[:1]]
        covered += hits
    for name, hits in reading.stems.items():
        hit, word = hits[0], reading.text[hits[0].start : hits[0].end].lower()
        if word not in plain and len(word) > 2 and not any(_over(hit, c) for c in covered):
            wants.append(Want(STEM, name, STEM_WEIGHT, hit.negated, hit.start))
    lesser = {w.spot for w in wants if _leads(reading.text, w.spot)}
    lesser |= {w.spot for w in wants if _PLACE.search(reading.text[: w.spot])}
    if all(w.spot in lesser for w in wants):
        return wants
    return [replace(w, weight=LESSER_WEIGHT) if w.spot in lesser else w for w in wants]


def _leads(text: str, spot: int) -> bool:
    """Whether the word there is the rule's leading verb: 'Inviting him to breakfast'."""
    word = text[spot:].split()[0].lower() if text[spot:] else ""
    return not text[:spot].strip() and word.endswith(("ing", "s")) and not has_thai(word)


def _bare(reading: Reading) -> list[Want]:
    """For a rule of plain words only: its longer words all the same."""
    return [
        Want(STEM, name, 0.8, hits[0].negated, hits[0].start)
        for name, hits in reading.stems.items()
        if len(name) > 3
    ]


def _tail_words(tail: str, words: list[Want]) -> list[Want]:
    """What a rule says after 'before' or 'without' may help, and is not missed."""
    known = {(w.kind, w.name) for w in words}
    extra = _words(rule_reading(tail))
    return [
        replace(w, weight=0.4, spot=TAIL + w.spot) for w in extra if (w.kind, w.name) not in known
    ]
