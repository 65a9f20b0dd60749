"""Those who want to hear of something, told on the loop that follows the folder."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Listeners(Generic[T]):
    """Callbacks for one kind of news; may be used from any thread.

    They are called on ``loop`` when there is one, else in the thread that tells. ``name`` says
    what the news is, for the log.
    """

    def __init__(self, name: Callable[[T], str]) -> None:
        self._name = name
        self.loop: asyncio.AbstractEventLoop | None = None
        self._callbacks: list[Callable[[T], None]] = []

    def add(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Call back with all that is told from now on; returns the end of it."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._callbacks.remove(callback)

        return unsubscribe

    def tell(self, news: T) -> None:
        """Tell everyone; what is told first arrives first."""
        loop = self.loop
        if loop is None or loop is _running_loop():
            self._call(news)
        else:
            loop.call_soon_threadsafe(self._call, news)

    def _call(self, news: T) -> None:
        for callback in list(self._callbacks):
            try:
                callback(news)
            except Exception:
                logger.exception("a listener failed on %s", self._name(news))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
