"""Sessions end for good, and pages listen to the session that opened them and to no other."""

import os
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio  # type: ignore[import-untyped]
from nicegui import Client, __version__, app, ui

from data.sessions import LONGEST, PASS_LASTS, Sessions
from data.users import PasswordError, Users
from tests.support.clock import until
from tests.support.serving import serve
from tests.support.studio import Make, World, log_in, log_in_by_the_page
from ui.auth.access import is_open
from ui.auth.browser_storage import UNUSED, sweep
from ui.auth.sockets import NO_COOKIE, RELOAD


def test_a_session_is_its_user_s_until_it_ends(world: World) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    token = world.sessions.begin(trainee)
    other = world.sessions.begin(trainee)
    assert world.sessions.user(token) == trainee
    again = Sessions(world.store, world.users)
    assert again.user(token) == trainee, "a restart ends no session"
    assert token not in (world.store.folder / "sessions.json").read_text()
    again.end(token)
    assert again.user(token) is None
    assert Sessions(world.store, world.users).user(token) is None
    assert again.user(other) == trainee
    for none in ("", "x", "\ud83d"):
        assert again.user(none) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.change("trainee", role="trainee", display="", disabled=True),
        lambda users: users.change("trainee", role="author", display=""),
        lambda users: users.set_password("trainee", "a new password"),
    ],
    ids=["disabled", "another role", "another password"],
)
def test_what_ends_sessions_ends_them_for_good(
    change: Callable[[Users], Any], world: World
) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    token = world.sessions.begin(trainee)
    change(world.users)
    assert world.sessions.user(token) is None
    world.users.change("trainee", role="trainee", display="")
    assert world.sessions.user(token) is None, "it came back with what had ended it"
    world.users.set_password("trainee", "trainee-demo again")
    assert world.sessions.user(token) is None
    assert world.sessions.user(token, page=True) is None
    assert len(world.sessions.prune()) == 1
    assert world.store.table("sessions", key="token").all() == []


def test_another_name_to_show_ends_nothing(world: World) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    token = world.sessions.begin(trainee)
    world.users.change("trainee", role="trainee", display="Kim")
    assert world.sessions.user(token) == world.users.get("trainee")


def test_a_renewed_session_goes_on_in_open_pages_only(world: World) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    old = world.sessions.begin(trainee)
    stranger = world.sessions.begin(trainee)
    world.users.set_password("trainee", "a new password")
    new = world.sessions.renew(old, trainee)
    assert world.sessions.user(new) == trainee
    assert world.sessions.user(old) is None
    assert world.sessions.user(old, page=True) == trainee
    assert world.sessions.same(old, new)
    assert not world.sessions.same(stranger, new)
    assert world.sessions.user(stranger, page=True) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.change("trainee", role="trainee", display="", disabled=True),
        lambda users: users.change("trainee", role="author", display=""),
        lambda users: users.set_password("trainee", "a new password"),
    ],
    ids=["disabled", "another role", "another password"],
)
def test_the_end_of_sessions_is_told(change: Callable[[Users], Any], world: World) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    token, told = world.sessions.begin(trainee), list[tuple[str, bool]]()
    stop = world.sessions.on_end(
        lambda name: told.append((name, world.sessions.user(token) is None))
    )
    change(world.users)
    assert told == [("trainee", True)]
    stop()
    world.users.change("trainee", role="trainee", display="")
    assert len(told) == 1


def test_who_sets_a_password_is_told_when_the_own_session_fits_it(world: World) -> None:
    trainee = world.users.get("trainee")
    assert trainee is not None
    own, other = world.sessions.begin(trainee), world.sessions.begin(trainee)
    told: list[tuple[bool, bool]] = []

    def look(name: str) -> None:
        sessions = (world.sessions.user(each, page=True) is not None for each in (own, other))
        told.append((next(sessions), next(sessions)))

    world.sessions.on_end(look)
    new = world.sessions.set_password(own, trainee, "a new password")
    assert told == [(True, False)]
    assert world.sessions.user(new) == trainee
    with pytest.raises(PasswordError):
        world.sessions.set_password(new, trainee, "short")
    assert world.sessions.user(new) == trainee
    assert len(told) == 1
    world.users.set_password("trainee", "another new password")
    assert told == [(True, False), (False, False)], "what failed before holds nothing back"


def test_sessions_and_passes_grow_old(world: World) -> None:
    now = 1000.0
    sessions = Sessions(world.store, world.users, lambda: now)
    trainee = world.users.get("trainee")
    assert trainee is not None
    token = sessions.begin(trainee)
    late = sessions.give_pass(token, "browser")
    now += PASS_LASTS + 1
    assert sessions.take(late, "browser") is None
    ticket = sessions.give_pass(token, "browser")
    assert sessions.take(ticket, "another") is None
    found = sessions.take(ticket, "browser")
    assert found is not None
    assert found[0] == token
    assert sessions.take(ticket, "browser") is None, "a pass is good once"
    now += LONGEST
    assert sessions.user(token) is None


async def test_a_planted_cookie_is_not_logged_in_with_its_victim(make: Make) -> None:
    attacker, victim = make(), make()
    await attacker.open("/login")
    planted = attacker.http_client.cookies
    victim.http_client.cookies = httpx.Cookies(planted)
    await log_in_by_the_page(victim)
    assert (await victim.http_client.get("/calls")).status_code == 200
    assert (await attacker.http_client.get("/calls")).status_code == 303
    before, after = planted["session"], victim.http_client.cookies["session"]
    assert before.partition(".")[0] != after.partition(".")[0]


async def test_a_pass_is_of_no_use_to_another_browser(world: World, make: Make) -> None:
    user, thief = make(), make()
    await user.open("/login")
    with user:
        trainee = world.users.get("trainee")
        assert trainee is not None
        ticket = world.sessions.give_pass(world.sessions.begin(trainee), app.storage.browser["id"])
    await thief.open("/login")
    target = f"/login/enter?ticket={ticket}&next=//evil.example"
    stolen = await thief.http_client.get(target)
    assert stolen.headers["location"] == "/login?next=%2F"
    assert (await thief.http_client.get("/")).status_code == 303
    own = await user.http_client.get(target)
    assert own.headers["location"] == "/"
    assert (await user.http_client.get("/")).status_code == 200


async def test_logging_out_ends_a_copied_cookie_too(make: Make) -> None:
    user, copy = make(), make()
    await log_in_by_the_page(user)
    copy.http_client.cookies = httpx.Cookies(user.http_client.cookies)
    assert (await copy.http_client.get("/")).status_code == 200
    user.find(marker="log-out").click()
    await user.should_see("Demo accounts")
    assert (await copy.http_client.get("/")).status_code == 303


async def test_what_a_browser_remembers_moves_at_a_login_and_goes_with_the_session(
    world: World, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the simulation, the page that runs a script last gets what the others are told.
    monkeypatch.setattr(Client, "run_javascript", lambda *_, **__: None)
    user, admin = make(), make()
    await user.open("/login")
    with user:
        planted = app.storage.browser["id"]
        app.storage.user["look"] = "dark"
    await log_in_by_the_page(user)
    with user:
        assert app.storage.browser["id"] != planted
        assert app.storage.user["look"] == "dark"
        kept = app.storage.user
    assert not app.storage._users[planted]
    await log_in(admin, "admin")
    await admin.open("/accounts")
    admin.find(marker="change-trainee").click()
    admin.find(marker="disabled").click()
    admin.find(kind=ui.button, content="Save").click()
    await admin.should_see("Saved.")
    await until(lambda: not kept)


def test_old_files_of_browsers_are_swept(tmp_path: Path) -> None:
    for name in ("in", "out", "fresh"):
        (tmp_path / f"storage-user-{name}.json").write_text("{}")
    old = time.time() - UNUSED - 1
    for name in ("in", "out"):
        os.utime(tmp_path / f"storage-user-{name}.json", (old, old))
    sweep(tmp_path, {"in"})
    assert {path.name for path in tmp_path.iterdir()} == {
        "storage-user-in.json",
        "storage-user-fresh.json",
    }


@pytest.mark.parametrize(
    ("path", "is_it"),
    [
        ("/login", True),
        ("/login-history", False),
        ("/login/", False),
        ("/loginx", False),
        ("/healthz", True),
        ("/healthz-x", False),
        ("/assets/studio.css", True),
        ("/assetsx", False),
        (f"/_nicegui/{__version__}/static/nicegui.js", True),
        ("/_nicegui/client/1/upload/2", False),
        ("/_niceguix", False),
        ("/_nicegui_ws/socket.io/", True),
        ("/_nicegui_wsx", False),
        ("/favicon.ico", True),
        ("/", False),
    ],
)
def test_open_addresses_match_as_a_whole(path: str, is_it: bool) -> None:
    assert is_open(path) is is_it


async def test_an_upload_is_for_the_session_that_opened_the_page(world: World, make: Make) -> None:
    author, other, visitor = make(), make(), make()
    await log_in(author, "author")
    await log_in(other, "author")
    page = await author.open("/studio/import")
    (upload,) = (e for e in page.elements.values() if isinstance(e, ui.upload))
    address, file = upload.props["url"], {"file": ("a.md", b"# Persona: A")}
    await visitor.open("/login")
    assert (await visitor.http_client.post(address, files=file)).status_code == 401
    assert (await other.http_client.post(address, files=file)).status_code == 403
    assert (await author.http_client.post(address, files=file)).status_code == 200
    world.users.change("author", role="trainee", display="")
    assert (await author.http_client.post(address, files=file)).status_code == 401


@dataclass
class Served:
    """The studio on a real port."""

    url: str

    def browser(self) -> httpx.AsyncClient:
        """A browser without cookies."""
        return httpx.AsyncClient(base_url=self.url)


@pytest.fixture
async def served(make: Make) -> AsyncIterator[Served]:
    async with serve() as url:
        yield Served(url)


async def _page(browser: httpx.AsyncClient, path: str = "/login") -> str:
    """Open a page; returns its id."""
    text = (await browser.get(path)).text
    found = re.search(r"'client_id': '([0-9a-f-]+)'", text)
    assert found is not None
    return found[1]


async def _connect(
    served: Served, page: str, cookies: httpx.Cookies, *, implicit: bool = True, **headers: str
) -> socketio.AsyncClient:
    """A socket for that page, as NiceGUI's script opens one."""
    socket = socketio.AsyncClient(reconnection=False)
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    query = f"client_id={page}&next_message_id=0&document_id=d&tab_id=t"
    query += f"&implicit_handshake={str(implicit).lower()}"
    reasons: list[str] = []
    socket.on("connect_error", lambda reason: reasons.append(str(reason)))
    try:
        await socket.connect(
            f"{served.url}?{query}", headers, ["websocket"], socketio_path="/_nicegui_ws/socket.io"
        )
    except socketio.exceptions.ConnectionError as error:
        raise ConnectionRefusedError(*reasons) from error
    return socket


async def test_a_socket_needs_the_cookie_of_its_page(served: Served) -> None:
    async with served.browser() as victim, served.browser() as stranger:
        page, other = await _page(victim), await _page(stranger)
        # A page that loads itself anew would do so for ever where there are no cookies.
        for cookies, why in ((httpx.Cookies(), NO_COOKIE), (stranger.cookies, RELOAD)):
            with pytest.raises(ConnectionRefusedError, match=why):
                await _connect(served, page, cookies)
        socket = await _connect(served, other, stranger.cookies, implicit=False)
        query = {"client_id": page, "tab_id": "t", "document_id": "d"}
        assert await socket.call("handshake", query) is False
        assert not Client.instances[page].has_socket_connection
        own = await _connect(served, page, victim.cookies)
        assert Client.instances[page].has_socket_connection
        await own.disconnect()
        await socket.disconnect()


async def test_a_socket_speaks_for_its_own_page_only(served: Served) -> None:
    async with served.browser() as victim, served.browser() as stranger:
        page, other = await _page(victim), await _page(stranger)
        with Client.instances[page]:
            field = ui.input()
        own = await _connect(served, page, victim.cookies)
        thief = await _connect(served, other, stranger.cookies)
        (listener,) = (n for n in field._event_listeners.values() if n.type.startswith("update:"))

        def typed(text: str) -> dict[str, Any]:
            words = {"id": field.id, "client_id": page, "listener_id": listener.id}
            return {**words, "args": [f'"{text}"']}

        await thief.emit("event", typed("forged"))
        await thief.emit("event", "nonsense")
        await thief.call("handshake", {"client_id": other, "tab_id": "t", "document_id": "d"})
        assert not field.value
        await own.emit("event", typed("mine"))
        await until(lambda: field.value == "mine")
        await own.disconnect()
        await thief.disconnect()


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_other_site_reads_the_transport_without_websocket(
    origin: str, served: Served
) -> None:
    async with served.browser() as victim:
        page = await _page(victim)
        path = f"/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id={page}"
        own = await victim.get(path)
        assert own.status_code == 200
        foreign = await victim.get(path, headers={"Origin": origin})
        assert foreign.status_code == 403
        assert "access-control-allow-origin" not in foreign.headers
        same = await victim.get(path, headers={"Origin": served.url})
        assert same.status_code == 200
        assert "access-control-allow-origin" not in same.headers
