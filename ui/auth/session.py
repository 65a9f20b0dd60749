"""Ends the open pages of somebody who may no longer see them.

Whoever logs out in one tab keeps what is open in others: a call there goes on.
"""

import asyncio
from typing import TYPE_CHECKING

from nicegui import Client, ui

from data.common.observers import nothing
from ui.auth import access
from ui.context import Studio

if TYPE_CHECKING:
    from data.users import User

CALL = "call"
"""Where an open page keeps the id of the call that its user has in it, in its client's storage."""
STAYS = 5.0
"""Seconds after which the page is taken away from a browser that was to load it anew and does not.
"""


def follow_session(studio: Studio, user: "User") -> None:
    """The guard stands at the door only; this ends the pages of those who are inside already."""
    client, loop = ui.context.client, asyncio.get_running_loop()
    key, leaving = studio.users.page_key(user.name), False

    def may_stay() -> bool:
        now = studio.users.get(user.name)
        if now is None or access.rank(now) < access.rank(user):
            return False
        # Another password ends the sessions of the other browsers, not of the one it was set in.
        return studio.users.page_key(user.name) == key or access.of_page(studio, client) == now

    def look() -> None:
        nonlocal leaving
        if leaving or client.is_deleted or may_stay():
            return
        leaving = True
        _end_call(studio, client, user)
        client.run_javascript("location.reload()")
        waiting = loop.call_later(STAYS, close)
        client.on_delete(waiting.cancel)

    def close() -> None:
        nonlocal leaving
        leaving = not may_stay()
        if leaving and not client.is_deleted:
            _delete(client)

    def ended(name: str) -> None:
        if name == user.name:
            loop.call_soon_threadsafe(look)  # it is told in the thread that changed the account

    client.on_delete(studio.sessions.on_end(ended))


def _delete(client: Client) -> None:
    """Take the page away, once: NiceGUI does it again when the browser's socket has been closed for
    a while, and then finds no such page (KeyError)."""
    client.delete()
    client.delete = nothing  # type: ignore[method-assign]


def _end_call(studio: Studio, client: Client, user: "User") -> None:
    """End the call of that page, with the reason: it would else seem that its user has left it."""
    call = studio.calls.get(client.storage.get(CALL, ""))
    if call is not None:
        call.hang_up("disabled" if studio.users.get(user.name) is None else "signed_out")
