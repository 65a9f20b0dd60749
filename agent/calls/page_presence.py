"""The page in which a trainee takes a call: there, gone for a moment, or gone for good."""

import asyncio
from collections.abc import Callable

from data.common.observers import nothing


class PagePresence:
    """One page has the call at a time; lives on the app's loop.

    When that page is gone for longer than ``seconds``, ``end`` is called with the reason: ``left``
    or ``lost``. ``on_away`` is told when it goes, with True, and when it is there again. A call
    that no page has ever had, as one of the HTTP interface, is not judged here.
    """

    def __init__(
        self, seconds: float, end: Callable[[str], None], on_away: Callable[[bool], None]
    ) -> None:
        self.seconds = seconds
        self.away = False
        self._end = end
        self._on_away = on_away
        self._page: object | None = None
        self._dismiss: Callable[[], None] = nothing
        self._reason = ""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def left(self) -> float:
        """Seconds that the page may still be away; all of them while it is there."""
        if self._timer is None:
            return self.seconds
        return max(0.0, self._timer.when() - asyncio.get_running_loop().time())

    def take(self, page: object, dismiss: Callable[[], None]) -> None:
        """That page has the call from now on; ``dismiss`` tells it when another one takes it."""
        before, self._page = self._dismiss, page
        self._dismiss = dismiss
        before()
        self.back(page)

    def is_with(self, page: object) -> bool:
        """Whether that page has the call."""
        return self._page is page

    def go(self, page: object, reason: str) -> None:
        """That page is gone, perhaps for a moment; the first reason counts."""
        if self._page is not page or self.away:
            return
        self.away, self._reason = True, reason
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._end, reason)
        self._on_away(True)

    def back(self, page: object) -> None:
        """That page is there again."""
        if self._page is page and self.away:
            self.away = False
            self.stop()
            self._on_away(False)

    def gone(self, page: object) -> None:
        """That page will not come back."""
        if self._page is page:
            reason = self._reason or "left"
            self.stop()
            # The call may be kept for a while, and would keep the page with all that is on it.
            self._page, self._dismiss = None, nothing
            self._end(reason)

    def stop(self) -> None:
        """Nobody is waited for any more."""
        self._reason = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
