"""What parts of a file say of each other: facts that rules open or change, and examples that two
rules or two facts claim."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, get_args

from personas.content import Content, Example, Question
from personas.marks import normalised, take_apart
from personas.model import Fact, FactChange, Kind, Rule
from personas.near_names import NearNames
from personas.sections import PROFILE
from personas.source import Findings, shown
from personas.submarks import AFTER, ASKED

_ORDER: tuple[Kind, ...] = get_args(Kind)
_SAME = 50
"""Uses of one sentence that each further one is compared with."""


def link(contents: Mapping[str, Content], found: Findings) -> None:
    """Put what rules and facts say of each other into them, and note what does not hold."""
    facts = contents[PROFILE].facts if PROFILE in contents else []
    ruled = [content for content in contents.values() if content.rules]
    if any(rule.then for content in ruled for rule in content.rules):
        _link_changes(ruled, facts, found)
    if PROFILE in contents and contents[PROFILE].conditions:
        _link_conditions(contents[PROFILE], ruled, found)
    if PROFILE in contents and contents[PROFILE].questions:
        _link_questions(contents[PROFILE], found)
    if any(content.examples for content in ruled):
        _check_examples(ruled, found)


def _link_changes(ruled: Iterable[Content], facts: Iterable[Fact], found: Findings) -> None:
    known: dict[str, Fact] = {}
    for fact in facts:
        if fact.label:
            known.setdefault(normalised(fact.label), fact)
    names = NearNames({key: fact.label for key, fact in known.items()})
    for content in ruled:
        for place, rule in enumerate(content.rules):
            if rule.then:
                changes = tuple(_changes(rule.then, known, names, found))
                content.rules[place] = replace(rule, then=changes)


def _changes(
    stated: Iterable[FactChange], known: Mapping[str, Fact], names: NearNames, found: Findings
) -> Iterator[FactChange]:
    """The changes of facts that there are, each with the label as the fact has it."""
    seen: dict[str, int] = {}
    for change in stated:
        key = normalised(change.label)
        fact = known.get(key)
        if fact is None:
            found.error(
                change.line,
                f"then: {shown(change.label)!r} is no fact of Profile Data{names.meant(key)}; "
                "write the label of one",
            )
            continue
        if fact.label in seen:
            found.error(
                change.line,
                f"then: {shown(fact.label)!r} is changed twice by one rule (the first is on line "
                f"{seen[fact.label]}); keep one",
            )
        elif normalised(fact.value) == normalised(change.value):
            found.warn(
                change.line,
                f"then: {shown(fact.label)!r} says that already on line {fact.line}; write what "
                "is new",
            )
        seen.setdefault(fact.label, change.line)
        yield replace(change, label=fact.label)


def _link_conditions(profile: Content, ruled: Iterable[Content], found: Findings) -> None:
    rules: dict[str, Rule] = {}
    for content in sorted(ruled, key=lambda content: _ORDER.index(content.rules[0].kind)):
        for key, rule in zip(content.keys, content.rules, strict=True):
            rules.setdefault(key, rule)
    names = NearNames({key: rule.text for key, rule in rules.items()})
    told = {normalised(each) for fact in profile.facts for each in (fact.label, fact.value)}
    places = {fact.line: place for place, fact in enumerate(profile.facts)}
    stated: dict[int, int] = {}
    for condition in profile.conditions:
        place = places[condition.fact]
        fact = profile.facts[place]
        if place in stated:
            found.error(
                condition.line,
                f"{AFTER}: is written twice for one fact, on lines {stated[place]} and "
                f"{condition.line}; keep one",
            )
        stated.setdefault(place, condition.line)
        named = _rule_named(condition.words, rules)
        if named is None:
            key = normalised(condition.words)
            why = "is a fact" if key in told else f"is no rule of this file{names.meant(key)}"
            found.error(
                condition.line,
                f"{AFTER}: {shown(condition.words)!r} {why}; write the words of a rule",
            )
            continue
        _check_circle(fact, named, condition.line, found)
        profile.facts[place] = replace(fact, only_after=named.id)


def _link_questions(profile: Content, found: Findings) -> None:
    places = {fact.line: place for place, fact in enumerate(profile.facts)}
    asked: dict[int, list[str]] = {}
    known: dict[str, Question] = {}
    for question in profile.questions:
        first = known.setdefault(normalised(question.words), question)
        words, where = shown(question.words), f"as on line {first.line}"
        if first is question:
            asked.setdefault(places[question.fact], []).append(question.words)
        elif first.fact == question.fact:
            note = f"{words!r} is written twice under one fact, {where}; keep one"
            found.warn(question.line, note)
        else:
            fact = profile.facts[places[first.fact]]
            found.error(
                question.line,
                f"{ASKED}: {words!r} is for {shown(fact.label or fact.value)!r} already, {where}; "
                "keep it under the one fact that it is for",
            )
    for place, questions in asked.items():
        profile.facts[place] = replace(profile.facts[place], asked=tuple(questions))


def _rule_named(words: str, rules: Mapping[str, Rule]) -> Rule | None:
    """The rule with these words, with or without its marks."""
    return rules.get(normalised(words)) or rules.get(normalised(take_apart(words, "trigger").words))


def _check_circle(fact: Fact, rule: Rule, line: int, found: Findings) -> None:
    changes = [c for c in rule.then if c.label == fact.label] if fact.label else []
    if changes:
        found.error(
            line,
            f"{AFTER}: goes in a circle: {shown(rule.text)!r}, after which this fact is told, "
            f"changes it on line {changes[0].line}, so that {shown(fact.value)!r} is never told; "
            "write the new value here and take then: away",
        )


class _Use(NamedTuple):
    """A sentence as an example of a rule."""

    example: Example
    rule: Rule


def _check_examples(ruled: Iterable[Content], found: Findings) -> None:
    uses: dict[str, list[_Use]] = {}
    for content in ruled:
        lines = [rule.line for rule in content.rules]
        for example in content.examples:
            rule = content.rules[bisect_left(lines, example.line) - 1]
            uses.setdefault(normalised(example.words), []).append(_Use(example, rule))
    for same in uses.values():
        same.sort(key=lambda use: use.example.line)
        for place, use in enumerate(same[1:], start=1):
            _compare(use, same[: min(place, _SAME)], found)


def _compare(use: _Use, before: Iterable[_Use], found: Findings) -> None:
    """Note what contradicts an earlier use of the same sentence, once."""
    words, line = shown(use.example.words), use.example.line
    for first in before:
        where = f"as on line {first.example.line}"
        if first.rule is use.rule and first.example.mark != use.example.mark:
            found.error(
                line, f"{words!r} stands under like: and unlike: of one rule, {where}; keep one"
            )
        elif first.rule is use.rule:
            found.warn(line, f"{words!r} is written twice under one rule, {where}; keep one")
        elif use.example.mark == first.example.mark == "like" and _exclude(first.rule, use.rule):
            found.warn(
                line,
                f"{words!r} is an example of {shown(first.rule.text)!r}, {where}, and cannot anger "
                "and help at once; keep one",
            )
        else:
            continue
        return


def _exclude(one: Rule, other: Rule) -> bool:
    """Whether one turn cannot be meant as both: only one of them angers."""
    return (one.kind == "trigger") != (other.kind == "trigger")
