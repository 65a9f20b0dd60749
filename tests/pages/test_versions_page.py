"""The page of a persona's versions, as its author meets it."""

import errno
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui import ui
from nicegui.testing import User

from data import history
from data.drafts import begun
from data.records import CallEnd, CallStart, Edit, Turn, in_force
from data.versions import Name
from personas.persona_files import PersonaFiles
from personas.source import version_of
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import swap
from tests.support.studio import FakeLiveCall, World, log_in, persona_text, visit
from ui.versions.list import calls_in_words

SLUG = "ann-lee"
PAGE = f"/studio/{SLUG}/versions"
FIRST = persona_text()
SECOND = swap("- Intensity: 7/10", "- Intensity: 9/10", FIRST)
THIRD = swap("A sincere apology (-2)", "A sincere apology (-3)", SECOND)


class Page:
    """A World with three versions of Ann Lee, and an author in front of it."""

    def __init__(self, world: World, user: User, stranger: User) -> None:
        self.world = world
        self.user = user
        self.stranger = stranger

    def save(self, text: str, author: str = "author") -> None:
        """A save in the page of that author."""
        entry = self.world.library.get(SLUG)
        base = entry.version if entry else None
        self.world.library.save(SLUG, text, base=base, author=author)

    async def open(self, question: str = "") -> None:
        await self.user.open(PAGE + question)

    def press(self, what: str, text: str) -> None:
        """The button of that kind at the version with that text."""
        self.user.find(marker=f"{what}-{version_of(text)}").click()

    def file(self) -> str:
        return (self.world.personas / f"{SLUG}.md").read_text(encoding="utf-8")

    def compared(self) -> tuple[str, str]:
        """What the two selects say."""
        left, right = (
            next(iter(self.user.find(marker=f"compare-{side}").elements)) for side in ("old", "new")
        )
        assert isinstance(left, ui.select)
        assert isinstance(right, ui.select)
        return str(left.value), str(right.value)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    world = World(tmp_path)
    async with visit(world.studio()) as make:
        await world.version_recorder.sync_at_start()
        page = Page(world, make(), make())
        page.save(SECOND)
        page.save(THIRD, "admin")
        await log_in(page.user, "author")
        yield page


async def test_every_saved_text_is_listed_with_who_saved_it(page: Page) -> None:
    await page.open()
    for words in (
        "Versions of Ann Lee",
        "saved by Demo admin",
        "saved by Demo author",
        "changed on disk",
    ):
        await page.user.should_see(words)
    await page.user.should_see("In the file now")
    assert page.compared() == (version_of(SECOND), version_of(THIRD))
    await page.user.should_see("1 line changed.")
    await page.user.should_see(kind=ui.link, content="Back to the editor")


async def test_trainees_are_kept_out_and_unknown_personas_are_told(page: Page) -> None:
    for slug in ("nobody", "..%2F..%2Fx", "con"):
        answer = await page.user.http_client.get(f"/studio/{slug}/versions")
        assert answer.status_code == 404
    await log_in(page.stranger, "trainee")
    answer = await page.stranger.http_client.get(PAGE)
    assert answer.status_code == 403
    assert "The studio is for authors" in answer.text


async def test_any_two_texts_are_compared(page: Page) -> None:
    await page.open()
    page.press("compare", SECOND)
    await until(lambda: page.compared() == (version_of(FIRST), version_of(SECOND)))
    await page.user.should_see("7")
    page.press("compare", FIRST)
    await page.user.should_see("Nothing: it is the first text")
    await page.open(f"?old={version_of(FIRST)}&new={version_of(THIRD)}")
    assert page.compared() == (version_of(FIRST), version_of(THIRD))
    await page.user.should_see("2 lines changed.")
    with page.user:
        select = next(iter(page.user.find(marker="compare-new").elements))
        assert isinstance(select, ui.select)
        select.set_value(version_of(FIRST))
    await page.user.should_see("They differ in nothing but line ends")


async def test_a_text_that_was_never_saved_is_told(page: Page) -> None:
    await page.open("?new=feedfeedfeed")
    await page.user.should_see("a draft that was never saved")
    await page.open("?new=draft")
    await page.user.should_see("a draft that was never saved")


async def test_an_unsaved_text_is_compared_with_the_saved_one(page: Page) -> None:
    draft = THIRD.replace("Returns", "Returned parcel")
    page.world.drafts.note(begun("author", SLUG, "p", draft, THIRD, version_of(THIRD)))
    page.world.drafts.note(begun("admin", SLUG, "q", "another's", THIRD, version_of(THIRD)))
    await page.open()
    assert page.compared() == (version_of(THIRD), "draft")
    await page.user.should_see("Returned parcel")
    await page.user.should_see("Your unsaved text")
    await page.user.should_not_see("another's")


async def test_a_version_is_named_and_noted(page: Page) -> None:
    await page.open()
    page.press("name", SECOND)
    await page.user.should_see("Name this version")
    page.user.find(marker="label").type("Angrier <b>start</b>")
    page.user.find(marker="note").type("For the pilot.\nSecond line.")
    page.user.find(kind=ui.button, content="Save").click()
    await page.user.should_not_see("Name this version")
    await page.user.should_see("Angrier <b>start</b>")
    await page.user.should_see("For the pilot.")
    kept = page.world.versions.list(SLUG)[1]
    assert (kept.label, kept.note) == ("Angrier <b>start</b>", "For the pilot.\nSecond line.")


async def test_a_version_is_restored_for_the_file_and_the_calls(page: Page) -> None:
    page.world.calls.goes_on(FakeLiveCall("0123", "trainee", SLUG))
    await page.open()
    page.press("restore", FIRST)
    await page.user.should_see("Restore this version?")
    await page.user.should_see("1 call going on")
    page.user.find(marker="restore-now").click()
    await page.user.should_see("the file holds the text of")
    await page.user.should_see("The calls going on have it from the next line on.")
    await page.user.should_see("brought back")
    assert page.file() == FIRST
    newest = page.world.versions.list(SLUG)[0]
    assert (newest.version, newest.again_by) == (version_of(FIRST), "author")


async def test_a_restore_that_is_cancelled_changes_nothing(page: Page) -> None:
    await page.open()
    page.press("restore", FIRST)
    await page.user.should_see("Restore this version?")
    page.user.find(kind=ui.button, content="Cancel").click()
    await page.user.should_not_see("Restore this version?")
    assert page.file() == THIRD


async def test_a_version_with_errors_says_so_before_it_is_restored(page: Page) -> None:
    broken = swap("# Persona: Ann Lee", "# Nobody", THIRD)
    page.save(broken)
    page.save(THIRD)
    await page.open()
    page.press("restore", broken)
    await page.user.should_see("This text has 1 error.")
    page.user.find(marker="restore-now").click()
    await page.user.should_see("calls go on with the last good version")
    assert page.file() == broken


async def test_a_file_changed_meanwhile_is_not_restored_over(page: Page) -> None:
    await page.open()
    page.press("restore", FIRST)
    await page.user.should_see("Restore this version?")
    page.world.write(SLUG, f"{THIRD}\nfrom another editor\n")
    page.user.find(marker="restore-now").click()
    await page.user.should_see("Nothing was restored")
    assert "from another editor" in page.file()


async def test_a_save_elsewhere_shows_up_and_leaves_an_open_question_open(page: Page) -> None:
    await page.open()
    page.press("name", THIRD)
    await page.user.should_see("Name this version")
    page.user.find(marker="label").type("Third")
    fourth = f"{THIRD}\n- one more\n"
    page.save(fourth, "admin")
    await page.user.should_see(marker=f"compare-{version_of(fourth)}")
    page.user.find(kind=ui.button, content="Save").click()
    await page.user.should_see("Third")


async def test_a_deleted_file_is_written_again(page: Page) -> None:
    (page.world.personas / f"{SLUG}.md").unlink()
    page.world.library.look(SLUG, author="author")
    await page.open()
    await page.user.should_see("There is no file ann-lee.md at present")
    page.press("restore", SECOND)
    await page.user.should_see("it is written again")
    page.user.find(marker="restore-now").click()
    await page.user.should_see("the file holds the text of")
    assert page.file() == SECOND


async def test_an_earlier_name_leads_to_the_present_one(page: Page) -> None:
    page.world.finished_call()
    file = page.world.personas / f"{SLUG}.md"
    file.rename(file.with_name("ann-smith.md"))
    for slug in (SLUG, "ann-smith"):
        page.world.library.look(slug, author="author")
    page.world.versions.renamed(SLUG, "ann-smith").result(PATIENCE)
    answer = await page.user.http_client.get(PAGE)
    assert answer.headers["location"].startswith("/studio/ann-smith/versions")
    await page.user.open("/studio/ann-smith/versions")
    await page.user.should_see("Formerly ann-lee.md.")
    await page.user.should_see("saved by Demo admin")


async def test_an_archived_persona_s_versions_are_shown_apart_from_its_successor_s(
    page: Page,
) -> None:
    persona_files = PersonaFiles(page.world.library)
    persona_files.archive(SLUG, author="author")
    answer = await page.user.http_client.get(PAGE)
    assert answer.headers["location"].startswith("/studio/archive.ann-lee/versions")
    persona_files.create(SLUG, persona_text("Another Ann"), author="author")
    await page.open()
    await page.user.should_see("Versions of Another Ann")
    await page.user.should_see("Version 1")
    await page.user.should_not_see("Version 2", retries=1)
    await page.user.open("/studio/archive.ann-lee/versions")
    await page.user.should_see("Versions of ann-lee.md")
    await page.user.should_see("ann-lee.md is archived. Bring it back in the Studio")
    await page.user.should_see(marker=f"compare-{version_of(THIRD)}")
    await page.user.should_not_see(marker=f"restore-{version_of(FIRST)}", retries=1)
    odd = await page.user.http_client.get("/studio/archive.../versions")
    assert odd.status_code == 404


async def test_a_full_disk_is_told_and_tried_again(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    fourth = f"{THIRD}\nfourth\n"
    with monkeypatch.context() as disk:
        disk.setattr(history, "write_atomic", full)
        page.save(fourth)
        await page.open()
        await page.user.should_see("New versions are not being kept: No space left on device")
        await page.user.should_see("The file as it is now")
    assert page.file() == fourth
    page.user.find("Try again").click()
    await page.user.should_see(marker=f"compare-{version_of(fourth)}")
    await page.user.should_not_see("New versions are not being kept")
    caplog.clear()  # it was told in the log, too, and that would fail the test


async def test_versions_that_cannot_be_read_are_told(page: Page) -> None:
    page.world.versions.renamed("x", "y").result(PATIENCE)
    folder = page.world.settings.data_dir / "versions"
    folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    page.world.versions._histories.clear()
    await page.open()
    await page.user.should_see("The versions cannot be read or written")
    await page.user.should_see("The file as it is now")


async def test_a_damaged_version_is_told(page: Page) -> None:
    folder = page.world.settings.data_dir / "versions" / SLUG
    (folder / f"{version_of(FIRST)}.md").write_text("damaged")
    await page.open()
    page.press("compare", FIRST)
    await page.user.should_see("damaged or gone")
    page.press("restore", FIRST)
    await page.user.should_see("nothing was restored")


async def test_many_versions_come_in_steps(page: Page) -> None:
    for number in range(30):
        page.save(f"{THIRD}\n{number}\n")
    await page.open()
    await page.user.should_not_see(marker=f"compare-{version_of(FIRST)}")
    page.user.find("Show 13 older").click()
    await page.user.should_see(marker=f"compare-{version_of(FIRST)}")


def call(world: World, number: int, *edits: Edit, version: str = version_of(FIRST)) -> None:
    """A call in the archive, with a line of the persona before and after the edits."""
    name = f"{number:016x}"
    start = CallStart(name, "trainee", SLUG, "Ann", "Returns", version, "offline", "en-US", 1e9)
    record = world.archive.open(start, FIRST)
    record.turn(Turn(0, "persona", "Hello?", 1.0, version=version))
    record.turn(Turn(1, "trainee", "I am sorry about the broken parcel", 2.0))
    for edit in edits:
        record.edit(edit)
    record.turn(Turn(2, "persona", "Well.", 3.0, version=in_force(version, edits)))
    record.close(CallEnd(1e9 + number, "ended"))


async def test_calls_and_scores_of_each_version(page: Page) -> None:
    call(page.world, 1)
    call(page.world, 2, Edit("feedfeedfeed", "refused", "no", 2, 2.5))
    call(page.world, 3, Edit(version_of(SECOND), "applied", "", 2, 2.5))
    late = Edit(version_of(SECOND), "overtaken", "a newer one", 0, 0.5)
    call(page.world, 4, late, Edit("feedfeedfeed", "refused", "no", 1, 0.6))
    found = page.world.archive.uses((Name(SLUG),))
    assert {key: value.number for key, value in found.items()} == {
        version_of(FIRST): 4,
        version_of(SECOND): 1,
    }
    first = found[version_of(FIRST)]
    assert [sum(alone for _, alone in first.calls), first.scored] == [3, 3]
    assert first.mean is not None
    assert calls_in_words(first) == f"4 calls · average score {first.mean:.0f} in 3 of them"
    assert found[version_of(SECOND)].mean is None
    await page.open()
    await page.user.should_see(calls_in_words(first))
    await page.user.should_see("edited during the call")
    await page.user.should_see("No calls yet")
    again = type(page.world.archive)(
        page.world.settings.data_dir, page.world.store, lambda record: {}
    )
    assert again.list() == page.world.archive.list()


async def test_a_report_leads_its_author_to_the_version_of_the_call(page: Page) -> None:
    call(page.world, 1)
    await page.user.open(f"/calls/{1:016x}")
    [link] = page.user.find("The persona's text in this call").elements
    await page.user.open(str(link.props["href"]))
    await until(lambda: page.compared()[1] == version_of(FIRST))
    await log_in(page.stranger, "trainee")
    await page.stranger.open(f"/calls/{1:016x}")
    await page.stranger.should_not_see("The persona's text in this call")
