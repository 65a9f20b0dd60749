"""Making, renaming, archiving: nothing is overwritten, nothing is deleted, nothing leaves."""

import errno
import os
from pathlib import Path

import pytest

from personas.library import Change, Library
from personas.moves import ARCHIVE
from personas.persona_files import PersonaFiles, ShelfError
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
def shelf(library: Library) -> PersonaFiles:
    return PersonaFiles(library)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))


def changes(library: Library) -> list[Change]:
    told: list[Change] = []
    library.on_change(told.append)
    return told


def test_a_new_file_is_made_once(shelf: PersonaFiles, library: Library, folder: Path) -> None:
    entry = shelf.create("dana", PLAIN, author="kim")
    assert entry.persona is not None
    assert library.get("dana") == entry
    with pytest.raises(ShelfError, match=r"dana\.md already"):
        shelf.create("dana", PLAIN, author="kim")  # the same words are no leave to share a file
    with pytest.raises(ShelfError, match="already"):
        shelf.create("ann", FULL, author="kim")
    assert (folder / "ann.md").read_text(encoding="utf-8") == PLAIN


def test_a_renamed_file_keeps_its_bytes_and_everyone_hears_of_it(
    shelf: PersonaFiles, library: Library, folder: Path
) -> None:
    told = changes(library)
    before = (folder / "sarah.md").stat().st_mtime_ns
    entry = shelf.rename("sarah", "sarah-thompson", author="kim")
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
def test_no_name_becomes_a_path(shelf: PersonaFiles, folder: Path, name: str) -> None:
    for act in (
        lambda: shelf.create(name, PLAIN, author="kim"),
        lambda: shelf.rename("sarah", name, author="kim"),
        lambda: shelf.rename(name, "fresh", author="kim"),
        lambda: shelf.archive(name, author="kim"),
        lambda: shelf.restore(name, "fresh", author="kim"),
        lambda: shelf.restore("sarah", name, author="kim"),
    ):
        with pytest.raises(ShelfError):
            act()
    assert names(folder) == ["ann.md", "sarah.md"]
    assert [path.name for path in folder.parent.iterdir()] == ["personas"]


def test_a_name_that_is_taken_stays_as_it_is(shelf: PersonaFiles, folder: Path) -> None:
    with pytest.raises(ShelfError, match=r"ann\.md already"):
        shelf.rename("sarah", "ann", author="kim")
    assert (folder / "ann.md").read_text(encoding="utf-8") == PLAIN
    assert (folder / "sarah.md").read_bytes() == BOM.encode()


def test_a_file_that_is_gone(shelf: PersonaFiles) -> None:
    with pytest.raises(ShelfError, match="no longer there"):
        shelf.rename("bob", "rob", author="kim")
    with pytest.raises(ShelfError, match="no longer there"):
        shelf.archive("bob", author="kim")


def test_put_away_and_brought_back(shelf: PersonaFiles, library: Library, folder: Path) -> None:
    assert shelf.archived() == []
    assert shelf.archive("sarah", author="kim") == "sarah"
    assert names(folder) == ["ann.md", "archive/sarah.md"]
    assert [entry.slug for entry in library.entries()] == ["ann"]
    (one,) = shelf.archived()
    assert (one.slug, one.title) == ("sarah", "Billing Dispute · Sarah Thompson")
    entry = shelf.restore("sarah", "sarah", author="kim")
    assert not entry.deleted
    assert (folder / "sarah.md").read_bytes() == BOM.encode()
    assert names(folder) == ["ann.md", "sarah.md"]


def test_the_archive_overwrites_nothing(
    shelf: PersonaFiles, library: Library, folder: Path
) -> None:
    shelf.archive("sarah", author="kim")
    shelf.create("sarah", PLAIN, author="kim")
    assert shelf.archive("sarah", author="kim") == "sarah-2"
    shelf.create("sarah", "# Persona: Third\n", author="kim")
    with pytest.raises(ShelfError, match="already"):
        shelf.restore("sarah", "sarah", author="kim")
    shelf.restore("sarah", "sarah-old", author="kim")
    assert names(folder) == ["ann.md", "archive/sarah-2.md", "sarah-old.md", "sarah.md"]


def test_an_archive_that_leads_elsewhere_is_not_used(
    shelf: PersonaFiles, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / ARCHIVE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ShelfError, match="leads out"):
        shelf.archive("sarah", author="kim")
    assert (folder / "sarah.md").exists()


def test_a_link_is_not_moved(shelf: PersonaFiles, folder: Path) -> None:
    (folder / "link.md").symlink_to("ann.md")
    with pytest.raises(ShelfError, match="is a link"):
        shelf.rename("link", "other", author="kim")
    assert (folder / "link.md").is_symlink()


def test_a_disk_without_hard_links(
    shelf: PersonaFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    shelf.rename("sarah", "sue", author="kim")
    assert names(folder) == ["ann.md", "sue.md"]
    with pytest.raises(ShelfError, match="already"):
        shelf.rename("sue", "ann", author="kim")


def test_a_disk_that_is_full(
    shelf: PersonaFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(ShelfError, match="no space left on device; make room"):
        shelf.rename("sarah", "sue", author="kim")
    assert names(folder) == ["ann.md", "sarah.md"]


def test_a_disk_that_is_read_only(shelf: PersonaFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ShelfError, match="may not be written to; allow it"):
        shelf.rename("sarah", "sue", author="kim")
