"""The studio's list: finding personas, their menu, the archive, and exports."""

import io
import os
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui import ui
from nicegui.testing import User

from tests.support.clock import PATIENCE
from tests.support.studio import FakeLiveCall, World, log_in, persona_text, visit
from ui.library.page import STEP


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write("nok-dee", persona_text("Nok Dee", "Billing", "hard", "th-TH"))
    world.write("broken", persona_text("Bo Ken", "Fees").replace("Threshold: 5", "Threshold: 99"))
    return world


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        yield user


def files(world: World) -> list[str]:
    return sorted(str(path.relative_to(world.personas)) for path in world.personas.rglob("*.md"))


async def choose(user: User, marker: str, option: str) -> None:
    user.find(marker=marker).click()
    user.find(option).click()


async def menu(user: User, act: str) -> None:
    user.find(marker="more-ann-lee").click()
    await user.should_see(marker=f"{act}-ann-lee")
    user.find(marker=f"{act}-ann-lee").click()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is a text")
async def test_a_file_whose_name_is_no_text_costs_no_page(world: World, user: User) -> None:
    world.write(os.fsdecode(b"caf\xe9"), persona_text())
    await user.open("/studio")
    await user.should_see("3 personas")
    await user.should_see("caf\\xe9.md")


async def test_the_list_is_searched_and_filtered(world: World, user: User) -> None:
    world.calls.goes_on(FakeLiveCall("c1", "trainee", "ann-lee"))
    await user.open("/studio")
    for text in ("Ann Lee · ann-lee.md", "Nok Dee", "1 error", "1 call live", "Thai", "3 personas"):
        await user.should_see(text)
    user.find(marker="search").type("nok billing")
    await user.should_see("1 persona")
    await user.should_not_see("Ann Lee")
    user.find(marker="search").clear()
    await choose(user, "state", "With errors")
    await user.should_see("broken.md")
    await user.should_see("1 persona")
    await choose(user, "state", "In a call now")
    await user.should_see("Ann Lee")
    await choose(user, "difficulty", "Hard")
    await user.should_see("Nothing fits that search")


async def test_an_open_list_follows_the_folder(world: World, user: User) -> None:
    await user.open("/studio")
    await user.should_see("3 personas")
    world.library.save("dee-kay", persona_text("Dee Kay"), base=None, author="someone")
    await user.should_see("4 personas")
    await user.should_see("Dee Kay · dee-kay.md")


async def test_trainees_see_neither_the_list_nor_the_files(world: World) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        for path in ("/studio", "/api/personas.zip", "/api/personas/ann-lee.md"):
            assert (await user.http_client.get(path)).status_code == 403


async def test_hundreds_are_drawn_in_steps(world: World) -> None:
    for number in range(STEP + 5):
        world.write(f"p{number:03}", persona_text(f"Person {number}", f"Z {number:03}"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        await user.open("/studio")
        await user.should_see(f"{STEP + 8} personas")
        assert len(user.find(kind=ui.checkbox).elements) == STEP
        user.find("Show 8 more").click()
        await user.should_see(f"Person {STEP + 4} ·")
        assert len(user.find(kind=ui.checkbox).elements) == STEP + 8


async def test_an_empty_studio_tells_the_first_steps(world: World) -> None:
    for path in world.personas.glob("*.md"):
        path.unlink()
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        await user.open("/studio")
        await user.should_see("No personas yet")


async def test_duplicate(world: World, user: User) -> None:
    await user.open("/studio")
    await menu(user, "duplicate")
    await user.should_see("Duplicate this persona")
    user.find(marker="file-name").clear().type("nok-dee")
    user.find(marker="do-it").click()
    await user.should_see("nok-dee.md already")
    user.find(marker="file-name").clear().type("../evil")
    user.find(marker="do-it").click()
    await user.should_see("cannot be a file's name")
    user.find(marker="file-name").clear().type("ann-lee-copy")
    user.find(marker="do-it").click()
    await user.should_see("ann-lee-copy.md")
    assert files(world) == ["ann-lee-copy.md", "ann-lee.md", "broken.md", "nok-dee.md"]


async def test_a_dialog_of_the_menu_gives_the_focus_back_to_its_button(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await user.open("/studio/ann-lee")
    sent: list[str] = []
    monkeypatch.setattr(client, "run_javascript", lambda code, **_: sent.append(code))
    await menu(user, "duplicate")
    await user.should_see("Duplicate this persona")
    user.find(kind=ui.button, content="Cancel").click()
    await user.should_not_see("Duplicate this persona")
    [button] = user.find(marker="more-ann-lee").elements
    assert f"getHtmlElement({button.id})?.focus()" in sent[-1]


async def test_rename_takes_versions_and_unsaved_words_along(world: World, user: User) -> None:
    world.calls.goes_on(FakeLiveCall("c1", "trainee", "ann-lee"))
    await user.open("/studio")
    await menu(user, "rename")
    await user.should_see("A call with it that is going on goes on")
    user.find(marker="file-name").clear().type("ann-smith")
    user.find(marker="do-it").click()
    await user.should_see("ann-smith.md")
    assert files(world) == ["ann-smith.md", "broken.md", "nok-dee.md"]
    assert [name.slug for name in world.versions.names("ann-smith")] == ["ann-smith", "ann-lee"]


async def test_archive_and_bring_back(world: World, user: User) -> None:
    await user.open("/studio")
    await user.should_not_see("Archived (")
    await menu(user, "archive")
    await user.should_see("Nothing is deleted")
    user.find(marker="do-it").click()
    await user.should_see("Archived (1)")
    await user.should_not_see(marker="pick-ann-lee")
    assert files(world) == ["archive/ann-lee.md", "broken.md", "nok-dee.md"]
    world.write("ann-lee", persona_text("Another Ann"))
    user.find(marker="restore-ann-lee").click()
    await user.should_see("That name is taken by now")
    user.find(marker="do-it").click()
    await user.should_see(marker="pick-ann-lee-2")
    assert files(world) == ["ann-lee-2.md", "ann-lee.md", "broken.md", "nok-dee.md"]


async def test_a_folder_that_cannot_be_written_is_told(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("personas.persona_files.os.link", refuse)
    monkeypatch.setattr("personas.persona_files.os.rename", refuse)
    await user.open("/studio")
    await menu(user, "rename")
    user.find(marker="file-name").clear().type("ann-smith")
    user.find(marker="do-it").click()
    await user.should_see("may not be written to")
    assert "ann-lee.md" in files(world)


async def test_export_of_one_some_and_all(world: World, user: User) -> None:
    crlf = ("\ufeff" + persona_text("Ann Lee").replace("\n", "\r\n")).encode()
    (world.personas / "ann-lee.md").write_bytes(crlf)
    answer = await user.http_client.get("/api/personas/ann-lee.md")
    assert answer.content == crlf
    assert answer.headers["content-disposition"] == 'attachment; filename="ann-lee.md"'
    await user.open("/studio")
    user.find(marker="pick-ann-lee").click()
    user.find(marker="pick-broken").click()
    user.find("Export 2 chosen").click()
    some = await user.download.next(timeout=PATIENCE)
    every = await user.http_client.get("/api/personas.zip")
    with zipfile.ZipFile(io.BytesIO(some.content)) as archive:
        assert archive.namelist() == ["ann-lee.md", "broken.md"]
        assert archive.read("ann-lee.md") == crlf
    with zipfile.ZipFile(io.BytesIO(every.content)) as archive:
        assert archive.namelist() == ["ann-lee.md", "broken.md", "nok-dee.md"]


@pytest.mark.parametrize("name", ["nobody.md", "ann-lee", "ann-lee.txt", "..%2fann-lee.md"])
async def test_no_other_file_can_be_exported(user: User, name: str) -> None:
    answer = await user.http_client.get(f"/api/personas/{name}")
    assert answer.status_code == 404


async def test_authors_see_that_changes_on_disk_are_not_seen(world: World, user: User) -> None:
    for page in ("/studio", "/studio/ann-lee"):
        world.library.trouble = "Changes are not seen just now."
        await user.open(page)
        await user.should_see("Changes are not seen just now.")
        world.library.trouble = ""
        await user.should_not_see("Changes are not seen just now.", retries=60)
