"""A LiveKit server of somebody else: what is wrong with it while no worker can sign on there."""

import asyncio
from collections.abc import Callable

from agent.doctor.livekit import verdicts
from agent.doctor.livekit_seen import see
from agent.platform.server.endpoint import Endpoint

EVERY = 5.0
"""Seconds between two looks."""
LIMIT = 4.0
"""Seconds for one request of a look."""


class Outside:
    """Looks at the server as long as ``fine`` does not hold; ``words`` says what it found."""

    def __init__(self, endpoint: Endpoint, fine: Callable[[], bool]) -> None:
        self.words = ""
        self._endpoint = endpoint
        self._fine = fine

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.words = "" if self._fine() else await self._look()
            await asyncio.sleep(EVERY)

    async def _look(self) -> str:
        checks = verdicts(await see(self._endpoint, LIMIT), own=False)
        wrong = [f"{check.found} {check.fix}" for check in checks if check.state == "failed"]
        return wrong[0].strip() if wrong else ""
