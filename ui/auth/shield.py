"""Headers that narrow what a browser may do, and a stop for requests that other sites send."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# NiceGUI builds its pages with inline scripts and compiles templates in the browser; a call
# connects to whatever LiveKit server is set.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob: mediastream:; worker-src 'self' blob:; connect-src 'self' "
    "ws: wss: http: https:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}
SOCKET = "/_nicegui_ws/"
SAFE = ("GET", "HEAD", "OPTIONS")


class Shield:
    """Refuses writes and websockets that come from another site; adds the headers to the rest.

    NiceGUI's websocket itself takes any origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it with 403."""
        kind = scope["type"]
        writes = kind == "websocket" or (kind == "http" and scope["method"] not in SAFE)
        # Without a websocket, reading is what the socket's messages come by.
        writes = writes or (kind == "http" and scope["path"].startswith(SOCKET))
        if writes and not same_origin(Headers(scope=scope)):
            if kind == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            else:
                answer = JSONResponse({"error": "This request came from another site."}, 403)
                await answer(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, add if kind == "http" else send)


def same_origin(headers: Headers) -> bool:
    """Whether the request's ``Origin`` is this site; true when there is none (no browser)."""
    origin = headers.get("origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc.casefold()
    return bool(host) and host == headers.get("host", "").casefold()
