"""A call under way, as its record is written."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.backlog import Backlog, BacklogFull
from data.journal import CallRecord, Journal, Mood, encoded, read_journal
from data.records import (
    CallEnd,
    CallStart,
    Edit,
    EngineUse,
    Hint,
    Latency,
    ModelUse,
    Record,
    Recording,
    Turn,
)
from data.summary import Summary
from data.texts import Difference, Texts

log = logging.getLogger(__name__)


class OpenCall:
    """A call under way; each method returns once the disk has the line.

    All raise ``OSError`` while the disk is full, or takes nothing for another reason. What could
    not be written waits in its order, in memory, and is written before the next line, or by
    ``retry``. What comes after the ``end`` is left out, with a warning in the log. Once all is
    written, ``complete`` scores the call and lists it, which takes longer: not in the thread that
    writes the lines of other calls.
    """

    def __init__(
        self,
        start: CallStart,
        journal: Journal,
        finish: Callable[[Journal, CallStart, CallEnd], Summary],
        later: Executor,
        persona_text: str,
    ) -> None:
        self.start = start
        self._journal = journal
        self._finish = finish
        self._later = later
        self._lock = threading.RLock()
        self._completing = threading.Lock()  # taken before the other
        self._backlog = Backlog()
        self._unwritten = ""
        self._end: CallEnd | None = None
        self._finished = False
        self._summary: Summary | None = None
        self._turns = 0
        self._texts = Texts()
        self._texts.put(start.version, persona_text)

    def turn(self, turn: Turn) -> None:
        """A finished turn."""
        self._turns = max(self._turns, turn.index + 1)
        self._append("turn", turn)

    def edit(self, edit: Edit, persona_text: str = "") -> None:
        """A new persona version, with its text when it took effect; a text that the journal has
        is not written again, and of one that is much like the last only what differs."""
        with self._lock:
            told = self._texts.put(edit.version, persona_text) if persona_text else None
            text: dict[str, Any] = {"persona_text": told} if isinstance(told, str) else {}
            if isinstance(told, Difference):
                text = {"difference": told.to_json()}
            try:
                self._append("edit", {**edit.to_json(), **text})
            except BacklogFull:
                if told is not None:
                    self._texts.lose(edit.version)
                raise

    def hint(self, hint: Hint) -> None:
        """A hint that the trainee could read."""
        self._append("hint", hint)

    def recording(self, recording: Recording) -> None:
        """The recording has begun, or is over."""
        self._append("recording", recording)

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

    def end(self, end: CallEnd) -> None:
        """The end of the call; the first one counts."""
        with self._lock:
            if self._end is None:
                self._end = end
                self._keep("end", end)
                self._write()

    def retry(self) -> None:
        """Write what waits."""
        with self._lock:
            self._write()

    @property
    def to_complete(self) -> bool:
        """Whether the call has ended, and all of it is written but its score."""
        return self._end is not None and not self._backlog and not self._finished

    def complete(self) -> Summary | None:
        """Score and list a call that is ``to_complete``; its summary, None while it has none."""
        with self._completing:
            if self._end is None or not self.to_complete:
                return self._summary
            try:
                self._summary = self._finish(self._journal, self.start, self._end)
            except OSError as error:
                self._unwritten = error.strerror or str(error)
                raise
            except Exception:
                self._complete()
                raise
            self._unwritten = ""
            self._complete()
            return self._summary

    def complete_later(self) -> "Future[Summary | None]":
        """``complete`` in a thread for that; raises ``RuntimeError`` when the app has stopped."""
        return self._later.submit(self.complete)

    def close(self, end: CallEnd) -> Summary | None:
        """``end`` and ``complete`` at once; None when the call has been ended before."""
        if self._end is not None:
            return None
        self.end(end)
        return self.complete()

    def give_up(self) -> None:
        """The app stops: what waits still is lost, and the log says so."""
        with self._lock:
            if self._backlog:
                log.error(
                    "call %s: %d records are lost, they could not be written before the stop (%s)",
                    self.start.call,
                    len(self._backlog),
                    self._unwritten,
                )
            self._journal.close()

    def read(self, path: Path) -> CallRecord:
        """The record so far, of the journal's file and of what waits to be written; raises as
        ``read_journal``."""
        with self._lock:  # no line may go from there to the file meanwhile
            return replace(read_journal(path, self._backlog.lines), unwritten=self._unwritten)

    @property
    def unwritten(self) -> str:
        """Why something waits to be written; "" when nothing does."""
        return self._unwritten

    def summary(self) -> Summary:
        """The call as the list shows it while it is live, or ended and not written yet."""
        values: dict[str, Any] = {}
        if (end := self._end) is not None:
            length = end.ended - self.start.started if end.at is None else end.at
            values = {"ended": end.ended, "reason": end.reason, "resolved": end.resolved}
            values["duration"] = max(0.0, length)
        return Summary(**self.start.to_json(), **values, turns=self._turns)

    def _append(self, kind: str, record: Record | Mapping[str, Any]) -> None:
        with self._lock:
            if self._end is not None:
                log.warning("Call %s has ended; a late %s is left out", self.start.call, kind)
                return
            self._keep(kind, record)
            self._write()

    def _keep(self, kind: str, record: Record | Mapping[str, Any]) -> None:
        line = encoded(kind, record)
        try:
            self._backlog.add(kind, line)
        except BacklogFull as error:
            log.error("call %s: the record of kind %s is lost: %s", self.start.call, kind, error)
            raise

    def _write(self) -> None:
        """Write all that waits; raises ``OSError`` at the first line that cannot be written."""
        had = len(self._backlog)
        try:
            while self._backlog:
                self._journal.write(self._backlog.first)
                self._backlog.written()
        except OSError as error:
            if not self._unwritten:
                log.error(
                    "call %s: its record cannot be written (%s); what comes waits in memory",
                    self.start.call,
                    error.strerror or error,
                )
            self._unwritten = error.strerror or str(error)
            raise
        if had and self._unwritten:  # else it is the score that waits
            log.warning("call %s: its %d waiting records are written", self.start.call, had)
            self._unwritten = ""

    def _complete(self) -> None:
        self._finished = True
        self._journal.close()
