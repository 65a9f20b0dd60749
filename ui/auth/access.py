"""Who is asking, and what they may see.

A page that is not named here as open is closed to anyone who is not logged in: the guard stands in
front of all of them, so a new page cannot forget it.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from nicegui import Client, __version__, app, ui
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.protocol.websocket.server import PATH as WORKER
from data.throttle import Visitor
from ui.auth.shield import SOCKET
from ui.context import Studio

if TYPE_CHECKING:
    from data.users import User
    from personas.entry import Entry

OPEN = ("/login", "/login/enter", "/healthz", "/favicon.ico")
"""Addresses that are open to all, each as a whole."""
OPEN_FOLDERS = ("/assets/", f"/_nicegui/{__version__}/", SOCKET)
"""All under them is open: looks and scripts, and the websocket, which has a guard of its own."""
OF_PAGES = "/_nicegui/client/"
"""Addresses of single open pages, such as those of uploads: /_nicegui/client/ID/…"""
TOKEN = "login"
"""Where a browser's cookie has the token of its session."""
AUTHORS = ("author", "admin")
AT_ONCE = 2
"""Login pages that are made at once; each takes the loop some 20 ms."""
MOST_WAITING = 200
"""Login pages that are asked for at most: the last one comes within seconds."""


def current(studio: Studio) -> "User | None":
    """The user of this page, also when it has been open for a while; None when nobody is logged in,
    the session has ended, or the user has a demo password where none counts."""
    return _user(studio, app.storage.browser, page=True)


def of_page(studio: Studio, page: Client) -> "User | None":
    """The user of that page, as ``current``, wherever it is asked."""
    return _user(studio, page.request.session, page=True)


def arriving(studio: Studio) -> "User | None":
    """The user of a request, as ``current``: a token that was renewed counts no more."""
    return _user(studio, app.storage.browser, page=False)


def _user(studio: Studio, cookie: Mapping[str, Any], *, page: bool) -> "User | None":
    user = studio.sessions.user(str(cookie.get(TOKEN, "")), page=page)
    if user is None or studio.settings.is_loopback:
        return user
    return None if user.name in studio.users.demo_passwords() else user


def require(studio: Studio) -> "User":
    """The user of a page behind the guard."""
    user = current(studio)
    if user is None:
        raise PermissionError("nobody is logged in")
    return user


def visitor() -> Visitor:
    """Who uses this page, logged in or not."""
    return Visitor(ui.context.client.ip, app.storage.browser["id"])


def token() -> str:
    """The token of this page's session; empty when nobody is logged in."""
    return str(app.storage.browser.get(TOKEN, ""))


def entrance(studio: Studio, token: str, target: str) -> str:
    """The address at which this page's browser gets the token of its new session, and goes on to
    ``target``: only an answer can bring a cookie. It is good once."""
    ticket = studio.sessions.give_pass(token, app.storage.browser["id"])
    return f"/login/enter?ticket={ticket}&next={quote(target, safe='')}"


async def enter(studio: Studio, request: Request, ticket: str, target: str) -> Response:
    """Answer an ``entrance``. The browser is called otherwise from now on, too: whoever planted its
    cookie knows neither the token nor where its pages keep what they remember."""
    found = studio.sessions.take(ticket, request.session["id"])
    if found is None:
        return RedirectResponse(f"/login?next={quote(local_path(target), safe='')}", 303)
    token, browser = found
    if browser != request.session["id"]:
        old = app.storage.user
        kept = dict(old)
        # NiceGUI makes the storage of a browser when a request comes with its name, and here none
        # has come yet.
        await app.storage._create_user_storage(browser)
        app.storage._users[browser].update(kept)
        old.clear()
        request.session["id"] = browser
    request.session[TOKEN] = token
    return RedirectResponse(local_path(target), 303)


def same_session(studio: Studio, page: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a request or socket has the session that opened the page; both are cookies."""
    if TOKEN in page:
        return studio.sessions.same(str(page[TOKEN]), str(other.get(TOKEN, "")))
    return "id" in page and page["id"] == other.get("id")


def is_admin(user: "User") -> bool:
    """Whether the user may manage accounts."""
    return user.role == "admin"


def is_author(user: "User") -> bool:
    """Whether the user may read and edit personas, and see everyone's calls."""
    return user.role in AUTHORS


def may_meet(user: "User", entry: "Entry | None") -> bool:
    """Whether the user may see that persona, and call it: trainees the published ones only."""
    return entry is not None and not entry.deleted and (entry.published or is_author(user))


def rank(user: "User") -> int:
    """How much the user may do: more with a higher number."""
    return is_author(user) + is_admin(user)


def may_see(user: "User", owner: str) -> bool:
    """Whether the user may see a call of ``owner``."""
    return user.name == owner or is_author(user)


def local_path(target: str) -> str:
    """``target`` when it is a path on this site, else ``/``, so that a link to the login page
    cannot send anyone to another site."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target
    if plain and not parts.scheme and not parts.netloc and target.startswith("/"):
        return "/" if target.startswith("//") else target
    return "/"


def is_open(path: str) -> bool:
    """Whether everybody may have what is at that path."""
    return path in OPEN or path.startswith(OPEN_FOLDERS)


class Guard:
    """Sends everyone who is not logged in to the login page; answers 401 under ``/api``."""

    def __init__(self, app: ASGIApp, studio: Studio) -> None:
        self.app = app
        self.studio = studio
        self._making = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass or answer it."""
        path = scope.get("path", "")
        if scope["type"] == "websocket" and not path.startswith(SOCKET) and path != WORKER:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http" and path == "/login":
            await self._login_page(scope, receive, send)
        elif scope["type"] != "http" or is_open(path):
            await self.app(scope, receive, send)
        elif arriving(self.studio) is None:
            await self._stranger(Request(scope))(scope, receive, send)
        elif path.startswith(OF_PAGES) and not self._own_page(Request(scope)):
            await JSONResponse({"error": "This page is not yours."}, 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _login_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everybody may ask for it, as often as they like: a few are made at a time and the rest
        wait, so that they take the time of nobody who has logged in."""
        if self._waiting >= MOST_WAITING:
            words = "Too many people open this page right now. Try again in a few seconds."
            await PlainTextResponse(words, 503, {"Retry-After": "5"})(scope, receive, send)
            return
        self._waiting += 1
        try:
            async with self._making:
                await self.app(scope, receive, send)
        finally:
            self._waiting -= 1

    def _stranger(self, request: Request) -> Response:
        if request.url.path.startswith(("/api/", OF_PAGES)):
            return JSONResponse({"error": "Log in first."}, 401)
        return RedirectResponse(_login(request), 303)

    def _own_page(self, request: Request) -> bool:
        page = Client.instances.get(request.url.path.removeprefix(OF_PAGES).partition("/")[0])
        return page is not None and same_session(self.studio, page.request.session, request.session)


def _login(request: Request) -> str:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
