"""Whose turn it is in a session, so that it can be taken down without cutting a word."""

import asyncio
import time
from typing import Any

from livekit.agents import AgentSession, UserStateChangedEvent

HEARD_OUT = 8.0
"""Seconds that a change waits at most for the end of a turn of the trainee."""
ANSWERED = 1.5
"""Seconds after the trainee's last word in which the turn is over and its answer begins."""


class TurnGate:
    """Knows who speaks in a session."""

    def __init__(self, session: AgentSession[Any]) -> None:
        self._session = session
        self._silent_since = -ANSWERED
        session.on("user_state_changed", self._on_user_state)

    async def free(self) -> None:
        """Until the persona's line and the trainee's turn are over; a turn that does not end is
        not waited for any longer than ``HEARD_OUT``."""
        loop = asyncio.get_running_loop()
        end = loop.time() + HEARD_OUT
        while loop.time() < end:
            if self._session.current_speech is not None:
                end = loop.time() + HEARD_OUT
            elif not self._trainee_has_it():
                return
            await asyncio.sleep(0.05)

    def _trainee_has_it(self) -> bool:
        silent = time.monotonic() - self._silent_since
        return self._session.user_state == "speaking" or silent < ANSWERED

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.old_state == "speaking":
            self._silent_since = time.monotonic()
