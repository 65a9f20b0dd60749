"""Where the time of an answer went, from what the session told."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.timed_app import Kind, Moment, answer, beside, kind_of, read


def moments(*told: tuple[Kind, float]) -> list[Moment]:
    return [Moment(kind, at) for kind, at in told]


def test_the_parts_of_an_answer() -> None:
    told = moments(("words", 10.2), ("ended", 10.0), ("answer", 10.35), ("sound", 10.4))
    parts = answer(told, 9.0)
    assert parts is not None
    assert [parts.words, parts.taken, parts.voice] == pytest.approx([0.2, 0.35, 0.05])


def test_a_pause_in_the_turn_is_not_its_end() -> None:
    told = moments(("ended", 9.0), ("words", 9.2), ("ended", 10.0), ("words", 10.1))
    told += moments(("answer", 10.3), ("sound", 10.35))
    parts = answer(told, 8.0)
    assert parts is not None
    assert parts.taken == pytest.approx(0.3)


def test_what_belongs_to_the_turn_before_counts_for_nothing() -> None:
    before = moments(("ended", 1.0), ("words", 1.1), ("answer", 1.2), ("sound", 1.3))
    assert answer(before, 2.0) is None
    assert answer([*before, *moments(("ended", 3.0), ("words", 3.1))], 2.0) is None
    assert answer([], 0.0) is None


@dataclass
class Told:
    old_state: str = ""
    new_state: str = ""
    is_final: bool = False


@pytest.mark.parametrize(
    ("event", "told", "kind"),
    [
        ("user_state_changed", Told("speaking", "listening"), "ended"),
        ("user_state_changed", Told("listening", "speaking"), None),
        ("user_input_transcribed", Told(is_final=True), "words"),
        ("user_input_transcribed", Told(), None),
        ("speech_created", Told(), "answer"),
        ("agent_state_changed", Told("thinking", "speaking"), "sound"),
        ("agent_state_changed", Told("speaking", "listening"), None),
        ("close", Told(), None),
    ],
)
def test_what_an_event_means(event: str, told: Told, kind: Kind | None) -> None:
    assert kind_of(event, told) == kind


def test_a_line_that_is_half_written_waits(tmp_path: Path) -> None:
    file = tmp_path / "stalls.jsonl"
    assert read(file) == []
    beside(file).write_text('{"kind": "ended", "at": 1.5}\n{"kind": "wor')
    assert read(file) == [Moment("ended", 1.5)]
