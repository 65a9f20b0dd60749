"""Sees to it that the persona comes, and says what is wrong when it does not."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from agent.calls.live_call import LiveCall
from agent.calls.rooms import Rooms, RoomsError
from agent.protocol.brief import Brief
from agent.protocol.messages import Trouble

log = logging.getLogger(__name__)

PATIENCE = 2.5
"""Seconds from one dispatch to the next one (a warm job arrives in under 0.3 s)."""
TRIES = 4
LATE = 20.0
"""Seconds that the last job may still take, before the call is given up."""
NO_BROWSER = 60.0
"""Seconds after which a call that no browser entered is given up."""


async def watch_over(
    call: LiveCall, brief: Brief, rooms: Rooms, readiness: Callable[[], str]
) -> None:
    """Dispatch the persona until it has come; then wait for the browser.

    A dispatch can be lost without a word (a worker that reconnects, a server under load), so it
    is repeated; a second job for the same call leaves by itself.
    """
    for left in reversed(range(TRIES)):
        error = await _dispatch(call, brief, rooms)
        if call.persona_in.is_set():
            break
        log.warning("call %s: no persona, %d dispatches left (%s)", call.id, left, error)
        call.receive(Trouble(call.id, "no_persona", _words(error, readiness(), again=left > 0)))
    if not await _within(call.persona_in, LATE):
        call.hang_up("no_persona")
    elif not await _within(call.browser_in, NO_BROWSER):
        call.hang_up("no_browser")


async def _dispatch(call: LiveCall, brief: Brief, rooms: Rooms) -> str:
    """Send for the persona, back when it is there or ``PATIENCE`` is over; tells what failed."""
    error = "the LiveKit server does not answer"
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            try:
                await rooms.dispatch(call.room, brief)
                error = ""
            except RoomsError as refusal:
                error = str(refusal)
            await call.persona_in.wait()
    return error


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _words(error: str, problem: str, *, again: bool) -> str:
    cause = problem or (f"The reason: {error}." if error else "The machine may be very busy.")
    if again:
        return f"The customer has not come to the phone yet; we are calling again. {cause}"
    return f"The customer did not come to the phone, although we called {TRIES} times. {cause}"
