"""Every content that a persona's file has had is kept, whatever becomes of index, disk or name."""

import asyncio
import errno
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.calls.version_recorder import VersionRecorder
from data import history, renames
from data.history import INDEX, LINES
from data.renames import Renames
from data.versions import Version, Versions, VersionsError
from personas.library import Conflict, Library
from personas.source import LIMIT, version_of
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import PLAIN, swap

OTHER = swap("- An apology", "- An apology (-3)", PLAIN)
SLUG = "ann-lee"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "versions"


@pytest.fixture
def versions(folder: Path) -> Iterator[Versions]:
    kept = Versions(folder)
    yield kept
    kept.close()


def keep(versions: Versions, text: str, moment: float | None = None, author: str = "") -> bool:
    """Keep a text of Ann Lee's and wait for it."""
    origin = "page" if author else "disk"
    future = versions.keep(
        SLUG, version_of(text), text, author=author, origin=origin, moment=moment
    )
    return future.result(PATIENCE)


def texts(versions: Versions, slug: str = SLUG) -> list[str | None]:
    """The texts of a persona, the newest first."""
    return [versions.text(slug, row.version) for row in versions.list(slug)]


def full(*_: object) -> None:
    """What a full disk does to whoever writes."""
    raise OSError(errno.ENOSPC, "No space left on device")


def restarted(versions: Versions, folder: Path) -> Versions:
    versions.close()
    return Versions(folder)


@pytest.mark.parametrize(("label", "note"), [("x" * 81, ""), ("", "x" * 2001)])
def test_too_long_a_label_or_note_is_refused_and_not_cut(
    label: str, note: str, versions: Versions
) -> None:
    assert keep(versions, "one", 100.0)
    versions.describe(SLUG, version_of("one"), label="kept", note="")
    with pytest.raises(VersionsError, match="at most 80 characters, and a note 2,000"):
        versions.describe(SLUG, version_of("one"), label=label, note=note)
    assert versions.list(SLUG)[0].label == "kept"


def test_each_distinct_text_is_kept_once_and_outlives_the_process(
    versions: Versions, folder: Path
) -> None:
    assert keep(versions, "one", 100.0)
    assert not keep(versions, "one", 150.0)
    assert keep(versions, "two", 200.0, "author")
    versions.describe(SLUG, version_of("two"), label=" softer ", note="After the pilot.")

    versions = restarted(versions, folder)
    assert texts(versions) == ["two", "one"]
    assert versions.list(SLUG) == (
        Version(version_of("two"), 200.0, "author", "page", "softer", "After the pilot."),
        Version(version_of("one"), 100.0),
    )
    assert versions.list("nobody") == ()
    assert versions.text(SLUG, "../../users") is None


def test_a_text_that_comes_back_is_the_newest_again(versions: Versions) -> None:
    keep(versions, "one", 100.0)
    keep(versions, "two", 200.0)
    assert keep(versions, "one", 300.0, "author")
    assert texts(versions) == ["one", "two"]
    first = versions.list(SLUG)[0]
    assert (first.time, first.again, first.again_by) == (100.0, 300.0, "author")


def test_an_old_file_put_back_counts_from_the_moment_at_which_it_is_seen(
    versions: Versions,
) -> None:
    keep(versions, "one", 100.0)
    keep(versions, "two", 200.0)
    assert keep(versions, "three", 50.0)
    assert keep(versions, "one", 100.0)
    assert texts(versions) == ["one", "three", "two"]
    assert not keep(versions, "one", 100.0)


def test_what_is_no_text_is_left_out(versions: Versions) -> None:
    assert not versions.keep(SLUG, version_of(b"\xff\xfe"), "\ufffd\ufffd").result(PATIENCE)
    assert not versions.keep(SLUG, "", "text").result(PATIENCE)
    assert versions.list(SLUG) == ()


def test_line_ends_and_marks_are_kept_to_the_byte(versions: Versions, folder: Path) -> None:
    text = "\ufeffone\r\ntwo\rthree\nกำ\u2028x"
    keep(versions, text)
    assert texts(versions) == [text]
    assert (folder / SLUG / f"{version_of(text)}.md").read_bytes() == text.encode()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": {"1": 5}}', b"\xff"])
def test_a_damaged_index_is_made_from_the_files(
    versions: Versions, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    keep(versions, "one", 100.0)
    keep(versions, "two", 200.0)
    for version, moment in ((version_of("one"), 100.0), (version_of("two"), 200.0)):
        os.utime(folder / SLUG / f"{version}.md", (moment, moment))
    (folder / SLUG / LINES).write_bytes(content)
    (folder / SLUG / INDEX).write_bytes(content)

    versions = restarted(versions, folder)
    assert texts(versions) == ["two", "one"]
    assert [row.origin for row in versions.list(SLUG)] == ["found", "found"]
    assert f"{INDEX} is damaged" in caplog.text
    assert (folder / SLUG / INDEX).read_bytes() == content
    # The next save of the same text says again what only the index knew.
    keep(versions, "two", 300.0, "author")
    assert versions.list(SLUG)[0].author == "author"


def test_rows_that_make_no_sense_and_strange_files_do_no_harm(
    versions: Versions, folder: Path
) -> None:
    keep(versions, "one", 100.0)
    versions = restarted(versions, folder)
    rows = (
        '{"version": "aaaaaaaaaaaa", "ti',
        '[[["version", 1]]]',
        '{"version": "../../x", "time": 1}',
        '{"version": "aaaaaaaaaaaa", "time": "soon"}',
        '{"version": "bbbbbbbbbbbb"}',
        '{"version": "cccccccccccc", "time": 5.0, "later": true}',
    )
    with (folder / SLUG / LINES).open("a") as lines:
        lines.write("\n".join(rows))
    (folder / SLUG / "notes.md").write_text("mine")
    assert texts(versions) == ["one"]


def test_a_version_whose_file_is_damaged_has_no_text(versions: Versions, folder: Path) -> None:
    keep(versions, "one")
    (folder / SLUG / f"{version_of('one')}.md").write_text("forged")
    assert texts(versions) == [None]


def test_a_full_disk_is_said_and_what_was_not_kept_is_kept_later(
    versions: Versions,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keep(versions, "one", 100.0)

    with monkeypatch.context() as disk:
        disk.setattr(history, "write_atomic", full)
        assert not keep(versions, "two", 200.0, "author")
        assert not keep(versions, "three", 300.0)
    assert "No space left on device. Make room on the disk" in versions.trouble
    assert str(folder) in versions.trouble
    assert versions.trouble in caplog.text
    assert texts(versions) == ["one"]

    versions.retry()
    assert versions.trouble == ""
    assert texts(versions) == ["three", "two", "one"]
    assert versions.list(SLUG)[1].author == "author"


def test_a_disk_that_fills_up_between_file_and_index_loses_nothing(
    versions: Versions, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(history, "Journal", full)
        assert not keep(versions, "one", 100.0, "author")
        versions = restarted(versions, folder)
        assert texts(versions) == ["one"]
    versions = restarted(versions, folder)
    assert texts(versions) == ["one"]


def test_a_place_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "versions").write_text("a file where the folder should be")
    versions = Versions(tmp_path / "versions")
    assert not keep(versions, "one")
    assert "New versions are not being kept" in versions.trouble
    assert "Saving personas still works" in versions.trouble
    with pytest.raises(VersionsError, match="cannot be read or written"):
        versions.list(SLUG)
    versions.close()


def test_one_persona_that_cannot_be_kept_holds_up_no_other(
    versions: Versions, folder: Path
) -> None:
    folder.mkdir()
    (folder / SLUG).write_text("in the way")
    assert not keep(versions, "one")
    assert versions.keep("bob", version_of("two"), "two").result(PATIENCE)
    assert versions.trouble
    (folder / SLUG).unlink()
    versions.retry()
    assert (texts(versions), texts(versions, "bob"), versions.trouble) == (["one"], ["two"], "")


def test_many_threads_lose_nothing(versions: Versions, folder: Path) -> None:
    def write(name: str) -> None:
        for number in range(10):
            keep(versions, f"{name}{number}")
            keep(versions, f"both{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = restarted(versions, folder)
    expected = {f"{name}{n}" for name in ("a", "b", "c", "both") for n in range(10)}
    assert sorted(filter(None, texts(versions))) == sorted(expected)


def test_more_personas_than_are_remembered_are_read_again(versions: Versions) -> None:
    for number in range(100):
        versions.keep(f"p{number}", version_of("text"), "text")
    assert all(texts(versions, f"p{number}") == ["text"] for number in range(100))


def test_a_renamed_persona_brings_its_versions_along(versions: Versions, folder: Path) -> None:
    keep(versions, "one", 100.0)
    assert versions.renamed(SLUG, "ann-smith").result(PATIENCE)
    versions.keep("ann-smith", version_of("two"), "two")
    assert texts(versions, "ann-smith") == ["two", "one"]
    assert texts(versions) == []
    assert [name.slug for name in versions.names("ann-smith")] == ["ann-smith", SLUG]
    versions = restarted(versions, folder)
    assert versions.heir(SLUG) == "ann-smith"
    assert texts(versions, "ann-smith") == ["two", "one"]


def test_a_rename_that_a_full_disk_hinders_is_made_later(
    versions: Versions, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(versions, "one", 100.0)
    with monkeypatch.context() as disk:
        disk.setattr(renames, "Journal", full)
        assert not versions.renamed(SLUG, "archive.ann-lee").result(PATIENCE)
        assert "The history of ann-lee stays behind: No space left" in versions.trouble
        keep(versions, "another Ann")
    versions.retry()
    assert versions.trouble == ""
    assert texts(versions, "archive.ann-lee") == ["one"]
    assert texts(versions) == ["another Ann"]
    versions = restarted(versions, folder)
    assert [name.slug for name in versions.names("archive.ann-lee")] == ["archive.ann-lee", SLUG]


def test_a_rename_that_the_folder_told_first_makes_one_history(versions: Versions) -> None:
    keep(versions, "one", 100.0)
    versions.describe(SLUG, version_of("one"), label="first", note="")
    versions.keep("ann-smith", version_of("one"), "one", moment=300.0)
    versions.keep("ann-smith", version_of("two"), "two", moment=400.0)
    assert versions.renamed(SLUG, "ann-smith").result(PATIENCE)
    two, one = versions.list("ann-smith")
    assert (two.version, one.version) == (version_of("two"), version_of("one"))
    assert (one.label, one.time) == ("first", 100.0)
    assert texts(versions) == []


def test_a_name_may_be_given_away_taken_back_and_given_to_another(tmp_path: Path) -> None:
    renames = Renames(tmp_path)
    renames.add("a", "b", 10.0)  # the first one leaves the name
    renames.add("a", "c", 20.0)  # another one had it and leaves too
    renames.add("b", "a", 30.0)  # the first one comes back
    renames = Renames(tmp_path)

    def owner(slug: str, moment: float) -> list[str]:
        present = ("a", "b", "c")
        return [n for n in present if any(x.covers(slug, moment) for x in renames.names(n))]

    assert owner("a", 5.0) == ["a"]
    assert owner("b", 15.0) == ["a"]
    assert owner("a", 15.0) == ["c"]
    assert owner("a", 35.0) == ["a"]
    assert owner("c", 25.0) == ["c"]
    assert (renames.heir("b"), renames.heir("a"), renames.heir("x")) == ("a", "a", "x")


class Followed:
    """A personas folder with one file, a library on it, and what keeps its versions."""

    def __init__(self, tmp_path: Path) -> None:
        self.file = tmp_path / f"{SLUG}.md"
        self.file.write_text(PLAIN, encoding="utf-8", newline="")
        self.library = Library(tmp_path)
        self.versions = Versions(tmp_path / "data")
        self.version_recorder = VersionRecorder(self.library, self.versions)


async def test_first_sight_page_and_disk_are_all_kept(tmp_path: Path) -> None:
    here = Followed(tmp_path)
    os.utime(here.file, (1000.0, 1000.0))
    await here.version_recorder.sync_at_start()
    entry = here.library.save(SLUG, OTHER, base=version_of(PLAIN), author="author")
    third = OTHER + "\nmore\n"
    stop = asyncio.Event()
    watching = asyncio.create_task(here.library.watch(stop))
    here.file.write_text(third, encoding="utf-8", newline="")
    await until(lambda: len(here.versions.list(SLUG)) == 3)
    stop.set()
    await watching

    assert texts(here.versions) == [third, OTHER, PLAIN]
    newest, saved, first = here.versions.list(SLUG)
    assert (first.time, first.author, first.origin) == (1000.0, "", "disk")
    assert (saved.version, saved.author, saved.origin) == (entry.version, "author", "page")
    assert (newest.author, newest.origin) == ("", "disk")
    here.versions.close()


async def test_what_was_there_before_the_first_save_is_kept_before_it(tmp_path: Path) -> None:
    here = Followed(tmp_path)
    here.library.save(SLUG, OTHER, base=version_of(PLAIN), author="author")
    await here.version_recorder.sync_at_start()
    assert texts(here.versions) == [OTHER, PLAIN]
    here.versions.close()


async def test_a_text_with_errors_is_a_version_and_half_a_file_is_none(tmp_path: Path) -> None:
    here = Followed(tmp_path)
    broken = swap("# Persona: Ann Lee", "# Nobody", PLAIN)
    here.library.save(SLUG, broken, base=version_of(PLAIN), author="author")
    for name, data in (("long", b"x" * (LIMIT + 5)), ("latin", "é".encode("latin-1"))):
        (tmp_path / f"{name}.md").write_bytes(data)
    again = VersionRecorder(Library(tmp_path), here.versions)
    await again.sync_at_start()
    assert texts(here.versions) == [broken, PLAIN]
    assert (here.versions.list("long"), here.versions.list("latin")) == ((), ())
    here.versions.close()


async def test_a_full_disk_of_the_versions_does_not_hinder_a_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = Followed(tmp_path)
    await here.version_recorder.sync_at_start()

    monkeypatch.setattr(history, "write_atomic", full)
    with caplog.at_level(logging.ERROR):
        here.library.save(SLUG, OTHER, base=version_of(PLAIN), author="author")
        assert texts(here.versions) == [PLAIN]
    assert here.file.read_text(encoding="utf-8") == OTHER
    assert here.versions.trouble
    here.versions.close()


def test_of_two_savers_both_texts_or_a_conflict_remain(tmp_path: Path) -> None:
    here = Followed(tmp_path)
    refused: list[str] = []

    def save(name: str) -> None:
        base = version_of(PLAIN)
        for number in range(5):
            text = f"{PLAIN}\n{name} {number}\n"
            try:
                here.library.save(SLUG, text, base=base, author=name)
                base = version_of(text)
            except Conflict as conflict:
                refused.append(text)
                base = version_of(conflict.theirs)

    threads = [threading.Thread(target=save, args=(name,)) for name in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = {f"{PLAIN}\n{name} {number}\n" for name in ("ann", "bob") for number in range(5)}
    kept = set(filter(None, texts(here.versions)))
    assert kept == (everything - set(refused)) | {PLAIN}
    assert here.versions.list(SLUG)[0].version == version_of(here.file.read_bytes())
    assert replace(here.versions.list(SLUG)[-1], time=0.0) == Version(version_of(PLAIN), 0.0)
    here.versions.close()
