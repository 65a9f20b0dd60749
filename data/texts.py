"""The persona texts of one call: each distinct one is kept once, most as what differs from another.

An author who applies while typing makes a hundred texts of 256 KB that differ by a letter each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

CHAIN = 16
"""Differences in a row, after which a text is kept whole: a damaged line costs no more of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The text of version ``base`` but for its middle: ``head`` characters at its begin and
    ``tail`` at its end are the same."""

    base: str
    head: int
    tail: int
    middle: str

    def apply(self, text: str) -> str:
        """The other text; ``text`` is that of ``base``."""
        return text[: self.head] + self.middle + text[len(text) - self.tail :]

    def to_json(self) -> dict[str, Any]:
        """As a journal holds it."""
        return {"base": self.base, "head": self.head, "tail": self.tail, "middle": self.middle}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The difference from what ``to_json`` gave; raises ``KeyError``, ``TypeError``."""
        base, middle = values["base"], values["middle"]
        head, tail = values["head"], values["tail"]
        if not (isinstance(base, str) and isinstance(middle, str)):
            raise TypeError("no texts")
        if not (isinstance(head, int) and isinstance(tail, int) and min(head, tail) >= 0):
            raise TypeError("no numbers of characters")
        return cls(base, head, tail, middle)


class Texts(Mapping[str, str]):
    """Texts by version; what was put in cannot be put in again."""

    def __init__(self) -> None:
        self._kept: dict[str, str | Difference] = {}
        self._chain: dict[str, int] = {}
        self._newest: tuple[str, str] | None = None

    def put(self, version: str, text: str) -> str | Difference | None:
        """Keep that text; returns what tells it to a reader who has all before it, None when the
        reader has this one, too."""
        if version in self._kept:
            return None
        told: str | Difference = text
        if self._newest is not None and self._chain[self._newest[0]] < CHAIN:
            base, before = self._newest
            found = difference(base, before, text)
            if len(found.middle) < len(text) // 2:
                told = found
        self.take(version, told, text)
        return told

    def take(self, version: str, told: str | Difference, text: str = "") -> None:
        """Keep what ``put`` told of a text; raises ``KeyError`` when its base is not here."""
        if version in self._kept:
            return
        if isinstance(told, str):
            text, chain = told, 0
        else:
            text, chain = text or told.apply(self[told.base]), self._chain[told.base] + 1
        self._kept[version], self._chain[version] = told, chain
        self._newest = version, text

    def lose(self, version: str) -> None:
        """The text that was put in last did not reach the reader: the next one is told whole."""
        del self._kept[version], self._chain[version]
        self._newest = None

    def __getitem__(self, version: str) -> str:
        changes = []
        kept = self._kept[version]
        while isinstance(kept, Difference):
            changes.append(kept)
            kept = self._kept[kept.base]
        for change in reversed(changes):
            kept = change.apply(kept)
        return kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def difference(base: str, before: str, after: str) -> Difference:
    """What makes ``after`` of ``before``, the text of version ``base``."""
    head = _same(before, after)
    most = min(len(before), len(after)) - head
    tail = min(_same(before[::-1], after[::-1]), most)
    return Difference(base, head, tail, after[head : len(after) - tail])


def _same(one: str, other: str) -> int:
    """How many characters the two have in common at their begin; halved, not counted, for speed."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
