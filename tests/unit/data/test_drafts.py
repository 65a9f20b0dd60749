"""Drafts: what was typed and not saved outlives the page and the process."""

import asyncio
import errno
import json
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from data import drafts as module
from data.common.files import write_atomic
from data.drafts import LONGEST, Draft, Drafts
from tests.support.clock import PATIENCE, until

FIRST = Draft("author", "ann-lee", "p1", "Hello\n", "Hi\n", "aaaa00000000", 100.0)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts")


def again(drafts: Drafts, tmp_path: Path) -> Drafts:
    """As after a restart, once all was written."""
    drafts.flush()
    return Drafts(tmp_path / "drafts")


def test_a_draft_outlives_the_process(drafts: Drafts, tmp_path: Path) -> None:
    drafts.note(FIRST)
    assert drafts.of("author", "ann-lee") == [FIRST]
    assert again(drafts, tmp_path).of("author", "ann-lee") == [FIRST]


def test_each_page_has_its_own_and_the_newest_comes_first(drafts: Drafts, tmp_path: Path) -> None:
    other = replace(FIRST, page="p2", text="Other\n", time=200.0)
    drafts.note(FIRST)
    drafts.note(other)
    assert again(drafts, tmp_path).of("author", "ann-lee") == [other, FIRST]


def test_the_last_text_of_a_page_counts(drafts: Drafts, tmp_path: Path) -> None:
    later = replace(FIRST, text="Later\n", time=101.0)
    drafts.note(FIRST)
    drafts.flush()
    drafts.note(later)
    assert drafts.of("author", "ann-lee") == [later]
    assert again(drafts, tmp_path).of("author", "ann-lee") == [later]


def test_authors_and_personas_are_kept_apart(drafts: Drafts) -> None:
    drafts.note(FIRST)
    drafts.flush()
    assert drafts.of("admin", "ann-lee") == []
    assert drafts.of("author", "ann") == []


def test_a_discarded_draft_is_gone_before_and_after_it_was_written(
    drafts: Drafts, tmp_path: Path
) -> None:
    drafts.note(FIRST)
    drafts.discard("author", "ann-lee", "p1")
    drafts.flush()
    assert drafts.of("author", "ann-lee") == []
    drafts.note(FIRST)
    drafts.flush()
    drafts.discard("author", "ann-lee", "p1")
    assert again(drafts, tmp_path).of("author", "ann-lee") == []


def test_who_types_does_not_wait_for_the_disk(
    drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_disk, go_on = threading.Event(), threading.Event()
    later, seen = replace(FIRST, text="Later\n", time=101.0), list[Draft]()

    def slow(path: Path, data: bytes) -> None:
        at_the_disk.set()
        assert go_on.wait(PATIENCE)

    def type_on() -> None:
        drafts.note(later)
        drafts.note(replace(FIRST, page="p2"))
        drafts.discard("author", "ann-lee", "p2")
        seen.extend(drafts.of("author", "ann-lee"))

    assert drafts.of("author", "ann-lee") == []
    drafts.note(FIRST)
    monkeypatch.setattr(module, "write_atomic", slow)
    writing = threading.Thread(target=drafts.flush)
    typing = threading.Thread(target=type_on)
    writing.start()
    assert at_the_disk.wait(PATIENCE)
    typing.start()
    typing.join(10)
    assert seen == [later]
    go_on.set()
    writing.join(PATIENCE)
    typing.join(PATIENCE)


def test_what_is_typed_while_it_is_written_is_written_next(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, later = write_atomic, replace(FIRST, text="Later\n", time=101.0)

    def typed_on(path: Path, data: bytes) -> None:
        write(path, data)
        drafts.note(later)

    drafts.note(FIRST)
    drafts.note(replace(FIRST, page="p2"))
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomic", typed_on)
        drafts.flush()
    drafts.discard("author", "ann-lee", "p2")
    assert again(drafts, tmp_path).of("author", "ann-lee") == [later]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "ก\0", "\ud800", "x" * 4000])
def test_no_name_is_a_path(drafts: Drafts, tmp_path: Path, name: str) -> None:
    draft = Draft(name, name, name, "text", "", "", 1.0)
    drafts.note(draft)
    drafts.flush()
    assert drafts.of(name, name) == [draft]
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.parent == tmp_path / "drafts"


def test_any_text_is_kept_to_the_character(drafts: Drafts, tmp_path: Path) -> None:
    text = "NUL \0, half \ud83d, CR \r\n, สวัสดี, \u2028 <script>"
    drafts.note(replace(FIRST, text=text))
    assert again(drafts, tmp_path).of("author", "ann-lee")[0].text == text


def test_a_text_far_too_long_is_not_kept_and_leaves_the_last_one(drafts: Drafts) -> None:
    assert drafts.note(FIRST)
    assert not drafts.note(replace(FIRST, text="x" * (LONGEST + 1)))
    assert drafts.of("author", "ann-lee") == [FIRST]


def test_a_full_disk_is_told_and_tried_again(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    drafts.note(FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomic", full)
        drafts.flush()
    assert "No space left on device" in drafts.trouble
    assert drafts.of("author", "ann-lee") == [FIRST]
    assert again(drafts, tmp_path).of("author", "ann-lee") == [FIRST]
    assert drafts.trouble == ""


def test_files_that_are_no_drafts_are_passed_over(drafts: Drafts, tmp_path: Path) -> None:
    drafts.note(FIRST)
    drafts.flush()
    (file,) = (tmp_path / "drafts").iterdir()
    stem = file.name.partition("-")[0]
    for name, text in (("a", "{"), ("b", "[]"), ("c", json.dumps({"author": "author"}))):
        (file.parent / f"{stem}-{name}.json").write_text(text)
    assert drafts.of("author", "ann-lee") == [FIRST]


async def test_it_is_written_by_itself(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    drafts.note(FIRST)
    writing = asyncio.create_task(drafts.run())
    await until(lambda: bool(Drafts(tmp_path / "drafts").of("author", "ann-lee")))
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing


@pytest.mark.parametrize("written", [True, False])
def test_everyone_s_drafts_follow_a_rename(drafts: Drafts, tmp_path: Path, written: bool) -> None:
    others = [replace(FIRST, author="admin", page="p2"), replace(FIRST, slug="bob", page="p3")]
    for draft in (FIRST, *others):
        drafts.note(draft)
    if written:
        drafts.flush()
    drafts.renamed("ann-lee", "ann")
    for kept in (drafts, again(drafts, tmp_path)):
        assert kept.of("author", "ann") == [replace(FIRST, slug="ann")]
        assert kept.of("admin", "ann") == [replace(others[0], slug="ann")]
        assert kept.of("author", "bob") == [others[1]]
        assert kept.of("author", "ann-lee") == kept.of("admin", "ann-lee") == []


def test_a_draft_that_cannot_be_moved_is_in_neither_place_lost(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    drafts.note(FIRST)
    drafts.flush()
    drafts.renamed("ann-lee", "ann")
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomic", full)
        drafts.flush()
    assert drafts.of("author", "ann") == [replace(FIRST, slug="ann")]
    assert Drafts(tmp_path / "drafts").of("author", "ann-lee") == [FIRST]
    assert again(drafts, tmp_path).of("author", "ann") == [replace(FIRST, slug="ann")]
    assert Drafts(tmp_path / "drafts").of("author", "ann-lee") == []


def test_a_rename_while_a_page_is_open_finds_what_the_disk_has_under_the_new_name(
    drafts: Drafts,
) -> None:
    old, new = FIRST, replace(FIRST, slug="ann", page="p2", text="Of before\n")
    for draft in (old, new):
        drafts.note(draft)
    drafts.flush()
    opened = Drafts(drafts._folder)
    assert opened.of("author", "ann-lee") == [old]
    opened.renamed("ann-lee", "ann")
    opened.flush()
    assert {draft.page for draft in opened.of("author", "ann")} == {"p1", "p2"}


def test_a_draft_of_before_merges_were_kept_is_read(drafts: Drafts, tmp_path: Path) -> None:
    drafts.note(FIRST)
    drafts.flush()
    (file,) = (tmp_path / "drafts").iterdir()
    values = json.loads(file.read_bytes())
    del values["merge"]
    file.write_text(json.dumps(values))
    assert drafts.of("author", "ann-lee") == [FIRST]


def test_a_rename_while_a_persona_is_asked_about_leaves_nothing_under_the_old_name(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts.note(FIRST)
    drafts = again(drafts, tmp_path)

    class Disk:
        """Somebody renames the persona as soon as the disk is free again."""

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None:
            monkeypatch.undo()
            drafts.renamed("ann-lee", "ann")

    monkeypatch.setattr(drafts, "_disk", Disk())
    assert drafts.of("author", "ann-lee") == []
    assert drafts.of("author", "ann") == [replace(FIRST, slug="ann")]
