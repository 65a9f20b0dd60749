"""Saving on the editor's page: what cannot be saved, who was first, and files that go their own
ways."""

import asyncio
import os
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from agent.protocol.messages import Ended
from data.drafts import LONGEST, begun
from personas.persona_files import PersonaFiles
from personas.source import LIMIT
from tests.support.clock import until
from tests.support.editor_world import (
    EditorWorld,
    author,
    call,
    one,
    press,
    write,
    written,
)
from tests.support.studio import Make, persona_text
from ui.studio.draft_desk import PAGES
from ui.studio.text_pane import TextGuard


@pytest.fixture
async def user(make: Make) -> User:
    return await author(make)


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("x" * LIMIT, "over 256 KB"),
        ("x" * (10 * 1024 * 1024), "over 256 KB"),
        ("half \ud83d\n", "half a character"),
    ],
)
async def test_a_text_that_cannot_be_saved_stays_in_the_editor(
    user: User, world: EditorWorld, added: str, words: str
) -> None:
    text = persona_text() + added
    write(user, text)
    press(user, "Save")
    await user.should_see(words)
    assert written(user) == text
    assert world.file == persona_text()
    kept = [draft.text for draft in world.drafts.of("author", "ann-lee")]
    assert kept == ([text] if len(text) <= LONGEST else [])


async def test_a_nul_byte_is_an_error_that_changes_no_call(user: User, world: EditorWorld) -> None:
    await call(user, world)
    write(user, persona_text() + "NUL \0 here\n")
    await user.should_see("a NUL byte in the text; remove it")
    press(user, "Save")
    await user.should_see("calls go on with the last good version")
    assert world.calls.texts == []


async def test_a_read_only_folder_is_told_and_the_text_stays(
    user: User, world: EditorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*values: Any, **options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("personas.files.tempfile.mkstemp", refuse)
    write(user, persona_text("Ann Mine"))
    press(user, "Save")
    await user.should_see("may not be written to")
    assert written(user) == persona_text("Ann Mine")


async def merge_by_hand(user: User) -> None:
    """From the notice that the file was changed by someone else to the page that merges."""
    await user.should_see("changed by someone else")
    press(user, "Look at both now")
    await user.should_see("Someone else changed this file")
    press(user, "Merge by hand")


async def take_both_and_go_back(user: User) -> None:
    """The one place where both changed the same keeps both; the merged text is not saved."""
    await user.should_see("You both changed the same lines, in 1 place.")
    press(user, "Both")
    await user.should_see("Your changes and theirs fit together")
    press(user, "Back")
    await user.should_see("Someone else changed this file")


async def test_changes_of_other_lines_merge_by_themselves(user: User, world: EditorWorld) -> None:
    mine = persona_text().replace("- Account: TC-1", "- Account: TC-2")
    theirs = persona_text().replace("Names a day", "Names the day")
    write(user, mine)
    world.write("ann-lee", theirs)
    await merge_by_hand(user)
    await user.should_see("Your changes and theirs fit together")
    press(user, "Save the merged text")
    await user.should_see("Saved.")
    assert world.file == theirs.replace("- Account: TC-1", "- Account: TC-2")
    assert written(user) == world.file


async def test_nothing_is_saved_while_a_mark_is_left(user: User, world: EditorWorld) -> None:
    write(user, persona_text("Mine"))
    world.write("ann-lee", persona_text("Theirs"))
    await user.should_see("changed by someone else")
    press(user, "Save")
    await user.should_see("Someone else changed this file")
    press(user, "Merge by hand")
    await user.should_see("You both changed the same lines, in 1 place.")
    press(user, "Save the merged text")
    await asyncio.sleep(0.05)
    assert world.file == persona_text("Theirs")
    press(user, "Both")
    await user.should_see("Your changes and theirs fit together")
    merged = one(user, ui.codemirror, marker="merged").value
    assert "# Persona: Mine\n# Persona: Theirs\n" in merged
    press(user, "Back")
    await user.should_see("Someone else changed this file")
    press(user, "Go on writing")
    await user.should_not_see("Someone else changed this file")
    assert written(user) == persona_text("Mine")
    assert world.file == persona_text("Theirs")


async def test_a_merge_under_way_outlives_its_tab(
    make: Make, user: User, world: EditorWorld
) -> None:
    mine, theirs = persona_text("Mine"), persona_text("Somebody")
    write(user, mine)
    world.write("ann-lee", theirs)
    await merge_by_hand(user)
    await user.should_see("You both changed the same lines, in 1 place.")
    under_way = one(user, ui.codemirror, marker="merged")
    half = under_way.value.replace("- Names a day", "- Names the very day")
    [_, guard] = sorted(user.find(kind=TextGuard).elements, key=lambda guard: guard.id)
    with user:
        guard_of = UserInteraction(user, {guard}, None)
        guard_of.trigger("refused", {"why": "too_long", "size": 10 * 1024 * 1024})
    await user.should_see("Nothing was pasted: with it the text would be too long (10.0 MB)")
    with user:
        under_way.set_value(half)
    await user.should_not_see("Nothing was pasted")
    PAGES.clear()  # the tab is closed

    again = await author(make)
    await again.should_see("You were merging your text with someone else's")
    await again.should_see("You have unsaved changes from")
    press(again, "Go on merging")
    await again.should_see("You both changed the same lines, in 1 place.")
    assert one(again, ui.codemirror, marker="merged").value == half
    press(again, "Theirs")
    await again.should_see("Your changes and theirs fit together")
    press(again, "Save the merged text")
    await again.should_see("Saved.")
    assert world.file == theirs.replace("- Names a day", "- Names the very day")
    assert [draft.text for draft in world.drafts.of("author", "ann-lee")] == [mine]


async def test_a_merge_that_one_went_back_from_is_offered(user: User, world: EditorWorld) -> None:
    write(user, persona_text("Mine"))
    world.write("ann-lee", persona_text("Theirs"))
    await merge_by_hand(user)
    await take_both_and_go_back(user)
    press(user, "Merge by hand")
    await user.should_see("Your changes and theirs fit together")
    press(user, "Back")
    await user.should_see("Someone else changed this file")
    press(user, "Go on writing")
    await user.should_see("You were merging your text with someone else's")
    assert written(user) == persona_text("Mine")
    press(user, "Go on merging")
    await user.should_see("Your changes and theirs fit together")
    press(user, "Save the merged text")
    await user.should_see("Saved, but it has errors")
    assert "# Persona: Mine\n# Persona: Theirs\n" in world.file
    await user.should_not_see("You were merging")
    assert world.drafts.of("author", "ann-lee") == []


async def test_a_merge_that_was_gone_on_with_is_asked_about_a_third_text(
    user: User, world: EditorWorld
) -> None:
    write(user, persona_text("Mine"))
    world.write("ann-lee", persona_text("Theirs"))
    await merge_by_hand(user)
    await take_both_and_go_back(user)
    press(user, "Go on writing")
    await user.should_see("You were merging your text with someone else's")
    press(user, "Go on merging")
    await user.should_see("Your changes and theirs fit together")
    world.write("ann-lee", persona_text("Third"))
    press(user, "Save the merged text")
    await user.should_see("Someone else changed this file")
    assert world.file == persona_text("Third")


async def test_of_two_savers_the_second_is_asked(make: Make, world: EditorWorld) -> None:
    """Two tabs of two authors press Save in the same moment: no text is overwritten unseen."""
    users = [await author(make), await author(make, "admin")]
    texts = [persona_text("First"), persona_text("Second")]
    for user, text in zip(users, texts, strict=True):
        write(user, text)
    for user in users:
        press(user, "Save")
    await until(lambda: any(map(_asked, users)))
    asked = [user for user in users if _asked(user)]
    assert len(asked) == 1
    winner = texts[1 - users.index(asked[0])]
    assert world.file == winner
    assert written(asked[0]) == texts[users.index(asked[0])]
    press(asked[0], "Take theirs")
    await asked[0].should_not_see("Unsaved changes")
    assert written(asked[0]) == winner


def _asked(user: User) -> bool:
    with suppress(AssertionError):
        return bool(user.find("Someone else changed this file").elements)
    return False


async def test_theirs_is_what_the_file_holds_by_the_time_of_the_choice(
    user: User, world: EditorWorld
) -> None:
    write(user, persona_text("Mine"))
    (world.personas / "ann-lee.md").write_text(persona_text("Theirs"), encoding="utf-8")
    press(user, "Save")
    await user.should_see("Someone else changed this file")
    later = persona_text("Later Still")
    (world.personas / "ann-lee.md").write_text(later, encoding="utf-8")
    await until(lambda: world.library.entries()[0].text == later)
    press(user, "Take theirs")
    await user.should_not_see("Unsaved changes")
    assert written(user) == later


async def test_two_tabs_take_turns_without_being_asked(make: Make, world: EditorWorld) -> None:
    first, second = await author(make), await author(make)
    for number in range(3):
        for user in (first, second):
            write(user, persona_text(f"Ann {number}{'ab'[user is second]}"))
            text = written(user)
            press(user, "Save")
            await until(partial(_all_have, text, world, first, second))


def _all_have(text: str, world: EditorWorld, *users: User) -> bool:
    return world.file == text and all(written(user) == text for user in users)


async def test_a_second_tab_is_told_of_the_first_ones_text(make: Make) -> None:
    write(await author(make), persona_text("Ann Mine"))
    second = await author(make)
    await second.should_see("Another open tab of yours has unsaved changes from")
    await second.should_not_see("Discard", retries=1)
    press(second, "Go on with them")
    assert written(second) == persona_text("Ann Mine")
    await second.should_see("Another open tab of yours has unsaved changes from")


# ---- the file goes its own ways ----


async def test_a_deleted_file_is_told_and_can_be_written_again(
    user: User, world: EditorWorld
) -> None:
    os.remove(world.personas / "ann-lee.md")
    await user.should_see("There is no file ann-lee.md any more.")
    await user.should_see("Not on disk")
    assert written(user) == persona_text()
    press(user, "Save")
    await user.should_see("Saved.")
    assert world.file == persona_text()


async def test_a_file_that_is_not_utf_8_is_told_before_anything_is_written(
    make: Make, user: User, world: EditorWorld
) -> None:
    path, data = world.personas / "ann-lee.md", persona_text("Ann Lé").encode("latin-1")
    path.write_bytes(data)
    await user.should_see("ann-lee.md cannot be edited here: the file is not UTF-8")
    write(user, persona_text("Mine"))
    press(user, "Save")
    await user.should_see("what is on disk is not UTF-8 or too long, and would be lost")
    again = await author(make)
    await again.should_see("ann-lee.md cannot be edited here: the file is not UTF-8")
    await again.should_see("unsaved changes")
    assert path.read_bytes() == data
    path.write_text(persona_text("Mended"), encoding="utf-8")
    await user.should_see("changed by someone else")
    assert written(user) == persona_text("Mine")
    await again.should_see("This is the new text")


@pytest.mark.parametrize("by", ["page", "disk"])
async def test_a_renamed_file_is_followed_with_all_that_is_not_saved(
    make: Make, user: User, world: EditorWorld, by: str
) -> None:
    """Another author writes while the file gets another name: their text goes along."""
    other = await author(make, "admin")
    write(other, persona_text("Ann Theirs"))
    if by == "page":
        PersonaFiles(world.library).rename("ann-lee", "ann-two", author="author")
    else:
        os.rename(world.personas / "ann-lee.md", world.personas / "ann-two.md")
    await other.should_see("The file is called ann-two.md by now.")
    assert written(other) == persona_text("Ann Theirs")
    assert world.drafts.of("admin", "ann-lee") == []

    third = await author(make, "admin", "ann-two")
    await third.should_see("Another open tab of yours has unsaved changes from")
    write(other, persona_text("Ann Mine"))
    press(other, "Save")
    await other.should_see("Saved.")
    assert not (world.personas / "ann-lee.md").exists()
    assert (world.personas / "ann-two.md").read_text("utf-8") == persona_text("Ann Mine")
    assert world.drafts.of("admin", "ann-two") == []
    await user.should_see("the file was changed by admin")


async def test_what_another_author_has_left_is_offered_under_the_present_name(
    make: Make, user: User, world: EditorWorld
) -> None:
    world.drafts.note(begun("admin", "ann-lee", "p", persona_text("Left"), persona_text(), "v"))
    world.drafts.flush()
    PersonaFiles(world.library).rename("ann-lee", "ann-two", author="author")
    other = await author(make, "admin", "ann-two")
    await other.should_see("You have unsaved changes from")
    press(other, "Go on with them")
    assert written(other) == persona_text("Left")


async def test_an_archived_persona_s_unsaved_text_waits_for_it(
    make: Make, user: User, world: EditorWorld
) -> None:
    write(user, persona_text("Mine"))
    persona_files = PersonaFiles(world.library)
    persona_files.archive("ann-lee", author="admin")
    await user.should_see("There is no file ann-lee.md any more.")
    persona_files.create("ann-lee", persona_text("Another"), author="admin")
    await until(lambda: "Another" in world.file)
    fresh = await author(make)
    await fresh.should_not_see("unsaved changes", retries=5)
    persona_files.restore("ann-lee", "ann-old", author="admin")
    back = await author(make, slug="ann-old")
    await back.should_see("unsaved changes")


async def test_a_checkout_in_the_midst_of_writing_keeps_what_was_written(
    user: User, world: EditorWorld
) -> None:
    """As git does it: the file goes, and comes back as another one."""
    write(user, persona_text("Mine"))
    path = world.personas / "ann-lee.md"
    other = world.personas / "other.tmp"
    other.write_text(persona_text("Theirs"), encoding="utf-8")
    os.remove(path)
    os.rename(other, path)
    await user.should_see("changed by someone else")
    assert written(user) == persona_text("Mine")
    press(user, "Save")
    await user.should_see("Someone else changed this file")


async def test_calls_go_by_the_name_that_the_file_has_by_now(
    user: User, world: EditorWorld
) -> None:
    going_on = await call(user, world)
    await user.should_see("You, since")
    PersonaFiles(world.library).rename("ann-lee", "ann-two", author="kim")
    await until(lambda: going_on.slug == "ann-two")
    await user.should_see("ann-two.md")
    links = {link.props.get("href") for link in user.find(kind=ui.link).elements}
    assert "/studio/ann-two/versions" in links
    assert "/studio/ann-lee/versions" not in links
    world.calls.are_over()
    going_on.receive(Ended(going_on.id, "ended", False))
    await user.should_see("None now.")
    press(user, "Practise again")
    later = await call(user, world)
    assert later.start.persona == "ann-two"
    await user.should_see("You, since")
