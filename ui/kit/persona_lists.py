"""What lists of personas share: they follow the folder while somebody looks at them, and call each
persona by its present name."""

import asyncio
from collections.abc import Callable

from nicegui import ui

from data.versions import Name, VersionsError
from ui import kit
from ui.context import Studio
from ui.kit.debounce import Debounce

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

    client, loop, later = ui.context.client, asyncio.get_running_loop(), Debounce(PAUSE, look)
    client.on_delete(studio.library.on_change(changed))
    client.on_delete(later.cancel)


def personas_of(studio: Studio, user: str) -> dict[str, tuple[Name, ...]]:
    """The personas that the user has finished calls with, by their present names; each with the
    names that it had in these calls, and when. Blocks; raises ``StoreError``."""
    slugs = studio.archive.finished.personas(user)
    try:
        return studio.versions.of_names(slugs)
    except VersionsError:  # then calls stand under the names that they were made with
        return {slug: (Name(slug),) for slug in slugs}


def unseen_changes(studio: Studio) -> None:
    """Say so, and why, for as long as the folder is not followed."""
    box = kit.tag("div", classes="rh-said").mark("unseen")
    shown = ""

    def look() -> None:
        nonlocal shown
        if shown == (trouble := studio.library.trouble):
            return
        shown = trouble
        box.clear()
        if trouble:
            with box:
                kit.message(trouble, "warn")

    look()
    ui.context.client.on_delete(studio.library.on_trouble(look))
