"""Brings up what calls need, in order, and keeps it up: LiveKit server, models, worker."""

import asyncio
import importlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from agent.engines.registry import EngineRegistry
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.livekit_server import LiveKitServer
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Preparation
from agent.protocol.switchboard import Switchboard
from agent.protocol.websocket.server import RemoteWorkers
from agent.simulation.observing.observer import LexicalObserver, MakeObserver
from agent.speech.speaking.speaker_models import SpeakerModels
from data.common.observers import Observers
from personas.model import Persona

if TYPE_CHECKING:
    from agent.calls.external_server import ExternalServer
    from agent.calls.livekit_rooms import LiveKitRooms
    from agent.speech.speaking.speaking import Speaking
    from agent.worker.engine_factory import EngineFactory
    from agent.worker.worker import Worker

log = logging.getLogger(__name__)

RETRY = 15.0
"""Seconds between two attempts with a LiveKit server that died many times in a row."""

LATER = 0.5
"""Seconds after an edit in which the calls going on have the processor for it."""


class VoiceService:
    """The machinery behind the calls; ``run`` brings it up once the preparation has its parts."""

    def __init__(
        self,
        settings: Settings,
        preparation: Preparation,
        switchboard: Switchboard,
        personas: Callable[[], Sequence[Persona]],
        registry: EngineRegistry,
        speakers: SpeakerModels,
        make_observer: MakeObserver = LexicalObserver,
    ) -> None:
        self._settings = settings
        self._registry = registry
        self._speakers = speakers
        self._make_observer = make_observer
        self._preparation = preparation
        self._switchboard = switchboard
        self._personas = personas
        self._server: LiveKitServer | None = None
        self._loading: EngineFactory | None = None
        self._engines: EngineFactory | None = None
        self._stopped = False
        timeout = settings.reconnect_timeout
        self.remote_workers = (
            None if settings.own_worker else RemoteWorkers(switchboard, timeout, self._tell)
        )
        self._worker: Worker | RemoteWorkers | None = None
        self._external: ExternalServer | None = None
        self._rooms: LiveKitRooms | None = None
        self._moved = asyncio.Event()
        self._to_learn: dict[str, Persona] = {}
        self._learning = asyncio.Lock()
        self._error = ""
        self._observers = Observers[()]("whether calls can be made")
        self._told = ""
        preparation.on_change(self._tell)

    def on_readiness(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` on the app's loop when ``readiness`` says something else; returns the
        way to stop it."""
        return self._observers.add(callback)

    async def run(self) -> None:
        """Come up and serve until cancelled."""
        self._switchboard.start()
        self._tell()
        loading = asyncio.create_task(asyncio.to_thread(self._load))
        try:
            await self._find_server()
            await loading
            await self._serve()
        except Exception as error:
            self._error = f"The voices could not be started: {error}"
            self._tell()
            raise
        finally:
            loading.cancel()
            await self._stop()

    def readiness(self) -> str:
        """What keeps calls from being made now, in words; empty when nothing does."""
        if self._error:
            return self._error
        parts = [part for part in self._preparation.parts if part.needed]
        failed = [part for part in parts if part.state == "failed"]
        if failed:
            error = failed[0].error.rstrip(".")
            return f"{failed[0].name} could not be prepared: {error}. {failed[0].remedy}"
        if not self._preparation.ready:
            return "The voice parts are still being prepared; this is needed only once."
        if self._server is not None and self._server.state == "failed":
            return (
                "The LiveKit server does not run. It is started again by itself; the console and "
                f"{self._server.log.name} in the data folder say what stops it."
            )
        if self._worker is None:
            return "The voices are being loaded; this takes a few seconds."
        if self._worker.state != "registered":
            found = self._external.words if self._external is not None else ""
            return found or self._worker.error or "The phone lines are being connected."
        return ""

    async def learn(self, persona: Persona) -> None:
        """Make ready for calls with a new or changed persona; of its edits the newest is learnt."""
        self._to_learn[persona.slug] = persona
        await asyncio.sleep(LATER)
        async with self._learning:
            newest = self._to_learn.pop(persona.slug, None)
            if newest is not None and self._engines is not None:
                await asyncio.to_thread(self._engines.learn, newest)

    def most_calls(self) -> int:
        """How many calls can go on at once: as many as the settings have it, or as the workers
        elsewhere take together."""
        most = self._settings.max_calls
        if self.remote_workers is None:
            return most
        capacity = self.remote_workers.capacity
        return min(capacity, most) if "max_calls" in self._settings.model_fields_set else capacity

    def rooms(self) -> "LiveKitRooms":
        """The LiveKit server's API; only after ``readiness`` was empty once."""
        if self._rooms is None:
            raise RuntimeError("the voice service is not up")
        return self._rooms

    def endpoint(self) -> Endpoint | None:
        """The LiveKit server that calls go through; None while our own is not up."""
        own = self._server
        up = own.state == "up" if own is not None else bool(self._settings.livekit_url)
        return self._endpoint() if up else None

    def speaking(self) -> "Speaking | None":
        """The voices of this process; None while they are not loaded, or where they never are."""
        return self._engines.voice if self._engines is not None else None

    def health(self) -> dict[str, Any]:
        """The states of server, worker and speech, without secrets."""
        own = self._server
        return {
            "livekit": {"own": own is not None, "state": own.state if own else "external"},
            "worker": self._worker.state if self._worker else "stopped",
            "models": "loaded" if self._engines or self.remote_workers else "loading",
            "speech": self._engines.health() if self._engines else {},
            **({"workers": self.remote_workers.health()} if self.remote_workers else {}),
        }

    def _tell(self) -> None:
        if (words := self.readiness()) != self._told:
            self._told = words
            self._observers.tell()

    def _load(self) -> None:
        if self.remote_workers is not None:
            return  # the workers have their own
        # These modules take seconds to import; pages are served meanwhile.
        engines = importlib.import_module("agent.worker.engine_factory").EngineFactory(
            self._settings, self._registry, self._speakers, self._make_observer
        )
        self._loading = engines
        if self._stopped:
            return
        engines.warm(self._personas())
        engines.preload()
        engines.settle()
        self._engines = engines

    async def _find_server(self) -> None:
        if self._settings.livekit_url:
            return
        binary = await self._preparation.livekit_binary()
        self._server = LiveKitServer(binary, self._settings.data_dir, self._server_changed)
        await self._server.start()

    def _endpoint(self) -> Endpoint:
        own = self._server
        if own is not None:
            return Endpoint(own.url, own.key, own.secret)
        return self._settings.livekit

    def _server_changed(self, state: str) -> None:
        self._tell()
        # A restarted server has a new address when its old port was taken meanwhile.
        if state == "up":
            self._moved.set()
        elif state == "failed" and self._server is not None:
            # Not on pages, which trainees see, nor in /healthz: its own words name folders.
            log.error("%s", self._server.error)

    async def _serve(self) -> None:
        from agent.calls.livekit_rooms import LiveKitRooms

        self._worker = worker = self.remote_workers or self._own_worker()
        self._rooms = LiveKitRooms(
            self._endpoint, worker.agent_name, self._settings.reconnect_timeout
        )
        self._tell()
        while True:
            endpoint = self._endpoint()
            tasks = [asyncio.create_task(worker.run(endpoint))]
            if self._server is None:
                tasks.append(asyncio.create_task(self._look_at_external_server(endpoint, worker)))
            try:
                while self._endpoint() == endpoint:
                    await self._tend_server()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _own_worker(self) -> "Worker":
        from agent.worker.worker import Worker

        assert self._engines is not None
        self._engines.register()
        entry = self._engines.entry(self._switchboard)
        return Worker(entry, on_state=lambda state: self._tell())

    async def _look_at_external_server(
        self, endpoint: Endpoint, worker: "Worker | RemoteWorkers"
    ) -> None:
        from agent.calls.external_server import ExternalServer

        self._external = ExternalServer(endpoint, lambda: worker.state == "registered", self._tell)
        await self._external.run()

    async def _tend_server(self) -> None:
        """Wait for a change of our own server, and start it again some time after it failed."""
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), RETRY)
        except TimeoutError:
            if self._server is not None and self._server.state == "failed":
                await self._server.start()

    async def _stop(self) -> None:
        # Also those that are still being warmed: the process would wait for their end.
        self._stopped = True
        if self._loading is not None:
            await asyncio.to_thread(self._loading.close)
        if self._server is not None:
            await self._server.stop()
