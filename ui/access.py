"""Who is asking, and what they may see.

A page that is not named in ``OPEN`` is closed to anyone who is not logged in: the guard stands in
front of all of them, so a new page cannot forget it.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import Request
from nicegui import app
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.context import Studio

if TYPE_CHECKING:
    from data.users import User

OPEN = ("/login", "/healthz", "/assets/", "/_nicegui", "/favicon.ico")
AUTHORS = ("author", "admin")


def current(studio: Studio) -> "User | None":
    """The user of this request or page; None when nobody is logged in, the user was removed, or
    still has a demo password where none counts."""
    name = app.storage.user.get("name", "")
    if not studio.settings.is_loopback and name in studio.users.demo_passwords():
        return None
    if app.storage.user.get("key", "") != studio.users.session_key(name):
        return None  # the password has changed since
    return studio.users.get(name)


def require(studio: Studio) -> "User":
    """The user of a page behind the guard."""
    user = current(studio)
    if user is None:
        raise PermissionError("nobody is logged in")
    return user


def log_in(studio: Studio, user: "User") -> None:
    """Remember the user in this browser's session, until the password changes."""
    app.storage.user["name"] = user.name
    app.storage.user["key"] = studio.users.session_key(user.name)


def log_out() -> None:
    """Forget the user of this browser's session; its look stays."""
    app.storage.user.pop("name", None)


def is_admin(user: "User") -> bool:
    """Whether the user may manage accounts."""
    return user.role == "admin"


def is_author(user: "User") -> bool:
    """Whether the user may read and edit personas, and see everyone's calls."""
    return user.role in AUTHORS


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


class Guard:
    """Sends everyone who is not logged in to the login page; answers 401 under ``/api``."""

    def __init__(self, app: ASGIApp, studio: Studio) -> None:
        self.app = app
        self.studio = studio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass or answer it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(OPEN) or current(self.studio):
            await self.app(scope, receive, send)
        elif path.startswith("/api/"):
            await JSONResponse({"error": "Log in first."}, 401)(scope, receive, send)
        else:
            await RedirectResponse(_login(Request(scope)), 303)(scope, receive, send)


def _login(request: Request) -> str:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
