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
from tests.support.cards import png, png_card
from tests.support.clock import until
from tests.support.studio import World, log_in, persona_text, visit, visiting
from ui.library.import_page import STEP
from ui.library.upload_limit import UploadLimit

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


async def test_a_file_that_is_refused_is_named_with_the_reason(user: User) -> None:
    upload = user.find(kind=ui.upload)
    upload.trigger("rejected", [["note.txt", "accept"], ["long.md", "max-file-size"]])
    await user.should_see("note.txt")
    await user.should_see("is of another kind. Only .md, .zip, .json and .png files")
    await user.should_see("is too large. A file may have 20 MB.")
    await pick(user, ("new.md", OTHER))
    await user.should_see("What will happen")
    await user.should_see("note.txt")  # it was chosen together with the other
    await pick(user, ("next.md", OTHER))
    await user.should_not_see("note.txt")


async def choose(user: User, marker: str, option: str) -> None:
    user.find(marker=marker).click()
    user.find(option).click()


async def test_each_file_is_shown_before_anything_is_written(world: World, user: User) -> None:
    before = files(world)
    await pick(
        user,
        ("ann-lee.md", OTHER),
        ("Nok Dee.md", persona_text("Nok <i>Dee</i>").encode()),
        ("pack.zip", packed([("ann-lee.md", before["ann-lee.md"]), ("broken.md", BROKEN)])),
        ("bad.md", b"\xff\xfe"),
    )
    for text in (
        "Differs from the one here", "Nok Dee.md → nok-dee.md", "Returns · Nok <i>Dee</i>",
        "unknown difficulty 'brutal'", "It has errors", "It is not UTF-8 text",
    ):  # fmt: skip
        await user.should_see(text)
    assert files(world) == before
    await user.should_see("Import 2 personas")  # the two that are new and right
    await choose(user, "choice-0", "Replace the one here")
    await user.should_see("Import 3 personas")
    user.find(marker="import").click()
    await user.should_see("3 personas imported")
    await user.should_see("1 file was not taken")
    assert sorted(files(world)) == ["ann-lee-2.md", "ann-lee.md", "nok-dee.md"]
    assert files(world)["ann-lee.md"] == OTHER


async def test_the_same_file_is_left_alone(world: World, user: User) -> None:
    await pick(user, ("ann-lee.md", files(world)["ann-lee.md"]))
    await user.should_see("Already here, the same")
    (button,) = user.find(marker="import").elements
    assert not getattr(button, "enabled")  # noqa: B009


async def test_both_can_be_kept_and_broken_ones_mended(world: World, user: User) -> None:
    await pick(user, ("ann-lee.md", OTHER), ("broken.md", BROKEN))
    await user.should_see("Differs")
    await choose(user, "choice-0", "Keep both")
    await choose(user, "choice-1", "Import it")
    user.find(marker="import").click()
    await user.should_see("2 personas imported")
    assert sorted(files(world)) == ["ann-lee-2.md", "ann-lee.md", "broken.md"]


async def test_one_choice_for_all_that_differ(world: World, user: User) -> None:
    world.write("bo-lee", persona_text("Bo Lee"))
    world.library.look("bo-lee", author="")
    await pick(user, ("ann-lee.md", OTHER), ("bo-lee.md", OTHER))
    await user.should_see("All 2 that differ")
    await choose(user, "choose-all", "Replace the one here")
    user.find(marker="import").click()
    await user.should_see("2 personas imported")
    assert set(files(world).values()) == {OTHER}


async def test_a_character_card_is_a_draft(world: World, user: User) -> None:
    await pick(user, ("card.png", png_card()))
    await user.should_see("Calls the agent about a broken oven · Mira Holt")
    await user.should_see("A card has no rules for a call")
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
    await user.should_see("New")
    user.find(marker="import").click()
    await user.should_see("no space left on device")
    await user.should_see("0 personas imported")


async def test_many_files_are_drawn_in_steps(world: World, user: User) -> None:
    """Whoever else uses the app's loop has it in between."""
    texts = {f"p-{n}.md": persona_text(f"Person {n}").encode() for n in range(120)}
    await pick(user, ("many.zip", packed(texts.items())))
    await user.should_see("Show all", retries=100)
    user.find("Show all").click()
    assert _rows(user) == STEP
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
