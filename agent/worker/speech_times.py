"""When the trainee's spoken turns began and ended, by what the session hears of their voice.

The framework's own beginning of a turn is that of its last piece: each pause that its voice
detector sees begins it anew. And a model that replies by itself tells no times at all.
"""

from typing import NamedTuple

PAUSE = 3.0
"""Seconds of silence within a turn at most: for so long a session waits for its end."""
REST = 0.3
"""Seconds of voice after a turn was complete that are only its end."""


class Span(NamedTuple):
    """When something was said: seconds since the call began."""

    begin: float
    end: float


class SpeechTimes:
    """The pieces of speech that belong to no turn yet, oldest first."""

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
