"""The engines that there are, and which of them plays a persona; knows no plugin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent.engines.gemini.spec import SPEC as GEMINI
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.openai.spec import SPEC as OPENAI
from agent.engines.pipeline.spec import SPEC as PIPELINE
from agent.engines.spec import EngineSpec
from personas.voices import VoiceSyntax

if TYPE_CHECKING:
    from agent.platform.settings import Settings
    from personas.model import Persona

ENGINES = (
    GEMINI,
    OPENAI,
    PIPELINE,
    OFFLINE,
)
"""Best first: ``auto`` takes the first one that lacks nothing. Another engine is a line here, and
its folder."""

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a call, and why it is not the one that was asked for ("" when it is)."""

    name: str
    note: str = ""


class EngineRegistry:
    """Some engines, best first; built once where the program begins and handed on.

    Raises ValueError when none of them is a fallback: one must always be there to play.
    """

    def __init__(self, specs: Sequence[EngineSpec] = ENGINES) -> None:
        self._specs = {spec.name: spec for spec in specs}
        fallback = next((spec for spec in specs if spec.fallback), None)
        if fallback is None:
            raise ValueError("no engine can be fallen back to")
        self.fallback = fallback
        """The engine that goes on when a provider is lost, and that needs nothing."""

    def __iter__(self) -> Iterator[EngineSpec]:
        return iter(self._specs.values())

    def __getitem__(self, name: str) -> EngineSpec:
        """The engine of that name; KeyError when there is none."""
        return self._specs[name]

    def recorded(self, name: str) -> EngineSpec:
        """The engine that a record names; of one that is gone only its name is known."""
        return self._specs.get(name) or EngineSpec(name=name, title=name.capitalize())

    @property
    def settings(self) -> Mapping[str, Sequence[str]]:
        """For the settings: what REHEARSAL_ENGINE may be, and what only that engine reads."""
        return MappingProxyType({AUTO: (), **{spec.name: spec.settings for spec in self}})

    @property
    def voices(self) -> Mapping[str, VoiceSyntax]:
        """For the checker of persona files: the engines and how each one's voices are written."""
        return MappingProxyType({spec.name: spec.voice for spec in self})

    def ready(self, settings: "Settings") -> list[EngineSpec]:
        """The engines that can be used now, best first."""
        return [spec for spec in self if not spec.missing(settings)]

    def choose(self, persona: "Persona", settings: "Settings", wanted: str = "") -> Choice:
        """The engine for a call: ``wanted`` by its author, else what the persona names, else the
        setting, else the best one that is ready."""
        return self.usable(wanted or persona.engine or settings.engine, settings)

    def usable(self, name: str, settings: "Settings") -> Choice:
        """The engine of that name, or the best one that is ready for ``auto``, for none, and, with
        the reason, for one that is not ready or not known."""
        best = self.ready(settings)[0]
        if name in ("", AUTO):
            return Choice(best.name)
        missing = self[name].missing(settings) if name in self._specs else "no such engine is there"
        if not missing:
            return Choice(name)
        return Choice(best.name, f"{self.recorded(name).title} cannot be used: {missing}.")
