"""What all fakes of services share: they answer for as long as a ``with``."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from aiohttp import web

LIMIT = 30.0
"""Seconds that anything asked of the fake's loop may take."""


class Served:
    """Base of a fake that answers on loopback; a context manager.

    Entered by ``with`` it has a loop on a thread of its own, by ``async with`` it shares the
    running one: nothing that is on its way between them takes time then (``clock.hurried``).
    ``_open`` and ``_shut`` run on its loop, first and last; what is left after ``_shut`` is
    cancelled.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread | None = None
        self._work: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        name = type(self).__name__
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    def _do(self, work: Coroutine[Any, Any, object]) -> None:
        """Run that on the fake's loop: from another thread until it is done, else soon."""
        if self._thread is not None:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT)
            return
        task = self._loop.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

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
