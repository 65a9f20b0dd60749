"""Reads a trainee's turn against one persona: its rules, its facts, its lines.

All numbers are computed in 32 bits by numpy. Matrices are summed in another order on another
machine, which moves a confidence by less than a thousandth; it is told in hundredths, and what is
decided by it has a band of ``unsure`` around it.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from agent.reader.network import KINDS, LEADS, Candidates, Words, encode, prepare, score
from agent.reader.tokens import Tokens
from agent.reader.weights import ReaderWeights

MOST = 64
"""Tokens of one pass; a longer turn is read by sentences."""
KEPT = 4_000
"""Encoded candidates that are kept, about 25 kB each at most, for edits and further calls."""
SENTENCES = 12
"""Of a longer turn at most so many are read, from its beginning and its end."""

_ENDS = re.compile(r"(?<=[.!?…])\s+")
_CLAUSES = re.compile(r"(?<=[.!?…,;:])\s+|\s+(?=(?:and|but|so|because|then)\s)")

Candidate = tuple[str, str]
"""Kind (of ``KINDS``) and words."""


class Read(NamedTuple):
    """How surely the turn does, asks for or calls for each candidate (0-1, in hundredths), and
    the words of it that show it."""

    confidence: tuple[float, ...]
    quotes: tuple[str, ...]


class Reader:
    """The trained model, shared by all calls; thread-safe, since nothing of it changes but a
    store of encoded texts."""

    def __init__(self, weights: ReaderWeights) -> None:
        self._weights = weights.groups
        self._tokens = Tokens({piece: at for at, piece in enumerate(weights.vocabulary)})
        self._encoded: OrderedDict[Candidate, np.ndarray] = OrderedDict()
        self.thresholds: dict[str, float] = weights.notes["thresholds"]

    def learn(self, candidates: Sequence[Candidate]) -> "Learnt":
        """What turns are to be read against. What was learnt before costs nothing again."""
        missing = [each for each in dict.fromkeys(candidates) if each not in self._encoded]
        for start in range(0, len(missing), 16):
            part = missing[start : start + 16]
            words = self._encode(f"{LEADS[kind]}: {text}" for kind, text in part)
            for each, x, mask in zip(part, words.x, words.mask, strict=True):
                self._encoded[each] = x[: int(mask.sum())]
        rows = [self._encoded[each] for each in candidates]
        while len(self._encoded) > KEPT:
            self._encoded.popitem(last=False)
        return Learnt(self, candidates, self._prepared(candidates, rows))

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """A direction for each text (N, 384), of length 1: near wordings have near ones."""
        words = self._encode(texts)
        mean = (words.x * words.mask[..., None]).sum(1) / words.mask.sum(1)[:, None]
        found: np.ndarray = mean / np.sqrt((mean * mean).sum(-1, keepdims=True) + 1e-6)
        return found

    def turn(self, parts: Iterable[str]) -> Words:
        """Parts of a turn, encoded."""
        return self._encode(parts)

    def compare(self, turns: Words, candidates: Candidates) -> np.ndarray:
        """Logits (turns, candidates)."""
        found: np.ndarray = score(np, self._weights, turns, candidates)
        return found

    def fits(self, text: str) -> bool:
        """Whether it can be read in one pass."""
        return len(self._tokens.encode(text, MOST + 1)) <= MOST

    def _prepared(self, candidates: Sequence[Candidate], rows: list[np.ndarray]) -> Candidates:
        width = max((len(row) for row in rows), default=1)
        x = np.zeros((len(rows), width, 384), np.float32)
        mask = np.zeros((len(rows), width), np.float32)
        for place, row in enumerate(rows):
            x[place, : len(row)] = row
            mask[place, : len(row)] = 1
        kinds = np.array([KINDS.index(kind) for kind, _ in candidates], np.int64)
        return prepare(np, self._weights, Words(x, mask), kinds)

    def _encode(self, texts: Iterable[str]) -> Words:
        found = [self._tokens.encode(text, MOST) for text in texts]
        width = max(map(len, found))
        numbers = np.zeros((len(found), width), np.int64)
        mask = np.zeros((len(found), width), np.float32)
        for place, row in enumerate(found):
            numbers[place, : len(row)] = row
            mask[place, : len(row)] = 1
        return encode(np, self._weights, numbers, mask)


class Learnt:
    """One persona's text as the reader knows it."""

    def __init__(
        self, reader: Reader, candidates: Sequence[Candidate], prepared: Candidates
    ) -> None:
        self._reader = reader
        self._prepared = prepared
        self.candidates = tuple(candidates)

    def read(self, text: str) -> Read:
        """Read a turn of any length."""
        if not self.candidates or not text.strip():
            return Read((0.0,) * len(self.candidates), ("",) * len(self.candidates))
        parts = self._parts(text)
        logits = np.concatenate(
            [self._reader.compare(self._reader.turn([part]), self._prepared) for part in parts]
        )
        surest = logits.argmax(0)
        confidence = 1 / (1 + np.exp(-logits.max(0)))
        return Read(
            tuple(round(float(each), 2) for each in confidence),
            tuple(parts[at].strip() for at in surest),
        )

    def _parts(self, text: str) -> list[str]:
        if self._reader.fits(text):
            return [text]
        sentences = [part for part in _ENDS.split(text) if part.strip()]
        found: list[str] = []
        for sentence in sentences:
            found += [sentence] if self._reader.fits(sentence) else _cut(sentence)
        if len(found) > SENTENCES:
            found = [*found[: SENTENCES // 2], *found[-SENTENCES // 2 :]]
        return found


def _cut(sentence: str) -> list[str]:
    """A run-on sentence in pieces of 30 words, each beginning with the last five of the one
    before: what is said across a cut stands whole in one of them."""
    words = sentence.split()
    return [" ".join(words[start : start + 30]) for start in range(0, len(words), 25)]
