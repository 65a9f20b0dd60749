"""Text to the encoder's token numbers: BERT's uncased word pieces."""

import re
import unicodedata
from collections.abc import Mapping

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100
"""Characters; a longer one is unknown, as in BERT."""

_PIECES = re.compile(r"[^\W_]+|[^\w\s]|_")


class Tokens:
    """By a vocabulary, in which pieces inside a word begin with ``##``."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._numbers = vocabulary
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
        return [self._numbers[CLS], *numbers[: most - 2], self._numbers[SEP]]

    def _word(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            known = self._split(word)
            if len(self._known) < 20_000:  # what people say all day; nobody can fill the memory
                self._known[word] = known
        return known

    def _split(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._numbers[UNKNOWN]]
        numbers, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start:
                piece = word[start:end] if not start else f"##{word[start:end]}"
                if piece in self._numbers:
                    break
                end -= 1
            else:
                return [self._numbers[UNKNOWN]]
            numbers.append(self._numbers[piece])
            start = end
        return numbers
