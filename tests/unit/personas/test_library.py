"""The library: what is saved, what happens on disk, and who hears of it."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from personas.library import Change, Conflict, Library, SaveError
from personas.source import version_of
from tests.support.clock import PATIENCE
from tests.support.persona_text import FULL, PLAIN, swap
from tests.support.places import ROOT

LOUDER = swap("- Speaks fast", "- Speaks louder")
BROKEN = swap("difficulty: hard", "difficulty: brutal")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "personas"
    path.mkdir()
    write(path / "sarah.md", FULL)
    return path


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


class Follower:
    """A library whose folder is watched; collects the changes it tells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library(folder)
        self.changes: asyncio.Queue[Change] = asyncio.Queue()
        self.library.on_change(self.changes.put_nowait)
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(self.library.watch(self.stop))

    async def next(self) -> Change:
        return await asyncio.wait_for(self.changes.get(), PATIENCE)

    async def until(self, happened: Callable[[Change], bool]) -> Change:
        """The first change of which that is true; an editor's save may show in steps."""
        while not happened(change := await self.next()):
            pass
        return change

    async def silence(self, seconds: float = 0.6) -> None:
        """Fail when a change is told within that time."""
        with suppress(TimeoutError):
            change = await asyncio.wait_for(self.changes.get(), seconds)
            pytest.fail(f"told again: {change.entry.slug} from {change.origin}")

    async def settle(self) -> None:
        """Wait until the watch sees changes: until one made on purpose has come through."""
        probe = self.folder / "probe.md"
        write(probe, PLAIN)
        await self.until(lambda change: change.entry.slug == "probe")
        probe.unlink()
        await self.until(lambda change: change.entry.deleted)


@pytest.fixture
async def follower(folder: Path) -> AsyncIterator[Follower]:
    follower = Follower(folder)
    await follower.settle()
    yield follower
    follower.stop.set()
    await asyncio.wait_for(follower.task, PATIENCE)


def replace(path: Path, text: str) -> None:
    """Save as most editors do: a new file, renamed over the old one."""
    new = path.with_suffix(".new")
    write(new, text)
    os.replace(new, path)


# --- reading and saving


def test_it_reads_the_folder_at_once(folder: Path) -> None:
    write(folder / "ann-lee.md", PLAIN)
    write(folder / "README.md", "Not a persona.")
    write(folder / "Not A Slug.md", FULL)
    write(folder / "notes.txt", FULL)
    (folder / "dir.md").mkdir()
    library = Library(folder)
    assert [entry.slug for entry in library.entries()] == ["ann-lee", "sarah", "dir"]
    assert library.skipped() == ["Not A Slug.md"]
    entry = library.get("sarah")
    assert entry is not None
    assert entry.persona is not None
    assert (entry.text, entry.path, entry.deleted) == (FULL, folder / "sarah.md", False)
    assert entry.version == entry.persona.version == version_of(FULL)
    assert "no ordinary file" in library.get("dir").errors[0].message  # type: ignore[union-attr]


def test_an_empty_or_missing_folder(tmp_path: Path) -> None:
    library = Library(tmp_path / "none")
    assert library.entries() == []
    assert library.save("ann-lee", PLAIN, base=None, author="kim").persona is not None
    assert (tmp_path / "none" / "ann-lee.md").read_bytes() == PLAIN.encode()


def test_a_save_keeps_every_byte_and_is_told_once(folder: Path) -> None:
    library = Library(folder)
    told: list[Change] = []
    library.on_change(told.append)
    text = "\ufeff" + LOUDER.replace("\n", "\r\n").rstrip()
    entry = library.save("sarah", text, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_bytes() == text.encode()
    assert [(c.origin, c.author, c.entry) for c in told] == [("page", "kim", entry)]
    assert entry == library.get("sarah")
    assert os.listdir(folder) == ["sarah.md"]


def test_a_save_with_errors_keeps_the_last_good_persona(folder: Path) -> None:
    library = Library(folder)
    entry = library.save("sarah", BROKEN, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == BROKEN
    assert (entry.text, entry.version) == (BROKEN, version_of(BROKEN))
    assert len(entry.errors) == 1
    assert entry.persona is not None
    assert entry.persona.version == version_of(FULL)
    assert library.save("sarah", LOUDER, base=version_of(BROKEN), author="kim").errors == ()


def test_a_file_that_was_never_good_has_no_persona(folder: Path) -> None:
    write(folder / "broken.md", BROKEN)
    entry = Library(folder).get("broken")
    assert entry is not None
    assert entry.persona is None
    assert entry.errors


def test_a_conflict_shows_their_text_and_writes_nothing(folder: Path) -> None:
    library = Library(folder)
    write(folder / "sarah.md", LOUDER)
    for base in (version_of(FULL), None):
        with pytest.raises(Conflict) as caught:
            library.save("sarah", swap("Speaks fast", "Mine"), base=base, author="kim")
        assert caught.value.theirs == LOUDER
    assert (folder / "sarah.md").read_text(encoding="utf-8") == LOUDER
    # What is there already cannot get lost.
    assert library.save("sarah", LOUDER, base=version_of(FULL), author="kim").text == LOUDER


def test_a_deleted_file_can_be_saved_again(folder: Path) -> None:
    library = Library(folder)
    (folder / "sarah.md").unlink()
    library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == LOUDER


@pytest.mark.parametrize(
    "slug",
    [
        *("", "../sarah", "/etc/passwd", "a/b", "a\\b", "Sarah", "sarah.md", "-a", "a\n", "a\0"),
        *("a" * 65, "con", "readme", "ซาร่า"),
    ],
)
def test_names_never_become_paths(folder: Path, slug: str) -> None:
    library = Library(folder)
    with pytest.raises(SaveError, match="cannot be a file's name"):
        library.save(slug, PLAIN, base=None, author="kim")
    assert library.get(slug) is None
    assert sorted(p.name for p in folder.parent.rglob("*")) == ["personas", "sarah.md"]


def test_too_long_a_text_is_not_saved(folder: Path) -> None:
    with pytest.raises(SaveError, match="over 256 KB"):
        Library(folder).save("sarah", "ก" * 90_000, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL


@pytest.mark.parametrize("data", [b"\xff" + FULL.encode(), FULL.encode() + b"x" * 262_144])
def test_a_file_that_the_page_cannot_show_whole_is_not_overwritten(
    folder: Path, data: bytes
) -> None:
    (folder / "sarah.md").write_bytes(data)
    library = Library(folder)
    entry = library.get("sarah")
    assert entry is not None
    assert entry.errors
    with pytest.raises(SaveError, match="Mend it in another editor"):
        library.save("sarah", PLAIN, base=entry.version, author="kim")
    assert (folder / "sarah.md").read_bytes() == data


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")
@pytest.mark.parametrize("exists", [True, False])
def test_links_out_of_the_folder_are_refused(folder: Path, exists: bool) -> None:
    secret = folder.parent / "secret.md"
    if exists:
        write(secret, PLAIN)
    (folder / "link.md").symlink_to(secret)
    library = Library(folder)
    entry = library.get("link")
    assert entry is not None
    assert (entry.persona, entry.text) == (None, "")
    assert "leads out of the folder" in entry.errors[0].message
    with pytest.raises(SaveError, match="leads out of the folder"):
        library.save("link", FULL, base=None, author="kim")
    assert secret.exists() == exists
    (folder / "twin.md").symlink_to(folder / "sarah.md")
    twin = Library(folder).save("twin", LOUDER, base=version_of(FULL), author="kim")
    assert twin.persona is not None
    assert (folder / "twin.md").is_symlink()
    assert (folder / "sarah.md").read_text(encoding="utf-8") == LOUDER


@contextmanager
def nobody() -> Iterator[None]:
    """Run as a user without rights: root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="folders have no such rights on Windows")
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    # Pytest's own folder is closed to others; this one can be entered but not written to.
    folder = Path("/tmp") / f"rehearsal-{os.getpid()}"
    folder.mkdir()
    try:
        write(folder / "sarah.md", FULL)
        folder.chmod(0o555)
        library = Library(folder)
        with nobody(), pytest.raises(SaveError, match=r"sarah\.md was not saved and is as before"):
            library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
        entry = library.get("sarah")
        assert entry is not None
        assert entry.text == FULL
        assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="no limits on file sizes on Windows")
def test_a_full_disk_leaves_the_file_as_it_was(folder: Path) -> None:
    program = """
import resource, signal, sys
from pathlib import Path
from personas.library import Library, SaveError
from personas.source import version_of
library = Library(Path(sys.argv[1]))
text = library.get("sarah").text
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    library.save("sarah", text + "more", base=version_of(text), author="kim")
except SaveError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "sarah.md was not saved and is as before: file too large" in done.stdout
    assert os.listdir(folder) == ["sarah.md"]
    assert (folder / "sarah.md").read_text(encoding="utf-8") == FULL


@pytest.mark.skipif(os.name == "nt", reason="files have no such mode on Windows")
def test_a_save_keeps_the_mode_of_the_file(folder: Path) -> None:
    (folder / "sarah.md").chmod(0o640)
    Library(folder).save("sarah", LOUDER, base=version_of(FULL), author="kim")
    assert (folder / "sarah.md").stat().st_mode & 0o777 == 0o640


# --- following the disk


async def test_a_change_on_disk_is_told(follower: Follower) -> None:
    write(follower.folder / "sarah.md", LOUDER)
    change = await follower.until(lambda change: not change.entry.errors)
    assert (change.origin, change.author, change.entry.slug) == ("disk", "", "sarah")
    assert change.entry.persona is not None
    assert change.entry.persona.phases[0].notes == ("Speaks louder",)
    assert follower.library.get("sarah") == change.entry
    await follower.silence()


async def test_an_atomic_replacement_is_one_change(follower: Follower) -> None:
    replace(follower.folder / "sarah.md", LOUDER)
    assert (await follower.next()).entry.text == LOUDER
    await follower.silence()


async def test_removing_first_and_writing_then_is_one_change(follower: Follower) -> None:
    path = follower.folder / "sarah.md"
    path.rename(path.with_suffix(".bak"))
    await asyncio.sleep(0.03)
    write(path, LOUDER)
    change = await follower.next()
    assert (change.entry.deleted, change.entry.text) == (False, LOUDER)
    await follower.silence()


async def test_a_broken_change_keeps_the_last_good_persona(follower: Follower) -> None:
    replace(follower.folder / "sarah.md", BROKEN)
    broken = (await follower.next()).entry
    assert broken.text == BROKEN
    assert broken.errors
    assert broken.persona is not None
    assert broken.persona.version == version_of(FULL)
    replace(follower.folder / "sarah.md", FULL)
    assert (await follower.next()).entry.errors == ()


async def test_deleting_keeps_the_persona_and_it_can_come_back(follower: Follower) -> None:
    path = follower.folder / "sarah.md"
    path.unlink()
    gone = (await follower.next()).entry
    assert gone.deleted
    assert gone.persona is not None
    assert follower.library.get("sarah") == gone
    assert follower.library.entries() == []
    write(path, FULL)
    back = await follower.until(lambda change: not change.entry.errors)
    assert (back.entry.deleted, back.entry.text) == (False, FULL)
    assert follower.library.entries() == [back.entry]


async def test_a_rename_is_one_gone_and_one_new(follower: Follower) -> None:
    (follower.folder / "sarah.md").rename(follower.folder / "sarah-two.md")
    changes = [await follower.next(), await follower.next()]
    assert {(c.entry.slug, c.entry.deleted) for c in changes} == {
        ("sarah", True),
        ("sarah-two", False),
    }


async def test_a_save_from_the_page_is_not_told_again_from_disk(follower: Follower) -> None:
    follower.library.save("sarah", LOUDER, base=version_of(FULL), author="kim")
    assert (await follower.next()).origin == "page"
    await follower.silence(1.5)
    follower.library.save("sarah", FULL, base=version_of(LOUDER), author="kim")
    assert (await follower.next()).origin == "page"
    write(follower.folder / "sarah.md", BROKEN)
    assert (await follower.until(lambda c: c.entry.text == BROKEN)).origin == "disk"


async def test_touching_a_file_is_no_change(follower: Follower) -> None:
    os.utime(follower.folder / "sarah.md")
    (follower.folder / "sarah.txt").write_text("not a persona", encoding="utf-8")
    await follower.silence(1.5)


async def test_listeners_that_fail_or_leave(
    follower: Follower, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(change: Change) -> None:
        raise RuntimeError("no")

    end = follower.library.on_change(fail)
    heard: list[Change] = []
    follower.library.on_change(heard.append)
    replace(follower.folder / "sarah.md", LOUDER)
    await follower.next()
    assert "an observer of the change of sarah failed" in caplog.text
    assert len(heard) == 1
    caplog.clear()
    end()
    end()
    replace(follower.folder / "sarah.md", FULL)
    await follower.next()
    assert caplog.text == ""


async def test_a_save_in_another_thread_is_told_on_the_loop(follower: Follower) -> None:
    threads: list[int] = []
    follower.library.on_change(lambda _: threads.append(threading.get_ident()))
    await asyncio.to_thread(
        follower.library.save, "sarah", LOUDER, base=version_of(FULL), author="kim"
    )
    await follower.next()
    assert threads == [threading.get_ident()]


async def test_a_file_that_cannot_be_read_and_then_can(follower: Follower) -> None:
    path = follower.folder / "sarah.md"
    path.unlink()
    path.mkdir()
    change = await follower.until(lambda change: bool(change.entry.errors))
    assert "no ordinary file" in change.entry.errors[0].message
    assert change.entry.persona is not None
    path.rmdir()
    write(path, FULL)
    assert (await follower.until(lambda c: not c.entry.errors)).entry.text == FULL


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")
async def test_a_change_that_the_system_does_not_report_is_found(follower: Follower) -> None:
    # Only the file behind a link is reported as changed, and a shared disk may report nothing.
    (follower.folder / "twin.md").symlink_to("sarah.md")
    await follower.until(lambda change: change.entry.slug == "twin")
    write(follower.folder / "sarah.md", LOUDER)
    await follower.until(lambda c: c.entry.slug == "twin" and c.entry.text == LOUDER)


async def test_the_folder_vanishes_and_comes_back(follower: Follower) -> None:
    aside = follower.folder.with_name("aside")
    follower.folder.rename(aside)
    assert (await follower.next()).entry.deleted
    aside.rename(follower.folder)
    assert not (await follower.next()).entry.deleted
    await follower.settle()


async def test_another_folder_takes_its_place(follower: Follower) -> None:
    other = follower.folder.with_name("other")
    other.mkdir()
    write(other / "sarah.md", LOUDER)
    follower.folder.rename(follower.folder.with_name("old"))
    other.rename(follower.folder)
    await follower.until(lambda change: change.entry.text == LOUDER and not change.entry.deleted)
    replace(follower.folder / "sarah.md", FULL)
    await follower.until(lambda change: change.entry.text == FULL)


async def test_a_checkout_of_many_files(follower: Follower) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=follower.folder, check=True, capture_output=True)

    def text_of(number: int) -> str:
        entry = follower.library.get(f"p{number}")
        return entry.text if entry else ""

    for number in range(12):
        write(follower.folder / f"p{number}.md", swap("Speaks fast", f"Was {number}"))
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one")
    for number in range(12):
        write(follower.folder / f"p{number}.md", swap("Speaks fast", f"Is {number}"))
    while not all(text_of(n).count(f"Is {n}\n") for n in range(12)):
        await follower.next()
    git("checkout", "-q", ".")
    while not all(text_of(n).count(f"Was {n}\n") for n in range(12)):
        await follower.next()
    assert not any(entry.errors for entry in follower.library.entries())


async def test_changes_between_reading_and_watching_are_told(folder: Path) -> None:
    library = Library(folder)
    told: asyncio.Queue[Change] = asyncio.Queue()
    library.on_change(told.put_nowait)
    write(folder / "sarah.md", LOUDER)
    stop = asyncio.Event()
    task = asyncio.create_task(library.watch(stop))
    assert (await asyncio.wait_for(told.get(), PATIENCE)).entry.text == LOUDER
    stop.set()
    await asyncio.wait_for(task, PATIENCE)


async def test_watching_a_folder_that_comes_later(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "later")
    await asyncio.sleep(0.1)
    follower.folder.mkdir()
    write(follower.folder / "sarah.md", FULL)
    assert (await follower.until(lambda c: not c.entry.errors)).entry.slug == "sarah"
    follower.stop.set()
    await asyncio.wait_for(follower.task, PATIENCE)


async def test_watching_can_be_cancelled(folder: Path) -> None:
    follower = Follower(folder)
    await follower.settle()
    follower.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(follower.task, PATIENCE)
