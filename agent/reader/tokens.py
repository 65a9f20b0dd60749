"""Text to the encoder's token numbers: BERT's uncased word pieces."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100
"""Characters; a longer one is unknown, as in BERT."""

_PIECES = re.compile(r"[^\W_]+|[^\w\s]|_")


class Tokens:
    """By a vocabulary, in which pieces inside a word begin with ``##``; the place of each is its
    number."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        pieces = np.array([_coded(piece) for piece in vocabulary])
        self._longest = pieces.itemsize
        # Sorted, and searched by halves in a microsecond: as a dict they take 5 MB more.
        self._numbers = pieces.argsort(kind="stable").astype(np.int32)
        self._pieces = pieces[self._numbers]
        self._begin, self._end, self._unknown = map(vocabulary.index, (CLS, SEP, UNKNOWN))
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str, most: int) -> list[int]:
        """Numbers of at most ``most`` tokens, the marks at both ends included."""
        return self.framed(self.pieces(text), most)

    def pieces(self, text: str) -> list[int]:
        """Numbers of the text's tokens alone."""
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        return [number for word in _PIECES.findall(plain) for number in self._word(word)]

    def framed(self, numbers: list[int], most: int) -> list[int]:
        """Those between the marks, at most ``most`` in all."""
        return [self._begin, *numbers[: most - 2], self._end]

    def _word(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            known = self._split(word)
            if len(self._known) < 20_000:  # what people say all day; nobody can fill the memory
                self._known[word] = known
        return known

    def _split(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        numbers: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                piece = word[start:end] if not start else f"##{word[start:end]}"
                number = self._number(piece)
                if number is not None:
                    break
            else:
                return [self._unknown]
            numbers.append(number)
            start = end
        return numbers

    def _number(self, piece: str) -> int | None:
        coded = _coded(piece)
        place = int(self._pieces.searchsorted(coded))
        known = place < len(self._pieces) and self._pieces[place] == coded
        return int(self._numbers[place]) if known else None


def _coded(piece: str) -> bytes:
    return piece.encode("utf-8", "surrogatepass")  # half a character is no known one
