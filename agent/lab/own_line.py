"""A LiveKit server, a worker and voices for the lab's command, which has no app beside it."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from agent.calls.lab_calls import LabCalls
from agent.calls.voice_service import VoiceService
from agent.engines.registry import EngineRegistry
from agent.lab.play import BrokenOff
from agent.lab.sound import SoundStage
from agent.lab.trainee_voice import TraineeVoice
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Preparation
from agent.protocol.messages import End, Event
from agent.protocol.switchboard import Switchboard
from agent.reader.observer import ObserverMaker
from agent.speech.speaking.speaker_models import SpeakerModels

PREPARED = 1500.0
"""Seconds that all may take: at the first start the LiveKit server is compiled."""
CLOSING = 10.0
"""Seconds that the end may take."""
_LOOK = 0.1

T = TypeVar("T")


def in_sound(
    settings: Settings,
    registry: EngineRegistry,
    observers: ObserverMaker,
    work: Callable[[SoundStage], T],
) -> T:
    """Do that work, in a thread, while calls can be made; on the main thread, where LiveKit's
    plugins want to be registered. Raises ``BrokenOff`` when no call can be made."""
    # At the end of each call its library warns of a handle that it has let go of already.
    logging.getLogger("livekit").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="rehearsal-lab-") as folder:
        # The folder of an app that runs now is not touched, and nobody else could be its worker.
        own = settings.model_copy(update={"data_dir": Path(folder), "own_worker": True})
        return asyncio.run(_OwnLine(own, registry, observers).run(work))


class _OwnLine:
    def __init__(
        self, settings: Settings, registry: EngineRegistry, observers: ObserverMaker
    ) -> None:
        self._switchboard = Switchboard(self._receive)
        self._preparation = Preparation(
            livekit_url=settings.livekit_url, cache_dir=settings.cache_dir, pages=False
        )
        self._voice = VoiceService(
            settings,
            self._preparation,
            self._switchboard,
            list,
            registry,
            SpeakerModels(settings.cache_dir / "voices", settings.voice_models_url),
            observers,
        )
        self._calls = LabCalls(
            self._switchboard,
            settings.data_dir / "lab",
            free=lambda: True,
            rooms=self._voice.rooms,
            readiness=self._voice.readiness,
            reconnect_timeout=settings.reconnect_timeout,
        )
        voice = TraineeVoice(self._voice.speaking, registry.fallback.name)
        self._stage = SoundStage(self._calls, voice, registry, settings)

    async def run(self, work: Callable[[SoundStage], T]) -> T:
        """Come up, do it, and end all that was started."""
        self._stage.start()
        parts = [
            asyncio.create_task(self._preparation.run()),
            asyncio.create_task(self._voice.run()),
        ]
        try:
            await self._ready(parts)
            return await asyncio.to_thread(work, self._stage)
        finally:
            await self._calls.aclose()
            for part in parts:
                part.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await asyncio.gather(*parts, return_exceptions=True)

    async def _ready(self, parts: list[asyncio.Task[None]]) -> None:
        until = time.monotonic() + PREPARED
        while words := self._voice.readiness():
            if self._broken(parts) or time.monotonic() > until:
                raise BrokenOff(f"no call can be made: {words}")
            await asyncio.sleep(_LOOK)

    def _broken(self, parts: list[asyncio.Task[None]]) -> bool:
        """Whether waiting is of no use."""
        failed = any(part.state == "failed" for part in self._preparation.parts)
        return failed or parts[1].done()

    def _receive(self, event: Event) -> None:
        if not self._calls.receive(event):
            self._switchboard.command(event.call, End("ended"))
