"""Who plays which engine in text, as the settings have it."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from agent.engines.observer_choice import observes
from agent.engines.registry import AUTO, EngineRegistry
from agent.lab.budget import Forecast, Purse, forecast
from agent.lab.models import ModelPlayer
from agent.lab.play import ActorPlayer, BrokenOff, Player, Task
from agent.platform.settings import Settings
from agent.providers.endpoints import ProviderEndpoint, endpoint
from personas.model import Persona
from personas.script_model import Script


class Players:
    """The players of one batch of runs, which may cost ``most`` US dollars (None for any sum)."""

    def __init__(
        self, settings: Settings, registry: EngineRegistry, most: float | None = None
    ) -> None:
        self._settings = settings
        self._registry = registry
        self.most = most
        self._actor = ActorPlayer()
        self._models: dict[str, ModelPlayer] = {}
        found = endpoint("llm", settings)
        self._missing = found if isinstance(found, str) else ""
        self._source = found if isinstance(found, ProviderEndpoint) else None
        self._purse = Purse(self._source, registry, most) if self._source else None

    @property
    def spent(self) -> float:
        """US dollars that the runs have cost so far, as far as prices are known."""
        return self._purse.spent if self._purse else 0.0

    def engine_of(self, persona: Persona, script: Script, wanted: str = "") -> str:
        """The engine of a run: ``wanted``, else the script's own, else the one that needs nothing;
        ``auto`` stands for the one that a call of this persona would have."""
        name = wanted or script.engine or self._registry.fallback.name
        return self._registry.choose(persona, self._settings).name if name == AUTO else name

    def prompted(self, engine: str) -> bool:
        """Whether a model plays there, whose words differ each time."""
        return self._registry.recorded(engine).capabilities.prompted

    def of(self, engine: str) -> Player:
        """Who plays it; raises ``BrokenOff`` with the remedy where nobody can."""
        known = [spec.name for spec in self._registry]
        if engine not in known:
            raise BrokenOff(f"there is no engine {engine!r}; choose one of: {', '.join(known)}")
        if not self.prompted(engine):
            return self._actor
        if self._source is None or self._purse is None:
            raise BrokenOff(
                f"{self._registry[engine].title} is played by a text model in the lab, and there "
                f"is none: {self._missing}"
            )
        if engine not in self._models:
            spec = self._registry[engine]
            looks = observes(self._settings, spec)
            self._models[engine] = ModelPlayer(spec, self._source, self._purse, observes=looks)
        return self._models[engine]

    def forecast(self, tasks: Sequence[Task]) -> Forecast | None:
        """What those of the runs that a text model plays will take; None when there are none, or
        when there is no model."""
        asked = [task for task in tasks if self.prompted(task.engine)]
        if not asked or self._source is None:
            return None
        looks = [observes(self._settings, self._registry.recorded(t.engine)) for t in asked]
        return forecast(asked, self._source, looks, self._registry)

    def check(self, tasks: Sequence[Task]) -> None:
        """Raises ``TooDear`` when the runs would cost more than they may."""
        expected = self.forecast(tasks)
        if expected is not None:
            expected.check(self.most)

    def preload(self) -> None:
        """Import what models need; on the main thread, since LiveKit's plugins insist on it. Takes
        some seconds, so an app with engines of that kind has done it at its start."""
        import_module("agent.providers.plugins")

    def close(self) -> None:
        """End all connections."""
        for model in self._models.values():
            model.close()


def repeated(tasks: Sequence[Task], players: Players, repeat: int = 0) -> list[Task]:
    """Each task as often as it is to be played: ``repeat`` times, else as often as its script says,
    and once where the same call would only come again."""
    return [
        replace(task, repeat=number)
        for task in tasks
        for number in range((repeat or task.script.repeat) if players.prompted(task.engine) else 1)
    ]
