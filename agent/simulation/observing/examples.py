"""What an author's own examples say of a turn: said like these it counts for a rule, or not, or
asks for a fact."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agent.simulation.directing.course import AskedFact, Match
from agent.simulation.directing.facts import key_of
from agent.simulation.language.sentences import turn_sentences
from agent.simulation.observing.asking import is_asked
from personas.model import Persona

SOURCE = "example"
NEAR = 0.8
"""The confidence of what is worded nearly as an example."""
ALIKE = 0.85
"""The share of groups of three letters that two sentences must have in common to be worded alike:
what differs by then is a word or its form."""
LEAST = ALIKE / (2 - ALIKE) - 1e-9
"""The share of an example's groups that is found in the turn at least where a sentence of it is
worded alike: if it has the part x of them and nothing else, they have 2x / (1 + x) in common."""
FEW = 3
"""Words of an example up to which it must be a whole sentence of the turn."""

_LETTER = r"\w\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_LETTER}]+(?:['\u2019][{_LETTER}]+)*")
_BETWEEN = re.compile(rf"[^{_LETTER}]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_POLITE = re.compile(r"(?:นะ)?(?:ค่ะ|คะ|ครับ|จ้ะ|จ้า)$")
_DENIES = re.compile(r"\b(?:not|no|never|cannot|can't|without)\b|n['\u2019]t\b|ไม่|อย่า|ยัง", re.I)
_UNSAID = re.compile(
    r"(?:\b(?:not|never|cannot|if|whether|unless|why)\b|n['\u2019]t\b)[^.!?…]*$|ไม่(?:ได้)?$", re.I
)
"""What stands before words in a sentence that are denied, or only thought of."""


class Example(NamedTuple):
    """One sentence under ``like`` or ``unlike`` of a rule, or under ``asked`` of a fact.

    ``of`` is the rule's id, or what the fact is called. ``plain`` are the letters alone that the
    ``pattern`` finds, and ``groups`` those of three. ``whole``: it has to be a sentence of the
    turn, not a part of one.
    """

    of: str
    counts: bool
    text: str
    pattern: re.Pattern[str]
    plain: str
    groups: frozenset[str]
    whole: bool
    asks: bool = False


class Verdict(NamedTuple):
    """That words of a turn, ``quote``, are (nearly) an example's; ``likeness`` is 0-1."""

    example: Example
    quote: str
    likeness: float


def examples_of(persona: Persona) -> tuple[Example, ...]:
    """All examples of the persona's rules that have any words."""
    found = []
    for rule in persona.rules:
        for counts, texts in ((True, rule.like), (False, rule.unlike)):
            for text in texts:
                if words := _WORD.findall(text):
                    found.append(_example(rule.id, counts, text, words))
    return tuple(found)


def questions_of(persona: Persona) -> tuple[Example, ...]:
    """All examples of questions for the persona's facts."""
    return tuple(
        _example(key_of(fact), True, text, words)._replace(asks=True)
        for fact in persona.facts
        for text in fact.asked
        if (words := _WORD.findall(text))
    )


def asked_like(questions: Iterable[Example], text: str) -> list[Verdict]:
    """The examples in whose words, or nearly so, the turn asks, in its order; of the same words
    the most alike one."""
    found: list[Verdict] = []
    for verdict in sorted(said_like(questions, text), key=lambda each: -each.likeness):
        if not any(share_words(verdict.quote, each.quote) for each in found):
            found.append(verdict)
    return sorted(found, key=lambda each: text.find(each.quote))


def as_asked(verdict: Verdict) -> AskedFact:
    """The fact for which those words ask."""
    return AskedFact(verdict.example.of, 1.0 if verdict.likeness == 1 else NEAR, SOURCE)


def said_like(examples: Iterable[Example], text: str) -> list[Verdict]:
    """The examples in whose words, or nearly so, something in the turn is said."""
    pieces = turn_sentences(text)
    pieces += [text.strip()] if len(pieces) > 1 else []
    grouped = [(piece, _groups(piece)) for piece in pieces]
    every = frozenset[str]().union(*(groups for _, groups in grouped))
    plain = _plain(text)
    found = []
    for example in examples:
        if example.plain in plain and (quote := _exactly(example, text)):
            found.append(Verdict(example, quote, 1.0))
        elif len(example.groups & every) >= LEAST * len(example.groups):
            found += filter(None, [_nearly(example, grouped)])
    return found


def judged(verdicts: Sequence[Verdict], text: str) -> tuple[Match, ...]:
    """What the examples say, as matches of their own: with no confidence at all where the words do
    not count. Of the same words the more alike example decides; if both are, they do not count."""
    kept: list[Verdict] = []
    for verdict in sorted(verdicts, key=lambda each: (-each.likeness, each.example.counts)):
        of = verdict.example.of
        if not any(each.example.of == of and _of_same_words(each, verdict) for each in kept):
            kept.append(verdict)
    matches = []
    for verdict in kept:
        exact = verdict.likeness == 1.0
        confidence = (1.0 if exact else NEAR) if verdict.example.counts else 0.0
        asked = not exact and is_asked(text, verdict.quote)
        matches.append(Match(verdict.example.of, verdict.quote, confidence, SOURCE, asked))
    return tuple(matches)


def unsaid(matches: Iterable[Match]) -> dict[str, list[str]]:
    """The words of a turn that do not count, as its author's examples say, by the rule's id."""
    found: dict[str, list[str]] = {}
    for match in matches:
        if not match.confidence:
            found.setdefault(match.rule, []).append(match.quote)
    return found


def _of_same_words(one: Verdict, other: Verdict) -> bool:
    return share_words(one.quote, other.quote)


def share_words(one: str, other: str) -> bool:
    """Whether two quotes of a turn are of the same words."""
    return one in other or other in one


def may_mean_the_same(example: Example, said: str) -> bool:
    """Whether nearness in meaning can be told at all: of so few words it cannot."""
    return min(len(example.text.split()), len(said.split())) > FEW and may_be_alike(example, said)


def may_be_alike(example: Example, said: str) -> bool:
    """Whether what is near in words can be near in meaning: neither is denied where the other is
    not, and neither asks what the other states. A question for a fact may be a request, too."""
    if len(_DENIES.findall(example.text)) != len(_DENIES.findall(said)):
        return False
    return example.asks or is_asked(example.text, example.text) == is_asked(said, said)


def _example(of: str, counts: bool, text: str, words: Sequence[str]) -> Example:
    pattern, plain = _pattern(words), _plain("".join([*words[:-1], _last(words)]))
    return Example(of, counts, text, pattern, plain, _groups(text), _short(words))


def _last(words: Sequence[str]) -> str:
    return _POLITE.sub("", words[-1]) or words[-1]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """The words in their order, however they are spaced, punctuated and written."""
    last = _last(words)
    parts = [re.sub(r"['\u2019]", "['\u2019]?", re.escape(w)) for w in (*words[:-1], last)]
    between = rf"[^{_LETTER}]+" if not _THAI.search("".join(words)) else rf"[^{_LETTER}]*"
    start = "" if _THAI.match(words[0]) else rf"(?<![{_LETTER}])"
    end = "" if _THAI.search(last) else rf"(?![{_LETTER}])"
    return re.compile(start + between.join(parts) + end, re.IGNORECASE)


def _short(words: Sequence[str]) -> bool:
    thai = "".join(word for word in words if _THAI.search(word))
    return len(words) + len(thai) // 4 <= FEW


def _exactly(example: Example, text: str) -> str:
    for found in example.pattern.finditer(text):
        if example.whole and not _is_sentence(text, *found.span()):
            continue
        asked = is_asked(text, found.group()) and not is_asked(example.text, example.text)
        if (example.asks or not asked) and not _UNSAID.search(text[: found.start()]):
            return found.group()
    return ""


def _is_sentence(text: str, start: int, end: int) -> bool:
    before, after = text[:start].rstrip(), _POLITE.sub("", text[end:].strip()).strip()
    begins = not before or before[-1] in ".!?…,;:—-\n"
    return begins and (not after or after[0] in ".!?…,;:—-\n")


def _nearly(example: Example, pieces: Sequence[tuple[str, frozenset[str]]]) -> Verdict | None:
    likeness = ((_alike(example.groups, groups), piece) for piece, groups in pieces)
    best = max(likeness, default=(0.0, ""))
    if best[0] < ALIKE or not may_be_alike(example, best[1]):
        return None
    return Verdict(example, best[1], min(best[0], 0.99))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of the groups of three letters."""
    both = len(one) + len(other)
    if 2 * min(len(one), len(other)) < ALIKE * both or not both:
        return 0.0  # too unequal to be alike at all
    return 2 * len(one & other) / both


def _groups(text: str) -> frozenset[str]:
    """Each group of three letters; one that comes again bears its number."""
    plain = _POLITE.sub("", "".join(_WORD.findall(text.lower())).replace("\u2019", "'"))
    found: set[str] = set()
    for at in range(len(plain) - 2):
        group, number = plain[at : at + 3], 1
        while (each := f"{group}{number}") in found:
            number += 1
        found.add(each)
    return frozenset(found)


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).lower()
