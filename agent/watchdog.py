"""Sees to it that the persona comes, and says what is wrong when it does not."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from agent.brief import Brief
from agent.link import Trouble
from agent.live_call import LiveCall

log = logging.getLogger(__name__)

PATIENCE = 2.5
"""Seconds that a dispatched job may take to arrive (warm: under 0.3 s) before the next one."""
TRIES = 4
NO_BROWSER = 60.0
"""Seconds after which a call that no browser entered is given up."""


class RoomsError(Exception):
    """The LiveKit server did not do what it was asked; the text says why."""


class Rooms(Protocol):
    """What a call needs of the LiveKit server; see ``agent.rooms``, which is slow to import."""

    def admission(self, room: str, identity: str, name: str) -> tuple[str, str]: ...

    async def send(self, room: str, brief: Brief) -> None: ...

    async def close_room(self, room: str) -> None: ...


async def watch_over(
    call: LiveCall, brief: Brief, rooms: Rooms, readiness: Callable[[], str]
) -> None:
    """Dispatch the persona until it has come; then wait for the browser.

    A dispatch can be lost without a word (a worker that reconnects, a server under load), so it
    is repeated; a second job for the same call leaves by itself.
    """
    for attempt in range(TRIES):
        error = await _send(call, brief, rooms)
        if await _within(call.persona_in, PATIENCE):
            break
        log.warning("call %s: no persona after dispatch %d (%s)", call.id, attempt + 1, error)
        call.receive(Trouble(call.id, "no_persona", _words(error, readiness())))
    if not await _within(call.browser_in, NO_BROWSER):
        call.hang_up("no_show")


async def _send(call: LiveCall, brief: Brief, rooms: Rooms) -> str:
    try:
        await rooms.send(call.room, brief)
    except RoomsError as error:
        return str(error)
    return ""


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _words(error: str, problem: str) -> str:
    cause = problem or (f"The reason: {error}." if error else "The machine may be very busy.")
    return f"The customer has not come to the phone yet; we are calling again. {cause}"
