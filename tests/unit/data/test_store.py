"""One process a folder; a store that is whole or set aside; accounts that are never made up."""

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from data.common import files
from data.secret import storage_secret
from data.store import FolderInUse, Store, StoreError, Table
from data.users import Users
from tests.support.places import ROOT


def things(store: Store) -> Table:
    """A table of what can be made again."""
    return store.table("things", key="call", remedy="they are made again")


def run_python(code: str, *arguments: object) -> str:
    """What another process prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_documents_survive_closing(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    things(store).put({"call": "a", "score": 1})
    things(store).add([{"call": "b", "score": 2}, {"call": "c", "score": 3}])
    things(store).put({"call": "a", "score": 4})
    things(store).remove("b")
    store.close()

    store = Store(tmp_path / "new" / "folder")
    assert things(store).all() == [{"call": "a", "score": 4}, {"call": "c", "score": 3}]
    store.close()


def test_a_second_process_is_refused_and_the_lock_goes_with_the_first(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from data.store import FolderInUse, Store
try:
    Store(Path(sys.argv[1]))
    print("opened")
except FolderInUse as error:
    print(error)
"""
    store = Store(tmp_path)
    refused = run_python(code, tmp_path)
    assert "nother Rehearsal is running on the data folder" in refused
    assert str(tmp_path) in refused
    assert "--data" in refused
    store.close()
    assert run_python(code, tmp_path) == "opened\n"
    assert run_python(code, tmp_path) == "opened\n"  # the one before never closed it


def test_a_second_store_in_this_process_is_refused_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(FolderInUse):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="--data"):
        Store(tmp_path / "data")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"call": {"x": 1}}', '{"call": {"1": 2}}'])
def test_a_damaged_table_is_set_aside_and_accounts_stay(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    store.table("users", key="name").put({"name": "admin"})
    things(store).put({"call": "a"})
    store.close()
    (tmp_path / "things.json").write_text(content)

    store = Store(tmp_path)
    assert things(store).all() == []
    assert store.table("users", key="name").all() == [{"name": "admin"}]
    things(store).put({"call": "b"})
    store.close()

    (aside,) = tmp_path.glob("things.damaged-*.json")
    assert aside.read_text() == content
    assert aside.name in caplog.text


def test_damaged_accounts_stop_the_start_and_leave_the_file_and_the_folder(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("{")
    for _ in range(2):
        store = Store(tmp_path)
        with pytest.raises(StoreError, match=r"users\.json cannot be read") as caught:
            Users(store)
        store.close()
        assert not isinstance(caught.value, FolderInUse)
    assert (tmp_path / "users.json").read_text() == "{"


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE is POSIX's")
def test_a_full_disk_keeps_the_old_file_and_the_old_list(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from data.store import Store
things = Store(Path(sys.argv[1])).table("things", key="call", remedy="none")
things.put({"call": "a", "score": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
for change in ({"call": "b", "text": "x" * 500}, {"call": "a", "text": "x" * 500}):
    try:
        things.put(change)
    except OSError:
        print(things.all())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
things.put({"call": "c"})
"""
    kept = "[{'call': 'a', 'score': 1}]\n"
    assert run_python(code, tmp_path) == kept + kept
    store = Store(tmp_path)
    assert things(store).all() == [{"call": "a", "score": 1}, {"call": "c"}]
    store.close()
    assert not list(tmp_path.glob("*.tmp"))


def test_a_write_that_the_disk_cut_short_without_an_error_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    files.write_atomic(path, b"old")
    fstat = os.fstat

    def one_short(descriptor: int) -> os.stat_result:
        values = list(fstat(descriptor))
        values[stat.ST_SIZE] -= 1
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", one_short)
    with pytest.raises(OSError, match="only a part"):
        files.write_atomic(path, b"newer")
    assert path.read_bytes() == b"old"


def test_the_old_file_stays_until_the_new_one_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    files.write_atomic(path, b"old")
    synced = []

    def fsync(descriptor: int) -> None:
        synced.append(path.read_bytes())
        if len(synced) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        files.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    files.write_atomic(path, b"new")
    # The file before the rename, the folder after it.
    assert synced[1:] == ([b"old", b"new"] if os.name == "posix" else [b"old"])


def test_a_target_that_another_program_holds_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, tries = os.replace, []

    def busy(source: Path, target: Path) -> None:
        tries.append(target)
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", busy)
    files.write_atomic(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert len(tries) == 3


def test_threads_do_not_lose_each_others_documents(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def put(name: str) -> None:
        for number in range(10):
            things(store).put({"call": f"{name}{number}"})

    threads = [threading.Thread(target=put, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    store = Store(tmp_path)
    assert len(things(store).all()) == 40
    store.close()


def test_the_session_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = storage_secret(tmp_path)
    assert len(secret) >= 43
    assert storage_secret(tmp_path) == secret
    path = tmp_path / "session-secret"
    if os.name == "posix":
        path.chmod(0o644)
        storage_secret(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe"])
def test_a_broken_session_secret_is_made_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "session-secret").write_bytes(content)
    assert len(storage_secret(tmp_path)) >= 43
