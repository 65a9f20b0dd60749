"""Scripts beside the personas: saved, followed on disk, judged again, moved with their persona."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from personas.library import Library
from personas.persona_files import PersonaFiles
from personas.script_library import Conflict, SaveError, ScriptChange, ScriptLibrary
from personas.source import LIMIT
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import FULL, PLAIN, swap

GOOD = '1. I am so sorry.\n   - expect: matched "A sincere apology"\n# At the end\n- not resolved\n'
OTHER = "1. Hello.\n# At the end\n- not resolved\n"
WRONG = GOOD.replace("A sincere apology", "A sincere excuse")
WITHOUT = FULL.replace("A sincere apology", "A plain excuse")


class World:
    """A personas folder with two personas, and one script of the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.persona("sarah", FULL)
        self.persona("plain", PLAIN)
        self.write("sarah", "good", GOOD)
        self.start()

    def start(self) -> None:
        self.library = Library(self.folder)
        self.scripts = ScriptLibrary(self.library, ("assistant",))
        self.files = PersonaFiles(self.library)
        self.told: list[ScriptChange] = []
        self.scripts.on_change(self.told.append)

    def persona(self, slug: str, text: str) -> None:
        (self.folder / f"{slug}.md").write_text(text, encoding="utf-8")

    def path(self, slug: str, name: str) -> Path:
        return self.folder / "scripts" / slug / f"{name}.md"

    def write(self, slug: str, name: str, text: str) -> None:
        self.path(slug, name).parent.mkdir(parents=True, exist_ok=True)
        self.path(slug, name).write_text(text, encoding="utf-8")

    def there(self) -> list[str]:
        return [f"{entry.slug}/{entry.name}" for entry in self.scripts.entries()]

    def save(self, text: str, base: str | None, name: str = "good") -> str:
        return self.scripts.save("sarah", name, text, base=base, author="ann").version

    @property
    def version(self) -> str:
        entry = self.scripts.get("sarah", "good")
        assert entry is not None
        return entry.version

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        both = asyncio.gather(self.library.watch(stop), self.scripts.watch(stop))
        await asyncio.sleep(0.3)
        yield
        stop.set()
        await asyncio.wait_for(both, PATIENCE)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_scripts_are_no_personas(world: World) -> None:
    assert [entry.slug for entry in world.library.entries()] == ["plain", "sarah"]
    assert world.library.skipped() == []
    assert world.there() == ["sarah/good"]
    entry = world.scripts.get("sarah", "good")
    assert entry is not None
    assert entry.script.playable
    assert entry.good == entry.script


def test_a_save_keeps_the_last_good_one(world: World) -> None:
    version = world.save(WRONG, world.version)
    entry = world.scripts.get("sarah", "good")
    assert entry is not None
    assert (entry.text, entry.version) == (WRONG, version)
    assert "is 'A sincere apology' meant?" in entry.errors[0].message
    assert entry.good is not None
    assert entry.good.text == GOOD
    assert [(c.origin, c.author) for c in world.told] == [("page", "ann")]
    world.save(GOOD, version)
    assert world.path("sarah", "good").read_text("utf-8") == GOOD
    assert len(world.told) == 2


def test_a_new_script(world: World) -> None:
    world.save(OTHER, None, "rude-one")
    assert world.there() == ["sarah/good", "sarah/rude-one"]
    assert world.scripts.entries("plain") == []


@pytest.mark.parametrize("base", [None, "123456789abc"])
def test_a_save_over_what_others_wrote(world: World, base: str | None) -> None:
    with pytest.raises(Conflict) as conflict:
        world.save(OTHER, base)
    assert conflict.value.theirs == GOOD
    assert world.path("sarah", "good").read_text("utf-8") == GOOD


def test_a_conflict_with_another_program(world: World) -> None:
    base = world.version
    world.write("sarah", "good", OTHER)
    with pytest.raises(Conflict):
        world.save(WRONG, base)
    assert world.save(OTHER, base) != base  # both wrote the same


@pytest.mark.parametrize(
    ("slug", "name", "text", "said"),
    [
        ("sarah", "Bad Name", OTHER, "cannot be a script's name"),
        ("sarah", "../up", OTHER, "cannot be a script's name"),
        ("sarah", "readme", OTHER, "cannot be a script's name"),
        ("../x", "good", OTHER, "is no persona's name"),
        ("sarah", "good", "\ud800", "half a character"),
        ("sarah", "good", "x" * (LIMIT + 1), "over 256 KB"),
    ],
)
def test_what_cannot_be_saved(world: World, slug: str, name: str, text: str, said: str) -> None:
    with pytest.raises(SaveError, match=said):
        world.scripts.save(slug, name, text, base=None, author="ann")
    assert world.there() == ["sarah/good"]


def test_a_folder_that_leads_out(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away")
    (world.folder / "scripts" / "plain").symlink_to(away)
    with pytest.raises(SaveError, match="leads out"):
        world.scripts.save("plain", "x", OTHER, base=None, author="ann")
    (away / "y.md").write_text(OTHER, encoding="utf-8")
    world.start()
    entry = world.scripts.get("plain", "y")
    assert entry is not None
    assert "leads out of the folder" in entry.errors[0].message


def test_deleting(world: World) -> None:
    with pytest.raises(Conflict):
        world.scripts.delete("sarah", "good", base="old", author="ann")
    world.scripts.delete("sarah", "good", base=world.version, author="ann")
    assert world.there() == []
    assert not world.path("sarah", "good").parent.exists()
    assert [c.entry.deleted for c in world.told] == [True]
    world.scripts.delete("sarah", "good", base="any", author="ann")  # is gone already
    assert len(world.told) == 1


def test_renaming_a_script(world: World) -> None:
    world.save(OTHER, None, "other")
    with pytest.raises(SaveError, match=r"a script other\.md already"):
        world.scripts.rename("sarah", "good", "other", author="ann")
    with pytest.raises(SaveError, match="cannot be a script's name"):
        world.scripts.rename("sarah", "good", "A B", author="ann")
    with pytest.raises(SaveError, match="was not renamed"):
        world.scripts.rename("sarah", "gone", "fresh", author="ann")
    world.scripts.rename("sarah", "good", "kind", author="ann")
    assert world.there() == ["sarah/kind", "sarah/other"]


def test_an_edit_of_the_persona_judges_its_scripts_again(world: World) -> None:
    entry = world.library.get("sarah")
    assert entry is not None
    world.library.save("sarah", WITHOUT, base=entry.version, author="ann")
    script = world.scripts.get("sarah", "good")
    assert script is not None
    assert "'A sincere apology' is no rule of the persona" in script.errors[0].message
    assert script.good is None  # what it names is not there any more
    assert [change.origin for change in world.told] == ["persona"]


def test_a_bad_edit_of_the_persona_leaves_its_scripts(world: World) -> None:
    entry = world.library.get("sarah")
    assert entry is not None
    broken = swap("difficulty: hard", "difficulty: brutal", WITHOUT)
    world.library.save("sarah", broken, base=entry.version, author="ann")
    script = world.scripts.get("sarah", "good")
    assert script is not None
    assert script.errors == ()
    assert world.told == []


def test_scripts_follow_their_persona_in_the_page(world: World) -> None:
    world.files.rename("sarah", "sally", author="ann")
    assert world.there() == ["sally/good"]
    name = world.files.archive("sally", author="ann")
    assert world.there() == []
    assert (world.folder / "archive" / "scripts" / "sally" / "good.md").read_text("utf-8") == GOOD
    world.files.restore(name, "susan", author="ann")
    assert world.there() == ["susan/good"]
    assert world.scripts.entries("susan")[0].script.playable
    assert world.scripts.entries("susan")[0].script.persona == "susan"


def test_a_copy_of_a_persona_gets_copies(world: World) -> None:
    world.files.create("sarah-copy", FULL, author="ann")
    assert world.there() == ["sarah/good", "sarah-copy/good"]
    world.files.create("other", WITHOUT, author="ann")
    assert world.there() == ["sarah/good", "sarah-copy/good"]


def test_a_persona_that_comes_back_is_no_copy(world: World) -> None:
    world.files.create("sarah-copy", FULL, author="ann")
    shutil.rmtree(world.folder / "scripts" / "sarah-copy")
    (world.folder / "sarah-copy.md").write_text(FULL + "\n", encoding="utf-8")
    world.library.look("sarah-copy", author="ann")
    assert not (world.folder / "scripts" / "sarah-copy").exists()


def test_scripts_that_meet_others(world: World) -> None:
    world.write("sally", "good", OTHER)
    world.write("sally", "same", OTHER)
    world.write("sarah", "same", OTHER)
    world.start()
    world.files.rename("sarah", "sally", author="ann")
    assert world.there() == ["sally/good", "sally/good-2", "sally/same"]
    assert world.path("sally", "good").read_text("utf-8") == OTHER
    assert world.path("sally", "good-2").read_text("utf-8") == GOOD


def test_the_files_for_a_zip(world: World) -> None:
    assert world.scripts.files_of("sarah") == [("scripts/sarah/good.md", GOOD.encode())]
    assert world.scripts.files_of("plain") == []


def test_a_script_of_a_persona_that_is_gone(world: World) -> None:
    world.write("nobody", "lost", OTHER)
    world.start()
    entry = world.scripts.get("nobody", "lost")
    assert entry is not None
    assert "there is no persona nobody.md" in entry.errors[0].message
    assert entry.good is None


def test_an_unreadable_file_costs_no_other(world: World) -> None:
    world.path("sarah", "bytes").write_bytes(b"\xff\xfe")
    world.path("sarah", "folder").mkdir()
    world.start()
    assert world.there() == ["sarah/bytes", "sarah/folder", "sarah/good"]
    assert [bool(entry.errors) for entry in world.scripts.entries()] == [True, True, False]


def test_a_script_whose_file_breaks_keeps_the_last_good_one(world: World) -> None:
    world.path("sarah", "good").write_bytes(b"\xff\xfe")
    with pytest.raises(Conflict):
        world.save(OTHER, world.version)


async def eventually(true: Callable[[], bool]) -> None:
    await asyncio.wait_for(until(true), PATIENCE)


async def test_what_other_programs_do_is_followed(world: World) -> None:
    async with world.watched():
        world.write("sarah", "fresh", OTHER)
        await eventually(lambda: world.there() == ["sarah/fresh", "sarah/good"])
        world.write("sarah", "fresh", WRONG)
        await eventually(lambda: bool(world.scripts.entries("sarah")[0].errors))
        assert world.scripts.entries("sarah")[0].good is not None
        world.path("sarah", "fresh").unlink()
        await eventually(lambda: world.there() == ["sarah/good"])
        world.persona("sarah", WITHOUT)
        await eventually(lambda: bool(world.scripts.entries("sarah")[0].errors))
        world.persona("sarah", FULL)
        await eventually(lambda: not world.scripts.entries("sarah")[0].errors)
        (world.folder / "sarah.md").rename(world.folder / "sally.md")
        await eventually(lambda: world.there() == ["sally/good"])
        shutil.copyfile(world.folder / "sally.md", world.folder / "sue.md")
        await eventually(lambda: world.there() == ["sally/good", "sue/good"])
        (world.folder / "sue.md").unlink()
        await eventually(lambda: bool(world.scripts.entries("sue")[0].errors))
        assert world.path("sue", "good").exists()  # nothing is lost with the persona
        shutil.rmtree(world.folder / "scripts")
        await eventually(lambda: world.there() == [])
        world.write("sally", "back", OTHER)
        await eventually(lambda: world.there() == ["sally/back"])
    assert {change.origin for change in world.told} == {"disk", "persona"}


async def test_a_save_of_ones_own_is_told_once(world: World) -> None:
    async with world.watched():
        await asyncio.to_thread(world.save, OTHER, world.version)
        world.write("sarah", "probe", GOOD)
        await eventually(lambda: "sarah/probe" in world.there())
    assert [(c.entry.name, c.origin) for c in world.told] == [("good", "page"), ("probe", "disk")]
