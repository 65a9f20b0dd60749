"""Two who save the same file: one wins, the other is told, and nothing is overwritten unseen."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from personas import files
from personas.library import Conflict, Library, SaveError
from personas.source import version_of
from tests.support.clock import PATIENCE
from tests.support.persona_text import FULL, swap
from tests.support.places import ROOT

SAVERS = 8


def text(number: int) -> str:
    return swap("- Speaks fast", f"- Speaks as in take {number}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sarah.md").write_text(FULL, encoding="utf-8", newline="")
    return tmp_path


def race(savers: list[Callable[[], object]]) -> list[object]:
    """What came of each, all begun at once: a result, or the exception."""
    start = threading.Barrier(len(savers))

    def run(save: Callable[[], object]) -> object:
        start.wait()
        try:
            return save()
        except (Conflict, SaveError) as error:
            return error

    with ThreadPoolExecutor(len(savers)) as pool:
        return list(pool.map(run, savers))


def saver(library: Library, number: int, base: str) -> Callable[[], object]:
    return lambda: library.save("sarah", text(number), base=base, author=f"kim {number}")


@pytest.mark.parametrize("libraries", [1, SAVERS])
def test_of_many_at_once_one_wins_and_the_others_see_its_text(folder: Path, libraries: int) -> None:
    """Threads of one app, and apps of their own on the same folder."""
    made = [Library(folder) for _ in range(libraries)]
    base = version_of(FULL)
    for _ in range(5):
        savers = [saver(made[n % libraries], n, base) for n in range(SAVERS)]
        done = race(savers)
        losers = [each for each in done if isinstance(each, Conflict)]
        assert len(losers) == SAVERS - 1, done
        there = (folder / "sarah.md").read_text(encoding="utf-8")
        assert {loser.theirs for loser in losers} == {there}
        assert there == text(next(n for n, each in enumerate(done) if each not in losers))
        made[0].save("sarah", FULL, base=version_of(there), author="kim")
    assert os.listdir(folder) == ["sarah.md"]


def test_another_program_s_save_in_the_last_moment_is_a_conflict(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor holds no lock: its save may come while ours is being written."""
    library = Library(folder)
    sync = os.fsync

    def slow(handle: int) -> None:
        (folder / "sarah.md").write_text(text(1), encoding="utf-8", newline="")
        sync(handle)

    monkeypatch.setattr(os, "fsync", slow)
    with pytest.raises(Conflict) as caught:
        library.save("sarah", text(2), base=version_of(FULL), author="kim")
    assert caught.value.theirs == text(1)
    assert (folder / "sarah.md").read_text(encoding="utf-8") == text(1)
    assert os.listdir(folder) == ["sarah.md"]


@pytest.mark.skipif(os.name == "nt", reason="there, a file elsewhere is locked")
def test_processes_wait_for_each_other(folder: Path) -> None:
    program = """
import sys
from pathlib import Path
from personas.files import alone
with alone(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.readline()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder, ThreadPoolExecutor(1) as pool:
        assert holder.stdout.readline() == "locked\n"
        library = Library(folder)
        saving = pool.submit(library.save, "sarah", text(1), base=version_of(FULL), author="kim")
        with pytest.raises(TimeoutError):
            saving.result(0.3)
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert saving.result(PATIENCE).text == text(1)


def test_a_folder_that_cannot_be_locked_is_saved_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no locks on this disk")

    monkeypatch.setattr(files, "_lock", refuse)
    entry = Library(folder).save("sarah", text(1), base=version_of(FULL), author="kim")
    assert entry.text == text(1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (FULL.encode() + b"\xe9", "not UTF-8"),
        (FULL.encode("utf-16"), "looks like UTF-16"),
        (FULL.encode() + b"x" * 10_000_000, "over 256 KB"),
        (FULL.encode().replace(b"Speaks fast", b"Speaks\0fast"), "a NUL byte"),
        (b"<<<<<<< HEAD\n" + FULL.encode() + b"=======\n>>>>>>> other\n", ""),
    ],
)
def test_bad_bytes_on_disk_are_named_and_the_last_good_version_stays(
    folder: Path, data: bytes, words: str
) -> None:
    library = Library(folder)
    (folder / "sarah.md").write_bytes(data)
    entry = library.look("sarah", author="")
    assert entry is not None
    assert entry.persona is not None
    if words:
        assert words in entry.errors[0].message
        assert entry.persona.version == version_of(FULL)


def test_a_text_that_cannot_be_a_file_s_is_refused_and_nothing_is_lost(folder: Path) -> None:
    library = Library(folder)
    for bad, words in (("x" * 10_000_000, "over 256 KB"), ("half \ud83d", "half a character")):
        with pytest.raises(SaveError, match=words):
            library.save("sarah", bad, base=version_of(FULL), author="kim")
    entry = library.save("sarah", FULL + "\0", base=version_of(FULL), author="kim")
    assert "NUL" in entry.errors[0].message
    assert entry.persona is not None
    assert entry.persona.version == version_of(FULL)


@pytest.mark.parametrize(
    ("number", "words"),
    [(28, "no space left on device; make room"), (30, "may not be written to"), (122, "make room")],
)
def test_a_disk_that_refuses_is_named_and_the_file_is_as_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    library = Library(folder)

    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SaveError, match=words):
        library.save("sarah", text(1), base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL
    assert os.listdir(folder) == ["sarah.md"]
