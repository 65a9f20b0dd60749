"""Those who want to hear of something: one that fails costs only itself."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVarTuple

News = TypeVarTuple("News")

log = logging.getLogger(__name__)


class Observers(Generic[*News]):
    """Callbacks for one kind of news; may be used from any thread.

    They are called on ``loop`` when there is one, else in the thread that tells. ``name`` says
    for the log what the news is: a text, or what makes one of the news.
    """

    def __init__(self, name: str | Callable[[*News], str]) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._name = name
        self._callbacks: dict[object, Callable[[*News], object]] = {}

    def __len__(self) -> int:
        return len(self._callbacks)

    def add(self, callback: Callable[[*News], object]) -> Callable[[], None]:
        """Call back with all that is told from now on, in the order of coming; returns the end of
        it, which may be called more than once."""
        place = object()
        self._callbacks[place] = callback

        def forget() -> None:
            self._callbacks.pop(place, None)

        return forget

    def tell(self, *news: *News) -> None:
        """Tell everyone; what is told first arrives first. Never raises what an observer raises.

        When ``loop`` is closed nobody is told: all who lived on it ended with it.
        """
        loop = self.loop
        if loop is None or loop is _running_loop():
            self._call(*news)
            return
        with suppress(RuntimeError):  # the loop is closed, perhaps only since the line above
            loop.call_soon_threadsafe(self._call, *news)

    def _call(self, *news: *News) -> None:
        for place, callback in list(self._callbacks.items()):
            if place not in self._callbacks:
                continue  # taken away by one that was told before it
            try:
                callback(*news)
            except Exception:
                name = self._name if isinstance(self._name, str) else self._name(*news)
                log.exception("an observer of %s failed", name)


def nothing() -> None:
    """What ends an observation that has not begun, or is over."""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
