"""The archive of calls: a journal for each, and a summary of each finished one for the lists."""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from data.call_index import CallIndex, Search, Uses, read
from data.common.files import sync_folder
from data.common.observers import Observers
from data.journal import CallRecord, Journal, Mood, UnreadableJournal, read_journal
from data.open_call import OpenCall
from data.records import Break, CallEnd, CallStart
from data.renames import Name
from data.store import Store, StoreError, documents, unusable
from data.summary import Summary

__all__ = [
    "Archive",
    "CallGoesOn",
    "CallRecord",
    "Mood",
    "OpenCall",
    "Search",
    "Summary",
    "Uses",
    "is_call_id",
]

log = logging.getLogger(__name__)

Scorer = Callable[[CallRecord], dict[str, Any]]
Guard = Callable[[CallRecord], Sequence[Break]]


Summaries = list[Summary]

ENDING = ".jsonl"
DELETED = ".deleted"
"""What the journal of a call ends in from the moment on that the call is to be deleted."""
_DAMAGED = ".damaged"
# Whatever is kept of a call has its id in front: also what a killed writer left unfinished.
_OF_CALL = re.compile(r"\.?([0-9a-f]{16,64})(?=[.-])")
BATCH = 200
"""Calls whose summaries are made again before these are listed."""


class CallGoesOn(Exception):
    """A call that is not over cannot be deleted; the text is for a person."""


class Archive:
    """Every call of the data folder; safe to use from any thread, but reading blocks.

    ``scorer`` makes a finished call's scorecard; one that raises costs the scorecard, not the
    call. ``guard`` finds what the persona must not have done in it, None where nothing looks.
    ``finished`` answers what pages ask of the calls that are over. Raises ``StoreError``.
    """

    def __init__(
        self, folder: Path, store: Store, scorer: Scorer, guard: Guard | None = None
    ) -> None:
        self._folder = folder / "calls"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder)
        except OSError as error:
            raise unusable(folder, error) from error
        self.finished = CallIndex(store.database)
        _take_over(folder / "store.json", self.finished)
        self._scorer = scorer
        self._guard = guard
        self._lock = threading.Lock()  # never held while the disk is read or written
        self._deciding = threading.Lock()  # taken before the first
        self._beginning = threading.Lock()  # one call at a time begins; taken before the other
        self._listing = threading.Lock()  # nothing is listed while it is deleted; taken before both
        self._deleted: set[str] = set()
        self._elsewhere: list[Callable[..., object]] = []
        self._archived = Observers[str](lambda call: f"the end of call {call}")
        self._live: dict[str, OpenCall] = {}
        self._apart: dict[str, _Repaired] = {}
        """Calls that are over and not in the index: it takes nothing, or they are not complete."""
        self._completing = _thread()

    def on_archived(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback`` with the id of each call whose record is complete, or will not be
        completed any more, in the thread that found so; returns the way to stop it."""
        return self._archived.add(callback)

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
            call = OpenCall(start, journal, self._finish, self._completing, persona_text)
            with self._lock:
                self._live[start.call] = call
        return call

    def recover(self) -> int:
        """Close the calls that a killed process left open as ``interrupted``; returns how many.

        Such a call has a journal and no summary. So has one whose summary was lost, which is made
        again; a summary whose journal was deleted is forgotten. Of the journals with a summary
        only the names are looked at.
        """
        try:
            known, names = self.finished.ids(ENDING), set(os.listdir(self._folder))
            gone = {name.removesuffix(ENDING) for name in known - names}
            fresh = {n.removesuffix(ENDING) for n in names - known if n.endswith(ENDING)}
            if fresh:
                with self._beginning, self._lock:  # all that was found is registered by now
                    ours = self._live.keys() | self._apart.keys()
                fresh -= ours | self.finished.ids()  # some began after the first look
            self.finished.remove(gone)
        except (StoreError, OSError) as error:
            log.error("Calls that were cut off are closed by the next start: %s", error)
            return 0
        if len(fresh) > BATCH:
            log.warning("The list of calls is made again from %d journals.", len(fresh))
        cut = 0
        for calls in _batches(sorted(fresh)):
            paths = (self._folder / f"{call}{ENDING}" for call in calls)
            repaired = [each for path in paths if (each := self._repair(path)) is not None]
            self._list(repaired)
            cut += sum(each.cut for each in repaired)
        return cut

    def on_delete(self, forget: Callable[..., object]) -> None:
        """Call ``forget`` with the ids of calls that are deleted: what is kept of them elsewhere is
        to go. It is called again until it raises no ``OSError`` nor ``StoreError``."""
        self._elsewhere.append(forget)

    def delete(self, calls: Iterable[str]) -> int:
        """Delete every file of these calls and of the tries of their moments, and their rows;
        returns how many of both there were.

        First each journal gets another name, and from then on nobody finds the call; what a full
        disk or a killed process leaves of the rest, ``sweep`` takes away. Raises ``CallGoesOn``
        before anything is deleted, and ``OSError`` when a journal cannot be renamed.
        """
        asked = [call for call in dict.fromkeys(calls) if is_call_id(call)]
        tries = [each.call for each in self.finished.going_on_from(asked)]
        with self._listing:
            for each in self._unlisted():
                ours, of_ours = each.call in asked, each.origin in (*asked, *tries)
                if each.ended is None and (ours or of_ours):
                    which = "A call" if ours else "A call that has a try"
                    raise CallGoesOn(f"{which} going on cannot be deleted. End it first.")
                tries += [each.call] * of_ours
            # The last tries first: of what is gone, nobody would find its tries any more.
            order = dict.fromkeys((*reversed(tries), *asked))
            marked = [call for call in order if self._mark(call)]
            sync_folder(self._folder)
        if marked:
            self.sweep()
        return len(marked)

    def sweep(self) -> int:
        """Finish what ``delete`` began, and take away what belongs to no call any more; returns how
        many files went. What cannot be taken away is logged, and stays for the next time."""
        names = os.listdir(self._folder)
        marked = (name.removesuffix(DELETED) for name in names if name.endswith(DELETED))
        gone = set(filter(is_call_id, marked))
        try:
            with self._listing:
                self.finished.remove(gone)
            for forget in self._elsewhere if gone else ():
                forget(*gone)
        except (OSError, StoreError) as error:
            log.warning("%d deleted calls are not all forgotten yet: %s", len(gone), error)
            return 0
        removed, left = 0, set[str]()
        for name, call in _ownerless(names):
            try:
                if not self._path(call).exists():  # else it began after the look at the names
                    (self._folder / name).unlink(missing_ok=True)
                    removed += 1
            except OSError as error:
                left.add(call)
                log.warning("%s could not be deleted: %s", name, error.strerror or error)
        for call in gone:  # last: it is what the next start goes on from
            mark = self._folder / f"{call}{DELETED}"
            with suppress(OSError):
                os.truncate(mark, 0) if call in left else mark.unlink(missing_ok=True)
        sync_folder(self._folder)
        return removed

    def get(self, call_id: str) -> CallRecord | None:
        """The record of a call, live or finished; None when there is none of that id."""
        if not is_call_id(call_id):
            return None
        try:
            return self._read(call_id)
        except (OSError, UnreadableJournal):
            return None

    def completing(self, call_id: str) -> bool:
        """Whether a call that has ended is still to be scored; that takes a moment."""
        with self._lock:
            call = self._live.get(call_id)
        return call is not None and call.to_complete

    def close_open_calls(self) -> None:
        """The app stops: write what could not be written before, or say what is lost."""
        with self._lock:
            live = list(self._live.values())
        for call in live:
            try:
                with suppress(OSError):
                    call.retry()
                    call.complete()
            except Exception:
                log.exception("call %s is not completed before the stop", call.start.call)
            call.give_up()
        later, self._completing = self._completing, _thread()
        later.shutdown()

    def going_on(self) -> Summaries:
        """The calls and tries that are not over."""
        return [call for call in self._unlisted() if call.ended is None]

    def list(self, user: str | None = None, limit: int = -1) -> Summaries:
        """The newest calls of one user, or of all, newest first; live ones too."""
        known = self._in_memory(lambda call: user in (None, call.user))
        found = self.finished.find(Search(user=user or ""), limit)
        known |= {call.call: call for call in found}
        ordered = sorted(known.values(), key=lambda call: call.started, reverse=True)
        return ordered if limit < 0 else ordered[:limit]

    def over(self, search: Search, limit: int) -> tuple[Summaries, int]:
        """The newest finished calls that are looked for, and how many there are. When all are,
        those that are not in the index yet are among them."""
        known = self._in_memory(lambda call: call.ended is not None) if search == Search() else {}
        number = len(known) + self.finished.count(search)
        found = self.finished.find(search, limit)
        known |= {call.call: call for call in found}
        ordered = sorted(known.values(), key=lambda call: call.started, reverse=True)
        return ordered[:limit], number

    def last(self, user: str, slug: str) -> Summary | None:
        """The user's newest call with the persona of that name; a live one, too."""
        known = self._in_memory(lambda call: (call.user, call.persona) == (user, slug))
        found = self.finished.last(user, [Name(slug)])
        calls = [*known.values(), *([found] if found else [])]
        return max(calls, key=lambda call: call.started, default=None)

    def tries(self, origin: str) -> Summaries:
        """The tries that go on from that call, the newest first; live ones too."""
        known = {call.call: call for call in self._unlisted() if call.origin == origin}
        known |= {call.call: call for call in self.finished.tries(origin=origin)}
        return sorted(known.values(), key=lambda call: call.started, reverse=True)

    def of_person(self, user: str) -> Summaries:
        """All calls and tries of that user, the newest first; live ones too."""
        known = {call.call: call for call in self._unlisted() if call.user == user}
        known |= {call.call: call for call in self.finished.find(Search(user=user))}
        known |= {call.call: call for call in self.finished.tries(user=user)}
        return sorted(known.values(), key=lambda call: call.started, reverse=True)

    def keep(self, call_id: str) -> bool:
        """Keep that try; False when there is no such try that is over. Raises ``OSError``."""
        with self._decided(call_id) as record:
            if record is None:
                return False
            with closing(Journal(self._path(call_id))) as journal:
                journal.append("kept", {})
            self._list([_Repaired(Summary.of(replace(record, kept=True)))])
            return True

    def throw_away(self, call_id: str) -> bool:
        """Delete that try, all that is kept of it; False when there is no such try that is over.
        Raises ``OSError``."""
        with self._decided(call_id) as record:
            if record is None:
                return False
            return self.delete([call_id]) == 1

    @contextmanager
    def _decided(self, call_id: str) -> Iterator[CallRecord | None]:
        """The record of a try that is over, for one who decides on it at a time."""
        with self._deciding:
            with self._lock:
                live = call_id in self._live
            record = None if live else self.get(call_id)
            yield record if record is not None and record.start.is_try else None

    def uses(self, names: Sequence[Name]) -> dict[str, Uses]:
        """How the versions of a persona that has had these names did; live calls count, too."""
        live = self._in_memory(
            lambda call: any(n.covers(call.persona, call.started) for n in names)
        )
        found = self.finished.uses(names)
        for call in sorted(live.values(), key=lambda call: call.started):
            for version in call.versions or (call.version,):
                use = found.get(version, Uses(0))
                calls = ((call, len(call.versions) < 2), *use.calls)
                found[version] = replace(use, number=use.number + 1, calls=calls)
        return found

    def _mark(self, call: str) -> bool:
        """Have that call be one that is to be deleted; whether there was one; ``OSError``."""
        with self._lock:
            memory = [self._apart.pop(call, None), self._live.pop(call, None)]
        there, path = any(memory), self._path(call)
        try:
            path.replace(path.with_suffix(DELETED))
        except FileNotFoundError:
            if not there:
                return False
            path.with_suffix(DELETED).touch(mode=0o600)
        self._deleted.add(call)
        return True

    def _in_memory(self, wanted: Callable[[Summary], bool]) -> dict[str, Summary]:
        """The calls that are not in the index yet; tries are none."""
        found = [call for call in self._unlisted() if not call.is_try]
        return {call.call: call for call in found if wanted(call)}

    def _unlisted(self) -> Summaries:
        with self._lock:
            live = [call.summary() for call in self._live.values()]
            return [*live, *(each.summary for each in self._apart.values())]

    def _read(self, call_id: str) -> CallRecord:
        path = self._path(call_id)
        with self._lock:
            live = self._live.get(call_id)
        return read_journal(path) if live is None else live.read(path)

    def _path(self, call_id: str) -> Path:
        if not is_call_id(call_id):
            raise ValueError("a call id is 16 to 64 digits and letters a-f")
        return self._folder / f"{call_id}{ENDING}"

    def _drop(self, call_id: str) -> None:
        with self._lock:
            self._live.pop(call_id, None)
        self._archived.tell(call_id)

    def _finish(self, journal: Journal, start: CallStart, end: CallEnd) -> Summary:
        """Score a call that has ended, and list it among the finished ones; ``OSError`` when its
        record cannot be read, or the score not be written."""
        try:
            try:
                record = read_journal(self._path(start.call))
            except (FileNotFoundError, UnreadableJournal):  # somebody took it away
                record = CallRecord(start)
            summary = Summary.of(self._scored(replace(record, end=end), journal))
        except OSError:
            raise
        except Exception:
            self._drop(start.call)
            raise
        self._list([_Repaired(summary)])
        self._archived.tell(start.call)
        return summary

    def _list(self, repaired: Iterable["_Repaired"]) -> None:
        """List these among the finished calls, with all that the index did not take before."""
        with self._listing:
            with self._lock:
                for each in repaired:
                    self._live.pop(each.summary.call, None)
                    if each.summary.call not in self._deleted:  # after its journal was read
                        self._apart[each.summary.call] = each
                ready = [each.summary for each in self._apart.values() if each.complete]
            try:
                if ready:
                    self.finished.put(ready)
            except StoreError as error:
                log.warning("%d calls are listed in memory only: %s", len(ready), error)
                return
            with self._lock:
                for summary in ready:
                    self._apart.pop(summary.call, None)

    def _scored(self, record: CallRecord, journal: Journal) -> CallRecord:
        """The record with its scorecard and what was found by the guard, which are in the journal;
        ``OSError`` when they cannot be."""
        if record.scorecard is not None:
            return record
        record = self._guarded(record, journal)
        try:
            record = replace(record, scorecard=self._scorer(record))
            journal.append("scorecard", record.scorecard or {})
        except OSError:
            raise
        except Exception:
            log.exception("Call %s gets no scorecard", record.start.call)
        return record

    def _guarded(self, record: CallRecord, journal: Journal) -> CallRecord:
        if self._guard is None or record.breaks is not None:
            return record
        try:
            breaks = tuple(self._guard(record))
        except Exception:
            log.exception("Call %s: nobody knows what guards were broken", record.start.call)
            return record
        journal.append("breaks", {"breaks": [each.to_json() for each in breaks]})
        return replace(record, breaks=breaks)

    def _repair(self, path: Path) -> "_Repaired | None":
        """The summary of a journal that has none; None when nothing can be made of it."""
        try:
            return self._closed(path)
        except UnreadableJournal as error:
            aside = path.with_suffix(_DAMAGED)
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
    """A call that is over; ``cut`` when a process that died left it without an end.

    Only what is ``complete`` comes into the index: the next start looks for what does not.
    """

    summary: Summary
    cut: bool = False
    complete: bool = True


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


def _ownerless(names: Sequence[str]) -> list[tuple[str, str]]:
    """Those of the files that are of a call without a journal, each with its call."""
    owners = {Path(name).stem for name in names if name.endswith((ENDING, _DAMAGED))}
    found = ((name, match[1]) for name in names if (match := _OF_CALL.match(name)))
    return [
        (name, call) for name, call in found if call not in owners and not name.endswith(DELETED)
    ]


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))


def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="summaries")


def _take_over(path: Path, finished: CallIndex) -> None:
    """List what the file of earlier releases lists, once; all of it or, when that is broken off,
    nothing. The file stays as it is. Raises ``StoreError``."""
    if finished.has_taken_over(path.name):
        return
    try:
        if path.exists():
            found = documents(path, "the list of calls is made again from the journals")
            finished.put(read(found), source=path.name)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
