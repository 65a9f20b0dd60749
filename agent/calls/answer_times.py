"""Which line of the persona a measured answer time belongs to.

The browser measures when an answer begins to sound. The line itself is recorded when it is over,
and with a model that replies by itself the trainee's turn that it answers may come in between.
"""

from collections.abc import Callable

from data.records import Latency, Turn

SLACK = 0.5
"""Seconds by which the clock of a worker elsewhere may be behind the app's."""


class AnswerTimes:
    """Gives each line of the persona at most one measure; ``keep`` records it."""

    def __init__(self, keep: Callable[[Latency], None]) -> None:
        self._keep = keep
        self._waiting: list[tuple[float, float]] = []
        self._last: Turn | None = None

    def measured(self, at: float, seconds: float, sounds: bool) -> None:
        """An answer began to sound just before ``at`` (seconds since the call began), ``seconds``
        after the trainee had spoken; ``sounds`` while the persona is still speaking."""
        last, self._last = self._last, None
        if not sounds and last is not None:
            self._keep(Latency(last.index, seconds))  # a line so short that it is over by now
        else:
            self._waiting.append((at, seconds))

    def spoken(self, turn: Turn) -> None:
        """A new turn is recorded."""
        if turn.speaker != "persona" or turn.replayed:
            return
        # An answer of which no word was heard has no turn: its measure came before this line.
        own = [seconds for at, seconds in self._waiting if at >= turn.begin - SLACK]
        self._waiting.clear()
        self._last = None if own else turn
        if own:
            self._keep(Latency(turn.index, own[0]))
