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


class ExternalServer:
    """Looks at the server as long as ``fine`` does not hold; ``words`` says what it found, and
    ``changed`` is called when that is something else."""

    def __init__(
        self, endpoint: Endpoint, fine: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self.words = ""
        self._endpoint = endpoint
        self._fine = fine
        self._changed = changed

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before, self.words = self.words, "" if self._fine() else await self._look()
            if self.words != before:
                self._changed()
            await asyncio.sleep(EVERY)

    async def _look(self) -> str:
        checks = verdicts(await see(self._endpoint, LIMIT), own=False)
        wrong = [f"{check.found} {check.fix}" for check in checks if check.state == "failed"]
        return wrong[0].strip() if wrong else ""
