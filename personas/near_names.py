"""Finds the name that an author may have meant."""

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice

from personas.source import shown

_LONGEST = 200
"""Characters of a name up to which another one is looked for that may be meant."""
_MOST = 200
"""Names among which it is looked for."""
_TRIES = 20
"""Names that are looked for, of one file: each takes a millisecond or more."""


class NearNames:
    """Names by their normalised words, and which of them is near to a wrong one."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {key: names[key] for key in islice(names, _MOST) if len(key) <= _LONGEST}
        self._left = _TRIES

    def meant(self, key: str) -> str:
        """A question that names the nearest; empty when nothing is near."""
        near = self.near(key, 1)
        return f" (is {shown(near[0])!r} meant?)" if near else ""

    def near(self, key: str, most: int) -> list[str]:
        """The nearest ones, the nearest first."""
        self._left -= 1
        if len(key) > _LONGEST or self._left < 0:
            return []
        close = get_close_matches(key, self._names, n=most, cutoff=0.6)
        return [self._names[each] for each in close]
