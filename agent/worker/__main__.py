"""A worker apart from the app: ``python -m agent.worker --app https://…``.

It needs the app's LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, and the keys of the engines
that it is to play. Any number of them may run, each where there is room for its calls.
"""

from agent.platform.process.memory import limit_threads
from agent.platform.process.stopping import Stopping

limit_threads()

LIMIT = 15.0
"""Seconds that a stop may take: the jobs of its calls have still to tell how far they came."""

stopping = Stopping(LIMIT)
if __name__ == "__main__":
    stopping.install()  # out of an import, Ctrl+C would be a traceback

import argparse
import asyncio
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from agent.engines.registry import EngineRegistry
from agent.platform.process.console import start_console
from agent.platform.process.memory import limit_heaps
from agent.platform.server.endpoint import Endpoint
from agent.platform.settings import Settings, SettingsError, WrongValue
from agent.protocol.websocket.client import AppConnection
from agent.protocol.websocket.worker_token import worker_token
from agent.reader.observer import ObserverMaker
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.worker.engine_factory import EngineFactory
from agent.worker.worker import Worker
from personas.library import Library

HERE = Path(__file__).resolve().parents[2]
LAST_WORDS = 2.0
"""Seconds that the last events may take when the worker is stopped."""


def main(arguments: list[str]) -> int:
    """Run until stopped; returns the exit code."""
    limit_heaps()
    parser = argparse.ArgumentParser(prog="python -m agent.worker", description=__doc__)
    parser.add_argument("--app", required=True, metavar="URL", help="the address of the app")
    parser.add_argument(
        "--tracebacks", action="store_true", help="print the tracebacks of providers' failures too"
    )
    options = parser.parse_args(arguments)
    start_console(tracebacks=options.tracebacks)
    try:
        registry = EngineRegistry()
        settings = Settings.load(HERE, os.environ, engines=registry.settings)
        if not settings.livekit_url:
            raise SettingsError(
                {"LIVEKIT_URL": WrongValue("is not set", "Set it as the app has it.")}
            )
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(settings, registry, options.app))
    stopping.leave()


async def _serve(settings: Settings, registry: EngineRegistry, app: str) -> None:
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    stopping.serve(partial(_signalled, loop, me))
    endpoint = settings.livekit
    most = settings.max_calls
    connection = AppConnection(app, lambda worker: worker_token(endpoint, worker), most)
    engines = await asyncio.to_thread(_load, settings, registry)
    engines.register()
    connecting = asyncio.create_task(connection.run())
    try:
        while True:
            await connection.found.wait()
            connection.moved.clear()
            await _work(connection, engines, endpoint, most)
    finally:
        await connection.drained(LAST_WORDS)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        engines.close()


def _signalled(loop: asyncio.AbstractEventLoop, serving: asyncio.Task[None]) -> None:
    """In a signal handler: end the calls, and then the loop, which may be asleep."""
    with suppress(RuntimeError):  # the loop has come to its end
        loop.call_soon_threadsafe(serving.cancel)


def _load(settings: Settings, registry: EngineRegistry) -> EngineFactory:
    entries = Library(settings.personas_dir, registry.voices).entries()
    speakers = SpeakerModels(settings.cache_dir / "voices", settings.voice_models_url)
    observers = ObserverMaker(
        wanted=settings.observer != "lexical", kept=settings.cache_dir / "reader"
    )
    engines = EngineFactory(settings, registry, speakers, observers)
    engines.warm([e.persona for e in entries if e.persona is not None])
    engines.preload()
    engines.settle()
    return engines


async def _work(
    connection: AppConnection, engines: EngineFactory, endpoint: Endpoint, most: int
) -> None:
    """Take the calls of the app that is there now, until another one has taken its place."""
    worker = Worker(engines.entry(connection), connection.tell_state, capacity=most)
    worker.agent_name = connection.agent_name
    serving = asyncio.create_task(worker.run(endpoint))
    try:
        await connection.moved.wait()
    finally:
        connection.tell_state("stopped")
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
