"""Lists of personas that follow the folder while somebody looks at them."""

import asyncio
from collections.abc import Callable

from nicegui import ui

from ui.context import Studio
from ui.kit.debounce import Later

PAUSE = 0.3
"""Seconds after a change until it is looked at: many files may change at once."""


def follow(studio: Studio, seen: Callable[[], object], redraw: Callable[[], object]) -> None:
    """Call ``redraw`` when files have changed what ``seen`` gives, for as long as the page lives.

    A list that was drawn anew for each save would take the focus away for nothing.
    """
    known = seen()

    async def look() -> None:
        nonlocal known
        if (now := seen()) != known:
            known = now
            with client:  # this task knows of no page by itself
                redraw()

    def changed(_: object) -> None:
        loop.call_soon_threadsafe(later.soon)  # a save may be told in the thread that saves

    client, loop, later = ui.context.client, asyncio.get_running_loop(), Later(PAUSE, look)
    client.on_delete(studio.library.on_change(changed))
    client.on_delete(later.cancel)
