"""Results of pure functions of a bullet's text, kept: while one types, all other bullets stay."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")

MOST = 16_384
"""Results that are kept; a file of 256 KB has some 5,000 bullets."""
LONGEST = 500
"""Characters of a text whose result is kept, so that no one can fill the memory."""


def remembered(work: Callable[[str, A], T]) -> Callable[[str, A], T]:
    """The same function of a text and something hashable; both decide alone about the result."""
    kept = lru_cache(MOST)(work)

    @wraps(work)
    def look(text: str, other: A) -> T:
        return kept(text, other) if len(text) <= LONGEST else work(text, other)

    return look
