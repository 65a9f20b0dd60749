"""The doctor's page as its user meets it, in NiceGUI's simulation."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from tests.support.studio import World, log_in, persona_text, visit, visiting
from ui.doctor.browser import DoctorProbe

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36"


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visiting(world, "author", "/doctor") as made:
        yield made


def tell(user: User, kind: str, **facts: Any) -> None:
    """The browser tells what it found out."""
    [probe] = user.find(kind=DoctorProbe).elements
    with user:
        for listener in probe._event_listeners.values():
            if listener.type == "fact":
                probe._handle_event({"listener_id": listener.id, "args": {"kind": kind, **facts}})


def page_facts(**facts: Any) -> dict[str, Any]:
    told = {"secure": True, "protocol": "http:", "hostname": "localhost", "agent": CHROME}
    return {**told, "origin": "http://localhost:3000", "missing": [], **facts}


async def test_trainees_are_sent_away(world: World) -> None:
    async with visit(world.studio()) as make:
        trainee = make()
        await log_in(trainee)
        await trainee.should_not_see("Doctor")
        response = await trainee.http_client.get("/doctor")
        assert response.status_code == 403
        assert "The doctor is for authors" in response.text


async def test_all_checks_of_this_machine_come(user: User) -> None:
    for words in ("can be written", "1 file can be called", "espeak-ng speaks", "Python 3"):
        await user.should_see(words)
    await user.should_see("GOOGLE_API_KEY is not set")
    await user.should_see("It is not registered with the LiveKit server")
    await user.should_see("a call would not work")


async def test_a_broken_persona_is_named(world: World) -> None:
    world.write("bad", persona_text("Bad", difficulty="huge"))
    async with visit(world.studio()) as make:
        author = make()
        await log_in(author, "author")
        await author.open("/doctor")
        await author.should_see("bad.md, line")


async def test_what_the_browser_tells_is_shown(user: User) -> None:
    await user.should_see("Press the button and listen.")
    tell(user, "page", **page_facts())
    await user.should_see("Chrome 150 has all that a call needs")
    tell(user, "microphone", state="ok", level=-20, label="Headset", detail="")
    await user.should_see("Headset hears you")
    tell(user, "tone", state="running", detail="")
    await user.should_see("Did you hear the tone?")
    user.find("I heard nothing").click()
    await user.should_see("Unmute this tab")
    tell(user, "tone", state="running", detail="")
    user.find("I heard it").click()
    await user.should_see("You heard the tone.")
    tell(user, "echo", state="ok", level=-20, detail="", seconds=2)
    user.find("I heard myself").click()
    await user.should_see("microphone and sound both work")


async def test_a_page_of_another_machine_is_told_why_it_has_no_microphone(user: User) -> None:
    remote = page_facts(secure=False, hostname="10.0.0.5", origin="http://10.0.0.5:3000")
    tell(user, "page", **remote)
    await user.should_see("no secure context")
    await user.should_see("put it behind https")


async def test_a_second_look_finds_what_is_new(world: World, user: User) -> None:
    await user.should_see("1 file can be called")
    world.library.save("ben-ode", persona_text("Ben Ode"), base=None, author="author")
    user.find(marker="look-again").click()
    await user.should_see("2 files can be called")


async def test_authors_find_it_in_the_menu(user: User) -> None:
    links = user.find(kind=ui.link, content="Doctor").elements
    assert "/doctor" in {link.props["href"] for link in links}


async def test_the_report_is_copied_without_keys(user: User) -> None:
    await user.should_see("can be written")
    copied: list[str] = []
    with user:
        client = ui.context.client
        client.run_javascript = lambda code, **_: copied.append(code)  # type: ignore[assignment]
    user.find("Copy the report").click()
    await user.should_see("It holds no keys")
    assert re.search(r'\\"id\\": \\"disk\\"', copied[-1])
