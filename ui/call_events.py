"""What calls tell, as pages subscribe to it: NiceGUI events, which forget a page that is closed."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from nicegui import Event

from agent.calls.call_events import (
    Archived,
    Begun,
    CallEvent,
    HungUp,
    PageChanged,
    PersonaMoved,
)
from agent.protocol.messages import Caption, Edited, Ended, Joined
from data.records import Speaker

if TYPE_CHECKING:
    from agent.calls.calls import Calls

LISTED = (Begun, Joined, Edited, PersonaMoved, PageChanged, HungUp, Ended)
"""The events after which a list of calls may show something else."""
FRAME = 0.1
"""Seconds from the first of several events to what a page shows of them all."""


class CallEvents:
    """The events of all calls on the app's loop, built once for all pages.

    ``changed``: which calls go on, what lists show of them, or whether a call can be made may be
    another; told once for what happens together. ``archived``: the record of that call is complete
    and stands in the lists.
    """

    def __init__(self, calls: "Calls") -> None:
        self.changed = Event[[]]()
        self.archived = Event[[str]]()
        self._of: WeakValueDictionary[str, Event[[CallEvent]]] = WeakValueDictionary()
        self._captions: dict[tuple[str, Speaker], Caption] = {}
        self._due: asyncio.TimerHandle | None = None
        self._captions_due: asyncio.TimerHandle | None = None
        calls.subscribe(self._take)
        calls.on_availability(self._soon)

    def of(self, call: str) -> Event[[CallEvent]]:
        """The events of one call, in their order. Of the captions of each side, of which there are
        many a second, only the newest is told, and ten times a second at most."""
        event = self._of.get(call)
        if event is None:
            event = self._of[call] = Event[[CallEvent]]()
        return event

    def _take(self, event: CallEvent) -> None:
        if isinstance(event, Caption):
            self._captions[event.call, event.speaker] = event
            if self._captions_due is None:
                self._captions_due = _later(self._show_captions)
            return
        for key in [key for key in self._captions if key[0] == event.call]:
            self._tell(self._captions.pop(key))
        self._tell(event)
        if isinstance(event, Archived):
            self.archived.emit(event.call)
        elif isinstance(event, LISTED):
            self._soon()

    def _tell(self, event: CallEvent) -> None:
        followed = self._of.get(event.call)
        if followed is not None:
            followed.emit(event)

    def _show_captions(self) -> None:
        self._captions_due = None
        captions, self._captions = self._captions, {}
        for caption in captions.values():
            self._tell(caption)

    def _soon(self) -> None:
        if self._due is None:
            self._due = _later(self._show_lists)

    def _show_lists(self) -> None:
        self._due = None
        self.changed.emit()


def _later(work: Callable[[], None]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(FRAME, work)
