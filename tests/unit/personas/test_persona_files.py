"""Making, renaming, archiving: nothing is overwritten, nothing is deleted, nothing leaves."""

import errno
import os
from pathlib import Path

import pytest

from personas.library import Change, Library
from personas.moves import ARCHIVE
from personas.persona_files import FilesError, PersonaFiles
from tests.support.persona_text import FULL, PLAIN

BOM = "\ufeff" + FULL.replace("\n", "\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "personas"
    path.mkdir()
    (path / "sarah.md").write_bytes(BOM.encode())
    (path / "ann.md").write_text(PLAIN, encoding="utf-8")
    return path


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(folder)


@pytest.fixture
def files(library: Library) -> PersonaFiles:
    return PersonaFiles(library)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))


def changes(library: Library) -> list[Change]:
    told: list[Change] = []
    library.on_change(told.append)
    return told


def test_a_new_file_is_made_once(files: PersonaFiles, library: Library, folder: Path) -> None:
    entry = files.create("dana", PLAIN, author="kim")
    assert entry.persona is not None
    assert library.get("dana") == entry
    with pytest.raises(FilesError, match=r"dana\.md already"):
        files.create("dana", PLAIN, author="kim")  # the same words are no leave to share a file
    with pytest.raises(FilesError, match="already"):
        files.create("ann", FULL, author="kim")
    assert (folder / "ann.md").read_text(encoding="utf-8") == PLAIN


def test_a_renamed_file_keeps_its_bytes_and_everyone_hears_of_it(
    files: PersonaFiles, library: Library, folder: Path
) -> None:
    told = changes(library)
    before = (folder / "sarah.md").stat().st_mtime_ns
    entry = files.rename("sarah", "sarah-thompson", author="kim")
    assert names(folder) == ["ann.md", "sarah-thompson.md"]
    assert (folder / "sarah-thompson.md").read_bytes() == BOM.encode()
    assert (folder / "sarah-thompson.md").stat().st_mtime_ns == before
    assert entry.persona is not None
    assert [(c.entry.slug, c.entry.deleted, c.origin, c.author) for c in told] == [
        ("sarah", True, "page", "kim"),
        ("sarah-thompson", False, "page", "kim"),
    ]
    gone = library.get("sarah")
    assert gone is not None
    assert gone.persona is not None  # calls with it go on


@pytest.mark.parametrize(
    "name",
    ["../sarah", "/etc/x", "archive/x", "Sarah", "", "con", "a b", "x" * 65, "a.md", "ann\n", "."],
)
def test_no_name_becomes_a_path(files: PersonaFiles, folder: Path, name: str) -> None:
    for act in (
        lambda: files.create(name, PLAIN, author="kim"),
        lambda: files.rename("sarah", name, author="kim"),
        lambda: files.rename(name, "fresh", author="kim"),
        lambda: files.archive(name, author="kim"),
        lambda: files.restore(name, "fresh", author="kim"),
        lambda: files.restore("sarah", name, author="kim"),
    ):
        with pytest.raises(FilesError):
            act()
    assert names(folder) == ["ann.md", "sarah.md"]
    assert [path.name for path in folder.parent.iterdir()] == ["personas"]


def test_a_name_that_is_taken_stays_as_it_is(files: PersonaFiles, folder: Path) -> None:
    with pytest.raises(FilesError, match=r"ann\.md already"):
        files.rename("sarah", "ann", author="kim")
    assert (folder / "ann.md").read_text(encoding="utf-8") == PLAIN
    assert (folder / "sarah.md").read_bytes() == BOM.encode()


def test_a_file_that_is_gone(files: PersonaFiles) -> None:
    with pytest.raises(FilesError, match="no longer there"):
        files.rename("bob", "rob", author="kim")
    with pytest.raises(FilesError, match="no longer there"):
        files.archive("bob", author="kim")


def test_put_away_and_brought_back(files: PersonaFiles, library: Library, folder: Path) -> None:
    assert files.archived() == []
    assert files.archive("sarah", author="kim") == "sarah"
    assert names(folder) == ["ann.md", "archive/sarah.md"]
    assert [entry.slug for entry in library.entries()] == ["ann"]
    (one,) = files.archived()
    assert (one.slug, one.title) == ("sarah", "Billing Dispute · Sarah Thompson")
    entry = files.restore("sarah", "sarah", author="kim")
    assert not entry.deleted
    assert (folder / "sarah.md").read_bytes() == BOM.encode()
    assert names(folder) == ["ann.md", "sarah.md"]


def test_the_archive_overwrites_nothing(
    files: PersonaFiles, library: Library, folder: Path
) -> None:
    files.archive("sarah", author="kim")
    files.create("sarah", PLAIN, author="kim")
    assert files.archive("sarah", author="kim") == "sarah-2"
    files.create("sarah", "# Persona: Third\n", author="kim")
    with pytest.raises(FilesError, match="already"):
        files.restore("sarah", "sarah", author="kim")
    files.restore("sarah", "sarah-old", author="kim")
    assert names(folder) == ["ann.md", "archive/sarah-2.md", "sarah-old.md", "sarah.md"]


def test_an_archive_that_leads_elsewhere_is_not_used(
    files: PersonaFiles, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / ARCHIVE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FilesError, match="leads out"):
        files.archive("sarah", author="kim")
    assert (folder / "sarah.md").exists()


def test_a_link_is_not_moved(files: PersonaFiles, folder: Path) -> None:
    (folder / "link.md").symlink_to("ann.md")
    with pytest.raises(FilesError, match="is a link"):
        files.rename("link", "other", author="kim")
    assert (folder / "link.md").is_symlink()


def test_a_disk_without_hard_links(
    files: PersonaFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    files.rename("sarah", "sue", author="kim")
    assert names(folder) == ["ann.md", "sue.md"]
    with pytest.raises(FilesError, match="already"):
        files.rename("sue", "ann", author="kim")


def test_a_disk_that_is_full(
    files: PersonaFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(FilesError, match="no space left on device; make room"):
        files.rename("sarah", "sue", author="kim")
    assert names(folder) == ["ann.md", "sarah.md"]


def test_a_disk_that_is_read_only(files: PersonaFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(FilesError, match="may not be written to; allow it"):
        files.rename("sarah", "sue", author="kim")
