"""Who a request comes from, and under which name: as a named reverse proxy says, and no other."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from nicegui import ui
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.platform.settings import Network, Settings
from data.common.hosts import is_loopback

PREFIX = "x-forwarded-prefix"
"""Where the sub-path stands in the headers of a request, for us and for NiceGUI."""
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+){1,16}")
_NAME = re.compile(r"(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")
Headers = list[tuple[bytes, bytes]]


def register(app: Starlette, settings: Settings) -> None:
    """Stand in front of all that NiceGUI puts around the app, since that reads the headers, too."""

    def stack() -> ASGIApp:
        return Front(type(app).build_middleware_stack(app), settings)

    app.build_middleware_stack = stack  # type: ignore[method-assign]


def prefix() -> str:
    """The sub-path that a proxy serves the present page under: "" or such as ``/rehearsal``. Only
    what NiceGUI does not know to be an address on this site needs it in front."""
    return ui.context.client.request.headers.get(PREFIX, "")


class Front:
    """Takes what a named proxy says of a request, takes away what others say, and refuses names
    that are not ours.

    On loopback no other name is ours than this machine's: a page of another site could have its own
    name point here, and would read the demo passwords as if they were its own.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._proxies = settings.proxies
        self._names = frozenset(settings.hosts)
        self._any_name = not settings.is_loopback and not settings.hosts
        self._port = settings.port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it with 421."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = self._told(scope)
        host = _header(scope["headers"], b"host")
        if self._any_name or self._is_ours(host):
            kind = scope["type"]
            await self.app(scope, receive, _Answer(scope, send) if kind == "http" else send)
        elif scope["type"] == "http":
            await PlainTextResponse(self._words(host), 421)(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    def _told(self, scope: Scope) -> Scope:
        """The request as its sender made it."""
        headers: Headers = scope["headers"]
        kept = [item for item in headers if not item[0].startswith((b"x-forwarded-", b"forwarded"))]
        scope = {**scope, "headers": kept}
        if not _within(_peer(scope), self._proxies):
            return scope
        if address := _sender(_header(headers, b"x-forwarded-for"), self._proxies):
            scope["client"] = (address, 0)
        host = _last(_header(headers, b"x-forwarded-host")).casefold()
        if _NAME.fullmatch(host):
            others = [item for item in kept if item[0] != b"host"]
            scope["headers"] = [*others, (b"host", host.encode())]
        scheme = _last(_header(headers, b"x-forwarded-proto"))
        if scheme in ("http", "https"):
            plain = {"http": "ws", "https": "wss"}
            scope["scheme"] = scheme if scope["type"] == "http" else plain[scheme]
        base = _header(headers, PREFIX.encode()).rstrip("/")
        if _PATH.fullmatch(base) and not {".", ".."} & set(base.split("/")):
            scope["headers"] = [*scope["headers"], (PREFIX.encode(), base.encode())]
            # Some proxies leave the prefix where it is.
            path, raw = scope["path"], scope.get("raw_path") or b""
            if path == base or path.startswith(f"{base}/"):
                scope["path"] = path.removeprefix(base) or "/"
                scope["raw_path"] = raw.removeprefix(base.encode()) or b"/"
        return scope

    def _is_ours(self, host: str) -> bool:
        name = _name(host)
        return name in self._names or is_loopback(name)

    def _words(self, host: str) -> str:
        shown = host if _NAME.fullmatch(host.casefold()) else "this name"
        return (
            f"Rehearsal does not answer as {shown}.\n\n"
            f"At the machine that it runs on, open http://localhost:{self._port}.\n"
            "If the name is right, name it in the setting REHEARSAL_HOSTS, and a reverse proxy in "
            "REHEARSAL_PROXY; the README tells how.\n"
        )


class _Answer:
    """Sends an answer with cookies for this site and path only, and redirects that stay there."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._secure = scope.get("scheme") == "https"
        self._prefix = _header(scope["headers"], PREFIX.encode())
        self._site = f"{scope.get('scheme')}://{_header(scope['headers'], b'host')}"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and (self._prefix or self._secure):
            headers = MutableHeaders(scope=message)
            cookies = headers.getlist("set-cookie")
            if cookies:
                del headers["set-cookie"]
            for cookie in cookies:
                headers.append("set-cookie", self._cookie(cookie))
            target = headers.get("location", "")
            if self._prefix and target.startswith(f"{self._site}/"):  # of a slash too many
                headers["location"] = self._prefix + target.removeprefix(self._site)
        await self._send(message)

    def _cookie(self, cookie: str) -> str:
        if self._prefix:
            cookie = re.sub(r"(?i)(; *path=)/(?=;|$)", rf"\g<1>{self._prefix}", cookie)
        return f"{cookie}; secure" if self._secure and "; secure" not in cookie.lower() else cookie


def _header(headers: Headers, name: bytes) -> str:
    found = [value for key, value in headers if key == name]
    return b",".join(found).decode("latin-1")


def _last(text: str) -> str:
    """What the nearest proxy said."""
    return text.rpartition(",")[2].strip()


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _name(host: str) -> str:
    """The name in a ``Host`` header, without the port and brackets; "" when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _within(address: str, networks: Iterable[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)


def _sender(chain: str, proxies: Iterable[Network]) -> str:
    """The nearest address of a chain that is none of the proxies; "" when it has none."""
    named = tuple(proxies)
    for address in reversed([item.strip() for item in chain.split(",")]):
        try:
            ip_address(address)
        except ValueError:
            return ""
        if not _within(address, named):
            return address
    return ""
