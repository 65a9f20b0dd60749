"""An unpublished persona: nowhere for trainees, marked for authors, published by a button."""

from pathlib import Path

import pytest
from nicegui import ui

from personas.publishing import with_published
from tests.support.call_world import CallWorld, browser, click, note_methods
from tests.support.editor_world import one, press, write
from tests.support.studio import log_in, persona_text, visit, visiting
from ui.call.voice_call import VoiceCall
from ui.studio.text_pane import TextPane

CALL = "0123456789abcdef"
HIDDEN = with_published(persona_text("Hid Den", "Secret Case"), False)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)
    made.write("hid-den", HIDDEN)
    note_methods(monkeypatch, made.told, VoiceCall)
    return made


def saved(world: CallWorld, slug: str = "hid-den") -> str:
    return (world.personas / f"{slug}.md").read_text(encoding="utf-8")


def hide(world: CallWorld, slug: str = "ann-lee", text: str = "") -> None:
    entry = world.library.get(slug)
    assert entry is not None
    text = with_published(text or entry.text, False)
    world.library.save(slug, text, base=entry.version, author="author")


async def test_a_trainee_finds_it_nowhere(world: CallWorld) -> None:
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("Ann Lee")
        await user.should_not_see("Hid Den")
        await user.should_not_see(marker="more-ann-lee")
        await user.open("/call/hid-den")
        await user.should_see("There is no customer at this address")
        await user.should_not_see("Hid Den")
        await user.should_not_see("mistake in its file")
        answer = await user.http_client.post("/api/token", json={"persona": "hid-den"})
        never = await user.http_client.post("/api/token", json={"persona": "no-such"})
        assert (answer.status_code, answer.json()) == (never.status_code, never.json())
        assert world.calls.begun == []
        await user.open("/?search=Secret")
        await user.should_see("Nothing fits that search")


async def test_an_author_sees_it_marked_and_publishes_it_from_its_card(world: CallWorld) -> None:
    async with visit(world.studio()) as make:
        author, trainee = make(), make()
        await log_in(author, "author")
        await log_in(trainee, "trainee")
        await trainee.open("/")
        await author.open("/")
        await author.should_see("Unpublished")
        author.find(marker="more-hid-den").click()
        await author.should_see(marker="publish-item-hid-den")
        author.find(marker="publish-item-hid-den").click()
        await author.should_see("Published: trainees see it from now on.")
        assert saved(world) == HIDDEN.replace("published: no", "published: yes")
        await trainee.should_see("Hid Den")
        await author.should_not_see(marker="unpublished")
        author.find(marker="more-hid-den").click()
        await author.should_see(marker="unpublish-hid-den")
        author.find(marker="unpublish-hid-den").click()
        await author.should_see("trainees do not see it any more")
        assert saved(world) == HIDDEN
        await trainee.should_not_see("Hid Den")


async def test_an_author_calls_it_and_gets_a_token(world: CallWorld) -> None:
    async with visiting(world, "author", "/call/hid-den") as user:
        await user.should_see("Hid Den")
        answer = await user.http_client.post("/api/token", json={"persona": "hid-den"})
        assert answer.status_code == 201


async def test_the_library_filters_them_and_publishes_one_in_its_row(world: CallWorld) -> None:
    async with visiting(world, "author", "/studio") as user:
        await user.should_see(marker="publish-hid-den")
        await user.should_not_see(marker="publish-ann-lee")
        (state,) = user.find(kind=ui.select, marker="state").elements
        with user:
            state.set_value("unpublished")
        await user.should_see("1 persona")
        user.find(marker="publish-hid-den").click()
        await user.should_see("Nothing fits that search")
        assert "published: yes\n" in saved(world)


async def test_a_file_that_was_changed_meanwhile_is_not_written_over(world: CallWorld) -> None:
    async with visiting(world, "author", "/studio") as user:
        await user.should_see(marker="publish-hid-den")
        theirs = HIDDEN.replace("A customer", "Somebody else's customer")
        world.write("hid-den", theirs)  # the library has not read it yet
        user.find(marker="publish-hid-den").click()
        await user.should_see("changed by someone else")
        assert saved(world) == theirs


async def test_what_is_next_to_practise_is_one_that_can_be_seen(world: CallWorld) -> None:
    studio = world.studio()
    world.finished_call()
    async with visit(studio) as make:
        user = make()
        await log_in(user, "trainee")
        await user.open("/")
        with user:
            await user.should_see(marker="next")
        hide(world)
        hide(world, "mali")
        await user.should_not_see(marker="next")
        await user.should_see("There is no customer to practise with yet")


async def test_a_report_leads_a_trainee_to_no_unpublished_persona(world: CallWorld) -> None:
    studio = world.studio()
    world.finished_call()
    hide(world)
    async with visit(studio) as make:
        trainee, author = make(), make()
        await log_in(trainee, "trainee")
        await trainee.open(f"/calls/{CALL}")
        await trainee.should_see("Transcript")
        await trainee.should_not_see(marker="again")
        await trainee.open(f"/calls/{CALL}/try/1")
        await trainee.should_see("This customer was put away after your call")
        await log_in(author, "author")
        await author.open(f"/calls/{CALL}")
        await author.should_see(marker="again")


async def test_a_trainee_in_a_call_with_it_can_come_back_to_the_call(world: CallWorld) -> None:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        browser(user, "microphone", state="ok")
        await click(user, world, "Start Voice Call")
        hide(world)
        await user.open("/")
        await user.should_see(marker="to-call")
        await user.should_not_see("Start Practice: Returns, Ann Lee")
        await user.open("/call/ann-lee")
        await user.should_see("Your call with Ann Lee goes on")
        world.calls.are_over()
        await user.open("/call/ann-lee")
        await user.should_see("There is no customer at this address")


async def test_a_text_with_an_error_hides_it_at_once(world: CallWorld) -> None:
    """Calls have the last good version then, which was published."""
    studio = world.studio()
    hide(world, text=persona_text().replace("difficulty: easy", "difficulty: brutal"))
    async with visit(studio) as make:
        user = make()
        await log_in(user, "trainee")
        await user.open("/call/ann-lee")
        await user.should_see("There is no customer at this address")


async def test_the_editor_publishes_what_is_saved_and_keeps_what_is_not(world: CallWorld) -> None:
    async with visiting(world, "author", "/studio/hid-den") as user:
        await user.should_see("Unpublished")
        write(user, HIDDEN.replace("A customer", "A new customer"))
        await user.should_see("Unsaved changes")
        user.find(marker="publish-hid-den").click()
        await user.should_see("Published: trainees see it from now on.")
        published = HIDDEN.replace("published: no", "published: yes")
        assert saved(world) == published
        assert one(user, TextPane).text == published.replace("A customer", "A new customer")
        await user.should_see("Unsaved changes")
        await user.should_not_see(marker="publish-hid-den")
        press(user, "Save")
        await user.should_see("Saved. Calls with this persona")
        assert saved(world) == published.replace("A customer", "A new customer")
