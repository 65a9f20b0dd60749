"""What counts of an observation: how sure a reading must be, by who made it and what it would do.

Between "sure" and "no" lies "unsure": it moves nothing, and is kept for authors and coaches.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.simulation.directing.course import Match, Observation
from agent.simulation.language.sentences import turn_sentences
from personas.model import Kind, Persona, Rule

SURE: Mapping[str, Mapping[Kind, float]] = {
    "lexical": {"trigger": 0.55, "deescalation": 0.5, "criterion": 0.5, "objective": 0.5},
    "reader": {"trigger": 0.7, "deescalation": 0.5, "criterion": 0.6, "objective": 0.5},
    "model": {"trigger": 0.7, "deescalation": 0.6, "criterion": 0.6, "objective": 0.6},
    "example": {"trigger": 0.7, "deescalation": 0.5, "criterion": 0.6, "objective": 0.5},
}
"""The least confidence that counts; a trigger needs more, since a false accusation costs more trust
than one that is missed."""
STRICTEST: Mapping[Kind, float] = {
    kind: max(needed[kind] for needed in SURE.values()) for kind in SURE["lexical"]
}
"""For an observer of which nothing is known, as that of a newer release."""
LONE = 0.1
"""How much less is enough for what calms, when the turn can be read in no other way."""
COURTEOUS, BRIEF = ("goodbye", "more", "wellbeing", "check", "repeat"), 8
"""What accuses nobody, in so few words at most, whatever the reader sees in it; nor does who takes
a harsh word back."""
_UNASKED = re.compile(r"\bwithout (?:\w+ )?(?:asking|being asked)\b|โดยไม่(?:ได้)?(?:ถาม|ขอ)", re.I)
"""What a rule minds only where nobody asked first."""
UNSURE = 0.3
"""The least confidence of a match that is kept as unsure."""
ASKED_FACT = 0.5
"""The least confidence of a fact that is told."""
FITTING = 0.5
"""The least confidence of a line of the persona that is said because it fits."""


def decided(persona: Persona, observation: Observation) -> Observation:
    """The observation with those matches only that count, each rule once by its surest quote; what
    is not sure enough goes to ``unsure``.

    A question meets no criterion, keywords in a row match nothing, and in a hostile turn only what
    angers counts, so that nothing else is shown by it or used up. What the author's examples say of
    words of the turn holds against every other reading of them.
    """
    possible = _possible(persona, observation)
    best = _best(possible)
    kinds = {rule.id: rule.kind for rule in persona.rules}
    likely = [
        match
        for match in best
        if match in observation.matches
        and match.confidence >= _needed(match, kinds[match.rule], lone=len(best) == 1)
    ]
    sure = tuple(match for match in likely if not _is_other_reading(match, likely, kinds))
    unsure = (match for match in best if match not in sure and match.confidence >= UNSURE)
    return replace(observation, matches=sure, unsure=tuple(unsure))


def offered(persona: Persona, observation: Observation) -> tuple[str, ...]:
    """The criteria that the turn surely offers, though only as a question."""
    if observation.hostile or observation.act == "keywords":
        return ()
    criteria = {rule.id for rule in persona.criteria}
    sure = [
        match.rule
        for match in observation.matches
        if match.asked and match.rule in criteria
        if match.confidence >= _needed(match, "criterion", lone=False)
    ]
    return tuple(dict.fromkeys(sure))


def _needed(match: Match, kind: Kind, *, lone: bool) -> float:
    needed = SURE.get(match.source, STRICTEST)[kind]
    return needed - (LONE if lone and kind == "deescalation" else 0)


def _is_other_reading(match: Match, likely: Iterable[Match], kinds: Mapping[str, Kind]) -> bool:
    """Whether the same words were more surely read as the opposite: what angers seldom calms as
    well (0.4 % of 6,687 turns in the reader's data), so one of the two readings is wrong. When they
    are as sure, it is the one that accuses. A reading that does not count itself displaces none.
    Word lists tell no such shades."""
    opposite = {"trigger": "deescalation", "deescalation": "trigger"}.get(kinds[match.rule])
    for other in likely:
        if kinds[other.rule] != opposite or match.source == "lexical":
            continue
        same = other.quote in match.quote or match.quote in other.quote
        surer = other.confidence > match.confidence
        tie = other.confidence == match.confidence and opposite == "deescalation"
        if same and (surer or tie):
            return True
    return False


def _possible(persona: Persona, observation: Observation) -> list[Match]:
    every = (*observation.matches, *observation.unsure)
    examples = [match for match in every if match.source == "example"]
    if observation.act == "keywords":
        every = tuple(match for match in examples if match.confidence == 1)
    found = []
    for match in every:
        rule = persona.rule(match.rule)
        if any(_holds_against(example, match) for example in examples):
            continue
        if rule is not None and rule.kind == "trigger" and _accuses_not(observation, rule, match):
            continue
        if rule is None or (observation.hostile and rule.kind != "trigger"):
            continue
        if rule.kind != "criterion" or not match.asked:
            found.append(match)
    return found


def _accuses_not(observation: Observation, rule: Rule, match: Match) -> bool:
    """Whether nobody would take those words for what the trigger says, whoever read them so."""
    return _is_courteous(observation, match) or _asks_first(observation.text, rule, match)


def _asks_first(text: str, rule: Rule, match: Match) -> bool:
    """Whether the words ask for leave to do what the rule minds only when nobody asked: 'Could you
    hold for a minute?'"""
    if match.source == "example" or not _UNASKED.search(rule.text):
        return False
    quote = match.quote
    over = [one for one in turn_sentences(text) if quote in one or one in quote]
    return bool(over) and all(one.rstrip().endswith("?") for one in over)


def _is_courteous(observation: Observation, match: Match) -> bool:
    """Whether what was read there as an accusation is said by who is polite, or apologizes."""
    if observation.act == "regret":
        return match.source == "reader" or (match.source == "example" and match.confidence < 1)
    brief = len(observation.text.split()) <= BRIEF
    return match.source == "reader" and observation.act in COURTEOUS and brief


def _holds_against(example: Match, match: Match) -> bool:
    """Whether an example says of the words that showed the same rule that they do not count."""
    same = match.quote in example.quote or example.quote in match.quote
    return example.rule == match.rule and not example.confidence and same


def _best(matches: Iterable[Match]) -> list[Match]:
    """Each rule's surest match, in the order in which the rules were first seen."""
    best: dict[str, Match] = {}
    for match in matches:
        known = best.get(match.rule)
        if known is None or match.confidence > known.confidence:
            best[match.rule] = match
    return list(best.values())
