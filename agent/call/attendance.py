"""Who is in the room: the trainee, who has time to come back after a loss, and the persona."""

import asyncio
import logging
from collections.abc import Callable

from livekit import rtc

GRACE = 20.0
"""Seconds that a trainee who lost the connection may take to come back (a restarted LiveKit
server and the browser's retries took 5.2 s)."""

LEAVING = 1.0
"""Seconds that leaving the room may take."""

log = logging.getLogger(__name__)


class Attendance:
    """Watches the participant ``trainee`` and calls ``over`` with a reason when it is gone."""

    def __init__(self, trainee: str, over: Callable[[str], None]) -> None:
        self._trainee = trainee
        self._over = over
        self._grace: asyncio.TimerHandle | None = None

    def watch(self, room: rtc.Room) -> None:
        """Follow that room, from before it is joined."""
        room.on("participant_disconnected", self._on_left)
        room.on("participant_connected", self._on_came)
        room.on("disconnected", lambda _: self._over("lost"))

    def stop(self) -> None:
        """Nobody is waited for any more."""
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    async def leave(self, room: rtc.Room) -> None:
        """Leave before the app hears of the end and closes the room: one that is closed while
        somebody leaves it now and then stays in LiveKit's native library, with its threads."""
        try:
            async with asyncio.timeout(LEAVING):
                await room.disconnect()
        except Exception as error:
            log.info("a room was not left: %r", error)

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity != self._trainee:
            return
        if participant.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED:
            self._over("ended")
        else:
            self.stop()
            self._grace = asyncio.get_running_loop().call_later(GRACE, self._over, "lost")

    def _on_came(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._trainee:
            self.stop()
