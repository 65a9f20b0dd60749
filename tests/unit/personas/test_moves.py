"""A file that gets another name outside the app keeps its history; a copy begins one of its own."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from agent.calls.version_recorder import VersionRecorder
from data.versions import Versions
from personas import moves
from personas.library import Library, Renamed
from personas.persona_files import PersonaFiles
from personas.source import version_of
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import FULL, PLAIN, swap

ANN = swap("- An apology", "- An apology (-3)", PLAIN)
LATER = ANN + "\nmore\n"


class World:
    """A personas folder, what is kept of it, and who is told of other names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "personas"
        self.folder.mkdir(exist_ok=True)
        self.data = folder / "data"
        self.start()

    def start(self) -> None:
        """As when the app starts."""
        self.versions = Versions(self.data)
        self.library = Library(self.folder)
        self.version_recorder = VersionRecorder(self.library, self.versions)
        self.told: list[Renamed] = []
        self.library.on_rename(self.told.append)
        self.persona_files = PersonaFiles(self.library)

    def path(self, slug: str) -> Path:
        return self.folder / f"{slug}.md"

    def write(self, slug: str, text: str) -> None:
        self.path(slug).write_text(text, encoding="utf-8", newline="")

    def has(self, slug: str, *texts: str) -> bool:
        """Whether these are the texts of its history, newest first."""
        kept = [self.versions.text(slug, row.version) for row in self.versions.list(slug)]
        return kept == list(texts)

    def there(self, slug: str) -> bool:
        entry = self.library.get(slug)
        return entry is not None and not entry.deleted

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The app runs: the folder is followed, and each change comes through."""
        await self.version_recorder.sync_at_start()
        stop = asyncio.Event()
        watching = asyncio.create_task(self.library.watch(stop))
        self.write("probe", FULL)
        await until(lambda: self.there("probe"))
        yield
        stop.set()
        await watching
        self.path("probe").unlink()
        self.versions.close()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(moves, "FRESH", PATIENCE)  # a busy machine sees a file go and come late
    made = World(tmp_path)
    made.write("ann", PLAIN)
    made.start()
    return made


async def edited(world: World) -> None:
    """Ann's file is edited on disk, so that her history has two texts."""
    world.write("ann", ANN)
    await until(lambda: world.has("ann", ANN, PLAIN))


async def test_a_file_moved_on_disk_keeps_its_history(world: World) -> None:
    async with world.running():
        await edited(world)
        os.rename(world.path("ann"), world.path("ann-lee"))
        await until(lambda: world.told == [Renamed("ann", "ann-lee")])
        await until(lambda: world.has("ann-lee", ANN, PLAIN))
        assert world.has("ann")
        assert [name.slug for name in world.versions.names("ann-lee")] == ["ann-lee", "ann"]


async def test_git_mv_and_a_checkout_of_the_branch_before(world: World) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Kim", "-c", "user.email=kim@example.org")
        subprocess.run(
            ["git", *who, *words], cwd=world.folder, check=True, capture_output=True, timeout=30
        )

    git("init", "-b", "main")
    git("add", "ann.md")
    git("commit", "-m", "Ann")
    async with world.running():
        git("checkout", "-b", "names")
        git("mv", "ann.md", "ann-lee.md")
        git("commit", "-m", "Ann has a family name")
        await until(lambda: world.told == [Renamed("ann", "ann-lee")])
        git("checkout", "main")
        await until(lambda: world.told[1:] == [Renamed("ann-lee", "ann")])
        await until(lambda: world.has("ann", PLAIN))
        assert world.has("ann-lee")


async def test_a_file_that_goes_first_and_comes_a_moment_later(world: World) -> None:
    async with world.running():
        await edited(world)
        world.path("ann").unlink()
        await until(lambda: not world.there("ann"))
        world.write("ann-lee", ANN)
        await until(lambda: world.has("ann-lee", ANN, PLAIN))
        assert world.told == [Renamed("ann", "ann-lee")]


async def test_a_copy_is_no_other_name(world: World) -> None:
    async with world.running():
        await edited(world)
        shutil.copyfile(world.path("ann"), world.path("ann-copy"))
        await until(lambda: world.has("ann-copy", ANN))
        assert world.told == []
        assert world.has("ann", ANN, PLAIN)


async def test_a_copy_of_long_ago_is_none_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.running():
        shutil.copyfile(world.path("ann"), world.path("ann-copy"))
        await until(lambda: world.has("ann-copy", PLAIN))
        monkeypatch.setattr(moves, "FRESH", 0.0)
        world.path("ann").unlink()
        await until(lambda: not world.there("ann"))
        assert world.told == []
        assert world.has("ann", PLAIN)


async def test_a_copy_of_a_file_that_was_written_again_is_none(world: World) -> None:
    async with world.running():
        world.path("ann").unlink()
        await until(lambda: not world.there("ann"))
        await asyncio.to_thread(
            world.library.save, "ann", PLAIN, base=version_of(PLAIN), author="kim"
        )
        shutil.copyfile(world.path("ann"), world.path("ann-copy"))
        await until(lambda: world.has("ann-copy", PLAIN))
        assert world.told == []
        assert world.has("ann", PLAIN)


async def test_one_of_two_with_the_same_text_is_moved(world: World) -> None:
    world.write("bob", PLAIN)
    world.start()
    async with world.running():
        os.rename(world.path("bob"), world.path("rob"))
        await until(lambda: world.told == [Renamed("bob", "rob")])
        assert world.has("ann", PLAIN)


async def test_a_folder_that_was_away_mixes_nobody_up(world: World) -> None:
    """Two personas have the same text; both go and both come back under their names."""
    world.write("bob", PLAIN)
    world.start()
    async with world.running():
        away = world.folder.with_name("away")
        for slug in ("ann", "bob"):
            os.rename(world.path(slug), away.with_suffix(f".{slug}"))
        await until(lambda: not world.there("ann") and not world.there("bob"))
        for slug in ("bob", "ann"):
            os.rename(away.with_suffix(f".{slug}"), world.path(slug))
            await until(partial(world.there, slug))
        assert world.told == []


async def test_a_name_given_in_the_page_is_told_once(world: World) -> None:
    async with world.running():
        await edited(world)
        await asyncio.to_thread(world.persona_files.rename, "ann", "ann-lee", author="kim")
        await until(lambda: world.has("ann-lee", ANN, PLAIN))
        world.write("probe", PLAIN)  # whatever the folder has told by then has come through
        await until(lambda: world.has("probe", PLAIN, FULL))
        assert world.told == [Renamed("ann", "ann-lee")]


async def test_a_copy_made_in_the_page_does_not_inherit_from_an_archived_one(world: World) -> None:
    async with world.running():
        await asyncio.to_thread(world.persona_files.create, "twin", PLAIN, author="kim")
        await asyncio.to_thread(world.persona_files.archive, "ann", author="kim")
        await until(lambda: world.has("archive.ann", PLAIN))
        assert world.told == [Renamed("ann", "archive.ann")]


# --- while the app was down


async def test_a_file_moved_while_the_app_was_down_keeps_its_history(world: World) -> None:
    async with world.running():
        await edited(world)
    os.rename(world.path("ann"), world.path("ann-lee"))
    world.write("other", LATER)
    world.start()
    async with world.running():
        assert world.told == [Renamed("ann", "ann-lee")]
        assert world.has("ann-lee", ANN, PLAIN)
        assert world.has("other", LATER)


async def test_a_copy_made_while_the_app_was_down_begins_anew(world: World) -> None:
    async with world.running():
        await edited(world)
    shutil.copyfile(world.path("ann"), world.path("ann-copy"))
    world.start()
    async with world.running():
        assert world.told == []
        assert world.has("ann-copy", ANN)
        assert world.has("ann", ANN, PLAIN)


async def test_a_text_that_a_file_had_before_its_last_one_is_no_proof(world: World) -> None:
    async with world.running():
        await edited(world)
    world.path("ann").unlink()
    world.write("bob", PLAIN)
    world.start()
    async with world.running():
        assert world.told == []
        assert world.has("bob", PLAIN)


# --- the archive


async def test_an_archived_persona_and_another_of_its_name_are_told_apart(world: World) -> None:
    async with world.running():
        await edited(world)
        act = world.persona_files
        await asyncio.to_thread(act.archive, "ann", author="kim")
        await asyncio.to_thread(act.create, "ann", LATER, author="kim")
        await until(lambda: world.has("ann", LATER))
        await asyncio.to_thread(act.archive, "ann", author="kim")
        await until(lambda: world.has("archive.ann-2", LATER))
        assert world.has("ann")
        await asyncio.to_thread(act.restore, "ann", "ann-lee", author="kim")
        await until(lambda: world.has("ann-lee", ANN, PLAIN))
        assert world.has("archive.ann-2", LATER)


async def test_a_file_put_away_and_brought_back_on_disk(world: World) -> None:
    async with world.running():
        await edited(world)
        archive = world.folder / moves.ARCHIVE
        archive.mkdir()
        os.rename(world.path("ann"), archive / "ann.md")
        await until(lambda: world.has("archive.ann", ANN, PLAIN))
        world.write("ann", LATER)
        await until(lambda: world.has("ann", LATER))
        os.rename(archive / "ann.md", world.path("ann-lee"))
        await until(lambda: world.has("ann-lee", ANN, PLAIN))
        assert world.has("ann", LATER)


async def test_what_was_archived_while_the_app_was_down_has_its_own_history(world: World) -> None:
    async with world.running():
        await edited(world)
    archive = world.folder / moves.ARCHIVE
    archive.mkdir()
    os.rename(world.path("ann"), archive / "ann.md")
    world.start()
    async with world.running():
        assert world.has("archive.ann", ANN, PLAIN)
        world.write("ann", LATER)
        await until(lambda: world.has("ann", LATER))


async def test_calls_are_found_under_the_name_that_their_persona_has(world: World) -> None:
    versions = world.versions
    before = 1.0
    versions.renamed("ann", "archive.ann").result(PATIENCE)
    versions.keep("ann", version_of(LATER), LATER).result(PATIENCE)
    after = max(row.time for row in versions.list("ann")) + 1
    called = [("ann", before), ("ann", after), ("bob", before)]
    assert versions.bearers(called) == ("archive.ann", "ann", "bob")
    versions.renamed("archive.ann", "ann-lee").result(PATIENCE)
    assert versions.bearers(called) == ("ann-lee", "ann", "bob")
