"""What other programs do to the personas folder during calls, and links that lead elsewhere."""

import asyncio
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.calls.live_call import LiveCall
from agent.protocol.messages import NewPersona
from personas.arrivals import arrivals, take
from personas.bundle import Loose
from personas.library import Library, SaveError
from personas.moves import ARCHIVE
from personas.persona_files import FilesError, PersonaFiles
from tests.support.clock import until
from tests.support.live_calls import Studio
from tests.support.persona_text import FULL, PLAIN, swap
from tests.support.studio import World, log_in, visit

YORK = swap("- Lives in Leeds", "- Lives in York", PLAIN)
HULL = swap("- Lives in Leeds", "- Lives in Hull", PLAIN)
BROKEN = PLAIN.replace("# Constraints", "# Limits")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def replace(path: Path, text: str) -> None:
    """Save as most editors do: another file that takes the place of the first."""
    aside = path.with_name(f".{path.name}.swp")
    write(aside, text)
    os.replace(aside, path)


@asynccontextmanager
async def followed(studio: Studio) -> AsyncIterator[None]:
    """The folder is followed, and calls hear of it, as in the app."""
    end = studio.library.on_change(lambda change: studio.calls.file_changed(change.entry))
    stop = asyncio.Event()
    watching = asyncio.create_task(studio.library.watch(stop))
    write(studio.personas / "probe.md", FULL)
    await until(lambda: studio.library.get("probe"))
    try:
        yield
    finally:
        stop.set()
        await watching
        end()
        await studio.calls.aclose()
        studio.store.close()


def texts(studio: Studio, call: LiveCall) -> list[str]:
    """The persona texts that the job of that call was handed, oldest first."""
    return [c.text for c in studio.jobs.commands[call.id] if isinstance(c, NewPersona)]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is a text")
async def test_a_file_whose_name_is_no_text_does_not_end_the_watch(tmp_path: Path) -> None:
    """The watcher itself fails on such a name."""
    studio = Studio(tmp_path)
    async with followed(studio):
        write(studio.personas / os.fsdecode(b"caf\xe9.md"), FULL)
        write(studio.personas / "later.md", FULL)
        await until(lambda: studio.library.get("later"))
        write(studio.personas / "last.md", FULL)
        await until(lambda: studio.library.get("last"))
        assert studio.library.trouble == ""


# --- a personas folder that is a link (--personas DIR)


@pytest.fixture
async def linked(tmp_path: Path) -> Studio:
    (tmp_path / "repository").mkdir()
    (tmp_path / "personas").symlink_to("repository", target_is_directory=True)
    return Studio(tmp_path)


async def test_edits_through_a_linked_folder_and_behind_it_reach_live_calls(
    linked: Studio, tmp_path: Path
) -> None:
    async with followed(linked):
        call = (await linked.begin("ann")).call
        write(linked.personas / "ann.md", YORK)
        await until(lambda: texts(linked, call) == [YORK])
        replace(tmp_path / "repository" / "ann.md", HULL)
        await until(lambda: texts(linked, call) == [YORK, HULL])
        replace(linked.personas / "ann.md", PLAIN)
        await until(lambda: texts(linked, call) == [YORK, HULL, PLAIN])
        assert linked.personas.is_symlink()


async def test_a_link_that_is_turned_to_another_folder_is_followed(
    linked: Studio, tmp_path: Path
) -> None:
    """As a deployment does it: a whole folder beside the first, and the link changes at once."""
    async with followed(linked):
        call = (await linked.begin("ann")).call
        (tmp_path / "next").mkdir()
        write(tmp_path / "next" / "ann.md", YORK)
        aside = tmp_path / "aside"
        aside.symlink_to("next", target_is_directory=True)
        os.replace(aside, linked.personas)
        await until(lambda: texts(linked, call) == [YORK])
        assert not call.orphaned
        replace(tmp_path / "next" / "ann.md", HULL)
        await until(lambda: texts(linked, call) == [YORK, HULL])


async def test_a_linked_folder_is_saved_to_and_sorted_like_any_other(
    linked: Studio, tmp_path: Path
) -> None:
    entry = linked.library.get("ann")
    assert entry is not None
    linked.library.save("ann", YORK, base=entry.version, author="kim")
    assert (tmp_path / "repository" / "ann.md").read_text(encoding="utf-8") == YORK
    persona_files = PersonaFiles(linked.library)
    persona_files.rename("ann", "ann-lee", author="kim")
    persona_files.archive("ann-lee", author="kim")
    assert (tmp_path / "repository" / ARCHIVE / "ann-lee.md").exists()
    assert [one.slug for one in persona_files.archived()] == ["ann-lee"]
    persona_files.restore("ann-lee", "ann", author="kim")
    assert (tmp_path / "repository" / "ann.md").read_text(encoding="utf-8") == YORK
    linked.store.close()


# --- a checkout while calls go on


async def test_a_checkout_reaches_each_call_whose_persona_it_changes(tmp_path: Path) -> None:
    studio = Studio(tmp_path, most=4)
    for slug in ("cleo", "dan"):
        write(studio.personas / f"{slug}.md", PLAIN)
        studio.library.look(slug, author="")

    def git(*words: str) -> None:
        who = ("-c", "user.name=Kim", "-c", "user.email=kim@example.org")
        subprocess.run(
            ["git", *who, *words], cwd=studio.personas, check=True, capture_output=True, timeout=30
        )

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "Everyone lives in Leeds")
    git("checkout", "-b", "moved")
    write(studio.personas / "ann.md", YORK)
    write(studio.personas / "bob.md", HULL)
    write(studio.personas / "cleo.md", BROKEN)
    git("commit", "-am", "They move, and one loses her constraints")
    git("checkout", "main")
    async with followed(studio):
        calls = {slug: (await studio.begin(slug)).call for slug in ("ann", "bob", "cleo", "dan")}
        git("checkout", "moved")
        await until(lambda: texts(studio, calls["ann"]) == [YORK])
        await until(lambda: texts(studio, calls["bob"]) == [HULL])
        await until(lambda: calls["cleo"].edits)
        (edit,) = calls["cleo"].edits
        assert edit.outcome == "refused"
        assert "no section 'Constraints'" in edit.reason
        git("checkout", "main")
        expected = {"ann": [YORK, PLAIN], "bob": [HULL, PLAIN], "cleo": [PLAIN], "dan": []}
        await until(lambda: {s: texts(studio, call) for s, call in calls.items()} == expected)
        assert [call.end or call.orphaned for call in calls.values()] == [False] * 4


# --- links inside the folder that lead out of it


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside, with links to it, to its folder, and to where nothing is, inside."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "secret.md"
    write(path, PLAIN)
    return path


def add_links(personas: Path, secret: Path) -> None:
    (personas / "leak.md").symlink_to(secret)
    (personas / "hole.md").symlink_to(secret.with_name("nothing.md"))
    (personas / "deep.md").symlink_to(secret.parent, target_is_directory=True)
    (personas / ARCHIVE).mkdir()
    (personas / ARCHIVE / "away.md").symlink_to(secret)


LINKS = ("leak", "hole", "deep")


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "personas"
    folder.mkdir()
    write(folder / "ann.md", PLAIN)
    add_links(folder, secret)
    library = Library(folder)
    persona_files = PersonaFiles(library)
    for slug in LINKS:
        with pytest.raises(SaveError, match="link that leads out"):
            library.save(slug, FULL, base=None, author="kim")
        with pytest.raises(FilesError, match="already"):
            persona_files.create(slug, FULL, author="kim")
        with pytest.raises(FilesError, match="already"):
            persona_files.rename("ann", slug, author="kim")
        with pytest.raises(FilesError, match="is a link and was not moved"):
            persona_files.archive(slug, author="kim")
        with pytest.raises(FilesError, match="is a link and was not moved"):
            persona_files.rename(slug, "fresh", author="kim")
        (arrival,) = arrivals([Loose(f"{slug}.md", FULL.encode())], library)
        outcomes = [take(arrival, choice, library, "kim") for choice in ("update", "take")]
        assert not any(outcome.slug == slug for outcome in outcomes)
    with pytest.raises(FilesError, match="is a link and was not moved"):
        persona_files.restore("away", "fresh", author="kim")
    assert persona_files.archived() == []
    assert secret.read_text(encoding="utf-8") == PLAIN
    assert os.listdir(secret.parent) == ["secret.md"]
    assert all((folder / f"{slug}.md").is_symlink() for slug in LINKS)


async def test_nothing_is_read_through_one_either(tmp_path: Path, secret: Path) -> None:
    world = World(tmp_path)
    write(secret, PLAIN + "\nthe secret\n")
    add_links(world.personas, secret)
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        for slug in LINKS:
            answer = await user.http_client.get(f"/api/personas/{slug}.md")
            assert answer.status_code == 404
        answer = await user.http_client.get("/api/personas.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert packed.namelist() == ["ann-lee.md"]
        await user.open("/studio/leak")
        await user.should_see("it is a link that leads out of the folder")
        await user.should_not_see("the secret", retries=1)
        await world.version_recorder.sync_at_start()
        assert world.versions.list("leak") == ()
