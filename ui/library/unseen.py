"""A line for authors while changes on disk are not seen."""

from nicegui import ui

from ui import kit
from ui.context import Studio

PAUSE = 2.0
"""Seconds between two looks."""


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
    ui.timer(PAUSE, look)
