"""What a piece of English says: acts and words, each with its place, negation and mood."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agent.simulation.language.lexicon import English, Index
from agent.simulation.language.sentence import Asking, Sentence
from agent.simulation.language.tokens_en import Token, heavier, stem, tokenise


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
    likened: set[str] = field(default_factory=set)
    """Acts that something in the text only looks like."""


def read_english(
    text: str,
    lists: English,
    index: Index,
    *,
    rule: bool = False,
    names: frozenset[str] = frozenset(),
) -> Reading:
    """The reading of an English text; ``index`` says which act patterns apply.

    The ``names`` are read over: "Nobody, Walter, is blaming you" says what it says without.
    """
    tokens, ending = tokenise(text)
    tokens = _without_names(tokens, names, text, lists)
    reading = Reading(text)
    if not tokens:
        return reading
    words = [t.word if rule else _repaired(t.word, lists) for t in tokens]
    sentence = Sentence(tokens, words, ending, lists.grammar)
    negated = sentence.negated()
    asking: list[Asking] = [""] * len(words) if rule else sentence.asking()
    reading.question = any(asking) or ending == "?"

    def hit(first: int, last: int) -> Hit:
        return Hit(tokens[first].start, tokens[last].end, negated[first], asking[first])

    line = _Line(words, [t.stop for t in tokens])
    for act, genuine in _acts(line, lists, index):
        if not genuine:
            reading.likened.add(act.name)
            continue
        found = hit(act.first, act.last)
        if sentence.denied_after(act.last) or sentence.denied_inside(
            act.first, act.last, act.words
        ):
            found = replace(found, negated=not found.negated)
        reading.acts.setdefault(act.name, []).append(found)
    for group in line.matches(lists.groups):
        reading.groups.setdefault(group.name, []).append(hit(group.first, group.last))
    for place, word in enumerate(words):
        reading.stems.setdefault(stem(word), []).append(hit(place, place))
    return reading


@dataclass(frozen=True, slots=True)
class _Match:
    """A pattern's match from the first to the last word; ``words`` are the pattern's own."""

    name: str
    first: int
    last: int
    words: frozenset[str]


def _without_names(
    tokens: list[Token], names: frozenset[str], text: str, lists: English
) -> list[Token]:
    """The tokens without names that only address, and without the commas around them.

    "You are not Robert" needs its name. A known word (Bill, May) is one with a capital letter.
    """
    kept: list[Token] = []
    stop: str | None = None
    for token in tokens:
        capital = token.start > 0 and text[token.start].isupper()
        told = kept and not token.stop and kept[-1].word in lists.grammar["before_name"]
        if token.word in names and not told and (capital or token.word not in lists.known):
            stop = heavier(stop or "", token.stop)
        elif stop is None:
            kept.append(token)
        else:
            mark = heavier(stop, token.stop)
            kept.append(replace(token, stop="" if mark == "," else mark))
            stop = None
    return kept


def _acts(line: "_Line", lists: English, index: Index) -> Iterator[tuple[_Match, bool]]:
    """The acts found, and whether they are genuine: no pattern for look-alikes overlaps them."""
    excluded: dict[str, list[_Match]] = {}
    for wrong in line.matches(lists.excluded):
        excluded.setdefault(wrong.name, []).append(wrong)
    for act in _longest(line.matches(index)):
        over = excluded.get(act.name, ())
        yield act, not any(w.first <= act.last and act.first <= w.last for w in over)


def _repaired(word: str, lists: English) -> str:
    """A long unknown word as the known one that it misses by a single letter."""
    if len(word) < 6 or word in lists.known:
        return word
    if any(word[:end] + "*" in lists.known for end in range(3, len(word) + 1)):
        return word
    return next((w for w in lists.vocabulary.get(word[0], ()) if _one_apart(word, w)), word)


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


class _Line:
    """Words as one line of text; a bar stands between sentences, so that no pattern crosses."""

    def __init__(self, words: list[str], stops: list[str]) -> None:
        self._words = words
        self._starts: list[int] = []
        self._ends: dict[int, int] = {}
        pieces, place = [], 0
        for number, (word, stop) in enumerate(zip(words, stops, strict=True)):
            piece = f"| {word} " if stop in (".", "!", "?") else f"{word} "
            place += len(piece)
            self._starts.append(place - len(word) - 1)
            self._ends[place] = number
            pieces.append(piece)
        self._text = "".join(pieces)

    def matches(self, index: Index) -> Iterator[_Match]:
        """Every pattern of the index that matches somewhere."""
        for first, word in enumerate(self._words):
            for name, pattern in index.starting(word):
                found = pattern.regex.match(self._text, self._starts[first])
                if found:
                    yield _Match(name, first, self._ends[found.end()], pattern.words)


def _longest(found: Iterator[_Match]) -> list[_Match]:
    """Of matches of one name that overlap, the one that starts first and reaches furthest."""
    kept: list[_Match] = []
    ends: dict[str, int] = {}
    for match in sorted(found, key=lambda m: (m.first, -m.last)):
        if match.first > ends.get(match.name, -1):
            kept.append(match)
            ends[match.name] = match.last
    return kept
