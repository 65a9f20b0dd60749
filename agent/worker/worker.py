"""The LiveKit agent worker of this process: registered, supervised, one warm job at hand."""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import Literal

from livekit.agents import AgentServer, JobContext, JobExecutorType

from agent.platform.server.endpoint import Endpoint

log = logging.getLogger(__name__)

WorkerState = Literal["stopped", "starting", "registered", "down"]

RESTART = 1.0
"""Seconds before a worker that gave up is started again."""


class Worker:
    """Runs an ``AgentServer`` in this process and starts it again when it ends.

    Its name is drawn anew for each start of the app, so that two apps on one LiveKit server
    never take each other's calls.
    """

    def __init__(self, entry: Callable[[JobContext], Awaitable[None]]) -> None:
        self.agent_name = f"rehearsal-{secrets.token_hex(4)}"
        self.error = ""
        self._entry = entry
        self._server: AgentServer | None = None
        self._registered = False

    @property
    def state(self) -> WorkerState:
        """Whether the worker takes calls now."""
        if self._server is None:
            return "down" if self.error else "stopped"
        # There is no public sign of a lost connection; the health page only tells of giving up.
        if self._registered and not self._server._connecting:
            return "registered"
        return "down" if self._registered else "starting"

    async def run(self, endpoint: Endpoint) -> None:
        """Serve calls of that LiveKit server until cancelled."""
        while True:
            try:
                self._server = self._make(endpoint)
                await self._server.run(devmode=True)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.error = f"The worker could not stay with the LiveKit server: {error}"
                log.warning("worker ended: %s", error)
            finally:
                await self._close()
            await asyncio.sleep(RESTART)

    def _make(self, endpoint: Endpoint) -> AgentServer:
        server = AgentServer(
            job_executor_type=JobExecutorType.THREAD,
            num_idle_processes=1,
            # The server offers a worker less the busier it says it is, and does not ask again:
            # calls would stay without a persona. The limit on calls at once is our own.
            load_fnc=lambda: 0.0,
            ws_url=endpoint.url,
            api_key=endpoint.key,
            api_secret=endpoint.secret,
            host="127.0.0.1",
            port=0,
            log_level="WARN",
            drain_timeout=0,
            shutdown_process_timeout=1.5,
            session_end_timeout=2.0,
        )
        server.rtc_session(self._entry, agent_name=self.agent_name)
        server.on("worker_registered", self._on_registered)
        self._registered = False
        return server

    def _on_registered(self, *_: object) -> None:
        self._registered = True
        self.error = ""
        # The framework copies the credentials there, where child processes would inherit them.
        for name in ("LIVEKIT_API_SECRET", "LIVEKIT_API_KEY", "LIVEKIT_URL"):
            os.environ.pop(name, None)

    async def _close(self) -> None:
        server, self._server = self._server, None
        self._registered = False
        if server is not None:
            try:
                await asyncio.wait_for(asyncio.shield(server.aclose()), 2.0)
            except Exception as error:  # whatever it is, the worker must be started again
                log.warning("worker did not close well: %r", error)
