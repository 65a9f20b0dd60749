"""What coaches and trainees say of calls, in the store."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.annotations import LONGEST, Annotation, AnnotationError, Annotations
from data.records import CallStart
from data.store import Store

CALL, OTHER = "1" * 16, "2" * 16


def start(call: str = CALL, started: float = 10.0) -> CallStart:
    return CallStart(
        call, "trainee", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", started
    )


COMMENT = Annotation("comment", "author", 20.0, turn=3, text=" Well asked.  ")
CLAIM = Annotation("claim", "trainee", 21.0, rule="o1", words="Asks for the day", turn=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def test_what_was_said_of_a_call_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    annotations = Annotations(store)
    annotations.add(start(), COMMENT)
    annotations.add(start(), CLAIM)
    annotations.add(start(OTHER, 30.0), COMMENT)
    store.close()
    again = Store(tmp_path)
    found = Annotations(again)
    assert [each.text for each in found.of(CALL)] == ["Well asked.", ""]
    assert found.of(CALL)[1] == CLAIM
    assert [each.call for each in found.calls()] == [OTHER, CALL], "the newest call first"
    assert found.calls()[0].scenario == "Returns"
    again.close()


def test_a_comment_is_taken_back_and_a_call_forgotten(store: Store) -> None:
    annotations = Annotations(store)
    annotations.add(start(), COMMENT)
    annotations.add(start(), CLAIM)
    annotations.remove(CALL, annotations.of(CALL)[0])
    assert annotations.of(CALL) == (CLAIM,)
    annotations.forget(CALL, OTHER)
    assert annotations.of(CALL) == ()
    assert Annotations(store).calls() == []


@pytest.mark.parametrize(
    ("text", "words"), [("  ", "Write your comment first"), ("x" * (LONGEST + 1), "too long")]
)
def test_a_comment_that_says_nothing_or_too_much_is_refused(
    store: Store, text: str, words: str
) -> None:
    with pytest.raises(AnnotationError, match=words):
        Annotations(store).add(start(), Annotation("comment", "author", 1.0, turn=1, text=text))
    assert Annotations(store).of(CALL) == ()


def test_a_full_disk_keeps_what_was_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    annotations = Annotations(store)
    annotations.add(start(), CLAIM)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("data.store.write_atomic", full)
    with pytest.raises(OSError, match="No space"):
        annotations.add(start(), COMMENT)
    assert annotations.of(CALL) == (CLAIM,)
    assert Annotations(store).of(CALL) == (CLAIM,)


def test_what_makes_no_sense_is_left_out_and_named(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    annotations = Annotations(store)
    annotations.add(start(), CLAIM)
    table = store.table("annotations", key="call")
    good = table.all()[0]
    table.put({**good, "call": OTHER, "annotations": [{"kind": "claim", "by": 3, "at": "x"}]})
    table.put({"call": "3" * 16, "annotations": 7})
    table.put({**good, "call": "4" * 16, "started": "soon"})
    with caplog.at_level(logging.WARNING):
        found = Annotations(store)
    assert [each.call for each in found.calls()] == [CALL]
    assert caplog.text.count("unreadable") == 3


def test_a_damaged_file_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "annotations.json").write_bytes(b"\x00 no json")
    store = Store(tmp_path)
    assert Annotations(store).calls() == []
    assert "what coaches said of calls is not shown until a good copy" in caplog.text
    assert list(tmp_path.glob("annotations.damaged-*.json"))
    store.close()
