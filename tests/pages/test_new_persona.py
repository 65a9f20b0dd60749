"""A new persona: the form, what it says of mistakes, what it keeps, and drafts by a model."""

from collections.abc import AsyncIterator

import pytest
from nicegui import app, ui
from nicegui.testing import User

from personas.blank import BLANK
from personas.parse import examine
from tests.support.fakes.text_model import TextServer
from tests.support.form_answer import TYPED, answer, fill
from tests.support.studio import World, log_in, visit, visiting
from ui.library import form_fields, new_persona


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visiting(world, "author", "/studio/new") as user:
        yield user


def value(user: User, marker: str) -> object:
    (element,) = user.find(marker=marker).elements
    return getattr(element, "value")  # noqa: B009


async def test_from_answers_to_the_editor(world: World, user: User) -> None:
    fill(user)
    assert value(user, "file-name") == "dana-b-fox-b"
    user.find(marker="angers-0-change").click()
    user.find("Very much (+3)").click()
    user.find(marker="add-facts").click()
    user.find(marker="facts-1-value").type("Lives in Leeds")
    user.find(marker="briefing").type("You work for Quickpost.")
    user.find(marker="file-name").clear().type("dana-fox")
    user.find(marker="create").click()
    await user.should_see("dana-fox.md")
    persona = examine((world.personas / "dana-fox.md").read_bytes(), "dana-fox").persona
    assert persona is not None
    assert (persona.name, persona.scenario) == ("Dana <b>Fox</b>", "Lost Parcel")
    assert (persona.triggers[0].change, persona.briefing) == (3, "You work for Quickpost.")
    assert [fact.value for fact in persona.facts] == ["55: 12", "Lives in Leeds"]
    await user.open("/studio/new")
    assert value(user, "name") == ""


async def test_mistakes_are_told_and_nothing_is_lost(world: World, user: User) -> None:
    user.find(marker="name").type("Dana Fox")
    user.find(marker="create").click()
    await user.should_see("9 things are still to be done")
    (scenario,) = user.find(marker="scenario").elements
    assert "what the call is about" in scenario.props["error-message"]
    await user.should_see("Add at least one fact")
    user.find(marker="scenario").type("Lost Parcel")
    assert "error" not in scenario.props
    fill(user)
    user.find(marker="file-name").clear().type("ann-lee")
    user.find(marker="create").click()
    await user.should_see("ann-lee.md already")
    assert value(user, "who") == "Runs a shop."
    assert [path.name for path in world.personas.iterdir()] == ["ann-lee.md"]


async def test_what_was_typed_outlives_a_reload(user: User) -> None:
    user.find(marker="name").type("สมชาย")
    user.find(marker="opening-0").type("สวัสดีครับ")
    user.find(marker="add-opening").click()
    user.find(marker="opening-1").type("two")
    await user.open("/studio/new")
    assert value(user, "name") == "สมชาย"
    assert value(user, "file-name") == "smchay"
    assert [value(user, f"opening-{i}") for i in range(2)] == ["สวัสดีครับ", "two"]
    user.find(marker="remove-opening-0").click()
    assert value(user, "opening-0") == "two"
    user.find(marker="clear").click()
    user.find(marker="do-it").click()
    await user.open("/studio/new")
    assert value(user, "name") == ""


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError(13, "")])
async def test_a_disk_that_takes_nothing(
    user: User, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    fill(user)
    monkeypatch.setattr("personas.files.tempfile.mkstemp", refuse)
    user.find(marker="create").click()
    await user.should_see("was not saved")
    assert value(user, "who") == "Runs a shop."


async def test_a_name_that_was_given_stays(user: User) -> None:
    user.find(marker="name").type("Dana")
    assert value(user, "file-name") == "dana"
    user.find(marker="file-name").clear().type("mine")
    user.find(marker="name").type(" Fox")
    assert value(user, "file-name") == "mine"
    await user.open("/studio/new")
    assert value(user, "file-name") == "mine"
    user.find(marker="file-name").clear()
    user.find(marker="name").type("x")
    assert value(user, "file-name") == "dana-foxx"


async def test_a_blank_template(world: World, user: User) -> None:
    user.find(marker="blank").click()
    user.find(marker="blank-name").clear().type("../../evil")
    user.find(marker="blank-create").click()
    await user.should_see("cannot be a file's name")
    user.find(marker="blank-name").clear().type("fresh")
    user.find(marker="blank-create").click()
    await user.should_see("fresh.md")
    assert (world.personas / "fresh.md").read_text(encoding="utf-8") == BLANK


async def test_trainees_make_none(world: World) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        assert (await user.http_client.get("/studio/new")).status_code == 403


async def test_without_a_key_there_is_no_draft(user: User) -> None:
    await user.should_not_see("Draft with a model")


async def test_a_draft_fills_the_form_and_can_be_taken_back(world: World) -> None:
    with TextServer(answer) as server:
        world.configure(OPENAI_API_KEY="test", OPENAI_BASE_URL=f"{server.base_url}/v1")
        async with visit(world.studio()) as make:
            user = make()
            await log_in(user, "author")
            await user.open("/studio/new")
            user.find(marker="name").type("Mine")
            user.find(marker="draft").click()
            await user.should_see("Write a sentence")
            server.fault = "no_quota"
            user.find(marker="sentences").type("A baker")
            user.find(marker="draft").click()
            await user.should_see("no quota left")
            assert value(user, "name") == "Mine"
            server.fault = ""
            user.find(marker="draft").click()
            await user.should_see("The form is filled")
            assert value(user, "name") == "Mira Holt"
            assert value(user, "angers-0-change") == 3
            user.find(marker="draft-back").click()
            await user.should_see("as it was before")
            assert value(user, "name") == "Mine"
            user.find(kind=ui.button, content="Take the draft again").click()
            assert value(user, "name") == "Mira Holt"
            user.find(marker="create").click()
            await user.should_see("mira-holt.md")


async def test_a_megabyte_in_a_field_is_told_and_neither_kept_nor_worked_through(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []

    def proposed(*names: str, taken: object) -> str:
        named.extend(names)
        return "a-name"

    monkeypatch.setattr(new_persona, "proposed", proposed)
    for marker, text in TYPED.items():
        user.find(marker=marker).type(text)
    user.find(marker="name").clear().type("x" * 900_000)
    user.find(marker="create").click()
    await user.should_see("use at most 80 characters")
    assert max(map(len, named)) <= 80
    with user:
        kept = app.storage.user[new_persona.KEPT]["author"]
    assert len(kept["name"]) == form_fields.TOO_LONG, "what else was typed is kept with it"
    assert not (world.personas / "a-name.md").exists()
