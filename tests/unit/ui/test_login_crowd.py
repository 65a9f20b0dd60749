"""A flood of strangers at the login page takes the time of nobody else."""

import asyncio
from typing import Any, cast

from starlette.types import Receive, Scope, Send

from ui.auth.access import AT_ONCE, MOST_WAITING, Guard
from ui.context import Studio


class Pages:
    """An app whose pages are made when they are let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        await self.let.wait()


async def _nothing() -> Any:
    return {"type": "http.request"}


async def test_login_pages_are_made_a_few_at_a_time_and_too_many_are_refused() -> None:
    pages, sent = Pages(), list[Any]()
    guard = Guard(pages, cast(Studio, None))

    async def send(message: Any) -> None:
        sent.append(message)

    def ask(path: str) -> "asyncio.Task[None]":
        return asyncio.create_task(guard({"type": "http", "path": path}, _nothing, send))

    strangers = [ask("/login") for _ in range(MOST_WAITING)]
    other = ask("/healthz")
    refused = ask("/login")
    await refused
    assert [message["status"] for message in sent if "status" in message] == [503]
    assert pages.begun == [*["/login"] * AT_ONCE, "/healthz"]
    pages.let.set()
    await asyncio.gather(*strangers, other)
    assert len(pages.begun) == MOST_WAITING + 1
    await ask("/login")
    assert len(pages.begun) == MOST_WAITING + 2
