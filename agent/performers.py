"""The engines of this process: models loaded once, one engine built for each call."""

from collections.abc import Awaitable, Callable

from livekit.agents import JobContext

from agent.engines.base import Engine
from agent.engines.hearing import Hearing
from agent.engines.offline import OfflineEngine
from agent.job import Job, Line
from agent.settings import Settings
from personas.model import Persona


class Performers:
    """Builds the engine of a call by its name; ``warm`` loads the models before the first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hearing = Hearing(settings.cache_dir)

    def warm(self) -> None:
        """Load the models; takes seconds, so not on an event loop."""
        self._hearing.warm()

    def make(self, engine: str, persona: Persona) -> Engine:
        """The engine of that name for that persona, on the job's loop."""
        return OfflineEngine(persona, self._hearing)

    def entry(self, line: Line) -> Callable[[JobContext], Awaitable[None]]:
        """The worker's entry point: one job for each call."""

        async def enter(ctx: JobContext) -> None:
            await Job(ctx, line, self.make).run()

        return enter
