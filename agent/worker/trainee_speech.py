"""The trainee's spoken turns: when each began and ended, and which words it has."""

import re
from typing import NamedTuple

PAUSE = 3.0
"""Seconds of silence within a turn at most: for so long a session waits for its end."""
REST = 0.3
"""Seconds of voice after a turn was complete that are only its end."""
_ALONE = re.compile(r"\bi\b")


class Span(NamedTuple):
    """When something was said: seconds since the call began."""

    begin: float
    end: float


class SpeechTimes:
    """When the trainee's turns began and ended, by what the session hears of their voice.

    The framework's own beginning of a turn is that of its last piece: each pause that its voice
    detector sees begins it anew. And a model that replies by itself tells no times at all. Kept are
    the pieces of speech that belong to no turn yet, oldest first.
    """

    def __init__(self) -> None:
        self._pieces: list[Span] = []
        self._since: float | None = None
        self._is_rest = False

    def begins(self, at: float) -> None:
        """The trainee's voice is heard."""
        self._since, self._is_rest = at, False

    def ends(self, at: float) -> None:
        """The trainee falls silent."""
        since, self._since = self._since, None
        if since is not None and not (self._is_rest and at - since < REST):
            self._pieces.append(Span(since, max(since, at)))

    def forget(self, before: float) -> None:
        """What was said until then and has become no turn was none: a cough, or a mm-hm."""
        self._pieces = [piece for piece in self._pieces if piece.end > before]

    def take(self, until: float, now: float) -> Span | None:
        """The time of a turn that is complete, and of which nothing began after ``until``; None
        when no voice was heard. What was said later is left for the next one."""
        told = list(self._pieces)
        under_way = self._since
        if under_way is not None:
            told.append(Span(under_way, now))
        own = [piece for piece in told if piece.begin < until] or told
        if not own:
            return None
        last = own[-1]
        if last.begin == under_way:
            self._since, self._is_rest = now, True
        self._pieces = [piece for piece in self._pieces if piece.begin > last.begin]
        begin = last.begin
        for before in reversed(own[:-1]):
            if begin - before.end > PAUSE:
                break
            begin = before.begin
        return Span(begin, last.end)


class TurnTranscripts:
    """Collects the pieces of each turn; every turn is given out once, in the order of beginning.

    A model that takes its turns by itself sends its transcript in pieces, and its last word on it
    perhaps only after its own answer. The turn has to stand before the answer in the record.
    """

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._given: set[str] = set()

    @property
    def pending(self) -> bool:
        """Whether there are words that have not been given out."""
        return any(text.strip() for text in self._open.values())

    def is_over(self, item: str) -> bool:
        """Whether that turn has been given out: what is still said of it comes too late."""
        return item in self._given

    def take(self, item: str, text: str, final: bool) -> str:
        """All words so far of the turn ``item`` ("" when the model does not name its turns).

        Returns them once they are complete, behind those of turns before it that still wait for
        their end; else "".
        """
        if self.is_over(item):
            return ""
        self._open[item] = text
        return self._give(item) if final else ""

    def settle(self) -> str:
        """The answer stands: what has been heard by now is the turn; "" when there is none to give
        out."""
        begun = [item for item, text in self._open.items() if text.strip()]
        return self._give(begun[-1]) if begun else ""

    def _give(self, last: str) -> str:
        """The turns up to this one."""
        texts = []
        for item in list(self._open):
            texts.append(self._open.pop(item).strip())
            if item:
                self._given.add(item)
            if item == last:
                break
        return " ".join(text for text in texts if text)


def as_written(text: str) -> str:
    """Capitals for the first letter and for "I"; a text that has capitals is left alone.

    No full stop is added: nobody said where the sentences end.
    """
    if text != text.lower():
        return text
    text = _ALONE.sub("I", text)
    return text[:1].upper() + text[1:]
