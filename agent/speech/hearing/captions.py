"""What is shown of an utterance while it is spoken: it grows, and what stood there mostly stays."""

import re
from difflib import SequenceMatcher

_END = re.compile(r"[\s.,!?;:…-]+$")


class Growing:
    """The words so far, from decodings of which each heard a bit more.

    Words on which two decodings in a row agree stay as they are until the final ones come.
    """

    def __init__(self) -> None:
        self._last: list[str] = []
        self._settled: list[str] = []

    def grow(self, text: str) -> str:
        """Another decoding; what to show."""
        # It closes with a full stop whatever comes next.
        words = _END.sub("", text).split()
        shown = self._settled + words[self._place(words) :]
        # The last word may have been cut in two.
        agreed = min(_agreed(self._last, shown), len(shown) - 1)
        if agreed > len(self._settled):
            self._settled = shown[:agreed]
        self._last = shown
        return " ".join(shown)

    def _place(self, words: list[str]) -> int:
        """Where in a decoding the words go on that have settled."""
        settled = [_plain(word) for word in self._settled]
        heard = [_plain(word) for word in words]
        if heard[: len(settled)] == settled:
            return len(settled)
        blocks = SequenceMatcher(None, settled, heard, autojunk=False).get_matching_blocks()
        same = [block for block in blocks if block.size]
        if not same:
            return min(len(settled), len(heard))
        return min(len(heard), same[-1].b + len(settled) - same[-1].a)


def _agreed(one: list[str], other: list[str]) -> int:
    """How many words at their beginnings are the same."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if _plain(left) != _plain(right):
            break
        count += 1
    return count


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word).lower()
