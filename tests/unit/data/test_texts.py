"""The texts of a call: each is told once, and comes back to the character."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.backlog import Backlog, BacklogFull
from data.calls import Archive
from data.journal import CallRecord, read_journal
from data.records import CallEnd, CallStart, Edit
from data.store import Store
from data.texts import CHAIN, Difference, Texts, difference

CALL = "0123456789abcdef"
START = CallStart(CALL, "kim", "ann", "Ann", "Returns", "v0", "offline", "en-US", 1_000_000.0)
LONG = "".join(f"- Line {n} of a long persona.\n" for n in range(5_000))


@given(st.text("ab\n😀"), st.text("ab\n😀"))
def test_a_difference_makes_the_other_text(before: str, after: str) -> None:
    assert difference("v", before, after).apply(before) == after


@given(st.lists(st.text("ab", max_size=6), max_size=40))
def test_what_was_told_of_each_text_gives_all_of_them(written: list[str]) -> None:
    writer, reader = Texts(), Texts()
    for text in written:
        told = writer.put(f"v {text}", text)
        if told is not None:
            reader.take(f"v {text}", told)
    assert dict(reader) == dict(writer) == {f"v {text}": text for text in written}


def test_a_text_is_whole_now_and_then() -> None:
    texts = Texts()
    told = [texts.put(f"v{n}", f"{LONG}{n}") for n in range(2 * CHAIN + 2)]
    assert [n for n, each in enumerate(told) if isinstance(each, str)] == [0, CHAIN + 1]


class Kept:
    """A call whose author applies as they type."""

    def __init__(self, folder: Path) -> None:
        archive = Archive(folder, Store(folder), lambda record: {})
        self.path = folder / "calls" / f"{CALL}.jsonl"
        self.call = archive.open(START, LONG)

    def edit(self, version: str, text: str, outcome: str = "applied") -> None:
        self.call.edit(Edit(version, outcome, "", 0, 1.0), text)

    def read(self) -> CallRecord:
        return read_journal(self.path)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_hundred_edits_of_a_letter_take_little_room_and_are_all_found(kept: Kept) -> None:
    for n in range(100):
        kept.edit(f"v{n + 1}", f"{LONG}- {'x' * n}\n")
    assert kept.path.stat().st_size < (100 // CHAIN + 3) * len(LONG)
    record = kept.read()
    assert record.edited_text == f"{LONG}- {'x' * 99}\n"
    assert [record.texts[f"v{n + 1}"] for n in range(100)] == [
        f"{LONG}- {'x' * n}\n" for n in range(100)
    ]


def test_a_text_that_spoke_before_is_not_written_again(kept: Kept) -> None:
    kept.edit("v1", "quite another text")
    size = kept.path.stat().st_size
    kept.edit("v0", LONG)
    kept.edit("v1", "quite another text")
    kept.edit("v0", LONG)
    assert kept.path.stat().st_size - size < 1_000
    record = kept.read()
    assert (record.edited_text or record.persona_text) == LONG
    assert dict(record.texts) == {"v0": LONG, "v1": "quite another text"}


def test_a_journal_of_before_holds_each_text_whole(kept: Kept) -> None:
    with kept.path.open("a", encoding="utf-8") as journal:
        for version, text in (("v1", f"{LONG}one"), ("v2", f"{LONG}two"), ("v1", f"{LONG}one")):
            edit = Edit(version, "applied", "", 0, 1.0).to_json()
            journal.write(json.dumps({"kind": "edit", **edit, "persona_text": text}) + "\n")
    record = kept.read()
    assert dict(record.texts) == {"v0": LONG, "v1": f"{LONG}one", "v2": f"{LONG}two"}
    assert record.edited_text == f"{LONG}one"


@pytest.mark.parametrize(
    "damage",
    [
        {"base": "v7", "head": 1, "tail": 1, "middle": "x"},
        {"base": "v0", "head": -1, "tail": 1, "middle": "x"},
        {"base": "v0", "head": "1", "tail": 1, "middle": "x"},
        {"base": "v0"},
        "x",
    ],
)
def test_a_difference_that_cannot_be_read_costs_only_its_text(kept: Kept, damage: object) -> None:
    kept.edit("v1", f"{LONG}one")
    with kept.path.open("a", encoding="utf-8") as journal:
        edit = Edit("v2", "applied", "", 0, 1.0).to_json()
        journal.write(json.dumps({"kind": "edit", **edit, "difference": damage}) + "\n")
    kept.edit("v3", f"{LONG}three")
    record = kept.read()
    assert [edit.version for edit in record.edits] == ["v1", "v2", "v3"]
    assert dict(record.texts) == {"v0": LONG, "v1": f"{LONG}one", "v3": f"{LONG}three"}


def test_after_a_text_that_was_lost_the_next_one_is_whole(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, kind: str, line: bytes) -> None:
        raise BacklogFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Backlog, "add", full)
        with pytest.raises(BacklogFull):
            kept.edit("v1", f"{LONG}one")
    kept.edit("v2", f"{LONG}two")
    kept.call.close(CallEnd(1_000_009.0, "ended"))
    assert dict(kept.read().texts) == {"v0": LONG, "v2": f"{LONG}two"}


def test_a_text_quite_different_is_told_whole() -> None:
    texts = Texts()
    texts.put("v0", "a" * 100)
    assert texts.put("v1", "b" * 100) == "b" * 100
    assert isinstance(texts.put("v2", "b" * 99 + "c"), Difference)
