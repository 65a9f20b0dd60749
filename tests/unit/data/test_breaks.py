"""What the persona must not have done is kept with its call, and counted in the lists."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from agent.simulation.guarding.recorded import breaks_of
from data.calls import Archive
from data.journal import CallRecord
from data.records import Break, CallEnd, CallStart, Edit, Turn
from data.store import Store
from tests.support.places import ROOT

CALL = "a" * 16
TEXT = (ROOT / "personas" / "walter-hughes.md").read_text(encoding="utf-8")
TURNS = (
    Turn(0, "persona", "My internet is out.", 0.0),
    Turn(1, "trainee", "Good morning.", 1.0),
    Turn(2, "persona", "How can I assist you today?", 2.0),
)
Guard = Callable[[CallRecord], Sequence[Break]]


def start(engine: str = "pipeline") -> CallStart:
    return CallStart(
        CALL, "trainee", "walter-hughes", "Walter Hughes", "Support", "v1", engine, "en-US", 1.8e9
    )


def ended(folder: Path, guard: Guard | None, store: Store | None = None) -> Archive:
    archive = Archive(folder, store or Store(folder), lambda record: {"score": 1}, guard)
    call = archive.open(start(), TEXT)
    for turn in TURNS:
        call.turn(turn)
    call.close(CallEnd(1.8e9 + 60, "ended", at=60.0))
    return archive


def test_breaks_are_kept_with_the_call(tmp_path: Path) -> None:
    archive = ended(tmp_path, breaks_of)
    record = archive.get(CALL)
    assert record is not None
    assert record.breaks is not None
    ((turn, guard, words),) = [(b.turn, b.guard, b.words) for b in record.breaks]
    assert (turn, guard, words) == (2, "assistant", "How can I assist you today?")
    assert [call.breaks for call in archive.list()] == [1]


def test_a_call_without_any_says_so(tmp_path: Path) -> None:
    archive = ended(tmp_path, lambda record: ())
    record = archive.get(CALL)
    assert record is not None
    assert record.breaks == ()
    assert [call.breaks for call in archive.list()] == [0]


def test_where_nothing_looked_the_number_is_not_known(tmp_path: Path) -> None:
    assert [call.breaks for call in ended(tmp_path, None).list()] == [None]


def test_a_guard_that_fails_costs_neither_call_nor_score(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(record: CallRecord) -> Sequence[Break]:
        raise RuntimeError("the guard")

    (call,) = ended(tmp_path, fails).list()
    assert (call.breaks, call.score) == (None, 1)
    assert "guards" in caplog.text


def test_each_line_is_heard_by_the_version_that_said_it() -> None:
    own = TEXT.replace('"So what do I do now?', '"How can I assist you today? So what do I do now?')
    assert own != TEXT
    said = Turn(2, "persona", "How can I assist you today?", 2.0, version="v2")
    edit = Edit("v2", "applied", "", 1, 1.0)
    texts = {"v1": TEXT, "v2": own}
    record = CallRecord(start(), TEXT, (*TURNS[:2], said), (edit,), texts=texts)
    assert not breaks_of(record)
    assert breaks_of(CallRecord(start(), TEXT, TURNS, texts=texts))


def test_a_text_that_nobody_can_read_breaks_nothing() -> None:
    assert breaks_of(CallRecord(start(), "nothing", TURNS)) == ()
