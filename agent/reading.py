"""What a piece of English says: acts and words, each with its place, negation and mood."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agent.lexicon import English, Index
from agent.sentence import Asking, Sentence
from agent.tokens_en import stem, tokenise


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: its span in the text, whether it is negated, and how it is asked."""

    start: int
    end: int
    negated: bool = False
    asking: Asking = ""


@dataclass(slots=True)
class Reading:
    """Everything found in a text."""

    text: str
    acts: dict[str, list[Hit]] = field(default_factory=dict)
    groups: dict[str, list[Hit]] = field(default_factory=dict)
    stems: dict[str, list[Hit]] = field(default_factory=dict)
    question: bool = False


def read_english(text: str, lists: English, index: Index, *, rule: bool = False) -> Reading:
    """The reading of an English text; ``index`` says which act patterns apply."""
    tokens, ending = tokenise(text)
    reading = Reading(text)
    if not tokens:
        return reading
    words = [_repaired(t.word, lists) for t in tokens]
    sentence = Sentence(tokens, words, ending, lists.grammar)
    negated = sentence.negated()
    asking: list[Asking] = [""] * len(words) if rule else sentence.asking()
    reading.question = any(asking) or ending == "?"

    def hit(first: int, last: int) -> Hit:
        return Hit(tokens[first].start, tokens[last].end, negated[first], asking[first])

    for name, first, last in _acts(words, lists, index):
        act = hit(first, last)
        if sentence.denied_after(last):
            act = replace(act, negated=not act.negated)
        reading.acts.setdefault(name, []).append(act)
    for name, first, last in _matches(words, lists.groups):
        reading.groups.setdefault(name, []).append(hit(first, last))
    for place, word in enumerate(words):
        reading.stems.setdefault(stem(word), []).append(hit(place, place))
    return reading


def _acts(words: list[str], lists: English, index: Index) -> Iterator[tuple[str, int, int]]:
    """The acts found, without those that a pattern for look-alikes overlaps."""
    excluded: dict[str, list[tuple[int, int]]] = {}
    for name, first, last in _matches(words, lists.excluded):
        excluded.setdefault(name, []).append((first, last))
    for name, first, last in _longest(_matches(words, index)):
        if not any(a <= last and first <= b for a, b in excluded.get(name, ())):
            yield name, first, last


def _repaired(word: str, lists: English) -> str:
    """A long unknown word as the known one that it misses by a single letter."""
    if len(word) < 6 or word in lists.groups.words or word in lists.said.words:
        return word
    known = lists.vocabulary.get(word[0], ())
    if any(word.startswith(w) for w in known):
        return word
    return next((w for w in known if _one_apart(word, w)), word)


def _one_apart(word: str, other: str) -> bool:
    """Whether one letter was left out, added, changed or swapped with its neighbour."""
    if abs(len(word) - len(other)) > 1:
        return False
    head = 0
    while head < min(len(word), len(other)) and word[head] == other[head]:
        head += 1
    a, b = word[head:], other[head:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]


def _matches(words: list[str], index: Index) -> Iterator[tuple[str, int, int]]:
    """Name, first and last word of every pattern that matches."""
    offsets, place = [], 0
    for word in words:
        offsets.append(place)
        place += len(word) + 1
    line = " ".join(words) + " "
    ends = {
        offset + len(word): i for i, (offset, word) in enumerate(zip(offsets, words, strict=True))
    }
    for first, word in enumerate(words):
        for name, pattern in index.starting(word):
            found = pattern.regex.match(line, offsets[first])
            if found:
                yield name, first, ends[found.end() - 1]


def _longest(found: Iterator[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Of matches of one name that overlap, the one that starts first and reaches furthest."""
    kept: list[tuple[str, int, int]] = []
    ends: dict[str, int] = {}
    for name, first, last in sorted(found, key=lambda f: (f[1], -f[2])):
        if first > ends.get(name, -1):
            kept.append((name, first, last))
            ends[name] = last
    return kept
