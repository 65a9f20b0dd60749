"""The engines of this process: models loaded once, one engine built for each call."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, cast

from livekit.agents import JobContext

from agent.engines.base import Engine
from agent.engines.observer_choice import observes, text_source
from agent.engines.registry import EngineRegistry
from agent.engines.tools import EngineTools
from agent.engines.turns import warm_models
from agent.platform.process.memory import MemoryTrimmer, freeze
from agent.platform.process.requests import ChildTrouble
from agent.platform.settings import Settings
from agent.protocol.switchboard import JobLink
from agent.protocol.version import OtherVersion
from agent.providers.model_observer import ModelObserver
from agent.providers.text_model import TextModel
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver, MakeObserver, Observer
from agent.simulation.observing.second_opinion import TurnModel
from agent.speech.hearing.hearing import Hearing
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from agent.worker.job import Job, turn_away
from personas.model import Persona

log = logging.getLogger(__name__)

OBSERVERS = 64
"""Persona versions whose observer is kept; making one takes up to a second."""
WARMED = 50
"""Personas that are made ready before anyone calls them; others are when they are called."""


class EngineFactory:
    """Builds the engine of a call by its name; ``warm`` loads the models before the first.

    Used by the threads of all jobs.
    """

    def __init__(
        self,
        settings: Settings,
        registry: EngineRegistry,
        speakers: SpeakerModels,
        make_observer: MakeObserver = LexicalObserver,
    ) -> None:
        self._registry = registry
        self._settings = settings
        self._hearing = Hearing(settings.stt_model_folder)
        self.voice = Speaking(speakers)
        self._tools = EngineTools(settings, self._hearing, self.voice)
        self._make_observer = make_observer
        self._observers: OrderedDict[tuple[str, str], Observer] = OrderedDict()
        self._observing = threading.Lock()
        self._memory = MemoryTrimmer()
        found = text_source(settings)
        self._text_model = TextModel(found) if found else None

    def warm(self, personas: Sequence[Persona]) -> None:
        """Load the models and what each persona needs; takes seconds, so not on an event loop.

        Of hundreds only the first: more would not be kept, and calls would wait for them.
        """
        self.voice.start()
        self.voice.want(personas, self._registry.fallback.name)
        self._hearing.warm()
        if self._hearing.available:
            log.warning("%s", self._hearing.available)
        for persona in personas[:WARMED]:
            self.observer(persona)
        warm_models()
        try:
            self.voice.warm(persona.language for persona in personas)
        except ChildTrouble as error:
            # Calls with other engines go on, and so do these, as captions.
            log.error("the offline voice does not work: %s", error)

    def learn(self, persona: Persona) -> None:
        """Make ready for calls with that persona; takes some time, so not on an event loop."""
        self.voice.want([persona], self._registry.fallback.name)
        self.observer(persona)

    def observer(self, persona: Persona) -> Observer:
        """The observer of that version of that persona; those used longest ago are forgotten."""
        key = (persona.slug, persona.version)
        with self._observing:
            if key in self._observers:
                self._observers.move_to_end(key)
                return self._observers[key]
            known = reversed(self._observers.items())
            before = next((each for (slug, _), each in known if slug == persona.slug), None)
        # Not under the lock, which the loops of other calls may wait for.
        made = self._make_observer(persona, before)
        with self._observing:
            found = self._observers.setdefault(key, made)
            self._observers.move_to_end(key)
            while len(self._observers) > OBSERVERS:
                self._observers.popitem(last=False)
        return found

    def health(self) -> dict[str, dict[str, Any]]:
        """How the processes are that hear and speak offline; without their words, which may name
        folders."""
        parts = {**self.voice.health, "recogniser": self._hearing.health}
        return {name: {"state": part.state, "deaths": part.deaths} for name, part in parts.items()}

    def close(self) -> None:
        """End the processes that hear and speak, and the text model's connections."""
        self._memory.close()
        self._hearing.close()
        self.voice.close()
        if self._text_model is not None:
            self._text_model.close()

    def preload(self) -> None:
        """Import what stands behind the engines that have a key, on any thread; seconds."""
        for spec in self._registry.ready(self._settings):
            for name in spec.imports:
                import_module(name)
        if self._text_model is not None:
            self._text_model.warm()

    def settle(self) -> None:
        """Everything is loaded: what is there now stays."""
        freeze()

    def register(self) -> None:
        """Import the engines that have a key; LiveKit's plugins insist on the main thread."""
        for spec in self._registry.ready(self._settings):
            import_module(spec.module)

    def make(self, engine: str, persona: Persona, history: History) -> Engine:
        """The engine of that name for that persona, on the job's loop."""
        module = import_module(self._registry[engine].module)
        return cast(Engine, module.make(persona, self._tools, history))

    def turn_model(self, engine: str) -> TurnModel | None:
        """What looks at the trainee's turns beside the words while that engine plays."""
        if self._text_model is None or not observes(self._settings, self._registry[engine]):
            return None
        return ModelObserver(self._text_model)

    def entry(self, link: JobLink) -> Callable[[JobContext], Awaitable[None]]:
        """The worker's entry point: one job for each call."""

        fallback = self._registry.fallback.name if self._settings.fall_back else ""

        async def enter(ctx: JobContext) -> None:
            try:
                job = Job(
                    ctx,
                    link,
                    self.make,
                    self.observer,
                    fallback=fallback,
                    models=self.turn_model,
                )
            except OtherVersion as error:
                turn_away(ctx, link, error)
                return
            try:
                await job.run()
            finally:
                self._memory.soon()

        return enter
