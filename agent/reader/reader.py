"""Reads a trainee's turn against one persona: its rules, its facts, its lines.

All numbers are computed in 32 bits by numpy. Matrices are summed in another order on another
machine, which moves a confidence by less than a thousandth; it is told in hundredths, and what is
decided by it has a band of ``unsure`` around it.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from agent.reader.comparison import PreparedCandidates, Span, compare, prepare
from agent.reader.network import KINDS, LEADS, WIDTH, Words, encode, unit
from agent.reader.tokens import Tokens
from agent.reader.weights import ReaderWeights
from agent.simulation.language.sentences import sentence_spans

MOST = 64
"""Tokens of one pass; a longer turn is read by sentences."""
PREPARED = 12
"""Lists of candidates that are kept as turns are compared with them, 1 to 2.5 MB each."""
TURNS = 256
"""Turns that are kept as they are encoded, 20 KB each in the mean: the lab plays the same scripts
after each edit, and only what they are read against is new."""
TOGETHER = 8
"""Texts that are encoded in one pass where many are learnt."""
PASSES = 6
"""Of a longer turn at most so many are read, from its beginning and its end."""
CLAUSE = 12
"""Words of a sentence from which on its clauses are looked at by themselves for what shows it."""
OVERLAP, RUN = 5, 30
"""Words of a run-on sentence that are read at once, and those that its pieces share."""

_CLAUSE = re.compile(r"(?<=[,;:])\s+|\s+(?=(?:and|but|because)\s)", re.IGNORECASE)

Candidate = tuple[str, str]
"""Kind (of ``KINDS``) and words."""
NONE: Mapping[Candidate, np.ndarray] = MappingProxyType({})


class Reader:
    """The trained model, shared by all calls and threads."""

    def __init__(self, weights: ReaderWeights) -> None:
        self._weights = weights.groups
        self._tokens = Tokens(weights.vocabulary)
        self._prepared: OrderedDict[Learnt, PreparedCandidates] = OrderedDict()
        self._turns: OrderedDict[str, ReadTurn] = OrderedDict()
        self._lock = threading.Lock()
        self.thresholds: Mapping[str, float] = weights.thresholds

    def learn(
        self, candidates: Sequence[Candidate], known: Mapping[Candidate, np.ndarray] = NONE
    ) -> "Learnt":
        """What turns are to be read against; what is ``known`` of it costs nothing."""
        rows = {each: known[each] for each in candidates if each in known}
        missing = [each for each in dict.fromkeys(candidates) if each not in rows]
        texts = [f"{LEADS[kind]}: {text}" for kind, text in missing]
        for places, words in self._encoded(texts):
            for place, x, mask in zip(places, words.x, words.mask, strict=True):
                rows[missing[place]] = x[: int(mask.sum())].astype(np.float16)
        return Learnt(self, candidates, rows)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """A direction for each text (N, 384), of length 1: near wordings have near ones."""
        found = np.zeros((len(texts), WIDTH), np.float32)
        for places, words in self._encoded(texts):
            found[places] = _directions(words)
        return found

    def directions(
        self, texts: Iterable[str], known: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """The direction of each text, as ``vectors`` tells it; what is ``known`` costs nothing."""
        each = dict.fromkeys(texts)
        missing = [text for text in each if text not in known]
        made = dict(zip(missing, self.vectors(missing), strict=True))
        return {text: known[text] if text in known else made[text] for text in each}

    def turn(self, text: str) -> "ReadTurn":
        """A turn of any length, encoded; the latest are kept."""
        with self._lock:
            known = self._turns.get(text)
            if known is not None:
                self._turns.move_to_end(text)
                return known
        read = ReadTurn([self._pass(text, part) for part in self._parts(text)])
        self._keep_turn(text, read)
        return read

    def read_ahead(self, texts: Iterable[str]) -> None:
        """Have turns at hand that will be read soon, a few in one pass: that takes half as long as
        one after the other. Longer ones are left for ``turn``, and what is more than is kept."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._turns]
        whole = [(text, parts[0]) for text in missing[: TURNS // 2]
                 if len(parts := self._parts(text)) == 1]  # fmt: skip
        cuts = [self._cut_up(*each) for each in whole]
        numbers = [self._numbers_of(own) for _, own in cuts]
        order = sorted(range(len(whole)), key=lambda place: len(numbers[place]))
        for start in range(0, len(order), TOGETHER):
            places = order[start : start + TOGETHER]
            words = self._encode([numbers[place] for place in places])
            for place, x in zip(places, words.x, strict=True):
                own = x[: len(numbers[place])].copy()  # not a view of the others, too
                read = ReadTurn([_passed(*whole[place], own, *cuts[place])])
                self._keep_turn(whole[place][0], read)

    def _keep_turn(self, text: str, read: "ReadTurn") -> None:
        with self._lock:
            self._turns[text] = read
            while len(self._turns) > TURNS:
                self._turns.popitem(last=False)

    def compare(self, turn: "Pass", places: Sequence[int], learnt: "Learnt") -> np.ndarray:
        """Logits (places, candidates) of these of the turn's spans."""
        spans = [turn.spans[place] for place in places]
        directions = turn.directions[list(places)]
        return compare(self._weights, turn.x, directions, spans, self._prepared_of(learnt))

    def _prepared_of(self, learnt: "Learnt") -> PreparedCandidates:
        """The candidates as turns are compared with them, made anew when they are not kept."""
        with self._lock:
            found = self._prepared.get(learnt)
            if found is not None:
                self._prepared.move_to_end(learnt)
                return found
        found = self._prepare(learnt)
        with self._lock:
            self._prepared[learnt] = found
            while len(self._prepared) > PREPARED:
                self._prepared.popitem(last=False)
        return found

    def _prepare(self, learnt: "Learnt") -> PreparedCandidates:
        rows = [learnt.rows[each] for each in learnt.candidates]
        kinds = [KINDS.index(kind) for kind, _ in learnt.candidates]
        return prepare(self._weights, rows, kinds)

    def _parts(self, text: str) -> list[tuple[int, int]]:
        """Where the passes begin and end that the text is read in."""
        if self._fits(text):
            return [(0, len(text))]
        found: list[tuple[int, int]] = []
        for start, end in sentence_spans(text):
            fits = self._fits(text[start:end])
            found += [(start, end)] if fits else _cut(text, start, end)
        if len(found) > PASSES:
            found = [*found[: PASSES // 2], *found[-PASSES // 2 :]]
        return found

    def _fits(self, text: str) -> bool:
        # A token has a letter at least; so the beginning of a very long text tells enough.
        return len(self._tokens.encode(text[: 16 * MOST], MOST + 1)) <= MOST and (
            len(text) <= 16 * MOST
        )

    def _pass(self, text: str, part: Span) -> "Pass":
        places, numbers = self._cut_up(text, part)
        x = self._encode([self._numbers_of(numbers)]).x[0]
        return _passed(text, part, x, places, numbers)

    def _cut_up(self, text: str, part: Span) -> tuple[list[Span], list[list[int]]]:
        """The pieces of that part, and the tokens of each."""
        places = list(_pieces(text, *part)) or [part]
        return places, [self._tokens.pieces(text[start:end]) for start, end in places]

    def _numbers(self, texts: Sequence[str]) -> list[int]:
        return self._numbers_of([self._tokens.pieces(text) for text in texts])

    def _numbers_of(self, pieces: Sequence[Sequence[int]]) -> list[int]:
        return self._tokens.framed([number for own in pieces for number in own], MOST)

    def _encoded(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Words]]:
        """The texts, the shortest first, each time a few with their places: in one pass two hundred
        need 430 MB."""
        numbers = [self._numbers([text]) for text in texts]
        order = sorted(range(len(texts)), key=lambda place: len(numbers[place]))
        for start in range(0, len(order), TOGETHER):
            places = order[start : start + TOGETHER]
            yield places, self._encode([numbers[place] for place in places])

    def _encode(self, found: Sequence[Sequence[int]]) -> Words:
        width = max(map(len, found))
        numbers = np.zeros((len(found), width), np.int64)
        mask = np.zeros((len(found), width), np.float32)
        for place, row in enumerate(found):
            numbers[place, : len(row)] = row
            mask[place, : len(row)] = 1
        return encode(np, self._weights, numbers, mask)


class Pass:
    """Words of a turn that were encoded together: ``x`` (T, 384), the ``pieces`` of the turn (its
    sentences and clauses, with their places), and the ``spans`` of tokens: first that of all, then
    those of the pieces, where they are several."""

    def __init__(
        self, text: str, x: np.ndarray, spans: Sequence[Span], pieces: Sequence[tuple[str, int]]
    ) -> None:
        self.text, self.x, self.spans, self.pieces = text, x, spans, pieces

    @cached_property
    def directions(self) -> np.ndarray:
        """Those of the spans, (spans, 384)."""
        means = np.array([self.x[start:end].mean(0) for start, end in self.spans])
        found: np.ndarray = unit(np, means)
        return found

    def place(self, piece: int) -> int:
        """Which of the spans that piece has."""
        return min(piece + 1, len(self.spans) - 1)


class ReadTurn:
    """A turn as the encoder sees it."""

    def __init__(self, passes: Sequence[Pass]) -> None:
        self.passes = passes

    @cached_property
    def directions(self) -> list[tuple[np.ndarray, str]]:
        """Those of its passes and of their sentences and clauses, with their words."""
        found = []
        for one in self.passes:
            each = [one.text, *(words for words, _ in one.pieces)]
            found += list(zip(one.directions, each, strict=False))
        return found


class Learnt:
    """One list of candidates as the reader knows it; ``rows`` are their words, float16 (S, 384)."""

    def __init__(
        self, reader: Reader, candidates: Sequence[Candidate], rows: Mapping[Candidate, np.ndarray]
    ) -> None:
        self._reader = reader
        self.rows = rows
        self.candidates = tuple(candidates)

    def read(self, turn: ReadTurn) -> np.ndarray:
        """How surely each pass of the turn does, asks for or calls for each candidate: logits
        (passes, candidates)."""
        return self.read_pieces(turn, lambda _: False)[0]

    def read_pieces(
        self, turn: ReadTurn, wanted: Callable[[str], bool] = bool
    ) -> tuple[np.ndarray, list["Piece"]]:
        """The same, and each sentence or clause of the turn with its logits, or those only whose
        words are ``wanted``: each takes its time."""
        whole, pieces = [], []
        for one in turn.passes:
            own = [place for place, (words, _) in enumerate(one.pieces) if wanted(words)]
            spans = sorted({0, *map(one.place, own)})
            logits = np.zeros((len(spans), 0), np.float32)
            if self.candidates:
                logits = self._reader.compare(one, spans, self)
            whole.append(logits[0])
            pieces += [
                Piece(*one.pieces[each], logits[spans.index(one.place(each))]) for each in own
            ]
        return np.array(whole), pieces

    def logits(self, turn: ReadTurn) -> np.ndarray:
        """Those of each pass and of each piece of it."""
        whole, pieces = self.read_pieces(turn)
        return np.concatenate([whole, [each.logits for each in pieces]])


class Piece(NamedTuple):
    """A sentence or clause of a turn, its place there, and how surely it does, asks for or calls
    for each candidate: logits (candidates,)."""

    words: str
    start: int
    logits: np.ndarray


def _passed(
    text: str,
    part: Span,
    x: np.ndarray,
    places: Sequence[Span],
    numbers: Sequence[Sequence[int]],
) -> Pass:
    """A part of a text as it was encoded, with the spans of tokens of its pieces."""
    spans = [(0, len(x))]
    if len(places) > 1:
        begin = 1
        for own in numbers:
            end = min(begin + len(own), len(x))
            spans.append((begin, end) if begin < end else (0, 1))
            begin += len(own)
    pieces = tuple((text[start:end], start) for start, end in places)
    return Pass(text[slice(*part)].strip(), x, spans, pieces)


def _directions(words: Words) -> np.ndarray:
    mean = (words.x * words.mask[..., None]).sum(1) / words.mask.sum(1)[:, None]
    found: np.ndarray = unit(np, mean)
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of that part of a text, and of long ones the clauses."""
    for first, last in sentence_spans(text[start:end]):
        first, last = start + first, start + last
        if len(text[first:last].split()) < CLAUSE:
            yield first, last
            continue
        begin = first
        for cut in _CLAUSE.finditer(text, first, last):
            if min(len(text[begin : cut.start()].split()), len(text[cut.end() : last].split())) > 2:
                yield begin, cut.start()
                begin = cut.end()
        yield begin, last


def _cut(text: str, start: int, end: int) -> list[Span]:
    """A run-on sentence in pieces of words of which each begins with the last ones of the one
    before: what is said across a cut stands whole in one of them."""
    words = [found.span() for found in re.finditer(r"\S+", text[start:end])]
    found = []
    for first in range(0, max(1, len(words) - OVERLAP), RUN - OVERLAP):
        part = words[first : first + RUN]
        found.append((start + part[0][0], start + part[-1][1]))
    return found
