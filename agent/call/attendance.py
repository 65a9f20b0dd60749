"""Whether the trainee is still in the room; one who lost the connection has time to come back."""

import asyncio
from collections.abc import Callable

from livekit import rtc

GRACE = 20.0
"""Seconds that a trainee who lost the connection may take to come back (a restarted LiveKit
server and the browser's retries took 5.2 s)."""


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
