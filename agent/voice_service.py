"""Brings up what calls need, in order, and keeps it up: LiveKit server, models, worker."""

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Any

from agent.endpoint import Endpoint
from agent.link import Switchboard
from agent.livekit_server import LiveKitServer
from agent.preparation import Preparation
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.performers import Performers
    from agent.rooms import LiveKitRooms
    from agent.worker import Worker

log = logging.getLogger(__name__)


class VoiceService:
    """The machinery behind the calls; ``run`` brings it up once the preparation has its parts."""

    def __init__(
        self, settings: Settings, preparation: Preparation, switchboard: Switchboard
    ) -> None:
        self._settings = settings
        self._preparation = preparation
        self._switchboard = switchboard
        self._server: LiveKitServer | None = None
        self._performers: Performers | None = None
        self._worker: Worker | None = None
        self._rooms: LiveKitRooms | None = None
        self._error = ""

    async def run(self) -> None:
        """Come up and serve until cancelled."""
        self._switchboard.start()
        loading = asyncio.create_task(asyncio.to_thread(self._load))
        try:
            endpoint = await self._endpoint()
            await loading
            await self._serve(endpoint)
        except Exception as error:
            self._error = f"The voices could not be started: {error}"
            raise
        finally:
            loading.cancel()
            await self._stop()

    def readiness(self) -> str:
        """What keeps calls from being made now, in words; empty when nothing does."""
        if self._error:
            return self._error
        failed = [part for part in self._preparation.parts if part.state == "failed"]
        if failed:
            return f"{failed[0].name} could not be prepared: {failed[0].error} {failed[0].remedy}"
        if not self._preparation.ready:
            return "The voice parts are still being prepared; this is needed only once."
        if self._server is not None and self._server.state == "failed":
            return f"The LiveKit server does not run: {self._server.error}"
        if self._worker is None or self._performers is None:
            return "The voices are being loaded; this takes a few seconds."
        if self._worker.state != "registered":
            return self._worker.error or "The phone lines are being connected."
        return ""

    def rooms(self) -> "LiveKitRooms":
        """The LiveKit server's API; only after ``readiness`` was empty once."""
        if self._rooms is None:
            raise RuntimeError("the voice service is not up")
        return self._rooms

    def health(self) -> dict[str, Any]:
        """The states of server and worker, without secrets."""
        own = self._server
        return {
            "livekit": {"own": own is not None, "state": own.state if own else "external"},
            "worker": self._worker.state if self._worker else "stopped",
            "models": "loaded" if self._performers else "loading",
        }

    def _load(self) -> None:
        # These modules take seconds to import; pages are served meanwhile.
        performers = importlib.import_module("agent.performers").Performers(self._settings)
        performers.warm()
        self._performers = performers

    async def _endpoint(self) -> Endpoint:
        settings = self._settings
        if settings.livekit_url:
            return Endpoint(
                settings.livekit_url, settings.livekit_api_key, settings.livekit_api_secret
            )
        binary = await self._preparation.livekit_binary()
        self._server = LiveKitServer(binary, settings.data_dir, lambda _state: None)
        await self._server.start()
        return Endpoint(self._server.url, self._server.key, self._server.secret)

    async def _serve(self, endpoint: Endpoint) -> None:
        from agent.rooms import LiveKitRooms
        from agent.worker import Worker

        assert self._performers is not None
        self._worker = Worker(self._performers.entry(self._switchboard))
        self._rooms = LiveKitRooms(lambda: endpoint, self._worker.agent_name)
        await self._worker.run(endpoint)

    async def _stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
