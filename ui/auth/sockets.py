"""The websocket of open pages: each page listens to the session that opened it, and to no other.

NiceGUI takes the id of a page, which stands in its HTML, for proof enough. Here a socket must have
the cookie of the page's session, and may speak for those pages only that it has opened itself.
"""

import inspect
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from socketio.exceptions import ConnectionRefusedError  # type: ignore[import-untyped]

from ui.auth import access
from ui.context import Studio

MESSAGE = 1_000_000
"""Bytes of one message of a page over its websocket. The page says it before it sends more:
``socket_guard.js``."""
RELOAD = "Implicit handshake failed"
"""What makes NiceGUI's page load itself anew."""
NO_COOKIE = "No cookie"
"""What ``socket_guard.js`` has words for: to load anew would help nobody, again and again."""
OF_A_PAGE = ("event", "javascript_response", "ack", "log")
"""The messages that name the page they come from."""


def register(studio: Studio) -> None:
    """Put the checks in front of NiceGUI's own handlers."""
    sio, handlers = core.sio, core.sio.handlers["/"]
    # No other site may read what the transport without websocket answers.
    sio.eio.cors_allowed_origins = []
    sio.eio.max_http_buffer_size = MESSAGE

    def own(environ: dict[str, Any], page_id: object) -> bool:
        page = Client.instances.get(str(page_id))
        return page is not None and access.same_session(
            studio, page.request.session, _cookie(environ)
        )

    connected = _original(handlers["connect"])

    async def connect(sid: str, environ: dict[str, Any], auth: object = None) -> None:
        if not _cookie(environ):
            raise ConnectionRefusedError(NO_COOKIE)
        query = parse_qs(environ.get("QUERY_STRING", ""))
        for page_id in query.get("client_id", []):
            if not own(environ, page_id):
                raise ConnectionRefusedError(RELOAD)
        await connected(sid, environ, auth)

    shaken = _original(handlers["handshake"])

    async def handshake(sid: str, data: object) -> bool:
        if not isinstance(data, dict) or not own(sio.get_environ(sid), data.get("client_id")):
            return False
        return bool(await shaken(sid, data))

    def guarded(handler: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
        def heard(sid: str, message: object) -> None:
            # The handshake put the socket into the room of its page.
            if isinstance(message, dict) and message.get("client_id") in sio.rooms(sid):
                handler(sid, message)

        return heard

    _put("connect", connect, connected)
    _put("handshake", handshake, shaken)
    for name in OF_A_PAGE:
        original = _original(handlers[name])
        _put(name, guarded(original), original)


@cache
def guard_script() -> str:
    """The script that a page needs before NiceGUI's own, as HTML."""
    script = (Path(__file__).parent / "socket_guard.js").read_text(encoding="utf-8")
    values = f"const MOST = {MESSAGE}, NO_COOKIE = {json.dumps(NO_COOKIE)};"
    return f"<script>{{ {values}\n{script} }}</script>"


def _cookie(environ: dict[str, Any]) -> dict[str, Any]:
    """The signed content of the socket's cookie; empty when it has none."""
    if "HTTP_COOKIE" not in environ:
        return {}
    session = environ.get("asgi.scope", {}).get("session", {})
    return dict(session) if "id" in session else {}


def _original(handler: Callable[..., Any]) -> Callable[..., Any]:
    # Of an app that was built in this process before: its studio is not ours.
    original: Callable[..., Any] = inspect.unwrap(handler)
    return original


def _put(name: str, handler: Any, original: Callable[..., Any]) -> None:
    handler.__wrapped__ = original
    core.sio.on(name, handler)
