"""The archive of calls: a journal for each, and a summary of each finished one for the lists."""

import logging
import re
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from data.common.files import sync_folder
from data.journal import CallRecord, Journal, Mood, UnreadableJournal, read_journal
from data.open_call import OpenCall
from data.records import CallEnd, CallStart
from data.store import Store, unusable
from data.summary import Summary

__all__ = ["Archive", "CallRecord", "Mood", "OpenCall", "Summary", "is_call_id"]

log = logging.getLogger(__name__)

Scorer = Callable[[CallRecord], dict[str, Any]]


Summaries = list[Summary]


class Archive:
    """Every call of the data folder; safe to use from any thread.

    ``scorer`` makes a finished call's scorecard; one that raises costs the scorecard, not the
    call. Raises ``StoreError``.
    """

    def __init__(self, folder: Path, store: Store, scorer: Scorer) -> None:
        self._folder = folder / "calls"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder)
        except OSError as error:
            raise unusable(folder, error) from error
        self._store = store
        self._scorer = scorer
        self._lock = threading.Lock()  # never held while the disk is read or written
        self._beginning = threading.Lock()  # one call at a time begins; taken before the other
        self._live: dict[str, OpenCall] = {}
        self._done = {summary.call: summary for summary in _stored(store)}

    def open(self, start: CallStart, persona_text: str) -> OpenCall:
        """Begin a call's journal; ``ValueError`` for a bad or used id, ``OSError``."""
        path = self._path(start.call)
        with self._beginning:
            if path.exists():
                raise ValueError(f"there is a call {start.call} already")
            journal = Journal(path)
            try:
                journal.append("start", {**start.to_json(), "persona_text": persona_text})
            except OSError:
                journal.close()
                path.unlink()
                raise
            call = OpenCall(start, journal, self._finish, persona_text)
            with self._lock:
                self._live[start.call] = call
        return call

    def recover(self) -> int:
        """Close the calls that a killed process left open as ``interrupted``; returns how many.

        Also makes missing summaries again, and forgets those whose journal was deleted.
        """
        with self._beginning:
            found = {path.stem: path for path in self._folder.glob("*.jsonl")}
            with self._lock:
                known = self._done.keys() | self._live.keys()
                gone = self._done.keys() - found.keys()
        repaired = [self._repair(found[call]) for call in sorted(found.keys() - known)]
        fresh = [each for each in repaired if each is not None]
        with self._lock:
            self._done |= {each.summary.call: each.summary for each in fresh}
            for call in gone:
                del self._done[call]
        try:
            self._store.calls.add(each.summary.to_json() for each in fresh if each.complete)
            self._store.calls.remove(*gone)
        except OSError as error:
            log.warning("The next start stores the list of calls: %s", error)
        return sum(each.cut for each in fresh)

    def get(self, call_id: str) -> CallRecord | None:
        """The record of a call, live or finished; None when there is none of that id."""
        if not is_call_id(call_id):
            return None
        try:
            return self._read(call_id)
        except (OSError, UnreadableJournal):
            return None

    def close_open_calls(self) -> None:
        """The app stops: write what could not be written before, or say what is lost."""
        with self._lock:
            live = list(self._live.values())
        for call in live:
            try:
                with suppress(OSError):
                    call.retry()
            except Exception:
                log.exception("call %s is not completed before the stop", call.start.call)
            call.give_up()

    def list(self, user: str | None = None) -> Summaries:
        """The calls of one user, or of all, newest first; live ones too."""
        with self._lock:
            live = [call.summary() for call in self._live.values()]
            chosen = [*live, *self._done.values()]
        if user is not None:
            chosen = [summary for summary in chosen if summary.user == user]
        return sorted(chosen, key=lambda summary: summary.started, reverse=True)

    def _read(self, call_id: str) -> CallRecord:
        path = self._path(call_id)
        with self._lock:
            live = self._live.get(call_id)
        return read_journal(path) if live is None else live.read(path)

    def _path(self, call_id: str) -> Path:
        if not is_call_id(call_id):
            raise ValueError("a call id is 16 to 64 digits and letters a-f")
        return self._folder / f"{call_id}.jsonl"

    def _drop(self, call_id: str) -> None:
        with self._lock:
            self._live.pop(call_id, None)

    def _finish(self, journal: Journal, start: CallStart, end: CallEnd) -> Summary:
        """Score a call that has ended, and list it among the finished ones; ``OSError`` when its
        record cannot be read, or the score not be written."""
        call_id = start.call
        try:
            try:
                record = self._read(call_id)
            except (FileNotFoundError, UnreadableJournal):  # somebody took it away
                record = CallRecord(start)
            summary = Summary.of(self._scored(replace(record, end=end), journal))
        except OSError:
            raise
        except Exception:
            self._drop(call_id)
            raise
        with self._lock:
            self._done[call_id] = summary
            self._live.pop(call_id, None)
        try:
            self._store.calls.add([summary.to_json()])
        except OSError as error:
            log.warning("The next start stores the summary of call %s: %s", call_id, error)
        return summary

    def _scored(self, record: CallRecord, journal: Journal) -> CallRecord:
        """The record with its scorecard, which is in the journal; ``OSError`` when it cannot be."""
        if record.scorecard is not None:
            return record
        try:
            record = replace(record, scorecard=self._scorer(record))
            journal.append("scorecard", record.scorecard or {})
        except OSError:
            raise
        except Exception:
            log.exception("Call %s gets no scorecard", record.start.call)
        return record

    def _repair(self, path: Path) -> "_Repaired | None":
        """The summary of a journal that has none; None when nothing can be made of it."""
        try:
            return self._closed(path)
        except UnreadableJournal as error:
            aside = path.with_suffix(".damaged")
            log.warning("%s; kept as %s", error, aside.name)
            with suppress(OSError):
                path.replace(aside)
        except OSError as error:
            log.warning("%s cannot be read: %s", path, error)
        except Exception:
            log.exception("%s is left out of the lists until the next start", path)
        return None

    def _closed(self, path: Path) -> "_Repaired":
        record = read_journal(path)
        if not is_call_id(path.stem) or record.start.call != path.stem:
            raise UnreadableJournal(f"{path.name} bears another call's name")
        cut, complete = record.end is None, True
        if cut or record.scorecard is None:
            record = _ended(record)
            try:
                with closing(Journal(path)) as journal:
                    if cut and record.end is not None:
                        journal.append("end", record.end)
                    record = self._scored(record, journal)
            except OSError as error:
                complete = False
                log.warning("The next start completes call %s: %s", path.stem, error)
        return _Repaired(Summary.of(record), cut, complete)


class _Repaired(NamedTuple):
    """A call that an earlier process left without a summary; ``cut`` when without an end, too.

    Only what is ``complete`` is stored: the next start looks for what is not.
    """

    summary: Summary
    cut: bool
    complete: bool


def _ended(record: CallRecord) -> CallRecord:
    """The record with an end, where a process that died left none."""
    if record.end is not None:
        return record
    length = record.duration
    end = CallEnd(record.start.started + length, "interrupted", at=length)
    return replace(record, end=end)


def is_call_id(text: str) -> bool:
    """Whether the text may stand in a file name as a call id."""
    return re.fullmatch(r"[0-9a-f]{16,64}", text) is not None


def _stored(store: Store) -> Summaries:
    """The stored summaries; one that cannot be read is forgotten, to be made again."""
    summaries, unreadable = [], []
    for document in store.calls.all():
        try:
            summaries.append(Summary.from_json(document))
        except TypeError as error:
            log.warning("The summary of call %s is unreadable: %s", document.get("call"), error)
            unreadable.append(str(document.get("call")))
    try:
        store.calls.remove(*unreadable)
    except OSError as error:
        raise unusable(store.folder, error) from error
    return summaries
