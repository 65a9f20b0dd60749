"""The page of those who listen to a live call, and why it cannot be had."""

from typing import TYPE_CHECKING

from nicegui import run, ui

from ui import kit
from ui.context import Studio
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import LISTENING, admitted
from ui.watch.panel import WatchPanel

if TYPE_CHECKING:
    from data.users import User

RECONNECT = 4.0
"""Seconds without its websocket after which a page no longer counts as one that listens."""
OWN = (
    "This is your own call",
    "You are in it already. Others who are authors or admins can listen to it here.",
    403,
)
FULL = (
    "Too many people listen to this call",
    "Try again when one of them has left, or read its report afterwards.",
    503,
)
MISSING = ("There is no such call", "It may have been deleted.", 404)


def register(studio: Studio) -> None:
    """The page ``/calls/{call_id}/watch``."""

    @kit.page("/calls/{call_id}/watch", reconnect_timeout=RECONNECT)
    async def watch(call_id: str) -> None:
        # Before the id is looked at: nothing is told about other calls.
        user = admitted(studio, LISTENING)
        if user is None:
            return
        record = None
        if studio.calls.get(call_id) is None:
            record = await run.io_bound(studio.archive.get, call_id)
        if record is not None:
            _over(studio, call_id)
        else:
            _listen(studio, call_id, user)


def _listen(studio: Studio, call_id: str, user: "User") -> None:
    call = studio.calls.get(call_id)
    if call is None:
        problem(studio, *MISSING)
    elif call.user == user.name:
        problem(studio, *OWN)
    elif call.coaching.is_full:
        problem(studio, *FULL)
    else:
        with frame(studio, f"Listening to a call with {call.persona.name}", wide=True):
            WatchPanel(studio, call, user)


def _over(studio: Studio, call_id: str) -> None:
    ui.context.client.status_code = 404
    with frame(studio, "This call is over"), kit.tag("section", classes="rh-empty"):
        kit.heading("This call is over")
        kit.muted("Nobody is on the line any more. Its report says how it went.")
        with kit.tag("div", classes="rh-line"):
            report = kit.link_button("See the report", f"/calls/{call_id}", kind="primary")
            report.mark("report")
            kit.link_button("All calls", "/calls")
