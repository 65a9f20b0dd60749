"""A stop for uploads that are too large, while they arrive: the framework would keep them all."""

import re

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 64_000_000
"""Bytes that one upload may have, all of its files together."""
_UPLOAD = re.compile(r"/_nicegui/client/[^/]+/upload/")


class TooLarge(Exception):
    """More has arrived than an upload may have."""


class UploadLimit:
    """Answers 413 to an upload that promises too much, and breaks off one that sends too much."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it."""
        if scope["type"] != "http" or not _UPLOAD.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        promised = Headers(scope=scope).get("content-length", "0")
        if not promised.isdigit() or int(promised) > self.most:
            await self._refuse(scope, receive, send)
            return
        arrived, answered = 0, False

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.most:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except TooLarge:
            if not answered:
                await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = f"An upload may have {self.most // 1_000_000} MB at most."
        await JSONResponse({"error": words}, 413)(scope, receive, send)
