"""Which rules a labelled sentence stands for, and what files take on the disk."""

import json
from pathlib import Path

import pytest

from tests.bench.rules import labelled, matched, one_each
from tests.bench.size import megabytes

LINE = {
    "persona": "Ann Hill",
    "industry": "Trains: north & south",
    "situation": "Ann calls about a train.",
    "opening": ['Hello, "is" anybody there?'],
    "rules": [
        {"kind": "trigger", "text": "Being told to calm down", "yes": ["Calm down.", "Now, now."]},
        {"kind": "deescalation", "text": "A sincere apology", "yes": ["I am so sorry for this."]},
        {"kind": "criterion", "text": "The refund is named", "yes": ["You get 40 pounds."]},
        {"kind": "objective", "text": "Asks for the ticket", "yes": ["Your ticket, please?"]},
    ],
    "also": {"Now, now.": ["A sincere apology", "Asks for the ticket"]},
}


def test_a_labelled_sentence_has_the_triggers_and_calming_points_that_it_does(
    tmp_path: Path,
) -> None:
    file = tmp_path / "turns.jsonl"
    file.write_text(json.dumps(LINE) + "\n", "utf-8")
    told = {one.text: one for one in labelled(file)}
    assert set(told) == {"Calm down.", "Now, now.", "I am so sorry for this."}
    persona = told["Calm down."].persona
    (trigger,), (apology,) = persona.triggers, persona.deescalations
    assert told["Calm down."].rules == {trigger.id}
    assert told["Now, now."].rules == {trigger.id, apology.id}
    assert matched(persona, "I am so sorry for this.") == {apology.id}


def test_a_sentence_for_each_rule_by_lot(tmp_path: Path) -> None:
    file = tmp_path / "turns.jsonl"
    file.write_text(json.dumps(LINE) + "\n", "utf-8")
    drawn = one_each(labelled(file), 10)
    assert len(drawn) == 2
    assert len(frozenset().union(*(one.rules for one in drawn))) == 2
    assert one_each(labelled(file), 10) == drawn
    assert len(one_each(labelled(file), 1)) == 1


def test_a_folder_is_as_large_as_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2_000_000))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b").write_bytes(bytes(500_000))
    assert megabytes(tmp_path) == pytest.approx(2.5)
