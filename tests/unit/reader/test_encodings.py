"""What was learnt of a persona is kept on the disk, and is the same when it comes back."""

from pathlib import Path

import numpy as np
import pytest

from agent.reader.encodings import NOTHING, Encodings, EncodingStore
from agent.reader.observer import ObserverMaker, ReaderObserver
from agent.reader.reader import Reader
from agent.reader.weights import FILE
from tests.support.personas import make_persona, rule

TURN = "I am so sorry about that. What is your account number?"
PERSONA = make_persona(
    [rule("deescalation", "A sincere apology"), rule("trigger", "Being told to calm down")],
    facts=(("Account", "TC-88213"),),
    lines=(("I was charged twice!",), (), (), ()),
)


def known() -> Encodings:
    row = np.arange(2 * 384, dtype=np.float16).reshape(2, 384)
    return Encodings(
        {("fact", "Account: é"): row, ("line", "Hi"): row[:1]}, {"Hi.": np.ones(384, np.float32)}
    )


@pytest.mark.parametrize("kept", [known(), NOTHING, Encodings(known().rows, {})])
def test_it_comes_back_as_it_was(kept: Encodings, tmp_path: Path) -> None:
    store = EncodingStore(tmp_path / "reader", FILE)
    store.keep("ann", kept)
    found = store.of("ann")
    assert list(found.rows) == list(kept.rows)
    assert list(found.directions) == list(kept.directions)
    for key, row in kept.rows.items():
        assert found.rows[key].dtype == np.float16
        assert np.array_equal(found.rows[key], row)
    for text, direction in kept.directions.items():
        assert np.array_equal(found.directions[text], direction)


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04"])
def test_a_damaged_file_is_as_none(damage: bytes, tmp_path: Path) -> None:
    store = EncodingStore(tmp_path, FILE)
    store.keep("ann", known())
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    assert store.of("ann") == NOTHING


def test_other_weights_and_other_personas_know_nothing_of_it(tmp_path: Path) -> None:
    EncodingStore(tmp_path, FILE).keep("ann", known())
    other = tmp_path / "weights"
    other.write_bytes(b"others")
    assert EncodingStore(tmp_path, other).of("ann") == NOTHING
    assert EncodingStore(tmp_path, FILE).of("bob") == NOTHING


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "reader"
    blocked.write_text("a file", encoding="utf-8")
    store = EncodingStore(blocked, FILE)
    store.keep("ann", known())
    assert store.of("ann") == NOTHING


def test_what_was_learnt_is_not_learnt_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ObserverMaker(kept=tmp_path)
    made = first.whole(PERSONA)
    first._behind.shutdown()
    again = ObserverMaker(kept=tmp_path)
    again.load()
    encoded: list[str] = []
    usual = Reader._numbers

    def noted(self: Reader, texts: list[str]) -> list[int]:
        encoded.extend(texts)
        return usual(self, texts)

    monkeypatch.setattr(Reader, "_numbers", noted)
    back = again.whole(PERSONA)
    again.close()
    assert isinstance(back, ReaderObserver)
    assert encoded == []
    assert back.observe(TURN) == made.observe(TURN)
    assert made.observe(TURN).facts
