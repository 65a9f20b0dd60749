"""What the lab tells, as pages subscribe to it: a NiceGUI event, which forgets a closed page."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nicegui import Event, core

if TYPE_CHECKING:
    from agent.lab.lab import Batch, Lab

FRAME = 0.1
"""Seconds from the first of several events to what a page shows of them all."""


class LabEvents:
    """The batches of the lab on the app's loop, built once for all pages.

    ``changed``: a batch was started, goes on, or is over; told once for what happens together.
    """

    def __init__(self, lab: "Lab") -> None:
        self.changed = Event[[]]()
        self._going: dict[str, Batch] = {}
        self._due: asyncio.TimerHandle | None = None
        lab.subscribe(self._hear)

    def going(self, persona: str = "") -> Sequence["Batch"]:
        """The batches that are not over, the oldest first; those in which that persona plays, or
        all."""
        return [
            batch
            for batch in self._going.values()
            if not batch.whole.done()
            and any(persona in ("", task.persona.slug) for task in batch.tasks)
        ]

    def started(self, batch: "Batch") -> None:
        """That batch was started a moment ago; call it on the app's loop."""
        if not batch.whole.done():
            self._going[batch.id] = batch
        self._soon()

    def _hear(self, batch: "Batch") -> None:
        """On the lab's thread."""
        if core.loop is not None:
            with suppress(RuntimeError):  # the loop has come to its end
                core.loop.call_soon_threadsafe(self._take, batch)

    def _take(self, batch: "Batch") -> None:
        if batch.whole.done():
            self._going.pop(batch.id, None)
        else:
            self._going.setdefault(batch.id, batch)
        self._soon()

    def _soon(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(FRAME, self._show)

    def _show(self) -> None:
        self._due = None
        self.changed.emit()
