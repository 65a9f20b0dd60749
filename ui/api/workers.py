"""Where workers in other processes sign on: a websocket, for holders of the LiveKit secret."""

from contextlib import suppress

from nicegui import app
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent.protocol.websocket.server import PATH
from ui.context import Studio

REFUSED = 1008


class _Socket:
    """A websocket as the hub wants it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        await self._socket.send_text(text)

    async def receive(self) -> str | None:
        try:
            return await self._socket.receive_text()
        except WebSocketDisconnect:
            return None


def register(studio: Studio) -> None:
    """``/api/worker``, while the settings ask for workers elsewhere."""
    hub = studio.remote
    if hub is None:
        return

    @app.websocket(PATH)
    async def worker(socket: WebSocket) -> None:
        token = socket.headers.get("authorization", "").removeprefix("Bearer ")
        if not hub.admits(token):
            await socket.close(REFUSED)
            return
        await socket.accept()
        with suppress(ValueError, KeyError, TypeError, OSError, RuntimeError, WebSocketDisconnect):
            await hub.serve(_Socket(socket))
        with suppress(RuntimeError):  # it is closed already
            await socket.close()
