"""What the command line sees of the system: a running app is asked, or a server is started."""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agent.doctor.check import Check
from agent.doctor.http import Answer, ask
from agent.doctor.services import SystemView, ViewSource, running, worker
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.livekit_server import LiveKitServer
from agent.platform.settings import Settings
from agent.platform.setup.livekit_build import LiveKitBuild, server_on_path
from agent.platform.setup.npm_install import LIVEKIT_CLIENT, NpmInstall

START = 15.0
"""Seconds for our own server to come up; 0.05 on an idle machine."""

_START_APP = "Start it: uv run app.py"


def look_from(settings: Settings, environ: Mapping[str, str] = os.environ) -> ViewSource:
    """Whatever can be seen without being the app; no process is left behind."""

    @asynccontextmanager
    async def look() -> AsyncIterator[SystemView]:
        app, health = await running_app(settings)
        binary, prepared = await parts(settings.cache_dir, environ, bool(settings.livekit_url))
        state = worker(health) if health else _later()
        external = settings.livekit_url
        if external:
            yield SystemView(app, prepared, state, settings.livekit, own=False)
        elif health:
            yield _told(app, prepared, state, health)
        elif binary is None:
            yield SystemView(app, prepared, state, why="The server's program is not there yet.")
        else:
            async with _own_server(binary) as server:
                if server.state == "up":
                    endpoint = Endpoint(server.url, server.key, server.secret)
                    yield SystemView(app, prepared, state, endpoint)
                else:
                    yield SystemView(
                        app, prepared, state, server=_dead(server.error), why="It does not run."
                    )

    return look


async def running_app(settings: Settings) -> tuple[Check, dict[str, Any]]:
    """A Rehearsal on the configured port and its health, {} when there is none."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{settings.port}"
    return of_answer(await ask(f"{url}/healthz"), url, settings.port)


def of_answer(answer: Answer, url: str, port: int) -> tuple[Check, dict[str, Any]]:
    """What the answer of the configured port means."""
    title = "Rehearsal itself"
    if answer.trouble == "refused":
        return Check("app", title, "skipped", f"Nothing runs on {url}.", _START_APP), {}
    if answer.trouble == "timeout":
        found = f"What listens on {url} does not answer in time."
        fix = "End it if it is a Rehearsal that hangs, and start it again."
        return Check("app", title, "failed", found, fix), {}
    try:
        health = json.loads(answer.text)
        if "worker" not in health or "livekit" not in health:
            raise ValueError
    except (ValueError, TypeError):
        found = f"Another program has {url}."
        fix = f"Stop it, or choose another port: uv run app.py --port {port + 1}"
        return Check("app", title, "failed", found, fix), {}
    return running(health, f"on {url}"), dict(health)


async def parts(
    cache: Path, environ: Mapping[str, str], external: bool
) -> tuple[Path | None, Check]:
    """Our own server's program, if it is there, and whether all parts are."""
    title = "Parts for calls"
    on_path = None if external else await server_on_path(environ)
    binary = on_path[0] if on_path else LiveKitBuild(cache, environ).binary
    missing = [] if external or binary else ["the LiveKit server (2 minutes on 2 cores)"]
    if NpmInstall(LIVEKIT_CLIENT, cache, environ).folder is None:
        missing.append("the browser SDK")
    if missing:
        found = f"Not prepared yet: {' and '.join(missing)}."
        fix = "Start `uv run app.py` once, with a network: it prepares them and says how far it is."
        return binary, Check("parts", title, "warning", found, fix)
    if on_path and on_path[1]:
        return binary, Check("parts", title, "warning", on_path[1], "Follow it if calls fail.")
    ready = "The browser SDK is ready." if external else "LiveKit server and browser SDK are ready."
    return binary, Check("parts", title, "ok", ready)


@asynccontextmanager
async def _own_server(binary: Path) -> AsyncIterator[LiveKitServer]:
    with tempfile.TemporaryDirectory(prefix="rehearsal-doctor-") as folder:
        server = LiveKitServer(binary, Path(folder))
        try:
            try:
                await asyncio.wait_for(server.start(), START)
            except TimeoutError:
                server.error = server.error or f"it did not answer within {START:g} s"
            yield server
        finally:
            await server.stop()


def _told(app: Check, prepared: Check, state: Check, health: dict[str, Any]) -> SystemView:
    """The running app's own server: only the app has its keys."""
    how = health["livekit"].get("state", "unknown")
    title = "LiveKit server"
    server = Check("livekit", title, "ok", "The running app's own server is up.")
    if how != "up":
        found = f"The running app's own server is not up ({how})."
        grave = "failed" if how == "failed" else "warning"
        fix = "Wait some seconds; its log is livekit-server.log in the data folder."
        server = Check("livekit", title, grave, found, fix)  # type: ignore[arg-type]
    why = "Only the running app has the keys of its server; its page /doctor looks at this."
    return SystemView(app, prepared, state, server=server, why=why)


def _dead(error: str) -> Check:
    found = f"The LiveKit server of this machine does not start: {error}"
    fix = "Remove the folder livekit-server in the cache folder: the next start builds it anew."
    return Check("livekit", "LiveKit server", "failed", " ".join(found.split()), fix)


def _later() -> Check:
    found = "It starts together with the app, which does not run here."
    return Check("worker", "Worker (the voices)", "skipped", found, _START_APP)
