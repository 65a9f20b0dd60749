"""A call under way, as its record is written."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from data.journal import Journal, Mood
from data.records import (
    CallEnd,
    CallStart,
    Edit,
    EngineUse,
    Hint,
    Latency,
    ModelUse,
    Record,
    Turn,
)
from data.summary import Summary

log = logging.getLogger(__name__)


class OpenCall:
    """A call under way; each method returns once the disk has the line.

    All but ``close`` raise ``OSError`` when the disk is full. What comes after ``close`` is left
    out, with a warning in the log.
    """

    def __init__(
        self,
        start: CallStart,
        journal: Journal,
        finish: Callable[[Journal, CallStart, CallEnd], Summary],
    ) -> None:
        self.start = start
        self._journal = journal
        self._finish = finish
        self._lock = threading.Lock()
        self._ended = False
        self._turns = 0

    def turn(self, turn: Turn) -> None:
        """A finished turn."""
        self._append("turn", turn)
        self._turns = max(self._turns, turn.index + 1)

    def edit(self, edit: Edit, persona_text: str = "") -> None:
        """A new persona version, with its text when it took effect."""
        self._append("edit", {**edit.to_json(), "persona_text": persona_text})

    def hint(self, hint: Hint) -> None:
        """A hint that the trainee could read."""
        self._append("hint", hint)

    def engine(self, use: EngineUse) -> None:
        """The call goes on with that engine after a trouble."""
        self._append("engine", use)

    def usage(self, models: Sequence[ModelUse]) -> None:
        """What the models of the call have done so far, in total."""
        self._append("usage", {"models": [use.to_json() for use in models]})

    def latency(self, latency: Latency) -> None:
        """A latency that the browser measured."""
        self._append("latency", latency)

    def mood(self, at: float, phase: str, intensity: int, cause: str) -> None:
        """The director's state; ``at`` is seconds since the call began."""
        self._append("mood", Mood(at, phase, intensity, cause)._asdict())

    def close(self, end: CallEnd) -> Summary | None:
        """End the call and score it; None when it has been closed before."""
        with self._lock:
            if self._ended:
                return None
            self._ended = True
            try:
                self._journal.append("end", end)
            except OSError as error:
                log.warning("The end of call %s is not stored: %s", self.start.call, error)
        try:
            return self._finish(self._journal, self.start, end)
        finally:
            self._journal.close()

    def summary(self) -> Summary:
        """The call as the list shows it while it is live."""
        return Summary(**self.start.to_json(), turns=self._turns)

    def _append(self, kind: str, record: Record | Mapping[str, Any]) -> None:
        with self._lock:
            if self._ended:
                log.warning("Call %s has ended; a late %s is left out", self.start.call, kind)
            else:
                self._journal.append(kind, record)
