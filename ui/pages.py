"""Registers every page, the guard in front of them, and the HTTP endpoints."""

from nicegui import app

from ui import access, theme
from ui.context import Studio


def register(studio: Studio) -> None:
    """Everything that the browser can reach."""
    app.add_middleware(access.Guard, studio=studio)
    theme.register()
