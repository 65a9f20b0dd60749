"""Ends the open pages of somebody who may no longer see them.

Whoever logs out in one tab keeps what is open in others: a call there goes on.
"""

from typing import TYPE_CHECKING

from nicegui import Client, ui

from data.common.observers import nothing
from ui.auth import access
from ui.context import Studio

if TYPE_CHECKING:
    from data.users import User

CALL = "call"
"""Where an open page keeps the id of the call that its user has in it, in its client's storage."""
LOOK = 5.0
"""Seconds between two looks at the account of a page's user."""
RELOAD, CLOSE = 2, 4
"""Looks in vain after which the page is asked for anew, and after which it is taken away from a
browser that stays. One is not enough: while a password is being changed no session fits it."""


def follow_session(studio: Studio, user: "User") -> None:
    """The guard stands at the door only; this looks after those who are inside already."""
    client, key, missed = ui.context.client, studio.users.page_key(user.name), 0

    def may_stay() -> bool:
        now = studio.users.get(user.name)
        if now is None or access.rank(now) < access.rank(user):
            return False
        # Another password ends the sessions of the other browsers, not of the one it was set in.
        return studio.users.page_key(user.name) == key or access.current(studio) == now

    def look() -> None:
        nonlocal missed
        missed = 0 if may_stay() else missed + 1
        if missed == RELOAD:
            _end_call(studio, client, user)
            client.run_javascript("location.reload()")
        if missed >= CLOSE and not client.is_deleted:
            _delete(client)

    ui.timer(LOOK, look)


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
