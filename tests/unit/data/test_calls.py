"""The archive: calls that go on, end, were cut off, and are found again."""

import errno
import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.calls import Archive, CallRecord, Search, is_call_id
from data.journal import read_journal
from data.records import CallEnd, Edit, Latency, ModelUse, Turn
from data.renames import Name
from data.store import Store
from data.summary import Summary
from tests.support.clock import PATIENCE
from tests.support.record_writer import head, score

FIRST, SECOND, THIRD = ("0" * 16, "1" * 16, "a" * 32)
PERSONA = "# Persona: Sarah Thompson\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def archive(tmp_path: Path, store: Store) -> Archive:
    return Archive(tmp_path, store, score)


def finished(archive: Archive, call: str, user: str = "trainee", started: float = 1000.0) -> None:
    open_call = archive.open(head(call, user, started), PERSONA)
    open_call.turn(Turn(0, "persona", "Hello?", 1.0))
    open_call.turn(Turn(1, "trainee", "I am sorry.", 3.0))
    open_call.latency(Latency(0, 0.5))
    open_call.close(CallEnd(started + 60, "ended"))


def test_a_finished_call_is_listed_and_found_after_a_restart(
    archive: Archive, tmp_path: Path, store: Store
) -> None:
    finished(archive, FIRST)
    for again in (archive, Archive(tmp_path, store, score)):
        (summary,) = again.list()
        assert (summary.call, summary.duration, summary.reason) == (FIRST, 60.0, "ended")
        assert (summary.turns, summary.score, summary.passed) == (2, 20, True)
        assert summary.latency == 0.5
        record = again.get(FIRST)
        assert record is not None
        assert record.persona_text == PERSONA
        assert record.scorecard == score(record)
        assert again.recover() == 0


def test_the_last_scored_calls_of_a_persona_by_all_its_names(archive: Archive) -> None:
    slug = head(FIRST).persona
    finished(archive, FIRST, "mai", 1000.0)
    finished(archive, SECOND, "ben", 2000.0)
    draft = replace(head(THIRD, "ben", 3000.0), draft=True)
    archive.open(draft, PERSONA).close(CallEnd(3060.0, "ended"))
    scored = archive.finished.scored
    assert [call.call for call in scored([Name(slug)], 20)] == [SECOND, FIRST], "no unsaved text"
    assert [call.call for call in scored([Name(slug)], 1)] == [SECOND]
    spans = [Name(slug, since=1500.0), Name("other", until=1500.0)]
    assert [call.call for call in scored(spans, 20)] == [SECOND]
    assert scored([Name("other")], 20) == []


def test_a_live_call_is_listed_and_can_be_read(archive: Archive) -> None:
    call = archive.open(head(FIRST), PERSONA)
    call.turn(Turn(0, "persona", "Hello?", 1.0))
    (summary,) = archive.list()
    assert (summary.ended, summary.reason, summary.turns) == (None, "", 1)
    record = archive.get(FIRST)
    assert record is not None
    assert record.end is None
    assert archive.recover() == 0
    call.close(CallEnd(1_000_010.0, "resolved", resolved=True))
    assert [item.reason for item in archive.list()] == ["resolved"]


def test_lists_are_by_user_and_newest_first(archive: Archive) -> None:
    finished(archive, FIRST, "mai", 1000.0)
    finished(archive, SECOND, "ben", 3000.0)
    archive.open(head(THIRD, "mai", 2000.0), PERSONA)
    assert [summary.call for summary in archive.list()] == [SECOND, THIRD, FIRST]
    assert [summary.call for summary in archive.list("mai")] == [THIRD, FIRST]
    assert archive.list("nobody") == []


@pytest.mark.parametrize(
    "call",
    [
        "",
        "../../etc/passwd",
        "A" * 16,
        "a" * 15,
        "a" * 65,
        f"{FIRST}\n",
        f"{FIRST}/x",
        "\u0660" * 16,
    ],
)
def test_what_is_no_call_id_is_never_a_path(archive: Archive, call: str, tmp_path: Path) -> None:
    assert not is_call_id(call)
    assert archive.get(call) is None
    with pytest.raises(ValueError, match="call id"):
        archive.open(head(call), PERSONA)
    assert not list((tmp_path / "calls").iterdir())


def test_an_id_is_used_once(archive: Archive) -> None:
    finished(archive, FIRST)
    with pytest.raises(ValueError, match="already"):
        archive.open(head(FIRST), PERSONA)
    assert archive.get(SECOND) is None


def test_a_call_that_was_cut_off_is_closed_as_interrupted(
    archive: Archive, tmp_path: Path, store: Store
) -> None:
    call = archive.open(head(FIRST, started=1000.0), PERSONA)
    call.turn(Turn(0, "persona", "Hello?", 7.5))
    again = Archive(tmp_path, store, score)
    assert again.list() == []
    assert again.recover() == 1
    (summary,) = again.list()
    assert (summary.reason, summary.ended, summary.score) == ("interrupted", 1007.5, 10)
    assert Archive(tmp_path, store, score).recover() == 0


def test_a_start_reads_no_journal_of_a_call_that_is_listed(
    archive: Archive, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(archive, FIRST)
    finished(archive, SECOND)
    archive.open(head(THIRD), PERSONA)
    opened: list[str] = []

    def told(path: Path) -> CallRecord:
        opened.append(path.stem)
        return read_journal(path)

    monkeypatch.setattr("data.calls.read_journal", told)
    assert Archive(tmp_path, store, score).recover() == 1
    assert opened == [THIRD]


@pytest.mark.parametrize("lost", ["deleted", "no database", "cut in half", "marked"])
def test_a_lost_or_damaged_index_is_made_again_from_the_journals(
    archive: Archive, store: Store, lost: str, caplog: pytest.LogCaptureFixture
) -> None:
    finished(archive, FIRST)
    finished(archive, SECOND)
    before = archive.list()
    store.close()
    path = store.folder / "index.sqlite3"
    match lost:
        case "deleted":
            path.unlink()
        case "no database":
            path.write_bytes(b"no database" * 1000)
        case "cut in half":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 1000])
        case "marked":  # it was found to be damaged while it was used
            path.with_name("index.sqlite3-damaged").touch()
    with_new = Store(store.folder)
    again = Archive(store.folder, with_new, lambda record: {"score": 0})
    assert again.recover() == 0
    assert again.list() == before
    assert again.finished.ids() == {FIRST, SECOND}
    with_new.close()
    asides = list(store.folder.glob("index.damaged-*.sqlite3"))
    assert bool(asides) == (lost != "deleted")
    assert all(aside.name in caplog.text for aside in asides)
    caplog.clear()


def test_a_deleted_journal_takes_its_call_off_the_list(archive: Archive, store: Store) -> None:
    finished(archive, FIRST)
    (store.folder / "calls" / f"{FIRST}.jsonl").unlink()
    assert archive.recover() == 0
    assert archive.list() == []
    assert archive.finished.ids() == set()


def tried(archive: Archive, call: str, origin: str, started: float) -> None:
    start = replace(head(call, started=started), origin=origin, taken=1, pinned=True)
    attempt = archive.open(start, PERSONA)
    attempt.turn(Turn(0, "persona", "Hello?", 0.0, replayed=True))
    attempt.turn(Turn(1, "trainee", "I am so sorry.", 3.0))
    attempt.close(CallEnd(started + 30, "ended"))


def test_a_try_counts_as_no_call_and_stands_with_the_one_it_goes_on_from(
    archive: Archive, tmp_path: Path, store: Store
) -> None:
    finished(archive, FIRST)
    tried(archive, SECOND, FIRST, 2000.0)
    for again in (archive, Archive(tmp_path, store, score)):
        index = again.finished
        assert [call.call for call in again.list("trainee")] == [FIRST]
        assert [call.call for call in again.over(Search(), 9)[0]] == [FIRST]
        assert (index.count(Search()), index.courses()["trainee"].number) == (1, 1)
        assert again.uses([Name("sarah-thompson")])["v1"].number == 1
        last = again.last("trainee", "sarah-thompson")
        assert last is not None
        assert last.call == FIRST
        (attempt,) = again.tries(FIRST)
        assert (attempt.call, attempt.kept, attempt.score) == (SECOND, False, None)
        assert again.recover() == 0


def test_a_try_is_kept_or_thrown_away_by_word_only(
    archive: Archive, tmp_path: Path, store: Store
) -> None:
    finished(archive, FIRST)
    tried(archive, SECOND, FIRST, 2000.0)
    tried(archive, THIRD, FIRST, 3000.0)
    assert archive.keep(SECOND)
    assert archive.throw_away(THIRD)
    assert not archive.throw_away(THIRD)
    assert not (tmp_path / "calls" / f"{THIRD}.jsonl").exists()
    other = Store(tmp_path / "other")  # its index is empty, and made again from the journals
    again = Archive(tmp_path, other, score)
    again.recover()
    assert [(each.call, each.kept) for each in again.tries(FIRST)] == [(SECOND, True)]
    other.close()


def test_a_call_that_is_deleted_takes_its_tries_along(archive: Archive, tmp_path: Path) -> None:
    finished(archive, FIRST)
    tried(archive, SECOND, FIRST, 2000.0)
    assert [each.call for each in archive.of_person("trainee")] == [SECOND, FIRST]
    assert archive.finished.begun_before(2500.0) == [FIRST, SECOND]
    assert archive.delete([FIRST]) == 2
    assert archive.of_person("trainee") == []
    assert os.listdir(tmp_path / "calls") == []


def test_only_a_try_that_is_over_can_be_kept_or_thrown_away(archive: Archive) -> None:
    finished(archive, FIRST)
    live = archive.open(replace(head(SECOND), origin=FIRST), PERSONA)
    for call in (FIRST, SECOND, THIRD, "../../x"):
        assert not archive.keep(call)
        assert not archive.throw_away(call)
    live.close(CallEnd(1.0, "ended"))
    assert archive.get(FIRST) is not None
    assert archive.throw_away(SECOND)


def test_tries_that_an_earlier_release_listed_as_calls_are_parted_from_them(
    tmp_path: Path, store: Store
) -> None:
    archive = Archive(tmp_path, store, score)
    finished(archive, FIRST)
    tried(archive, SECOND, FIRST, 2000.0)
    with store.database.write() as write:
        write.execute(
            "INSERT INTO calls SELECT call, document, '', 'trainee', 's', 'S',"
            " 'ended', 0, started, NULL, NULL FROM tries"
        )
        write.execute("DELETE FROM tries")
        write.execute("DELETE FROM taken_over")
    assert [call.call for call in archive.list()] == [SECOND, FIRST]
    again = Archive(tmp_path, store, score)
    assert [call.call for call in again.list()] == [FIRST]
    assert [each.call for each in again.tries(FIRST)] == [SECOND]


def test_journals_that_tell_no_call_are_set_aside(archive: Archive, tmp_path: Path) -> None:
    finished(archive, FIRST)
    calls = tmp_path / "calls"
    (calls / f"{SECOND}.jsonl").write_bytes(b'{"kind": "sta')
    (calls / f"{THIRD}.jsonl").write_bytes((calls / f"{FIRST}.jsonl").read_bytes())
    assert archive.recover() == 0
    assert [summary.call for summary in archive.list()] == [FIRST]
    assert {path.name for path in calls.glob("*.damaged")} == {
        f"{SECOND}.damaged",
        f"{THIRD}.damaged",
    }


def test_a_scorer_that_fails_costs_the_scorecard_and_not_the_call(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(record: CallRecord) -> dict[str, Any]:
        raise RuntimeError("no such rule")

    archive = Archive(tmp_path, store, broken)
    finished(archive, FIRST)
    (summary,) = archive.list()
    assert (summary.reason, summary.score) == ("ended", None)
    assert FIRST in caplog.text
    caplog.clear()


def test_a_call_ends_once_and_takes_nothing_afterwards(archive: Archive) -> None:
    call = archive.open(head(FIRST), PERSONA)
    assert call.close(CallEnd(1_000_001.0, "lost")) is not None
    assert call.close(CallEnd(1_000_002.0, "ended")) is None
    call.turn(Turn(0, "trainee", "too late", 3.0))
    record = archive.get(FIRST)
    assert record is not None
    assert record.end == CallEnd(1_000_001.0, "lost")
    assert record.turns == ()


def test_edits_keep_the_text_that_took_effect(archive: Archive) -> None:
    call = archive.open(head(FIRST), PERSONA)
    call.edit(Edit("v2", "rebuilt", "", 0, 1.0), "# Persona: Sara\n")
    call.edit(Edit("v3", "refused", "no name", 0, 2.0))
    call.mood(2.0, "opening", 8, "the call begins")
    summary = call.close(CallEnd(1_000_003.0, "ended"))
    record = archive.get(FIRST)
    assert record is not None
    assert summary is not None
    assert (summary.edits, record.edited_text) == (2, "# Persona: Sara\n")
    assert record.moods[0].intensity == 8


@pytest.mark.parametrize(
    ("edits", "scores"),
    [
        ("applied v2, rebuilt v3, refused v3", "v2"),
        ("applied v2, refused v2", ""),
        ("applied v2, applied v3, refused v3, refused v2", ""),
        ("applied v2, applied v2, refused v2", ""),
        ("applied v2, applied v3, applied v2, refused v4", "v2"),
        ("applied v2, overtaken v3", "v2"),
        ("applied v2, applied v1", ""),
    ],
)
def test_a_text_that_was_taken_back_does_not_score_the_call(
    archive: Archive, edits: str, scores: str
) -> None:
    call = archive.open(head(FIRST), PERSONA)
    for outcome, version in (each.split() for each in edits.split(", ")):
        taken = outcome in ("applied", "rebuilt")
        call.edit(Edit(version, outcome, "", 0, 1.0), version if taken else "")
    call.close(CallEnd(1_000_003.0, "ended"))
    record = archive.get(FIRST)
    assert record is not None
    assert record.edited_text == scores


class Disk:
    """A disk that may be full (28), read-only (30) or broken (5), as the journals see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error = 0
        self.torn = 0
        self._write, self._cut = os.write, os.ftruncate
        monkeypatch.setattr("os.write", self.write)
        monkeypatch.setattr("os.ftruncate", self.cut)

    def fail(self) -> None:
        if self.error:
            raise OSError(self.error, os.strerror(self.error))

    def write(self, descriptor: int, data: bytes) -> int:
        if self.torn:
            length, self.torn = self.torn, 0
            return self._write(descriptor, bytes(data)[:length])
        self.fail()
        return self._write(descriptor, data)

    def cut(self, descriptor: int, length: int) -> None:
        self.fail()
        self._cut(descriptor, length)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def said(index: int) -> Turn:
    return Turn(index, "trainee" if index % 2 else "persona", f"turn {index}", float(index))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_a_full_disk_refuses_is_written_in_its_order_when_there_is_room(
    archive: Archive, disk: Disk, tmp_path: Path, error: int, caplog: pytest.LogCaptureFixture
) -> None:
    call = archive.open(head(FIRST), PERSONA)
    call.turn(said(0))
    disk.error, disk.torn = error, 9
    for index in (1, 2):
        with pytest.raises(OSError, match=os.strerror(error)):
            call.turn(said(index))
    with pytest.raises(OSError, match=os.strerror(error)):
        call.edit(Edit("v2", "applied", "", 3, 2.5), "# Persona: Sara\n")
    assert call.unwritten == os.strerror(error)
    seen = archive.get(FIRST)
    assert seen is not None
    assert [turn.index for turn in seen.turns] == [0, 1, 2]
    assert (seen.edited_text, seen.unwritten) == ("# Persona: Sara\n", os.strerror(error))
    assert [FIRST in each for each in caplog.messages].count(True) >= 1
    disk.error = 0
    call.turn(said(3))
    assert call.unwritten == ""
    lines = (tmp_path / "calls" / f"{FIRST}.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["start", "turn", "turn", "turn", "edit", "turn"]
    caplog.clear()


def test_a_call_that_ends_on_a_full_disk_is_scored_from_all_of_it_later(
    archive: Archive, store: Store, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    call = archive.open(head(FIRST), PERSONA)
    disk.error = errno.ENOSPC
    for index in (0, 1):
        with pytest.raises(OSError, match="No space"):
            call.turn(said(index))
    with pytest.raises(OSError, match="No space"):
        call.close(CallEnd(1_000_009.0, "ended"))
    (summary,) = archive.list()
    assert (summary.reason, summary.turns, summary.score) == ("ended", 2, None)
    with pytest.raises(OSError, match="No space"):
        call.retry()
    assert not call.to_complete
    disk.error = 0
    call.retry()
    assert call.to_complete
    summary = call.complete() or summary
    assert (summary.turns, summary.score) == (2, 20)
    assert archive.list() == [summary]
    assert not call.to_complete
    again = Archive(store.folder, store, score)
    assert again.recover() == 0
    assert again.list() == [summary]
    caplog.clear()


def test_a_stop_writes_what_waits_or_says_what_is_lost(
    archive: Archive, store: Store, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (archive.open(head(call), PERSONA) for call in (FIRST, SECOND))
    disk.error = errno.ENOSPC
    for call in (first, second):
        with pytest.raises(OSError, match="No space"):
            call.turn(said(0))
    with pytest.raises(OSError, match="No space"):
        first.close(CallEnd(1_000_009.0, "ended"))
    disk.error = 0
    archive.close_open_calls()
    kept = archive.get(FIRST)
    assert kept is not None
    assert (len(kept.turns), kept.scorecard is None) == (1, False)
    third = archive.open(head(THIRD), PERSONA)
    disk.error = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        third.turn(said(0))
    archive.close_open_calls()
    assert f"call {THIRD}: 1 records are lost" in caplog.text
    caplog.clear()


def test_a_call_on_which_we_fail_at_a_stop_costs_no_other_its_records(
    archive: Archive, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def odd(_: CallRecord) -> Summary:
        raise ZeroDivisionError("a fault of ours")

    first, second = (archive.open(head(call), PERSONA) for call in (FIRST, SECOND))
    disk.error = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        first.close(CallEnd(1_000_009.0, "ended"))
    with pytest.raises(OSError, match="No space"):
        second.turn(said(0))
    disk.error = 0
    monkeypatch.setattr(Summary, "of", odd)
    archive.close_open_calls()
    kept = archive.get(SECOND)
    assert kept is not None
    assert (len(kept.turns), kept.unwritten) == (1, "")
    assert f"call {FIRST} is not completed" in caplog.text
    caplog.clear()


def test_memory_for_what_waits_has_a_limit_and_what_is_said_has_room_of_its_own(
    archive: Archive, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("data.backlog.MOST", 2_000)
    call = archive.open(head(FIRST), PERSONA)
    disk.error = errno.ENOSPC
    for number in range(60):
        with pytest.raises(OSError, match="No space"):
            call.usage([ModelUse("offline", "llm", "p", "m", input_tokens=number)])
    with pytest.raises(OSError, match="No space"):
        call.edit(Edit("v2", "applied", "", 0, 0.5), "x" * 1_000)
    with pytest.raises(OSError, match="no room in memory"):
        call.edit(Edit("v3", "applied", "", 0, 0.6), "y" * 1_000)
    with pytest.raises(OSError, match="No space"):
        call.turn(said(0))
    disk.error = 0
    call.turn(said(1))
    record = archive.get(FIRST)
    assert record is not None
    assert ([use.input_tokens for use in record.usage], len(record.turns)) == ([59], 2)
    assert [edit.version for edit in record.edits] == ["v2"]
    assert "kind edit is lost" in caplog.text
    caplog.clear()


def test_a_record_that_is_none_costs_only_itself(archive: Archive) -> None:
    call = archive.open(head(FIRST), PERSONA)
    with pytest.raises(TypeError):
        call.turn(Turn(0, "persona", "Hello?", 1.0, matched=(object(),)))  # type: ignore[arg-type]
    call.turn(said(1))
    record = archive.get(FIRST)
    assert record is not None
    assert [turn.index for turn in record.turns] == [1]


def test_a_call_that_cannot_begin_leaves_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        with pytest.raises(OSError, match="No space"):
            archive.open(head(FIRST), PERSONA)
    assert archive.list() == []
    assert not list((tmp_path / "calls").iterdir())
    finished(archive, FIRST)


def test_calls_in_many_threads_stay_apart(archive: Archive) -> None:
    calls = [f"{number:016x}" for number in range(8)]
    threads = [threading.Thread(target=finished, args=(archive, call)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(summary.call for summary in archive.list()) == calls
    assert {summary.turns for summary in archive.list()} == {2}


def test_a_call_that_cannot_be_completed_at_a_start_is_listed_and_completed_by_the_next(
    archive: Archive, store: Store, disk: Disk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "calls" / f"{FIRST}.jsonl"
    archive.open(head(FIRST), PERSONA).turn(said(1))
    with path.open("ab") as torn:
        torn.write(b'{"kind": "turn", "ind')
    for torn_still in (True, False):
        disk.error = errno.ENOSPC
        full = Archive(tmp_path, store, score)
        full.recover()
        (summary,) = full.list()
        assert (summary.reason, summary.turns, summary.score) == ("interrupted", 1, None)
        assert full.finished.ids() == set()
        if torn_still:  # the next start has no half line to end first
            path.write_bytes(path.read_bytes().rpartition(b"\n")[0] + b"\n")
    disk.error = 0
    with_room = Archive(tmp_path, store, score)
    assert with_room.recover() == 1
    (summary,) = with_room.list()
    assert (summary.reason, summary.score) == ("interrupted", 10)
    record = with_room.get(FIRST)
    assert record is not None
    assert (record.end is None, record.scorecard is None) == (False, False)
    assert f"The next start completes call {FIRST}" in caplog.text
    caplog.clear()


def test_a_call_whose_record_cannot_be_read_at_its_end_is_scored_once_it_can(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(*_: object) -> CallRecord:
        raise OSError(errno.EMFILE, "Too many open files")

    call = archive.open(head(FIRST), PERSONA)
    for index in (0, 1):
        call.turn(said(index))
    with monkeypatch.context() as patch:
        patch.setattr("data.calls.read_journal", none_left)
        with pytest.raises(OSError, match="Too many"):
            call.close(CallEnd(1_000_009.0, "ended"))
    call.retry()  # as each second: there is nothing to write, and still no score
    assert call.unwritten == "Too many open files"
    assert "are written" not in caplog.text
    summary = call.complete()
    assert call.unwritten == ""
    assert summary is not None
    assert (summary.turns, summary.score) == (2, 20)


def test_the_end_of_a_call_has_room_in_any_case(
    archive: Archive, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("data.backlog.MOST", 0)
    call = archive.open(head(FIRST), PERSONA)
    disk.error = errno.ENOSPC
    with pytest.raises(OSError, match="no room in memory"):
        call.turn(said(0))
    with pytest.raises(OSError, match="No space"):
        call.close(CallEnd(1_000_009.0, "ended"))
    disk.error = 0
    call.retry()
    assert call.complete() is not None
    record = archive.get(FIRST)
    assert record is not None
    assert record.end == CallEnd(1_000_009.0, "ended")
    caplog.clear()


def test_lists_and_other_records_do_not_wait_for_the_disk_of_a_call_that_begins(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(archive, FIRST)
    waits, go = threading.Event(), threading.Event()

    def slow(_: Path) -> None:
        waits.set()
        assert go.wait(PATIENCE)

    monkeypatch.setattr("data.journal.sync_folder", slow)
    with ThreadPoolExecutor(2) as threads:
        opening = threads.submit(archive.open, head(SECOND), PERSONA)
        try:
            assert waits.wait(PATIENCE)
            listed = threads.submit(archive.list).result(PATIENCE / 2)
            assert [summary.call for summary in listed] == [FIRST]
        finally:
            go.set()
        opening.result(PATIENCE).turn(said(0))
    assert {summary.call for summary in archive.list()} == {FIRST, SECOND}
