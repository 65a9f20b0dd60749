"""Who is in the room: the trainee, who has time to come back after a loss, and the persona."""

import asyncio
import logging
from collections.abc import Callable

from livekit import rtc

LEAVING = 1.0
"""Seconds that leaving the room may take."""
ANSWER = 3.0
"""Seconds in which something arrives from a LiveKit server that answers: a browser's microphone
sends at least every 0.4 s, and the two ends look for each other every 2.5 s."""
_LOOK = 0.25
"""Seconds between two looks at what has arrived."""

log = logging.getLogger(__name__)


class ParticipantPresence:
    """Watches the participant ``trainee`` and calls ``over`` with a reason when it is gone for
    longer than ``seconds``: ``left`` when it went by itself, else ``lost``.

    ``absent`` is told why the two cannot hear each other, with True, and with False when that is
    over.
    """

    def __init__(
        self,
        trainee: str,
        over: Callable[[str], None],
        seconds: float,
        absent: Callable[[str, bool], None],
    ) -> None:
        self._trainee = trainee
        self._over = over
        self._seconds = seconds
        self._absent = absent
        self._gone: asyncio.TimerHandle | None = None
        self._present = ""

    def watch(self, room: rtc.Room) -> None:
        """Follow that room, from before it is joined."""
        room.on("participant_disconnected", self._on_left)
        room.on("participant_connected", self._on_came)
        room.on("connection_quality_changed", self._on_quality)
        room.on("reconnecting", lambda: self._absent("room", True))
        room.on("reconnected", lambda: self._absent("room", False))
        room.on("disconnected", lambda _: self._over("server"))

    def stop(self) -> None:
        """Nobody is waited for any more."""
        if self._gone is not None:
            self._gone.cancel()
            self._gone = None

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
        if self._present not in ("", participant.sid):
            return  # it has come back already, from another page
        self.stop()
        # A page that is loaded anew goes by itself, too. An end is said by the app.
        by_itself = participant.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED
        reason = "left" if by_itself else "lost"
        self._gone = asyncio.get_running_loop().call_later(self._seconds, self._over, reason)
        self._absent("trainee", True)

    def _on_came(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._trainee:
            self._present = participant.sid
            self.stop()
            self._absent("trainee", False)
            self._absent("quality", False)

    def _on_quality(self, participant: rtc.Participant, quality: int) -> None:
        if participant.identity == self._trainee:
            self._absent("quality", quality == rtc.ConnectionQuality.QUALITY_LOST)


async def server_answers(room: rtc.Room) -> bool:
    """Whether anything arrives from the LiveKit server now; a silent one cannot tell us so."""
    try:
        async with asyncio.timeout(ANSWER):
            before = await _arrived(room)
            while await _arrived(room) == before:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(_LOOK)
    except (TimeoutError, RuntimeError):  # the latter when there is no connection at all
        return False
    return True


async def _arrived(room: rtc.Room) -> tuple[int, int]:
    """Bytes and answers that have come over the connections of that room."""
    found = await room.get_rtc_stats()
    pairs = [
        each.candidate_pair.candidate_pair
        for each in (*found.publisher_stats, *found.subscriber_stats)
        if each.HasField("candidate_pair")
    ]
    return sum(p.bytes_received for p in pairs), sum(p.responses_received for p in pairs)
