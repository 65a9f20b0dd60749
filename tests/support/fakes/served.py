"""What all fakes of services share: a loop on a thread of its own, for as long as a ``with``."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

T = TypeVar("T")
LIMIT = 30.0
"""Seconds that anything asked of the fake's loop may take."""


class Served:
    """Base of a fake that answers on loopback; a context manager.

    ``_open`` and ``_shut`` run on its loop, first and last; what is left after ``_shut`` is
    cancelled.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        name = type(self).__name__
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run that on the fake's loop, from any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT)

    async def _open(self) -> None:
        raise NotImplementedError

    async def _shut(self) -> None:
        raise NotImplementedError

    async def _end(self) -> None:
        await self._shut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def listening(app: web.Application, **options: Any) -> tuple[web.AppRunner, int]:
    """The application on a free port of loopback: its runner, to be cleaned up, and the port."""
    runner = web.AppRunner(app, **options)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, int(runner.addresses[0][1])
