"""What is kept of one person: who sees it, takes it along, and deletes it."""

import io
import json
import zipfile

import pytest
from nicegui import ui
from nicegui.testing import User

from data.annotations import Annotation
from data.drafts import Draft
from data.people import People
from data.records import CallEnd, CallStart, Turn
from personas.example_writer import with_example
from personas.parse import examine
from tests.support.clock import until
from tests.support.studio import Make, World, log_in, persona_text

CALL, OTHER = "0123456789abcdef", "f" * 16
SAID = "This is Kim Lee, I am so sorry about the broken parcel."
WRITTEN = "This is [name], I am so sorry about the broken parcel."
SECRET = "a long new password"


def call_of(world: World, user: str, call: str) -> None:
    start = CallStart(
        call, user, "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 1_790_000_000.0
    )
    record = world.archive.open(start, persona_text())
    record.turn(Turn(0, "persona", "My parcel is broken.", 1.0, end=2.0))
    record.turn(Turn(1, "trainee", SAID, 3.0, end=6.0, direction="Only authors read this."))
    record.close(CallEnd(1_790_000_060.0, "ended"))


@pytest.fixture
def kim(world: World) -> World:
    """Kim has an account, a call with its sound, a draft and words in a persona's file."""
    world.users.add("kim", "trainee", "Kim Lee", SECRET)
    call_of(world, "kim", CALL)
    call_of(world, "trainee", OTHER)
    recording = world.recordings.open(CALL)
    recording.add(b"OggS" * 500)
    recording.close()
    world.drafts.note(Draft("kim", "ann-lee", "page", "A text of Kim's.", "", "", 5.0))
    record = world.archive.get(CALL)
    assert record is not None
    for by in ("author", "kim"):
        world.annotations.add(record.start, Annotation("comment", by, 5.0, turn=1, text=f"by {by}"))
    persona = examine(persona_text(), "ann-lee").persona
    assert persona is not None
    text = with_example(persona_text(), persona.deescalations[0].id, "like", WRITTEN).text
    world.write("ann-lee", text)
    world.write("bo-ek", persona_text())
    return world


async def enter(user: User, name: str) -> None:
    """Log in with an account that is no demo one."""
    await user.open("/login")
    user.find(marker="name").type(name)
    user.find(marker="password").type(SECRET)
    user.find(kind=ui.button, content="Log in").click()
    await user.should_see("Simulations")
    await user.open("/")


def listed(user: User) -> str:
    return " ".join(
        str(getattr(part, "text", ""))
        for each in user.find(marker="held").elements
        for part in each.descendants()
    )


async def test_an_admin_sees_all_that_is_kept_and_deletes_it(kim: World, make: Make) -> None:
    user = make()
    await log_in(user, "admin")
    await user.open("/accounts")
    user.find(marker="data-kim").click()
    await user.should_see("What is kept of Kim Lee")
    for words in ("1 call, the first one", "0.1 MB", "1 text of a persona"):
        await user.should_see(words)
    assert "ann-lee.md, line" in listed(user)
    assert WRITTEN in listed(user)
    assert "bo-ek" not in listed(user)
    user.find(marker="delete-all").click()
    await user.should_see("Delete all that is kept?")
    user.find(marker="delete-it").click()
    await user.should_see("Type kim first.")
    assert kim.archive.get(CALL) is not None
    user.find(marker="meant").type("Kim")
    user.find(marker="delete-it").click()
    await user.should_see("All that was kept of Kim Lee is deleted.")
    await until(lambda: user.back_history[-1] == "/accounts")
    assert kim.archive.get(CALL) is None
    assert kim.recordings.find(CALL) is None
    assert kim.users.get("kim") is None
    assert kim.drafts.by("kim") == []
    assert kim.annotations.of(CALL) == ()
    assert kim.archive.get(OTHER) is not None
    response = await user.http_client.get("/people/kim")
    assert response.status_code == 404
    assert "Nothing is kept of such a person" in response.text


async def test_a_person_deletes_all_that_is_kept_and_is_logged_out(kim: World, make: Make) -> None:
    user = make()
    await enter(user, "kim")
    await user.open("/people/kim")
    await user.should_see("What is kept of you")
    await user.should_see("The account: whoever is logged in with it is logged out")
    held = [part for each in user.find(marker="held").elements for part in each.descendants()]
    assert not [part for part in held if isinstance(part, ui.link)]  # the studio is for authors
    user.find(marker="delete-all").click()
    await user.should_see("Delete all that is kept?")
    user.find(marker="meant").type("kim")
    user.find(marker="delete-it").click()
    await until(lambda: kim.users.get("kim") is None and kim.archive.get(CALL) is None)
    response = await user.http_client.get("/people/kim")
    assert response.status_code == 303
    assert "/login" in response.headers["location"]


async def test_the_one_local_person_deletes_it_and_the_demo_account_stays(
    kim: World, make: Make
) -> None:
    user = make()
    await log_in(user)
    await user.open("/people/trainee")
    await user.should_see("The account. It is a demo account")
    user.find(marker="delete-all").click()
    await user.should_see("Delete all that is kept?")
    user.find(marker="meant").type("trainee")
    user.find(marker="delete-it").click()
    await until(lambda: kim.archive.get(OTHER) is None)
    await user.open("/people/trainee")
    await user.should_see("0 calls")
    await user.should_see("No example in a persona file or its versions holds words")
    assert kim.archive.get(CALL) is not None


async def test_it_is_nobody_else_s(kim: World, make: Make) -> None:
    user = make()
    await log_in(user, "author")
    for path in ("/people/kim", "/api/people/kim.zip", "/api/people/kim"):
        assert (await user.http_client.get(path)).status_code == 403
    stranger = make()
    assert (await stranger.http_client.get("/api/people/kim.zip")).status_code == 401


async def test_all_of_it_is_one_zip_of_plain_files(kim: World, make: Make) -> None:
    user = make()
    await enter(user, "kim")
    response = await user.http_client.get("/api/people/kim.zip")
    assert response.status_code == 200
    assert 'filename="rehearsal-kim.zip"' in response.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        files = {name: file.read(name) for name in file.namelist()}
    (folder,) = {name.rpartition("/")[0] for name in files if name.startswith("calls/")}
    inside = {name.removeprefix(f"{folder}/") for name in files}
    assert inside >= {"call.json", "call.txt", "call.vtt", "recording.ogg"}
    assert files[f"{folder}/recording.ogg"] == b"OggS" * 500
    told = json.loads(files[f"{folder}/call.json"])
    assert told["turns"][1]["text"] == SAID
    assert "Only authors read this" not in str(files)
    assert json.loads(files["account.json"])["display"] == "Kim Lee"
    assert [each["text"] for each in json.loads(files["written.json"])] == ["by author", "by kim"]
    assert files["not-saved/1-ann-lee.md"] == b"A text of Kim's."
    for name in files:
        part = name.partition("/")[0]
        assert part == "README.txt" or part in files["README.txt"].decode()
    assert "argon2" not in str(files)
    folder_of_exports = kim.store.folder / "exports"
    await until(lambda: not list(folder_of_exports.iterdir()))


async def test_who_is_in_a_call_is_asked_to_end_it_first(kim: World, make: Make) -> None:
    start = CallStart(
        "e" * 16, "kim", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 1.79e9
    )
    kim.archive.open(start, persona_text())
    user = make()
    await log_in(user, "admin")
    await user.open("/people/kim")
    await user.should_see("A call is going on. End it first")
    user.find(marker="delete-all").click()
    await user.should_see("Delete all that is kept?")
    user.find(marker="meant").type("kim")
    user.find(marker="delete-it").click()
    await user.should_see("kim is in a call. End it, or wait until it is over")
    assert kim.archive.get(CALL) is not None


async def test_what_is_left_to_be_deleted_is_said(
    kim: World, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(People, "delete", full)
    user = make()
    await log_in(user, "admin")
    await user.open("/people/kim")
    user.find(marker="delete-all").click()
    await user.should_see("Delete all that is kept?")
    user.find(marker="meant").type("kim")
    user.find(marker="delete-it").click()
    await user.should_see("Not all of it could be deleted just now (No space left on device).")


async def test_who_has_calls_and_no_account_is_found_by_admins(world: World, make: Make) -> None:
    call_of(world, "gone", CALL)
    user = make()
    await log_in(user, "admin")
    await user.open("/accounts")
    await user.should_see("Calls without an account")
    await user.open("/people/gone")
    await user.should_see("What is kept of gone")
