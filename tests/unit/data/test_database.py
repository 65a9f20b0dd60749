"""The index: rows of many threads, all or nothing, and failures in words."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.calls import Archive
from data.database import SCHEMA, Database, StoreError
from data.records import CallEnd, Turn
from data.store import Store
from tests.support.clock import PATIENCE
from tests.support.places import ROOT
from tests.support.record_writer import head, score

TABLE = "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, value TEXT)"
ADD = "INSERT INTO things VALUES (?, ?)"
CALL = "0" * 16


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "index.sqlite3")
    made.define(TABLE)
    yield made
    made.close()


def names(database: Database) -> list[str]:
    return [name for (name,) in database.read("SELECT name FROM things ORDER BY name")]


def test_only_its_owner_reads_the_file(database: Database) -> None:
    if os.name == "posix":
        sides = list(database.path.parent.glob("index.sqlite3*"))
        assert len(sides) == 3
        assert {path.stat().st_mode & 0o777 for path in sides} == {0o600}


def test_of_what_is_written_together_all_or_nothing_is_there(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as write:
        write.execute(ADD, ("a", 1 / (write.execute(ADD, ("b", "")).rowcount - 1)))
    with pytest.raises(StoreError, match="UNIQUE"), database.write() as write:
        write.executemany(ADD, [("b", ""), ("b", "")])
    assert names(database) == []
    with database.write() as write:
        write.executemany(ADD, [("c", ""), ("d", "")])
    assert names(database) == ["c", "d"]


def test_readers_do_not_wait_for_a_writer_nor_see_half_of_what_it_writes(
    database: Database,
) -> None:
    seen: list[list[str]] = []
    with database.write() as write:
        write.execute(ADD, ("a", ""))
        reader = threading.Thread(target=lambda: seen.append(names(database)))
        reader.start()
        reader.join(PATIENCE)
        assert seen == [[]]
    assert names(database) == ["a"]


def test_many_threads_lose_nothing(database: Database) -> None:
    faults: list[Exception] = []

    def work(thread: int) -> None:
        try:
            for number in range(20):
                with database.write() as write:
                    write.execute(ADD, (f"{thread}-{number}", ""))
                assert names(database)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(names(database)) == 120


def test_a_full_disk_is_told_and_loses_nothing_of_before(database: Database) -> None:
    with database.write() as write:
        write.execute(ADD, ("a", ""))
    (pages,) = database.read("PRAGMA page_count")[0]
    with database.write() as write:  # as sqlite says it of a disk that is full
        write.execute(f"PRAGMA max_page_count = {pages}")
    with (
        pytest.raises(StoreError, match=r"disk is full.*Make room on its disk"),
        database.write() as write,
    ):
        write.execute(ADD, ("b", "x" * 100_000))
    assert names(database) == ["a"]
    with database.write() as write:
        write.execute("PRAGMA max_page_count = 100000")
        write.execute(ADD, ("c", "x" * 100_000))
    assert names(database) == ["a", "c"]


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE is POSIX's")
def test_what_the_system_refuses_to_write_costs_the_index_nothing(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from data.database import Database, StoreError
database = Database(Path(sys.argv[1]) / "index.sqlite3")
database.define("CREATE TABLE things (name TEXT PRIMARY KEY, value TEXT)")
def add(name, size):
    with database.write() as write:
        write.execute("INSERT INTO things VALUES (?, ?)", (name, "x" * size))
add("a", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    add("b", 500_000)
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
add("c", 500_000)
print([name for (name,) in database.read("SELECT name FROM things ORDER BY name")])
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    refused, kept = done.stdout.splitlines()
    assert "cannot be used" in refused
    assert kept == "['a', 'c']"


def test_a_file_that_may_only_be_read_is_told(database: Database) -> None:
    database._writer.execute("PRAGMA query_only = 1")  # as sqlite takes a file without the right
    with (
        pytest.raises(StoreError, match=r"readonly.*give yourself the right to write"),
        database.write() as write,
    ):
        write.execute(ADD, ("a", ""))


def test_something_else_in_its_place_stops_the_start_in_words(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite3").mkdir()
    for _ in range(2):  # the folder is not left locked
        with pytest.raises(StoreError, match=r"index\.sqlite3 cannot be used"):
            Store(tmp_path)


def test_damage_that_is_met_while_it_runs_is_told_and_mended_by_the_next_start(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    archive = Archive(tmp_path, store, score)
    for number in range(50):
        call = archive.open(head(f"{number:016x}"), "# Persona: Ann\n" * 500)
        call.close(CallEnd(1_000_060.0, "ended"))
    before = archive.list()
    store.close()
    path = tmp_path / "index.sqlite3"
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xff" * (len(data) - 4096 * 2)
    path.write_bytes(data)
    store = Store(tmp_path)
    with pytest.raises(StoreError, match=r"is damaged .*Restart Rehearsal"):
        Archive(tmp_path, store, score).list()
    store.close()
    store = Store(tmp_path)
    again = Archive(tmp_path, store, score)
    assert again.recover() == 0
    assert again.list() == before
    store.close()


def test_an_index_of_another_version_is_put_aside_and_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "index.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        other.execute("CREATE TABLE calls (something TEXT)")
    store = Store(tmp_path)
    assert Archive(tmp_path, store, score).list() == []
    store.close()
    (aside,) = tmp_path.glob("index.damaged-*.sqlite3")
    assert aside.name in caplog.text
    caplog.clear()


def test_a_call_that_the_index_does_not_take_is_listed_and_comes_into_it_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full. Make room.")

    store = Store(tmp_path)
    archive = Archive(tmp_path, store, score)
    with monkeypatch.context() as disk:
        disk.setattr(store.database, "write", full)
        call = archive.open(head(CALL), "# Persona: Ann\n")
        call.turn(Turn(0, "trainee", "Hello", 1.0))
        assert call.close(CallEnd(1_000_060.0, "ended")) is not None
        assert [(each.call, each.score) for each in archive.list()] == [(CALL, 10)]
        assert archive.finished.ids() == set()
        assert archive.recover() == 0
        assert "listed in memory only: The disk is full. Make room." in caplog.text
    archive.open(head("1" * 16), "").close(CallEnd(1_000_061.0, "ended"))
    assert archive.finished.ids() == {CALL, "1" * 16}
    store.close()
    caplog.clear()
