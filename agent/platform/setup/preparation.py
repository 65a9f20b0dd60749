"""Gets ready what no Python package ships, beside the running app, and says how far it is."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from agent.platform.setup.failure import PartFailed
from agent.platform.setup.livekit_build import LiveKitBuild, server_on_path
from agent.platform.setup.npm_install import LIVEKIT_CLIENT, WAVESURFER, NpmInstall
from data.common.observers import Observers

_QUIET = 0.25  # seconds between two reports of mere progress


@dataclass
class Part:
    """One thing to prepare; ``progress``, ``error`` and ``remedy`` are words for a person.

    ``fraction`` is roughly 0 to 1, or None when nobody knows; ``warning`` stays when it is ready.
    Without one that is not ``needed`` calls can be made all the same.
    """

    key: str
    name: str
    state: Literal["waiting", "working", "ready", "failed"] = "waiting"
    progress: str = ""
    fraction: float | None = None
    error: str = ""
    remedy: str = ""
    warning: str = ""
    needed: bool = True


class Preparation:
    """Prepares the LiveKit server (unless ``livekit_url`` names one), and what ``pages`` need: the
    browser SDK, and the player of recordings.

    Everything happens on the event loop that runs ``run``; ``on_change`` callbacks are called
    there, too.
    """

    def __init__(
        self,
        *,
        livekit_url: str = "",
        cache_dir: Path,
        environ: Mapping[str, str] | None = None,
        pages: bool = True,
    ) -> None:
        self.livekit_server: Path | None = None
        self._url = livekit_url
        self._environ = os.environ if environ is None else environ
        self._build = LiveKitBuild(cache_dir, self._environ)
        self._sdk = NpmInstall(LIVEKIT_CLIENT, cache_dir, self._environ)
        self._wavesurfer = NpmInstall(WAVESURFER, cache_dir, self._environ)
        self._server_part = Part("livekit-server", "LiveKit server")
        self._sdk_part = Part("livekit-client", "Browser SDK")
        self._player_part = Part("wavesurfer.js", "Player of recordings", needed=False)
        for_pages = [self._sdk_part, self._player_part] if pages else []
        self.parts = [self._server_part, *for_pages]
        self._observers = Observers[()]("what is prepared")
        self._changed = asyncio.Event()
        self._told = 0.0
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def browser_sdk(self) -> Path | None:
        """The module ``livekit-client.esm.mjs``, once it is there."""
        folder, (module,) = self._sdk.folder, LIVEKIT_CLIENT.modules
        return folder / Path(module).name if folder is not None else None

    @property
    def player(self) -> Path | None:
        """The folder with the modules of wavesurfer.js, once it is there."""
        return self._wavesurfer.folder

    @property
    def ready(self) -> bool:
        """True once everything is there that a call needs."""
        return all(part.state == "ready" for part in self.parts if part.needed)

    async def livekit_binary(self) -> Path:
        """Wait until our own LiveKit server's program is there; never ends with ``livekit_url``."""
        while self.livekit_server is None:
            self._changed.clear()
            await self._changed.wait()
        return self.livekit_server

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after each change of a part; returns what ends that."""
        return self._observers.add(callback)

    async def run(self) -> None:
        """Prepare what is not ready yet; failures are told by the parts, never raised.

        Cancelling it ends whatever is under way; no process is left afterwards.
        """
        for part, make in (
            (self._server_part, self._server),
            (self._sdk_part, partial(self._fetch, self._sdk_part, self._sdk)),
            (self._player_part, partial(self._fetch, self._player_part, self._wavesurfer)),
        ):
            task = self._tasks.get(part.key)
            if part not in self.parts:
                continue
            if part.state != "ready" and (task is None or task.done()):
                self._tasks[part.key] = asyncio.create_task(self._prepare(part, make))
        await asyncio.gather(*self._tasks.values())

    async def retry(self) -> None:
        """Try again what has failed."""
        await self.run()

    async def _prepare(self, part: Part, make: Callable[[], Awaitable[None]]) -> None:
        self._set(part, "working")
        try:
            await make()
        except PartFailed as failed:
            self._set(part, "failed", error=failed.error, remedy=failed.remedy)
        except asyncio.CancelledError:
            self._set(part, "waiting")
            raise
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            self._set(part, "failed", error=words, remedy="Press Retry, or start again.")
        else:
            self._set(part, "ready", part.progress)

    async def _server(self) -> None:
        if self._url:
            self._server_part.progress = f"Uses the server at {self._url}"
            return
        found = await server_on_path(self._environ)
        if found is not None:
            self.livekit_server, self._server_part.warning = found
            self._server_part.progress = f"Uses {self.livekit_server}"
            return
        self.livekit_server = self._build.binary or await self._build.make(
            lambda words, fraction: self._report(self._server_part, words, fraction)
        )
        self._server_part.progress = "Ready"

    async def _fetch(self, part: Part, install: NpmInstall) -> None:
        if install.folder is None:
            await install.make(lambda words, fraction: self._report(part, words, fraction))
        part.progress = "Ready"

    def _set(
        self,
        part: Part,
        state: Literal["waiting", "working", "ready", "failed"],
        progress: str = "",
        error: str = "",
        remedy: str = "",
    ) -> None:
        part.state, part.progress, part.error, part.remedy = state, progress, error, remedy
        part.fraction = 1.0 if state == "ready" else None
        self._tell()

    def _report(self, part: Part, words: str, fraction: float | None) -> None:
        part.progress, part.fraction = words, fraction
        if time.monotonic() - self._told > _QUIET:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._changed.set()
        self._observers.tell()
