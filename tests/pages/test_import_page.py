"""The import page, and the limit on what can be uploaded."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from personas.bundle import packed
from personas.publishing import with_published
from tests.support.cards import json_card, png, png_card
from tests.support.clock import until
from tests.support.editor_world import one
from tests.support.fakes.text_model import TextServer
from tests.support.form_answer import answer
from tests.support.studio import World, log_in, persona_text, visit, visiting
from ui.imports.drop import PASTED, DropField
from ui.imports.page import PART
from ui.imports.upload_limit import UploadLimit
from ui.studio.text_pane import TextPane

OTHER = persona_text("Ann Lee", "Returns", "hard").encode()
BROKEN = persona_text("Bo Ken").replace("difficulty: easy", "difficulty: brutal").encode()


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visiting(world, "author", "/studio/import") as user:
        yield user


async def pick(user: User, *files: tuple[str, bytes]) -> None:
    (upload,) = user.find(kind=ui.upload).elements
    assert user.client is not None
    with user.client:
        picked = [SmallFileUpload(name, "application/octet-stream", data) for name, data in files]
        await upload.handle_uploads(picked)  # type: ignore[arg-type]


def files(world: World) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(world.personas.iterdir())}


async def test_what_the_browser_keeps_has_a_row_with_the_reason(user: User) -> None:
    (drop,) = user.find(kind=DropField).elements
    user.find(kind=DropField).trigger("refused", [["film.mp4", "large"], ["a/.git", "hidden"]])
    for words in ("film.mp4", "A file may have 20 MB.", "a/.git", "hidden, as what begins"):
        await user.should_see(words)
    assert drop.props["url"] == one(user, ui.upload).props["url"]
    await pick(user, ("new.md", OTHER))
    await user.should_see("Here already, differs")
    await user.should_see("film.mp4")  # nothing vanishes when more comes
    user.find(marker="clear").click()
    await user.should_not_see("film.mp4")


async def choose(user: User, marker: str, option: str) -> None:
    await user.should_see(marker=marker)
    user.find(marker=marker).click()
    user.find(option).click()


async def test_each_file_is_shown_before_anything_is_written(world: World, user: User) -> None:
    before = files(world)
    await pick(
        user,
        ("ann-lee.md", OTHER),
        ("Nok Dee.md", persona_text("Nok <i>Dee</i>").encode()),
        ("pack.zip", packed([("broken.md", BROKEN)])),
        ("bad.md", b"\xff\xfa"),
    )
    for text in (
        "Here already, differs", "here as ann-lee.md", "An update: 1 line changed",
        "Nok Dee.md → nok-dee.md", "Returns · Nok <i>Dee</i>", "1 fact, 3 rules, 2 objectives",
        "My parcel is broken.", "unknown difficulty 'brutal'", "It has errors",
        "It is not UTF-8 text",
    ):  # fmt: skip
        await user.should_see(text)
    assert files(world) == before
    await user.should_see("Import 1 persona")  # the one that is new and right
    await choose(user, "choice-ann-lee.md", "Update the one here")
    await user.should_see("Import 2 personas")
    user.find(marker="import").click()
    await user.should_see("2 personas imported")
    await user.should_see("1 file was not taken")
    assert sorted(files(world)) == ["ann-lee.md", "nok-dee.md"]
    assert files(world)["ann-lee.md"] == OTHER  # and published, as it was
    assert b"published: no\n" in files(world)["nok-dee.md"]
    await user.should_see(marker="open-nok-dee")
    await user.should_see(marker="unpublished")


async def test_the_same_file_is_left_alone(world: World, user: User) -> None:
    await pick(user, ("ann-lee.md", files(world)["ann-lee.md"]))
    await user.should_see("Already here, the same")
    assert not one(user, ui.button, marker="import").enabled


async def test_both_can_be_kept_and_broken_ones_mended(world: World, user: User) -> None:
    await pick(user, ("ann-lee.md", OTHER), ("broken.md", BROKEN))
    await user.should_see("differs")
    await choose(user, "choice-ann-lee.md", "Keep both")
    user.find(marker="edit-broken.md").click()
    pane = one(user, TextPane, marker="text-broken.md")
    with user:
        pane.set_value(BROKEN.decode().replace("brutal", "hard"))
    await user.should_not_see("unknown difficulty")
    await user.should_see("Import 2 personas")
    user.find(marker="import").click()
    await user.should_see("2 personas imported")
    assert sorted(files(world)) == ["ann-lee-2.md", "ann-lee.md", "broken.md"]
    assert b"difficulty: hard" in files(world)["broken.md"]


async def test_an_update_is_shown_as_a_difference_and_keeps_the_authors_changes(
    world: World, user: User
) -> None:
    world.imports.note("ann-lee", persona_text())
    entry = world.library.get("ann-lee")
    assert entry is not None
    own = entry.text.replace("# Constraints", "# Constraints\n- Mine")
    world.library.save("ann-lee", own, base=entry.version, author="author")
    await pick(user, ("ann-lee.md", OTHER))
    await user.should_see("What was changed here since the last import stays.")
    user.find(marker="compare-ann-lee.md").click()
    await user.should_see("What would change in ann-lee.md")
    await user.should_see("difficulty: hard")
    user.find(kind=ui.button, content="Close").click()
    await choose(user, "choice-ann-lee.md", "Update the one here")
    user.find(marker="import").click()
    await user.should_see("1 persona imported")
    assert files(world)["ann-lee.md"].decode() == own.replace("easy", "hard")
    assert world.imports.text("ann-lee") == OTHER.decode()


async def test_what_an_update_would_cost_is_said(world: World, user: User) -> None:
    await pick(user, ("ann-lee.md", OTHER))
    await user.should_see("It would cost 1 line that only the file here has")
    await user.should_see("difficulty: easy")


async def test_a_pasted_text_has_a_row_and_stays_where_it_was_if_not_taken(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = list[str]()
    monkeypatch.setattr(DropField, "forget_text", lambda self: forgotten.append("text"))
    await pick(user, (PASTED, b"x" * 300_000))
    await user.should_see("It is over 256 KB")
    await user.should_see("Pasted text.md")
    assert forgotten == []
    await pick(user, (PASTED, persona_text("Pat Aste", "Pasting").encode()))
    await user.should_see("Pasting · Pat Aste")
    await user.should_see("Pasted text 2.md")
    await pick(user, (PASTED, json_card()))
    await user.should_see("Mira Holt")
    assert forgotten == ["text", "text"]


async def test_what_keeps_it_from_being_unpublished_is_mended_first(user: User) -> None:
    await pick(
        user,
        (
            "held.md",
            f"---\nscenario: A\n{persona_text('Eve May')[4:]}".encode(),
        ),
    )
    await user.should_see("Eve May")
    await pick(user, ("open.md", f"---\nscenario: [A\n---\n{persona_text('Zoe')}".encode()))
    await user.should_see("To be mended")
    await user.should_see("It cannot be marked as unpublished.")
    await user.should_not_see(marker="choice-open.md")


async def test_what_is_pasted_with_a_chat_models_words_is_mended_by_a_button(
    world: World, user: User
) -> None:
    whole = persona_text("Cha Tty", "Chats")
    await pick(user, ("chat.md", whole.encode()))
    await user.should_see(marker="edit-chat.md")
    await user.should_not_see(marker="mend-chat.md")
    user.find(marker="edit-chat.md").click()
    with user:
        wrapped = f"Sure! Here is your persona:\n\n```markdown\n{whole}```\n"
        one(user, TextPane, marker="text-chat.md").set_value(wrapped)
    await user.should_see("To be mended")
    await user.should_see("stands in a code block")
    user.find(marker="mend-chat.md").click()
    await user.should_see("Mended: only what programs had done")
    await user.should_see("Chats · Cha Tty")
    await user.should_see("Import 1 persona")
    user.find(marker="text-back").click()
    await user.should_see("To be mended")
    assert not one(user, ui.button, marker="import").enabled
    user.find(marker="mend-chat.md").click()
    await user.should_see("Import 1 persona")
    user.find(marker="import").click()
    await user.should_see("1 persona imported")
    assert files(world)["chat.md"] == with_published(whole, False).encode()


async def test_a_draft_is_filled_by_the_text_model_and_comes_back(world: World) -> None:
    with TextServer(answer) as server:
        world.configure(OPENAI_API_KEY="test", OPENAI_BASE_URL=f"{server.base_url}/v1")
        async with visiting(world, "author", "/studio/import") as user:
            await pick(user, ("card.json", json_card(name="Ed Card")))
            await user.should_see("Sends this text to the text model.")
            user.find(marker="fill-card.json").click()
            await user.should_see("a model makes things up")
            await user.should_see("Broken Oven · Ed Card")
            user.find(marker="text-back").click()
            await user.should_not_see("Broken Oven · Ed Card")
            words = "word " * 7900
            long = json_card(name="Lo Ng", description=words, personality=words)
            await pick(user, ("long.json", long))
            await user.should_see(marker="fill-long.json")
            user.find(marker="fill-long.json").click()
            await user.should_see("The text is as it was.")


async def test_without_a_text_model_none_is_offered(user: User) -> None:
    await pick(user, ("card.json", json_card()))
    await user.should_see("Mira Holt")
    await user.should_not_see("Fill with the text model")


async def test_one_choice_for_all_that_differ(world: World, user: User) -> None:
    world.write("bo-lee", persona_text("Bo Lee"))
    world.library.look("bo-lee", author="")
    bo = persona_text("Bo Lee", "Returns", "hard").encode()
    await pick(user, ("ann-lee.md", OTHER), ("bo-lee.md", bo))
    await user.should_see("All 2 that differ")
    await choose(user, "choose-all", "Update the one here")
    user.find(marker="import").click()
    await user.should_see("2 personas imported")
    assert set(files(world).values()) == {OTHER, bo}


async def test_a_character_card_is_a_draft(world: World, user: User) -> None:
    await pick(user, ("card.png", png_card()))
    await user.should_see("Calls the agent about a broken oven · Mira Holt")
    await user.should_see("Kept:")
    user.find(marker="import").click()
    await user.should_see("1 persona imported")
    assert "mira-holt.md" in files(world)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("evil.zip", packed([("../evil.md", OTHER)]), "leads out of its folder"),
        ("many.zip", packed((f"p{i}.md", b"x") for i in range(1001)), "more than 1,000 files"),
        ("no.zip", b"no zip", "no zip, or a damaged one"),
        ("big.png", png() + b"\0" * 20_000_001, "over 20 MB"),
        ("plain.png", png(), "no character card in this picture"),
    ],
)
async def test_what_is_bad_is_told_and_nothing_is_written(
    world: World, user: User, name: str, data: bytes, words: str
) -> None:
    before = files(world)
    await pick(user, (name, data))
    await user.should_see(words)
    assert files(world) == before


async def test_a_full_disk_is_told_for_each_file(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("personas.files.tempfile.mkstemp", full)
    await pick(user, ("fresh.md", OTHER))
    await choose(user, "choice-fresh.md", "Keep both")
    user.find(marker="import").click()
    await user.should_see("no space left on device")
    await user.should_see("0 personas imported")


async def test_many_files_are_drawn_in_steps(world: World, user: User) -> None:
    """Whoever else uses the app's loop has it in between."""
    texts = {f"p-{n}.md": persona_text(f"Person {n}").encode() for n in range(120)}
    await pick(user, ("many.zip", packed(texts.items())))
    await user.should_see("Show all", retries=100)
    user.find("Show all").click()
    assert _rows(user) == PART
    await until(lambda: _rows(user) == 120)
    user.find(marker="import").click()
    await user.should_see("120 personas imported", retries=300)
    await until(lambda: _rows(user) == 120)
    assert len(files(world)) == 121


def _rows(user: User) -> int:
    return sum("rh-arrival" in tag.classes for tag in user.find(kind=TextElement).elements)


async def test_trainees_import_nothing(world: World) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        assert (await user.http_client.get("/studio/import")).status_code == 403


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.mark.parametrize(
    ("path", "size", "promised", "status"),
    [
        ("/_nicegui/client/a/upload/1", 100, True, 200),
        ("/_nicegui/client/a/upload/1", 101, True, 413),
        ("/_nicegui/client/a/upload/1", 5000, False, 413),
        ("/elsewhere", 5000, True, 200),
    ],
)
async def test_an_upload_is_counted_as_it_arrives(
    path: str, size: int, promised: bool, status: int
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size // 50):
            yield b"x" * 50

    transport = httpx.ASGITransport(UploadLimit(_echo, 100))
    content: Any = b"x" * size if promised else pieces()
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post(path, content=content)
    assert answer.status_code == status
