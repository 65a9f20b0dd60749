"""Persona files as containers have them: mounted one by one, or as links into a ConfigMap."""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from data.common import files as common
from data.common.files import MountedFile, write_atomic
from data.store import Store
from personas.library import Library, SaveError
from personas.persona_files import FilesError, PersonaFiles
from personas.source import version_of
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import FULL, PLAIN, swap

LOUDER = swap("- Speaks fast", "- Speaks louder")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="containers are not Windows")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "personas"
    path.mkdir()
    (path / "sarah.md").write_text(FULL, encoding="utf-8", newline="")
    return path


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is mounted by itself: nothing can take its place."""

    def busy(source: object, target: object, **_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    for name in ("replace", "rename", "link"):
        monkeypatch.setattr(os, name, busy)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("text", [LOUDER, PLAIN, FULL + "<!-- longer -->\n" * 50])
def test_a_mounted_file_is_saved_in_place(folder: Path, mounted: None, text: str) -> None:
    inode = (folder / "sarah.md").stat().st_ino
    saved = Library(folder).save("sarah", text, base=version_of(FULL), author="kim")
    assert saved.text == text
    assert (folder / "sarah.md").read_text(encoding="utf-8") == text
    assert (folder / "sarah.md").stat().st_ino == inode
    assert names(folder) == ["sarah.md"]


def _write(full: Callable[[int], bool]) -> Callable[[int, bytes], int]:
    """As ``os.write``, where the disk is full whenever ``full`` of the bytes written says so."""
    write, done = os.write, [0]

    def odd(descriptor: int, data: bytes) -> int:
        if full(done[0]):
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, data[:64])
        done[0] += written
        return written

    return odd


def test_a_mounted_file_that_cannot_be_written_whole_is_as_before(
    folder: Path, mounted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, failed = Library(folder), list[int]()

    def full(done: int) -> bool:
        if done > 200 and not failed:
            failed.append(done)
            return True
        return False

    monkeypatch.setattr(os, "write", _write(full))
    with pytest.raises(SaveError) as caught:
        library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
    assert failed
    assert "is as before: the file is mounted by itself" in str(caught.value)
    assert "no space left on device; mount the folder" in str(caught.value)
    assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL
    assert names(folder) == ["sarah.md"]


def test_a_longer_text_that_has_no_room_touches_nothing(
    folder: Path, mounted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(folder)
    monkeypatch.setattr(os, "write", _write(lambda done: True))
    with pytest.raises(SaveError):
        library.save("sarah", FULL + "more", base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL


def test_around_a_mounted_file_the_folder_need_not_be_for_writing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    library = Library(folder)
    monkeypatch.setattr("tempfile.mkstemp", closed)
    with pytest.raises(SaveError, match="may not be written to"):
        library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
    mounts = tmp_path / "mountinfo"
    place = str((folder / "sarah.md").resolve()).replace(" ", "\\040")
    mounts.write_text(f"36 35 98:0 /a {place} rw,noatime - ext4 /dev/root rw\n")
    monkeypatch.setattr(common, "_MOUNTS", mounts)
    library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == LOUDER


def test_a_mounted_file_is_not_renamed_and_the_words_say_why(folder: Path, mounted: None) -> None:
    with pytest.raises(FilesError, match="is mounted by itself"):
        PersonaFiles(Library(folder)).rename("sarah", "tom", author="kim")
    assert names(folder) == ["sarah.md"]


def test_accounts_that_are_mounted_are_kept_too(tmp_path: Path, mounted: None) -> None:
    path = tmp_path / "users.json"
    path.write_bytes(b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(OSError, match="busy") as caught:  # nothing is there to be written in place
        write_atomic(tmp_path / "store.json", b"new")
    assert not isinstance(caught.value, MountedFile)
    assert names(tmp_path) == ["users.json"]


# --- ConfigMaps: NAME.md -> ..data/NAME.md, ..data -> ..2026_11_29


def config_map(folder: Path, version: str, text: str) -> None:
    """Give the folder a content as a kubelet does."""
    (folder / version).mkdir()
    (folder / version / "sarah.md").write_text(text, encoding="utf-8", newline="")
    (folder / "..data_tmp").symlink_to(version)
    os.rename(folder / "..data_tmp", folder / "..data")
    if not (folder / "sarah.md").is_symlink():
        (folder / "sarah.md").symlink_to("..data/sarah.md")


async def test_the_links_of_a_config_map_are_read_and_followed(tmp_path: Path) -> None:
    config_map(tmp_path, "..2026_11_29", FULL)
    library, stop = Library(tmp_path), asyncio.Event()
    entry = library.get("sarah")
    assert entry
    assert entry.persona
    assert [entry.slug for entry in library.entries()] == ["sarah"]
    watching = asyncio.create_task(library.watch(stop))
    config_map(tmp_path, "..2026_11_30", LOUDER)
    await until(lambda: (now := library.get("sarah")) and now.text == LOUDER)
    stop.set()
    await asyncio.wait_for(watching, PATIENCE)


@pytest.mark.parametrize("target", ["../secret.md", "..data/sarah.md"])
def test_a_link_is_refused_only_if_it_leads_out(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.md").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "sarah.md").write_text(PLAIN, encoding="utf-8")
    folder = tmp_path / "personas"
    folder.mkdir()
    (folder / "..data").symlink_to(tmp_path / "outside", target_is_directory=True)
    (folder / "sarah.md").symlink_to(target)
    entry = Library(folder).get("sarah")
    assert entry
    assert "leads out of the folder" in entry.errors[0].message


# --- what killed saves leave

KEPT = ("notes.tmp", ".sarah.tmp", ".Sarah-ab12cd34.tmp", "sarah-ab12cd34.tmp", ".sarah-abc.tmp")


def test_leftovers_in_the_personas_folder_go_and_other_files_stay(folder: Path) -> None:
    for name in (".sarah-ab12_d34.tmp", ".never-heard-of-ab12cd34.tmp", *KEPT):
        (folder / name).touch()
    (folder / ".folder-ab12cd34.tmp").mkdir()
    (folder / ".link-ab12cd34.tmp").symlink_to("sarah.md")
    Library(folder)
    assert names(folder) == sorted(
        ["sarah.md", ".folder-ab12cd34.tmp", ".link-ab12cd34.tmp", *KEPT]
    )


def test_leftovers_in_the_data_folder_go(tmp_path: Path) -> None:
    drafts, kept = tmp_path / "drafts", tmp_path / "mine.tmp"
    drafts.mkdir()
    kept.touch()
    for path in (
        tmp_path / "users.json.tmp",
        tmp_path / ".users-ab12cd34.tmp",
        tmp_path / "session-secret.tmp",
        drafts / "0123456789abcdef-0123456789abcdef.json.tmp",
    ):
        path.touch()
    Store(tmp_path).close()
    assert [*drafts.iterdir()] == []
    assert [path.name for path in tmp_path.glob("*.tmp")] == ["mine.tmp"]
    assert [*tmp_path.glob(".*.tmp")] == []


def test_a_killed_write_leaves_what_the_next_start_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As ``kill -9``: nothing that comes after is run."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            write_atomic(tmp_path / "users.json", b"{}")
    assert len(names(tmp_path)) == 1
    Store(tmp_path).close()
    assert not [name for name in names(tmp_path) if name.endswith(".tmp")]
