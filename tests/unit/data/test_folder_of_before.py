"""A data folder of an earlier release is taken over, whenever that is broken off."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.calls import Archive, CallRecord
from data.store import Store
from data.versions import Name, Versions
from personas.source import version_of
from tests.support.places import ROOT

BEFORE = Path(__file__).with_name("folder_of_before")
"""Written by the last release that kept its lists in TinyDB: three calls that are over, a fourth
that its process left open, and the versions of two personas, one of which was renamed."""
IDS = [f"{number:016x}" for number in range(1, 5)]
RENAMED = 1_790_002_500.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(BEFORE, tmp_path / "data")


def unscored(record: CallRecord) -> dict[str, object]:
    return {"score": None, "passed": None, "objectives": []}


def content(folder: Path) -> dict[str, bytes]:
    """What the files of before hold, without the call that was open."""
    files = [path.relative_to(BEFORE) for path in BEFORE.rglob("*") if path.is_file()]
    return {str(path): (folder / path).read_bytes() for path in files if IDS[3] not in path.name}


def test_calls_versions_and_renames_of_before_are_there_and_the_files_stay(folder: Path) -> None:
    for _ in range(2):
        store = Store(folder)
        archive, versions = Archive(folder, store, unscored), Versions(folder / "versions")
        archive.recover()
        calls = archive.list()
        assert [(c.call, c.user, c.score, c.reason) for c in calls] == [
            (IDS[3], "trainee", None, "interrupted"),
            (IDS[2], "trainee", 30, "ended"),
            (IDS[1], "author", 50, "ended"),
            (IDS[0], "trainee", 20, "ended"),
        ]
        assert [c.draft for c in calls] == [False, True, False, False]
        assert calls[2].versions == ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
        one, two = versions.list("ann-smith")
        assert (one.version, one.again_by) == (version_of("one\n"), "author")
        assert (two.label, two.note, two.author) == ("softer", "After the pilot.", "author")
        assert versions.text("ann-smith", two.version) == "two\n"
        assert versions.names("ann-smith") == (
            Name("ann-smith", since=RENAMED),
            Name("ann-lee", until=RENAMED),
        )
        assert [row.author for row in versions.list("bob")] == ["admin"]
        uses = archive.uses(versions.names("ann-smith"))
        assert {version: use.number for version, use in uses.items()} == {
            "aaaaaaaaaaaa": 4,
            "bbbbbbbbbbbb": 1,
        }
        versions.close()
        store.close()
        assert content(folder) == content(BEFORE)


def test_all_that_is_new_is_there_again_when_the_index_is_deleted(folder: Path) -> None:
    versions = Versions(folder / "versions")
    versions.keep("ann-smith", version_of("three\n"), "three\n", author="author").result()
    versions.describe("ann-smith", version_of("three\n"), label="third", note="")
    versions.describe("ann-smith", version_of("two\n"), label="harder", note="")
    assert versions.renamed("ann-smith", "ann-jones").result()
    versions.close()
    lists = []
    for _ in range(2):
        store = Store(folder)
        archive = Archive(folder, store, unscored)
        archive.recover()
        lists.append(archive.list())
        store.close()
        for path in folder.glob("index.sqlite3*"):
            path.unlink()
    assert len(lists[0]) == 4
    assert lists[0] == lists[1]
    versions = Versions(folder / "versions")
    assert [row.label for row in versions.list("ann-jones")] == ["third", "", "harder"]
    assert [name.slug for name in versions.names("ann-jones")] == [
        "ann-jones", "ann-smith", "ann-lee",
    ]  # fmt: skip
    versions.close()


@pytest.mark.parametrize(
    "damaged", ["store.json", "versions/ann-smith/index.json", "versions/renames.json"]
)
def test_a_damaged_file_of_before_costs_only_itself_and_is_told(
    folder: Path, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / damaged).write_bytes(b'{"half": {"of it')
    store = Store(folder)
    archive, versions = Archive(folder, store, unscored), Versions(folder / "versions")
    archive.recover()
    assert {call.call for call in archive.list()} == set(IDS)
    assert len(versions.list("ann-smith")) == 2
    assert [row.author for row in versions.list("bob")] == ["admin"]
    assert len(versions.names("ann-smith")) == (1 if "renames" in damaged else 2)
    assert f"{folder / damaged} is damaged" in caplog.text
    versions.close()
    store.close()
    assert (folder / damaged).read_bytes() == b'{"half": {"of it'
    caplog.clear()
    store = Store(folder)  # it was told once
    Archive(folder, store, unscored)
    assert "store.json" not in caplog.text
    store.close()


def test_a_summary_of_before_that_makes_no_sense_is_made_again(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tables = json.loads((folder / "store.json").read_bytes())
    tables["call"]["1"]["started"] = "long ago"
    tables["call"]["9"] = {**tables["call"]["2"], "call": "f" * 16}  # its journal is gone
    (folder / "store.json").write_text(json.dumps(tables))
    store = Store(folder)
    archive = Archive(folder, store, unscored)
    assert archive.finished.ids() == {*IDS[1:3], "f" * 16}
    archive.recover()
    assert archive.finished.ids() == set(IDS)
    assert "unreadable" in caplog.text
    caplog.clear()
    store.close()


KILLED = """
import json, os, shutil, sys
from itertools import count
from pathlib import Path
import data.database
from data.calls import Archive
from data.store import Store

before, place = Path(sys.argv[1]), Path(sys.argv[2])
left = -1  # steps until this process is killed


def step(*_):
    global left
    left -= 1
    if left == 0:
        os._exit(9)


def audit(event, values):
    changes = event in ("os.rename", "os.remove", "os.mkdir")
    if changes or (event == "open" and isinstance(values[2], int) and values[2] & 3):
        step()


connect = data.database._connect


def traced(path):
    connection = connect(path)
    connection.set_trace_callback(step)
    return connection


data.database._connect = traced
sys.addaudithook(audit)


def start(folder):
    store = Store(folder)
    archive = Archive(folder, store, lambda record: {"score": 1})
    archive.recover()
    found = [(call.call, call.reason, call.score) for call in archive.list()]
    store.close()
    return found


def in_a_process(work):
    if (child := os.fork()) == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_start():
    global left
    left = number
    start(folder)


for number in count(1):
    folder = shutil.copytree(before, place / str(number))
    code = in_a_process(killed_start)
    in_a_process(lambda: print(json.dumps([code, start(folder)]), flush=True))
    if code == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each step is killed in a fork")
def test_a_start_that_is_killed_at_any_step_is_begun_again_by_the_next(tmp_path: Path) -> None:
    before = shutil.copytree(BEFORE, tmp_path / "before")
    lists = before / "store.json"  # with scores that the journals do not have
    lists.write_text(re.sub(r'"score":\d', '"score":9', lists.read_text()))
    command = [sys.executable, "-c", KILLED, str(before), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *killed, last = map(json.loads, done.stdout.splitlines())
    assert last[0] == 0
    assert len(killed) > 30
    assert {code for code, _ in killed} == {9}
    assert {tuple(sorted(map(tuple, calls))) for _, calls in killed} == {
        tuple(sorted(map(tuple, last[1])))
    }
    assert [score for *_, score in last[1]] == [1, 90, 90, 90]  # taken over, not made again
    assert content(tmp_path / "7") == content(before)
