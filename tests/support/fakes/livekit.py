"""What the doctor asks of a LiveKit server: an answer, a token's fate, a worker's sign-on."""

import ssl
from contextlib import AsyncExitStack
from email.utils import formatdate
from time import time
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit.protocol.agent import ServerMessage, WorkerMessage


class FakeLiveKit:
    """Listens on loopback while it is entered; ``status`` and ``said`` answer a token.

    ``ahead`` is by how many seconds its clock is ahead; ``version`` "" refuses workers with
    ``socket_status``; ``names`` are the workers that signed on; ``cut`` loses them.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.status, self.said = 200, "success"
        self.ahead = 0.0
        self.version = "1.13.5"
        self.socket_status = 426
        self.names: list[str] = []
        self._workers: list[web.WebSocketResponse] = []
        self._tls = tls
        self._stack = AsyncExitStack()
        self._server: TestServer | None = None

    @property
    def host(self) -> str:
        """Host and port."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.port}"

    async def cut(self) -> None:
        """End every connection to a worker."""
        while self._workers:
            await self._workers.pop().close()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._root)
        app.router.add_get("/rtc/validate", self._validate)
        app.router.add_get("/agent", self._agent)
        self._server = TestServer(app, host="127.0.0.1")
        if self._tls is None:
            await self._server.start_server()
        else:
            await self._server.start_server(ssl=self._tls)
        self._stack.push_async_callback(self._server.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _root(self, request: web.Request) -> web.Response:
        return web.Response(text="OK", headers=self._date())

    async def _validate(self, request: web.Request) -> web.Response:
        assert request.query["access_token"].count(".") == 2
        return web.Response(status=self.status, text=self.said, headers=self._date())

    async def _agent(self, request: web.Request) -> web.StreamResponse:
        if not self.version:
            return web.Response(status=self.socket_status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = WorkerMessage.FromString(await socket.receive_bytes())
        self.names.append(hello.register.agent_name)
        answer = ServerMessage()
        answer.register.worker_id = "AW_1"
        answer.register.server_info.version = self.version
        await socket.send_bytes(answer.SerializeToString())
        self._workers.append(socket)
        async for _ in socket:  # what it says of itself and of its jobs
            pass
        return socket

    def _date(self) -> dict[str, str]:
        return {"Date": formatdate(time() + self.ahead, usegmt=True)}
