"""What an author typed and did not save, on the editor's page: kept, offered, gone on with."""

import os
import zlib
from pathlib import Path
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from data import drafts as drafts_module
from tests.support.clock import until
from tests.support.editor_world import (
    TOLD,
    EditorWorld,
    author,
    press,
    write,
    written,
)
from tests.support.studio import Make, log_in, persona_text
from ui.studio.text_pane import TextGuard


@pytest.fixture
async def user(make: Make) -> User:
    return await author(make)


async def test_a_draft_outlives_tab_and_server_and_goes_with_the_save(world: EditorWorld) -> None:
    mine = persona_text("Ann Mine")
    async with world.pages() as make:
        write(await author(make), mine)
    async with world.pages() as make:
        user = await author(make)
        await user.should_see("You have unsaved changes from")
        assert written(user) == persona_text()
        press(user, "Go on with them")
        await user.should_not_see("You have unsaved changes from")
        assert written(user) == mine
        await user.should_see("Unsaved changes")
        press(user, "Save")
        await user.should_see("Saved.")
        assert world.file == mine
    async with world.pages() as make:
        user = await author(make)
        await user.should_see("Saved")
        await user.should_not_see("You have unsaved changes from", retries=1)


async def test_a_draft_can_be_seen_discarded_and_brought_back(world: EditorWorld) -> None:
    async with world.pages() as make:
        write(await author(make), persona_text("Ann Mine"))
    async with world.pages() as make:
        user = await author(make)
        press(user, "Show what differs")
        await user.should_see("Your unsaved changes")
        press(user, "Close")
        press(user, "Discard")
        await user.should_not_see("You have unsaved changes from")
        press(user, "Bring them back")
        await user.should_see("You have unsaved changes from")
        press(user, "Discard")
        await user.should_see("The unsaved changes are discarded.")
    async with world.pages() as make:
        await (await author(make)).should_not_see("You have unsaved changes from", retries=1)


async def test_a_draft_of_an_older_text_asks_when_it_is_saved(world: EditorWorld) -> None:
    async with world.pages() as make:
        write(await author(make), persona_text("Ann Mine"))
    world.write("ann-lee", persona_text("Ann Theirs"))
    async with world.pages() as make:
        user = await author(make)
        await user.should_see("The file has changed since: saving will ask.")
        press(user, "Go on with them")
        press(user, "Save")
        await user.should_see("Someone else changed this file")
        assert world.file == persona_text("Ann Theirs")


async def test_what_was_typed_before_going_on_with_a_draft_is_kept_too(world: EditorWorld) -> None:
    async with world.pages() as make:
        write(await author(make), persona_text("Ann One"))
    async with world.pages() as make:
        user = await author(make)
        write(user, persona_text("Ann Two"))
        press(user, "Go on with them")
        assert written(user) == persona_text("Ann One")
        await user.should_see("You have unsaved changes from")
        press(user, "Go on with them")
        assert written(user) == persona_text("Ann Two")


async def test_the_draft_of_a_deleted_file_can_be_saved_again(world: EditorWorld) -> None:
    async with world.pages() as make:
        write(await author(make), persona_text("Ann Mine"))
    os.remove(world.personas / "ann-lee.md")
    async with world.pages() as make:
        user = await author(make)
        await user.should_see("There is no file ann-lee.md any more.")
        press(user, "Go on with them")
        press(user, "Save")
        await until(lambda: (world.personas / "ann-lee.md").exists())
        assert world.file == persona_text("Ann Mine")
    os.remove(world.personas / "ann-lee.md")
    async with world.pages() as make:
        user = make()
        await log_in(user, "author")
        assert (await user.http_client.get("/studio/ann-lee")).status_code == 404


async def test_a_full_disk_is_told_while_the_text_stays(
    user: User, monkeypatch: pytest.MonkeyPatch, world: EditorWorld
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts_module, "write_atomic", full)
    write(user, persona_text("Ann Mine"))
    world.drafts.flush()
    await user.should_see("cannot be kept as a draft: No space left on device")
    assert written(user) == persona_text("Ann Mine")


async def test_what_only_the_browser_has_is_offered(user: User, world: EditorWorld) -> None:
    """The server was gone while the author went on typing."""
    guard = user.find(kind=TextGuard)
    text = persona_text("Ann Offline")
    base = world.library.get("ann-lee")
    assert base is not None
    kept = {"page": "p1", "text": text, "version": base.version, "time": 1_790_000_000.0}
    guard.trigger("kept", kept)
    await user.should_see("You have unsaved changes from")
    assert ("forget", "p1") in TOLD
    press(user, "Go on with them")
    assert written(user) == text
    guard.trigger("kept", {**kept, "page": "p2", "text": persona_text()})
    assert ("forget", "p2") in TOLD
    assert [draft.text for draft in world.drafts.of("author", "ann-lee")] == [text]


async def test_a_click_on_an_offer_that_is_just_told_anew_is_not_lost(world: EditorWorld) -> None:
    """The browser hands over what it kept as soon as its page is connected."""
    async with world.pages() as make:
        write(await author(make), persona_text("Ann Mine"))
    [draft] = world.drafts.of("author", "ann-lee")
    async with world.pages() as make:
        user = await author(make)
        go_on = user.find(kind=ui.button, content="Go on with them")
        last = {"page": draft.page, "text": persona_text("Ann Last"), "version": draft.version}
        user.find(kind=TextGuard).trigger("kept", {**last, "time": draft.time + 1.0})
        assert not any(button.is_deleted for button in go_on.elements)
        go_on.click()
        assert written(user) == persona_text("Ann Last")


async def test_the_browsers_text_is_believed_when_it_differs(user: User) -> None:
    guard = user.find(kind=TextGuard)
    same = written(user)
    data = same.encode("utf-16-le")
    guard.trigger("pulse", {"length": len(data) // 2, "checksum": zlib.crc32(data)})
    assert ("send",) not in TOLD
    guard.trigger("pulse", {"length": 1, "checksum": 1})
    assert TOLD[-1] == ("send",)
    guard.trigger("whole", {"text": f"{same}More 😀\n"})
    assert written(user) == f"{same}More 😀\n"
    await user.should_see("Unsaved changes")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"why": "too_long", "size": 10 * 1024 * 1024}, "too long (10.0 MB)"),
        ({"why": "half_character", "size": 5}, "half a character"),
    ],
)
async def test_what_was_not_pasted_is_told(user: User, told: dict[str, Any], words: str) -> None:
    user.find(kind=TextGuard).trigger("refused", told)
    await user.should_see(words)
    assert written(user) == persona_text()
