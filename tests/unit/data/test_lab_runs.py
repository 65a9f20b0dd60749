"""The lab's runs on the disk: a file for each, the newest first, none for ever."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data import lab_runs
from data.lab_runs import Heard, InSound, LabRun, LabRuns, Miss
from data.records import Break, Turn


def run(number: int, persona: str = "ann") -> LabRun:
    return LabRun(
        id=f"r{number}",
        batch="b",
        persona=persona,
        version="0123456789ab",
        script="solves",
        engine="offline",
        played_by="the offline actor",
        started=float(number),
        moods=(8, 6),
        misses=(Miss(4, "resolved", "not resolved at the end"),),
        breaks=(Break(0, "assistant", "How can I help?", "It speaks as an assistant."),),
        turns=(Turn(0, "persona", "Hello. é", 0.0, matched=("x",)),),
    )


def ids(kept: LabRuns, persona: str = "", limit: int = 0) -> list[str]:
    return [each.id for each in kept.recent(persona, limit)]


def test_a_run_is_kept_with_its_turns_and_listed_without(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path / "lab")
    kept.add(run(1))
    again = LabRuns(tmp_path / "lab")
    (head,) = again.recent()
    assert (head.turns, head.moods, head.misses) == ((), (8, 6), run(1).misses)
    assert again.get("r1") == run(1)
    assert again.get("r2") is None


@pytest.mark.parametrize(
    ("persona", "limit", "expected"),
    [
        ("", 0, ["r3", "r2", "r1"]),
        ("", 2, ["r3", "r2"]),
        ("ann", 0, ["r3", "r1"]),
        ("ann", 1, ["r3"]),
        ("bob", 5, ["r2"]),
        ("cat", 0, []),
    ],
)
def test_the_newest_come_first(
    persona: str, limit: int, expected: list[str], tmp_path: Path
) -> None:
    kept = LabRuns(tmp_path)
    for each in (run(1), run(2, "bob"), run(3)):
        kept.add(each)
    assert ids(kept, persona, limit) == expected
    assert ids(LabRuns(tmp_path), persona, limit) == expected


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path, most=2)
    for number in range(4):
        kept.add(run(number))
    assert ids(kept) == ["r3", "r2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r2.json", "r3.json"]


def test_runs_follow_a_rename_with_all_that_was_said(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path)
    for each in (run(1), run(2, "bob")):
        kept.add(each)
    kept.renamed("ann", "anna")
    assert ids(LabRuns(tmp_path), "anna") == ["r1"]
    found = LabRuns(tmp_path).get("r1")
    assert found is not None
    assert found.turns == run(1).turns
    assert ids(kept) == ["r2", "r1"]


@pytest.mark.parametrize("damage", ["{", "[]", '{"id": 1}', '{"moods": ["x"]}', '{"turns": 3}'])
def test_a_damaged_file_takes_no_other_with_it(damage: str, tmp_path: Path) -> None:
    LabRuns(tmp_path).add(run(1))
    (tmp_path / "bad.json").write_text(damage, encoding="utf-8")
    assert ids(LabRuns(tmp_path)) == ["r1"]


def test_names_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    values = {**run(1).to_json(), "colour": "blue"}
    (tmp_path / "r1.json").write_text(json.dumps(values), encoding="utf-8")
    assert LabRuns(tmp_path).get("r1") == run(1)


def test_what_cannot_be_written_is_shown_until_the_app_stops(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    folder.write_text("a file where the folder should be", encoding="utf-8")
    kept = LabRuns(folder)
    kept.add(run(1))
    assert "Runs of the lab are not being kept" in kept.trouble
    assert kept.get("r1") == run(1)


SOUND = InSound(30.0, 25.0, noisy=True, heard=(Heard(3, "Hello.", "Hell o."),))


def sounding(kept: LabRuns, number: int) -> LabRun:
    """A run in real sound, whose call has written its files."""
    made = replace(run(number), sound=SOUND)
    kept.folder.mkdir(exist_ok=True)
    for suffix in (".ogg", ".jsonl"):
        (kept.folder / f"{made.id}{suffix}").write_text("sound")
    return made


def files(kept: LabRuns) -> set[str]:
    return {path.name for path in kept.folder.iterdir()}


def test_the_sound_stays_with_its_run_and_the_journal_goes(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path / "lab")
    kept.recent()
    kept.add(sounding(kept, 1))
    assert files(kept) == {"r1.json", "r1.ogg"}
    again = LabRuns(tmp_path / "lab")
    assert again.recent()[0].sound == SOUND
    assert SOUND.times == 1.2
    assert again.sound("r1") == tmp_path / "lab" / "r1.ogg"
    for name in ("r2", "../lab/r1", ""):
        assert again.sound(name) is None


def test_the_sound_goes_with_its_run(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path / "lab", most=1)
    kept.recent()
    kept.add(sounding(kept, 1))
    kept.add(run(2))
    assert files(kept) == {"r2.json"}


def test_only_the_newest_sounds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_runs, "MOST_SOUNDS", 1)
    kept = LabRuns(tmp_path / "lab")
    kept.recent()
    for each in (sounding(kept, 1), run(2), sounding(kept, 3)):
        kept.add(each)
    assert (kept.sound("r1"), kept.sound("r3") is None) == (None, False)
    assert ids(kept) == ["r3", "r2", "r1"]


def test_what_a_run_left_that_a_stop_cut_off_goes(tmp_path: Path) -> None:
    kept = LabRuns(tmp_path / "lab")
    kept.recent()
    kept.add(sounding(kept, 1))
    sounding(kept, 2)
    LabRuns(tmp_path / "lab").recent()
    assert files(kept) == {"r1.json", "r1.ogg"}
