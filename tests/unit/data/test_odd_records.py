"""One odd record of the data folder costs only itself: neither the others nor the start."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calls import Archive
from data.drafts import Drafts, begun
from data.journal import UnreadableJournal, read_journal
from data.records import CallEnd, CallStart, Edit, Latency, Turn
from data.store import Store
from data.summary import Summary
from data.versions import Versions
from personas.source import version_of
from tests.support.record_writer import head, score

GOOD, ODD = "0" * 16, "1" * 16
PERSONA = "# Persona: Sarah Thompson\n"
DEEP = "[" * 100_000 + "]" * 100_000
HUGE = "1" * 400

LINES = (
    DEEP,
    "[]",
    "7",
    '"text"',
    "null",
    "{}",
    '{"kind": []}',
    '{"kind": "turn"}',
    '{"kind": "turn", "index": "x", "speaker": "persona", "text": "a", "begin": 1}',
    '{"kind": "turn", "index": 7, "speaker": "persona", "text": 8, "begin": 1}',
    '{"kind": "turn", "index": 7, "speaker": [], "text": "a", "begin": 1}',
    '{"kind": "turn", "index": 7, "speaker": "persona", "text": "a", "begin": ' + HUGE + "}",
    '{"kind": "turn", "index": 7, "speaker": "persona", "text": "a", "begin": NaN}',
    '{"kind": "turn", "index": 7, "speaker": "persona", "text": "a", "begin": 1, "end": "late"}',
    '{"kind": "turn", "index": 7, "speaker": "trainee", "text": "a", "begin": 1, "matched": [1]}',
    '{"kind": "mood", "at": ' + HUGE + ', "phase": "opening", "intensity": 3, "cause": ""}',
    '{"kind": "mood", "at": 1, "phase": 4, "intensity": 3, "cause": ""}',
    '{"kind": "mood", "at": 1, "phase": "opening", "intensity": Infinity, "cause": ""}',
    '{"kind": "mood", "at": "1", "phase": "opening", "intensity": 3, "cause": ""}',
    '{"kind": "latency", "turn": 0, "seconds": "slow"}',
    '{"kind": "latency", "turn": 0, "seconds": Infinity}',
    '{"kind": "usage", "models": 5}',
    '{"kind": "usage", "models": [5]}',
    '{"kind": "edit", "version": "v2", "outcome": "applied", "reason": "", "turn": 1, "at": 1, '
    '"persona_text": 9}',
    '{"kind": "hint", "author": "a", "text": "b", "at": {}, "turn": 1}',
    '{"kind": "engine", "engine": "offline", "turn": null, "at": 1, "reason": ""}',
    '{"kind": "scorecard", "score": "all of it", "passed": true}',
    '{"kind": "scorecard", "score": NaN, "passed": true}',
    '{"kind": "end", "ended": "soon", "reason": "ended"}',
    "\ud800\udfff".encode("utf-8", "surrogatepass").decode("latin-1"),
)
"""Lines that no journal should have."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def whole(archive: Archive, call: str) -> None:
    open_call = archive.open(head(call), PERSONA)
    open_call.turn(Turn(0, "persona", "Hello?", 1.0))
    open_call.latency(Latency(0, 0.5))
    open_call.close(CallEnd(1_000_060.0, "ended"))


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:60])
def test_an_odd_line_costs_only_itself(tmp_path: Path, store: Store, line: str) -> None:
    archive = Archive(tmp_path, store, score)
    whole(archive, GOOD)
    before = archive.get(GOOD)
    with (tmp_path / "calls" / f"{GOOD}.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    archive.finished.remove([GOOD])  # so that the summary is made again from the journal
    again = Archive(tmp_path, store, score)
    again.recover()
    (summary,) = again.list()
    assert (summary.call, summary.turns, summary.latency) == (GOOD, 1, 0.5)
    assert again.get(GOOD) == before


@pytest.mark.parametrize(
    "content",
    ["", DEEP, "\0" * 1000, '{"kind": "start"}', '{"kind": "start", "call": 5}', "[" * 200_000],
    ids=lambda text: text[:20],
)
def test_an_odd_journal_costs_only_itself(tmp_path: Path, store: Store, content: str) -> None:
    archive = Archive(tmp_path, store, score)
    (tmp_path / "calls" / f"{ODD}.jsonl").write_text(content, encoding="utf-8")
    (tmp_path / "calls" / f"{'2' * 16}.jsonl").mkdir()
    whole(archive, GOOD)
    archive.finished.remove([GOOD])
    again = Archive(tmp_path, store, score)
    again.recover()
    assert [summary.call for summary in again.list()] == [GOOD]
    assert again.get(ODD) is None


def test_a_journal_on_which_we_fail_costs_only_itself(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive(tmp_path, store, score)
    for call in (GOOD, ODD):
        whole(archive, call)
    archive.finished.remove([GOOD, ODD])
    of = Summary.of

    def odd(record: Any) -> Summary:
        if record.start.call == ODD:
            raise ZeroDivisionError("a fault of ours")
        return of(record)

    monkeypatch.setattr(Summary, "of", odd)
    again = Archive(tmp_path, store, score)
    again.recover()
    assert [summary.call for summary in again.list()] == [GOOD]
    assert "a fault of ours" in caplog.text
    monkeypatch.undo()
    later = Archive(tmp_path, store, score)
    later.recover()
    assert {summary.call for summary in later.list()} == {GOOD, ODD}


@pytest.mark.parametrize(
    "change",
    [
        {"started": "long ago"},
        {"started": 1e14},
        {"started": -1e14},
        {"score": "x"},
        {"score": float(10**16)},
        {"versions": [1]},
    ],
)
def test_an_odd_summary_is_made_again(
    tmp_path: Path, store: Store, change: dict[str, object]
) -> None:
    archive = Archive(tmp_path, store, score)
    for call in (GOOD, ODD):
        whole(archive, call)
    good = archive.list()
    with store.database.write() as write:
        write.execute(
            "UPDATE calls SET document = json_patch(document, ?) WHERE call = ?",
            (json.dumps(change), ODD),
        )
    again = Archive(tmp_path, store, score)
    assert [summary.call for summary in again.list()] == [GOOD]
    again.recover()
    assert sorted(again.list(), key=lambda s: s.call) == sorted(good, key=lambda s: s.call)


@pytest.mark.parametrize(
    "content", [DEEP, "[]", "{}", '{"author": 5}', "\0", '{"time": 1e999}'], ids=lambda c: c[:15]
)
def test_an_odd_draft_costs_only_itself(tmp_path: Path, content: str) -> None:
    drafts = Drafts(tmp_path)
    drafts.note(begun("kim", "sarah", "p1", "my text", "", ""))
    drafts.flush()
    (path,) = tmp_path.glob("*.json")
    odd = path.with_name(path.name[:17] + "f" * 16 + ".json")
    values = json.loads(path.read_bytes()) | {"page": "p2", "time": "now"}
    odd.write_text(content if content != "{}" else json.dumps(values), encoding="utf-8")
    (found,) = Drafts(tmp_path).of("kim", "sarah")
    assert found.text == "my text"


ROW = {"version": "x", "time": 1.0}


@pytest.mark.parametrize(
    "row",
    [{**ROW, "time": "x"}, {**ROW, "time": 1e300}, {**ROW, "label": 5}, {**ROW, "again": None}],
)
def test_an_odd_row_of_a_version_index_costs_only_itself(
    tmp_path: Path, row: dict[str, object]
) -> None:
    kept = Versions(tmp_path)
    for slug, text in (("sarah", "one"), ("tom", "two")):
        assert kept.keep(slug, version_of(text), text).result()
    kept.close()
    odd = row | {"version": version_of("three")}
    with (tmp_path / "sarah" / "history.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(f"{json.dumps(odd)}\n")
    (tmp_path / "sarah" / "index.json").write_text(
        json.dumps({"version": {"1": odd}}), encoding="utf-8"
    )
    (tmp_path / "renames.json").write_text(
        json.dumps({"rename": {"1": {"rename": "r", "old": 5, "new": [], "time": "x"}}}),
        encoding="utf-8",
    )
    again = Versions(tmp_path)
    assert [row.version for row in again.list("sarah")] == [version_of("one")]
    assert again.names("tom")[0].slug == "tom"
    assert again.keep("sarah", version_of("four"), "four").result()
    again.close()


@pytest.mark.parametrize("number", ["²", "1" * 5000, "-1", "x"])
def test_a_table_with_odd_numbers_is_set_aside(tmp_path: Path, number: str) -> None:
    path = tmp_path / "sessions.json"
    path.write_text(json.dumps({"token": {number: {}}}), encoding="utf-8")
    store = Store(tmp_path)
    assert store.table("sessions", key="token", remedy="log in again").all() == []
    store.close()
    assert list(tmp_path.glob("sessions.damaged-*.json"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["kind", "call", "index", "speaker", "text", "begin", "end", "at", "turn", "seconds", "models",
     "matched", "score", "phase", "intensity", "cause", "started", "ended", "reason", "version"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["turn", "mood", "edit", "hint", "latency", "engine", "usage", "end", "scorecard", "start", "x"]
)


@given(st.lists(st.tuples(KINDS, st.dictionaries(KEYS, VALUES)), max_size=8))
def test_no_journal_raises(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, dict[str, Any]]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "journal.jsonl"
    start = {"kind": "start", **head(GOOD).to_json(), "persona_text": PERSONA}
    texts = [json.dumps(line) for line in (start, *({**v, "kind": k} for k, v in lines))]
    path.write_text("\n".join(texts), encoding="utf-8")
    record = read_journal(path)
    assert Summary.of(record)


@given(st.binary(max_size=300))
def test_no_bytes_of_a_journal_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.jsonl"
    path.write_bytes(data)
    with pytest.raises(UnreadableJournal):
        read_journal(path)


def test_what_is_right_is_taken() -> None:
    """The limits refuse nothing that a call writes."""
    for record in (
        head(GOOD),
        Turn(0, "trainee", "Hello", 1, matched=("t-1",), quotes=("Hello",)),
        CallEnd(1_795_000_000.5, "ended", at=12),
        Edit("v", "applied", "", 1, 2.5),
    ):
        kind: Any = type(record)
        assert kind.from_json(json.loads(json.dumps(record.to_json()))) == record
    assert CallStart.from_json({**head(GOOD).to_json(), "intensity": 7}).intensity == 7
