"""Google's HTTP interface as the pipeline's plugins use it: generateContent, streamed or not."""

import asyncio
import json
from typing import Any, Literal

from aiohttp import web

from tests.support.fakes.served import Served, listening
from tests.support.fakes.text_model import GEMINI

Fault = Literal[
    "", "wrong_key", "no_quota", "rate_limit", "unknown_model", "region", "server_error", "closed",
    "silent", "malformed",
]  # fmt: skip
USAGE = {
    "promptTokenCount": 100,
    "cachedContentTokenCount": 20,
    "candidatesTokenCount": 5,
    "thoughtsTokenCount": 300,
    "totalTokenCount": 405,
}
"""Gemini counts the tokens of its thoughts beside those of the answer."""


class Google(Served):
    """The server, on a thread of its own; a context manager. ``fault`` makes every answer fail."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: Fault = ""
        self.asked: list[dict[str, Any]] = []
        self.url = ""
        self._over = asyncio.Event()
        self._runner: web.AppRunner

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_post("/{version}/models/{call}", self._generate)
        self._runner, port = await listening(app, shutdown_timeout=0.1, handler_cancellation=True)
        self.url = f"http://127.0.0.1:{port}"

    async def _shut(self) -> None:
        self._over.set()
        await self._runner.cleanup()

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        if self.fault in GEMINI:
            status, name, message = GEMINI[self.fault]
            error = {"code": status, "message": message, "status": name}
            return web.json_response({"error": error}, status=status)
        if self.fault == "silent":
            await self._over.wait()
        if self.fault == "closed" and request.transport is not None:
            request.transport.abort()
        if self.fault == "malformed":
            return web.Response(text="data: <html>Bad gateway\r\n\r\n", content_type="text/html")
        answer = {
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": "Where is my parcel?"}]},
                    "finishReason": "STOP",
                }
            ],
            "usageMetadata": USAGE,
        }
        return web.Response(
            text=f"data: {json.dumps(answer)}\r\n\r\n", content_type="text/event-stream"
        )
