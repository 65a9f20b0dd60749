"""The journal keeps every finished turn, whatever happens to the process or the disk."""

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from data.calls import Archive
from data.exports import as_json, as_text, as_vtt
from data.journal import Journal, Mood, UnreadableJournal, read_journal
from data.records import CallEnd, Edit, EngineUse, Hint, Latency, ModelUse, Turn
from data.store import Store
from data.summary import Summary
from tests.support.places import ROOT
from tests.support.record_writer import head, score

CALL = "0123456789abcdef"


def begun(path: Path, turns: int = 0) -> Journal:
    journal = Journal(path)
    journal.append("start", {**head(CALL).to_json(), "persona_text": "# Persona: Sarah\n"})
    for index in range(turns):
        journal.append("turn", Turn(index, "trainee", f"ขอโทษ {index}", float(index)))
    return journal


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / f"{CALL}.jsonl"
    journal = begun(path)
    turn = Turn(0, "trainee", "I am\nsorry", 1.5, matched=("d-1",), quotes=("sorry",))
    journal.append("turn", turn)
    journal.append("mood", Mood(1.5, "deescalation", 6, "-2: apology")._asdict())
    journal.append("edit", Edit("v2", "applied", "", 1, 2.0).to_json() | {"persona_text": "new"})
    journal.append(
        "edit", Edit("v3", "refused", "no name", 1, 3.0).to_json() | {"persona_text": ""}
    )
    journal.append("hint", Hint("author", "ขอเลขบัญชี", 4.0, 1))
    journal.append("latency", Latency(1, 0.42))
    journal.append("engine", EngineUse("offline", 1, 5.0, "silent"))
    for tokens in (40, 90):
        use = ModelUse("gemini", "llm", "Gemini", "live", input_tokens=tokens, seconds=2.5)
        journal.append("usage", {"models": [use.to_json()]})
    journal.append("end", CallEnd(1_000_009.0, "resolved", True))
    journal.append("scorecard", {"score": 80, "objectives": [{"id": "o-1"}]})
    journal.close()

    record = read_journal(path)

    assert record.start == head(CALL)
    assert record.persona_text == "# Persona: Sarah\n"
    assert record.turns == (turn,)
    assert record.moods == (Mood(1.5, "deescalation", 6, "-2: apology"),)
    assert [edit.outcome for edit in record.edits] == ["applied", "refused"]
    assert record.edited_text == "new"
    assert record.hints == (Hint("author", "ขอเลขบัญชี", 4.0, 1),)
    assert record.latencies == (Latency(1, 0.42),)
    assert record.engines == (EngineUse("offline", 1, 5.0, "silent"),)
    assert record.usage == (use,), "the last line holds the totals"
    assert record.end == CallEnd(1_000_009.0, "resolved", True)
    assert record.duration == 9.0
    assert record.scorecard == {"score": 80, "objectives": [{"id": "o-1"}]}


def test_a_turn_of_a_record_of_before_has_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    with closing(begun(path)) as journal:
        old = {"index": 0, "speaker": "trainee", "text": "Hi", "at": 7.5, "latency": None}
        journal.append("turn", {**old, "phase": "opening", "intensity": 4})
        journal.append("end", {"ended": 1_000_060.0, "reason": "ended"})
    record = read_journal(path)
    assert [(turn.begin, turn.end, turn.over) for turn in record.turns] == [(7.5, None, 7.5)]
    assert [mood.at for mood in record.moods] == [7.5]
    assert record.duration == 60.0


OLD = """\
{"kind": "start", "call": "0123456789abcdef", "user": "trainee", "persona": "sarah", "name": \
"Sarah", "scenario": "Billing", "version": "v1", "engine": "gemini", "language": "en-GB", \
"started": 1000000, "draft": false, "persona_text": "# One"}
{"kind": "mood", "at": 0, "phase": "opening", "intensity": 8, "cause": ""}
{"kind": "turn", "index": 0, "speaker": "persona", "text": "Hello?", "at": 1.5, "source": \
"voice", "version": "v1", "phase": "opening", "intensity": 8, "matched": [], "quotes": [], \
"cause": "", "direction": "", "interrupted": false, "latency": null, "observer": "", \
"stand_in": "", "replayed": false}
{"kind": "turn", "index": 1, "speaker": "trainee", "text": "Sorry.", "at": 4, "source": "typed", \
"matched": ["d-1"], "quotes": ["Sorry"], "phase": "deescalation", "intensity": 6, "cause": \
"-2: apology", "observer": "model", "stand_in": "", "latency": null}
{"kind": "latency", "turn": 1, "seconds": 0.75}
{"kind": "turn", "index": 2, "speaker": "persona", "text": "Fine.", "at": 6.25, "latency": null}
{"kind": "edit", "version": "v2", "outcome": "applied", "reason": "", "turn": 3, "at": 7.0, \
"persona_text": "# Two"}
{"kind": "edit", "version": "v1", "outcome": "rebuilt", "reason": "", "turn": 3, "at": 8.0, \
"persona_text": "# One"}
{"kind": "edit", "version": "v2", "outcome": "applied", "reason": "", "turn": 3, "at": 9.0, \
"persona_text": "# Two"}
{"kind": "edit", "version": "v3", "outcome": "refused", "reason": "no name", "turn": 3, "at": \
10.0, "persona_text": ""}
{"kind": "hint", "author": "kim", "text": "Ask for the number.", "at": 11.0, "turn": 3}
{"kind": "engine", "engine": "offline", "turn": 3, "at": 12.0, "reason": "silent"}
{"kind": "usage", "models": [{"engine": "gemini", "kind": "llm", "provider": "Gemini", "model": \
"live", "input_tokens": 40, "seconds": 2}]}
{"kind": "end", "ended": 1000060, "reason": "lost", "resolved": false}
{"kind": "scorecard", "score": 64, "passed": false, "objectives": []}
"""
"""A journal as the last release wrote them."""


def test_a_journal_of_before_is_read_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / f"{CALL}.jsonl"
    path.write_text(OLD, encoding="utf-8")
    record = read_journal(path)
    assert not caplog.messages
    assert (record.start.persona, record.start.intensity, record.start.origin) == (
        "sarah",
        None,
        "",
    )
    assert [(turn.begin, turn.end) for turn in record.turns] == [
        (1.5, None),
        (4, None),
        (6.25, None),
    ]
    assert record.turns[1].matched == ("d-1",)
    assert [record.answer_time(turn) for turn in record.turns] == [None, None, 0.75]
    assert [edit.outcome for edit in record.edits] == ["applied", "rebuilt", "applied", "refused"]
    assert dict(record.texts) == {"v1": "# One", "v2": "# Two"}
    assert record.edited_text == "# Two"
    assert record.hints == (Hint("kim", "Ask for the number.", 11.0, 3),)
    assert record.engines == (EngineUse("offline", 3, 12.0, "silent"),)
    assert [use.input_tokens for use in record.usage] == [40]
    assert record.moods == (Mood(0, "opening", 8, ""),)
    assert (record.end, record.duration) == (CallEnd(1_000_060, "lost"), 60)
    assert (record.scorecard or {})["score"] == 64
    assert as_json(record)["reason"] == "lost"
    assert "The connection was lost" in as_text(record)
    assert as_vtt(record).count("-->") == 3
    summary = Summary.of(record)
    assert (summary.turns, summary.score, summary.versions) == (3, 64, ("v1",))
    assert Summary.from_json(summary.to_json()) == summary


def test_a_time_of_day_that_was_set_does_not_change_how_long_a_call_was(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    with closing(begun(path)) as journal:
        journal.append("turn", Turn(0, "persona", "Hello?", 0.5, end=2.0, phase="opening"))
        assert read_journal(path).duration == 2.0
        journal.append("end", CallEnd(1_003_609.0, "ended", at=9.0))
    assert read_journal(path).duration == 9.0


def test_the_course_comes_from_the_turns_when_it_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    journal = begun(path)
    journal.append("turn", Turn(0, "persona", "Hello?", 0.5, phase="opening", intensity=8))
    journal.append(
        "turn", Turn(1, "trainee", "Calm down", 2.0, phase="escalation", intensity=9, cause="+1")
    )
    journal.close()
    assert read_journal(path).moods == (Mood(2.0, "escalation", 9, "+1"),)


def test_a_line_torn_anywhere_costs_only_itself_and_the_next_line_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    begun(path, turns=2).close()
    whole = path.read_bytes()
    second = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(second, len(whole)):
        path.write_bytes(whole[:cut])
        journal = Journal(path)
        journal.append("turn", Turn(2, "persona", "Fine.", 5.0))
        journal.close()
        indexes = [turn.index for turn in read_journal(path).turns]
        assert indexes == ([0, 1, 2] if cut == len(whole) - 1 else [0, 2])


@pytest.mark.parametrize(
    "line",
    [
        *(b"\xff\xfe\x00", b"[]", b"{}", b'{"kind": "turn"}', b"null"),
        b'{"kind": "turn", "index": "x", "speaker": "trainee", "text": "Hello", "at": 1}',
        b'{"kind": "latency", "turn": 0, "seconds": "x"}',
        b'{"kind": "end", "ended": null, "reason": "ended"}',
        b'{"kind": "mood", "at": "x", "phase": "opening", "intensity": 1, "cause": ""}',
        b'{"kind": "usage", "models": [{"engine": 1}]}',
    ],
)
def test_a_damaged_line_in_the_middle_is_left_out_with_a_warning(
    tmp_path: Path, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "call.jsonl"
    begun(path, turns=1).close()
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert len(read_journal(path).turns) == 1
    assert "call.jsonl:3" in caplog.text


def test_lines_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    journal = begun(path, turns=1)
    journal.append("recording", {"file": "x.wav"})
    journal.close()
    assert len(read_journal(path).turns) == 1


def test_a_journal_without_a_head_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    path.write_bytes(b'{"kind": "sta')
    with pytest.raises(UnreadableJournal):
        read_journal(path)


def test_half_a_surrogate_pair_does_not_cost_the_turn(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    journal = begun(path)
    journal.append("turn", Turn(0, "trainee", "so \ud83d sorry", 1.0, source="typed"))
    journal.close()
    assert read_journal(path).turns[0].text == "so ? sorry"


def test_appends_from_many_threads_stay_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    journal = begun(path)

    def write(first: int) -> None:
        for index in range(first, first + 25):
            journal.append("turn", Turn(index, "trainee", "word " * 200, 0.0))

    threads = [threading.Thread(target=write, args=(25 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert [turn.index for turn in read_journal(path).turns] == list(range(100))


def test_a_closed_journal_takes_no_more_lines(tmp_path: Path) -> None:
    journal = begun(tmp_path / "call.jsonl")
    journal.close()
    journal.close()
    with pytest.raises(ValueError, match="closed"):
        journal.append("turn", Turn(0, "trainee", "hello", 0.0))


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE is POSIX's")
def test_a_full_disk_takes_the_line_back_as_a_whole(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from data.journal import Journal, read_journal
from data.records import Turn
path = Path(sys.argv[1])
journal = Journal(path)
size = path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
try:
    journal.append("turn", Turn(1, "trainee", "word " * 100, 1.0))
except OSError:
    assert path.stat().st_size == size
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    journal.append("turn", Turn(2, "trainee", "later", 2.0))
    print([turn.index for turn in read_journal(path).turns])
"""
    path = tmp_path / "call.jsonl"
    begun(path, turns=1).close()
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("[0, 2]\n", "")


def killed_writer(folder: Path, delay: float) -> list[tuple[str, str, int]]:
    """What a writer had on the disk when it was killed, ``delay`` seconds after its first turn."""
    command = [sys.executable, "-m", "tests.support.record_writer", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(delay)
        writer.kill()
        lines = [first, *writer.stdout]
    words = [line.split() for line in lines if line.endswith("\n")]
    return [(kind, call, int(index)) for kind, call, index in words]


def test_kill_minus_9_loses_no_finished_turn_and_leaves_every_file_readable(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    for _ in range(20):
        events = killed_writer(tmp_path, delay=chance.uniform(0.0, 0.12))
        store = Store(tmp_path)
        archive = Archive(tmp_path, store, score)
        archive.recover()
        listed = {summary.call: summary for summary in archive.list()}
        for kind, call, index in events:
            record = archive.get(call)
            assert record is not None
            assert record.end is not None
            assert listed[call].reason == record.end.reason
            if kind == "turn":
                assert record.turns[index].index == index
            else:
                assert record.end.reason == "ended"
                assert listed[call].score == 40
        assert archive.recover() == 0
        store.close()
    assert not list(tmp_path.glob("store.damaged*"))
