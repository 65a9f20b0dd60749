"""Reads a trainee's turn against one persona: its rules, its facts, its lines.

All numbers are computed in 32 bits by numpy. Matrices are summed in another order on another
machine, which moves a confidence by less than a thousandth; it is told in hundredths, and what is
decided by it has a band of ``unsure`` around it.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from agent.reader.network import KINDS, LEADS, WIDTH, Candidates, Words, encode, prepare, score
from agent.reader.tokens import Tokens
from agent.reader.weights import ReaderWeights
from agent.simulation.language.sentences import sentence_spans

MOST = 64
"""Tokens of one pass; a longer turn is read by sentences."""
PREPARED = 12
"""Lists of candidates that are kept as turns are compared with them, about 2 MB each."""
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


class Reader:
    """The trained model, shared by all calls and threads."""

    def __init__(self, weights: ReaderWeights) -> None:
        self._weights = weights.groups
        self._tokens = Tokens(weights.vocabulary)
        self._prepared: OrderedDict[Learnt, Candidates] = OrderedDict()
        self._lock = threading.Lock()
        self.thresholds: Mapping[str, float] = weights.thresholds

    def learn(self, candidates: Sequence[Candidate], before: "Learnt | None" = None) -> "Learnt":
        """What turns are to be read against; of what was learnt ``before``, what stays costs
        nothing."""
        known = before.rows if before else {}
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
        """A turn of any length, encoded."""
        return ReadTurn([self._pass(text, part) for part in self._parts(text)])

    def compare(self, turns: Words, candidates: Candidates) -> np.ndarray:
        """Logits (turns, candidates)."""
        found: np.ndarray = score(np, self._weights, turns, candidates)
        return found

    def prepared(self, learnt: "Learnt") -> Candidates:
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

    def _prepare(self, learnt: "Learnt") -> Candidates:
        rows = [learnt.rows[each] for each in learnt.candidates]
        width = max(len(row) for row in rows)
        x = np.zeros((len(rows), width, rows[0].shape[1]), np.float32)
        mask = np.zeros((len(rows), width), np.float32)
        for place, row in enumerate(rows):
            x[place, : len(row)] = row
            mask[place, : len(row)] = 1
        kinds = np.array([KINDS.index(kind) for kind, _ in learnt.candidates], np.int64)
        return prepare(np, self._weights, Words(x, mask), kinds)

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

    def _pass(self, text: str, part: tuple[int, int]) -> "_Pass":
        pieces = list(_pieces(text, *part)) or [part]
        numbers = [self._tokens.pieces(text[start:end]) for start, end in pieces]
        words = self._encode([self._numbers_of(numbers)])
        masks = np.zeros((len(pieces), words.x.shape[1]), np.float32)
        place = 1
        for row, own in enumerate(numbers):
            masks[row, place : place + len(own)] = 1
            place += len(own)
        masks[masks.sum(1) == 0, 0] = 1
        spans = tuple((text[start:end], start) for start, end in pieces)
        return _Pass(text[slice(*part)].strip(), words, masks, spans)

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


class _Pass(NamedTuple):
    """Words of a turn that were encoded together, the masks (pieces, T) of its sentences and
    clauses, and these with their places."""

    text: str
    words: Words
    masks: np.ndarray
    spans: tuple[tuple[str, int], ...]

    @property
    def apart(self) -> Words:
        """Each sentence or clause by itself, as it was read among the others; the whole where there
        is one only."""
        if len(self.masks) == 1:
            return self.words
        sizes = self.masks.sum(1).astype(int)
        x = np.zeros((len(sizes), sizes.max(), self.words.x.shape[2]), np.float32)
        mask = np.zeros(x.shape[:2], np.float32)
        for row, (own, size) in enumerate(zip(self.masks, sizes, strict=True)):
            x[row, :size] = self.words.x[0, own > 0]
            mask[row, :size] = 1
        return Words(x, mask)


class ReadTurn:
    """A turn as the encoder sees it."""

    def __init__(self, passes: Sequence[_Pass]) -> None:
        self.passes = passes

    @cached_property
    def directions(self) -> list[tuple[np.ndarray, str]]:
        """Those of its passes and of their sentences and clauses, with their words."""
        found = []
        for one in self.passes:
            parts = [words for words, _ in one.spans] if len(one.spans) > 1 else []
            each = [one.text, *parts]
            masks = np.concatenate([one.words.mask, one.masks]) if len(each) > 1 else one.words.mask
            x = np.broadcast_to(one.words.x, (len(masks), *one.words.x.shape[1:]))
            found += list(zip(_directions(Words(x, masks)), each, strict=True))
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
        if not self.candidates:
            return np.zeros((len(turn.passes), 0), np.float32)
        prepared = self._reader.prepared(self)
        return np.concatenate([self._reader.compare(one.words, prepared) for one in turn.passes])

    def logits(self, turn: ReadTurn) -> np.ndarray:
        """Those of each pass and of each piece of it."""
        return np.concatenate([self.read(turn), [each.logits for each in self.by_piece(turn)]])

    def by_piece(self, turn: ReadTurn) -> list["Piece"]:
        """Each sentence or clause of the turn with its logits."""
        found: list[Piece] = []
        for one in turn.passes:
            logits = np.zeros((len(one.spans), 0), np.float32)
            if self.candidates:
                logits = self._reader.compare(one.apart, self._reader.prepared(self))
            found += [Piece(*span, row) for span, row in zip(one.spans, logits, strict=True)]
        return found


class Piece(NamedTuple):
    """A sentence or clause of a turn, its place there, and how surely it does, asks for or calls
    for each candidate: logits (candidates,)."""

    words: str
    start: int
    logits: np.ndarray


def _directions(words: Words) -> np.ndarray:
    mean = (words.x * words.mask[..., None]).sum(1) / words.mask.sum(1)[:, None]
    found: np.ndarray = mean / np.sqrt((mean * mean).sum(-1, keepdims=True) + 1e-6)
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


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A run-on sentence in pieces of words of which each begins with the last ones of the one
    before: what is said across a cut stands whole in one of them."""
    words = [found.span() for found in re.finditer(r"\S+", text[start:end])]
    found = []
    for first in range(0, max(1, len(words) - OVERLAP), RUN - OVERLAP):
        part = words[first : first + RUN]
        found.append((start + part[0][0], start + part[-1][1]))
    return found
