"""The LiveKit agent worker of this process: registered, supervised, one warm job at hand."""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal

from livekit.agents import AgentServer, JobContext, JobExecutorType

from agent.platform.server.endpoint import Endpoint
from agent.worker.ffi_panics import outlive_abandoned_joins
from agent.worker.ffi_queue import forget_closed_loops
from agent.worker.loop_samples import sample_without_garbage

log = logging.getLogger(__name__)

WorkerState = Literal["stopped", "starting", "registered", "down"]

RESTART = 1.0
"""Seconds before a worker that gave up is started again."""
BUSIEST = 0.95
"""The load of a worker that has as many calls as it takes."""


class _Server(AgentServer):
    """The framework's server, which tells when its connection begins and ends: it has an event for
    the former only."""

    on_connection: Callable[[bool], None]

    async def _run_ws(self, ws: Any) -> None:
        """One connection, from when the server has taken the worker on."""
        self.on_connection(True)
        try:
            await super()._run_ws(ws)
        finally:
            self.on_connection(False)


class Worker:
    """Runs an ``AgentServer`` in this process and starts it again when it ends.

    Its name is drawn anew for each start of the app, so that two apps on one LiveKit server
    never take each other's calls. ``state`` says whether it takes calls now; ``on_state`` is told
    each new one. ``capacity`` is how many calls it takes at once where others take some as well:
    the server then gives more to those that have fewer.
    """

    def __init__(
        self,
        entry: Callable[[JobContext], Awaitable[None]],
        on_state: Callable[[WorkerState], None] = lambda state: None,
        *,
        capacity: int | None = None,
    ) -> None:
        outlive_abandoned_joins()
        forget_closed_loops()
        sample_without_garbage()
        self.agent_name = f"rehearsal-{secrets.token_hex(4)}"
        self.state: WorkerState = "stopped"
        self.error = ""
        self._entry = entry
        self._on_state = on_state
        self._capacity = capacity
        self._server: AgentServer | None = None

    async def run(self, endpoint: Endpoint) -> None:
        """Serve calls of that LiveKit server until cancelled."""
        while True:
            try:
                self._server = self._make(endpoint)
                self._become("starting")
                await self._server.run(devmode=True)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.error = f"The worker could not stay with the LiveKit server: {error}"
                log.warning("worker ended: %s", error)
            finally:
                await self._close()
                self._become("down" if self.error else "stopped")
            await asyncio.sleep(RESTART)

    def _make(self, endpoint: Endpoint) -> AgentServer:
        server = _Server(
            job_executor_type=JobExecutorType.THREAD,
            num_idle_processes=1,
            load_fnc=self._load,
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
        server.on_connection = partial(self._on_connection, server)
        return server

    def _load(self, server: AgentServer) -> float:
        """How busy it is, 0-1, by which the LiveKit server chooses among several workers.

        Never all of 1: the server asks such a worker no more, and calls would stay without a
        persona until the next report. The limit on calls at once is our own.
        """
        if not self._capacity:
            return 0.0
        return min(BUSIEST, BUSIEST * len(server.active_jobs) / self._capacity)

    def _on_connection(self, server: AgentServer, there: bool) -> None:
        if server is not self._server:
            return  # one that is being closed; another may have taken its place
        if not there:
            self._become("down")
            return
        self.error = ""
        self._become("registered")
        # The framework copies the credentials there, where child processes would inherit them.
        for name in ("LIVEKIT_API_SECRET", "LIVEKIT_API_KEY", "LIVEKIT_URL"):
            os.environ.pop(name, None)

    def _become(self, state: WorkerState) -> None:
        if state != self.state:
            self.state = state
            self._on_state(state)

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                await asyncio.wait_for(asyncio.shield(server.aclose()), 2.0)
            except Exception as error:  # whatever it is, the worker must be started again
                log.warning("worker did not close well: %r", error)
