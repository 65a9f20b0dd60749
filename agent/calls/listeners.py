"""Those who listen to a call, hidden in its room: each belongs to an open page, and goes with it.

A token would let its holder hear the room for minutes after the page has gone, and the trainee
would be told of nobody. So the app looks who is in the room, too.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from agent.calls.live_call import LiveCall
from agent.calls.rooms import Rooms, RoomsError

LOOK = 2.0
"""Seconds from one look at who is in the room to the next."""
PREFIX = "listener-"
"""How the identity of a hidden participant begins; no trainee's does."""
STRANGER = "Somebody without a page"
"""The name of a listener that belongs to no page, until it is removed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListenerTicket:
    """What one more browser needs to hear a call; ``close`` when its page has gone."""

    server_url: str
    token: str
    close: Callable[[], None]


class Listeners:
    """The hidden listeners in the room of one call; lives on the app's loop, and ``watch`` for as
    long as the call.

    ``rooms`` gives the LiveKit server as it is just now, and raises when there is none.
    """

    def __init__(self, call: LiveCall, rooms: Callable[[], Rooms]) -> None:
        self._call = call
        self._rooms = rooms
        self._admitted: set[str] = set()
        self._changed = asyncio.Event()
        self._strangers_gone: Callable[[], None] | None = None

    def admit(self) -> ListenerTicket:
        """One more listener, whom nobody in the room sees; raises ``RuntimeError`` without a
        server."""
        identity = PREFIX + secrets.token_hex(8)
        url, token = self._rooms().listener_access(self._call.room, identity)
        self._admitted.add(identity)

        def close() -> None:
            self._admitted.discard(identity)
            self._changed.set()  # the participant is removed at once

        return ListenerTicket(url, token, close)

    async def watch(self) -> None:
        """Remove whoever belongs to no page, also one that comes again, until cancelled."""
        while True:
            try:
                await self._look()
            except (RoomsError, RuntimeError) as error:
                # While the server does not answer, it lets nobody in either.
                log.info("call %s: who listens is not known: %s", self._call.id, error)
            except Exception:
                # One look that failed must not end the watch: the next one would stay for good.
                log.exception("call %s: the look at who listens failed", self._call.id)
            try:
                async with asyncio.timeout(LOOK):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()

    async def _look(self) -> None:
        rooms, room = self._rooms(), self._call.room
        there = {each for each in await rooms.participants(room) if each.startswith(PREFIX)}
        strangers = there - self._admitted
        self._tell_of_strangers(bool(strangers))
        for identity in strangers:
            await rooms.remove(room, identity)

    def _tell_of_strangers(self, there: bool) -> None:
        """The trainee's page says that somebody listens for as long as anybody could."""
        if there and self._strangers_gone is None:
            self._strangers_gone = self._call.coaching.listen(STRANGER)
        elif not there and self._strangers_gone is not None:
            self._strangers_gone()
            self._strangers_gone = None
