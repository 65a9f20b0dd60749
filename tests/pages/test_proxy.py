"""Behind a reverse proxy with a sub-path, and under names that are not ours."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import socketio  # type: ignore[import-untyped]
from aiohttp import web
from nicegui import Client, app
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from agent.platform.settings import Settings
from agent.protocol.websocket.server import PATH as WORKER
from tests.support.clock import until
from tests.support.serving import serve
from tests.support.studio import World, visit
from ui.auth.proxy import Front

PREFIX = "/rehearsal"
LOOPBACK = "127.0.0.0/8"


class Proxy:
    """A reverse proxy that serves the app under a sub-path, as the README's lines for nginx do."""

    def __init__(self, target: str, *, strips: bool = True) -> None:
        self._target = target
        self._strips = strips

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.removeprefix(PREFIX) if self._strips else request.raw_path
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("host", "content-length") and "websocket" not in name.lower()
        }
        headers |= {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": request.host,
            "X-Forwarded-Prefix": PREFIX,
        }
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, session, path, headers)
            body = await request.read()
            async with session.request(
                request.method,
                self._target + path,
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as found:
                kept = [
                    (name, value)
                    for name, value in found.headers.items()
                    if name.lower() not in ("content-length", "transfer-encoding")
                ]
                answer = web.Response(status=found.status, body=await found.read())
                answer.headers.clear()
                answer.headers.extend(kept)
                return answer

    async def _socket(
        self, request: web.Request, session: aiohttp.ClientSession, path: str, headers: Any
    ) -> web.StreamResponse:
        for name in ("Connection", "Upgrade"):
            headers.pop(name, None)
        async with session.ws_connect(self._target + path, headers=headers) as inner:
            outer = web.WebSocketResponse()
            await outer.prepare(request)

            async def pump(source: Any, sink: Any) -> None:
                async for message in source:
                    await sink.send_str(message.data)
                await sink.close()

            await asyncio.gather(pump(inner, outer), pump(outer, inner))
            return outer


@asynccontextmanager
async def _proxied(target: str, **options: Any) -> AsyncIterator[str]:
    site = web.Application()
    site.router.add_route("*", "/{tail:.*}", Proxy(target, **options).answer)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = listening._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _studio(world: World, **options: Any) -> AsyncIterator[tuple[str, str]]:
    """The addresses of a studio and of the proxy in front of it."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(visit(world.studio()))
        inner = await stack.enter_async_context(serve())
        yield inner, await stack.enter_async_context(_proxied(inner, **options))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.configure(REHEARSAL_PROXY=LOOPBACK)
    made.users.set_first_password("a long password")
    return made


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "left"])
async def test_a_sub_path_works(world: World, strips: bool) -> None:
    async with AsyncExitStack() as stack:
        _, outside = await stack.enter_async_context(_studio(world, strips=strips))
        browser = await stack.enter_async_context(httpx.AsyncClient(base_url=outside))
        sent_off = await browser.get(f"{PREFIX}/calls")
        assert sent_off.headers["location"] == f"{PREFIX}/login?next=%2Fcalls"
        page = await browser.get(sent_off.headers["location"])
        cookie = page.headers["set-cookie"].lower()
        for part in (f"path={PREFIX};", "secure", "httponly", "samesite=lax"):
            assert part in cookie
        found = re.search(r"'client_id': '([0-9a-f-]+)'", page.text)
        assert found is not None
        client = Client.instances[found[1]]
        assert client.ip == "203.0.113.9"
        for address in re.findall(r'(?:href|src)="(/[^"]*)"', page.text):
            assert address.startswith(f"{PREFIX}/"), address
            assert (await browser.get(address)).status_code == 200, address

        session = page.cookies["session"]
        admin = world.users.get("admin")
        assert admin is not None
        ticket = world.sessions.give_pass(world.sessions.begin(admin), client.request.session["id"])
        head = {"Cookie": f"session={session}"}
        entered = await browser.get(
            f"{PREFIX}/login/enter?ticket={ticket}&next=%2Fcalls", headers=head
        )
        assert entered.headers["location"] == f"{PREFIX}/calls"
        head = {"Cookie": f"session={entered.cookies['session']}"}
        calls = await browser.get(f"{PREFIX}/calls", headers=head)
        assert calls.status_code == 200
        assert f'href="{PREFIX}/"' in calls.text or f'"href":"{PREFIX}/"' in calls.text
        call = await browser.get(f"{PREFIX}/call/ann-lee", headers=head)
        assert f"{PREFIX}/sdk/" in call.text
        assert '"/sdk/' not in call.text
        slash = await browser.get(f"{PREFIX}/calls/", headers=head)
        assert slash.headers["location"].startswith(f"{PREFIX}/calls")
        token = await browser.post(
            f"{PREFIX}/api/token",
            json={"persona": "ann-lee"},
            headers=head | {"Origin": f"https://{outside.partition('//')[2]}"},
        )
        assert token.status_code == 201
        foreign = head | {"Origin": "https://evil.example"}
        refused = await browser.post(f"{PREFIX}/api/token", json={}, headers=foreign)
        assert refused.status_code == 403


async def test_what_is_searched_for_stays_under_the_sub_path(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, sent = world.users.get("admin"), list[str]()
    assert admin is not None
    async with visit(world.studio()) as make:
        user = make()
        user.http_client.headers["X-Forwarded-Prefix"] = PREFIX
        await user.open(f"{PREFIX}/login")
        with user:
            browser = app.storage.browser["id"]
        ticket = world.sessions.give_pass(world.sessions.begin(admin), browser)
        client = await user.open(f"{PREFIX}/login/enter?ticket={ticket}&next=%2F")
        monkeypatch.setattr(client, "run_javascript", lambda code, **_: sent.append(code))
        user.find(marker="search").type("ann")
        await until(lambda: any(f'"{PREFIX}/?search=ann"' in code for code in sent))


async def test_the_socket_works_under_a_sub_path(world: World) -> None:
    async with _studio(world) as (_, outside):
        async with httpx.AsyncClient(base_url=outside) as browser:
            page = await browser.get(f"{PREFIX}/login")
        found = re.search(r"'client_id': '([0-9a-f-]+)'", page.text)
        assert found is not None
        socket = socketio.AsyncClient(reconnection=False)
        query = f"client_id={found[1]}&document_id=d&tab_id=t&implicit_handshake=true"
        await socket.connect(
            f"{outside}?{query}&next_message_id=0",
            {"Cookie": f"session={page.cookies['session']}"},
            ["websocket"],
            socketio_path=f"{PREFIX}/_nicegui_ws/socket.io",
        )
        assert Client.instances[found[1]].has_socket_connection
        await socket.disconnect()


async def test_a_worker_s_websocket_works_under_a_sub_path(world: World) -> None:
    heard: list[str] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(visit(world.studio()))

        @app.websocket(WORKER)
        async def worker(socket: WebSocket) -> None:
            await socket.accept()
            heard.append(await socket.receive_text())
            await socket.close()

        inner = await stack.enter_async_context(serve())
        outside = await stack.enter_async_context(_proxied(inner))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        socket = await session.ws_connect(f"{outside}{PREFIX}{WORKER}")
        await socket.send_str("hello")
        await socket.receive()
        await socket.close()
    assert heard == ["hello"]


async def _seen(
    headers: dict[str, str], settings: Settings, *, peer: str = "127.0.0.1"
) -> httpx.Response:
    """What an app behind the front sees of a request with these headers."""

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope)
        seen = {"url": str(request.url), "from": request.client.host if request.client else ""}
        seen |= {k: v for k, v in request.headers.items() if "forwarded" in k}
        response: Response = JSONResponse(seen)
        response.set_cookie("session", "x", httponly=True, samesite="lax")
        await response(scope, receive, send)

    transport = httpx.ASGITransport(Front(echo, settings), client=(peer, 1))
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get("http://localhost:3000/calls", headers=headers)


TOLD = {
    "X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.0.0.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "calls.example.org",
    "X-Forwarded-Prefix": "/rehearsal",
    "Forwarded": "for=1.2.3.4",
}


def _settings(folder: Path, **values: str) -> Settings:
    return Settings.load(folder, {f"REHEARSAL_{name}": value for name, value in values.items()})


@pytest.mark.parametrize("proxy", ["", "192.0.2.1"])
async def test_nobody_is_believed_but_a_named_proxy(proxy: str, tmp_path: Path) -> None:
    seen = await _seen(TOLD, _settings(tmp_path, PROXY=proxy))
    assert seen.json() == {"url": "http://localhost:3000/calls", "from": "127.0.0.1"}
    assert "secure" not in seen.headers["set-cookie"].lower()


async def test_a_named_proxy_is_believed(tmp_path: Path) -> None:
    seen = await _seen(TOLD, _settings(tmp_path, PROXY="127.0.0.1, 10.0.0.0/8"))
    assert seen.json() == {
        "url": "https://calls.example.org/calls",
        "from": "203.0.113.9",
        "x-forwarded-prefix": "/rehearsal",
    }
    cookie = seen.headers["set-cookie"]
    assert cookie == "session=x; HttpOnly; Path=/rehearsal; SameSite=lax; secure"


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a/../b", "rehearsal", '/"><script>', "/a, /b", "https://x", "/"]
)
async def test_an_odd_prefix_is_none(prefix: str, tmp_path: Path) -> None:
    told = {"X-Forwarded-Prefix": prefix}
    seen = await _seen(told, _settings(tmp_path, PROXY="127.0.0.1"))
    assert "x-forwarded-prefix" not in seen.json()


@pytest.mark.parametrize(
    ("host", "values", "status"),
    [
        ("localhost:3000", {}, 200),
        ("studio.localhost:3000", {}, 200),
        ("127.0.0.1:3000", {}, 200),
        ("[::1]:3000", {}, 200),
        ("evil.example:3000", {}, 421),
        ("localhost.evil.example", {}, 421),
        ("10.0.0.5:3000", {}, 421),
        ("", {}, 421),
        ("[", {}, 421),
        ("calls.example.org", {"HOSTS": "calls.example.org"}, 200),
        ("evil.example", {"HOSTS": "calls.example.org"}, 421),
        ("anything.example", {"HOST": "0.0.0.0"}, 200),
        ("evil.example", {"HOST": "0.0.0.0", "HOSTS": "calls.example.org"}, 421),
        ("localhost", {"HOST": "0.0.0.0", "HOSTS": "calls.example.org"}, 200),
    ],
)
async def test_only_our_own_names_are_answered(
    host: str, values: dict[str, str], status: int, tmp_path: Path
) -> None:
    answer = await _seen({"Host": host}, _settings(tmp_path, **values))
    assert answer.status_code == status
    if status == 421:
        assert "http://localhost:3000" in answer.text
        assert "REHEARSAL_HOSTS" in answer.text
        assert answer.headers["content-type"].startswith("text/plain")


async def test_no_demo_password_under_a_foreign_name_or_behind_a_proxy(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with visit(world.studio()) as make:
        browser = make().http_client
        assert "trainee-demo" in (await browser.get("/login")).text
        foreign = await browser.get("/login", headers={"Host": "evil.example"})
        assert (foreign.status_code, "trainee-demo" in foreign.text) == (421, False)
    world.configure(REHEARSAL_PROXY=LOOPBACK)
    async with visit(world.studio()) as make:
        page = await make().http_client.get("/login")
        assert "trainee-demo" not in page.text
        assert "Choose the admin" in page.text
