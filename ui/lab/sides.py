"""What stands in a column of the lab: a text of the persona on an engine, and how it is chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.engines.spec import EngineSpec
from agent.providers.endpoints import ProviderEndpoint, endpoint
from personas.model import Persona
from personas.parse import examine
from ui.context import Studio
from ui.versions.past import DRAFT, Past

if TYPE_CHECKING:
    from personas.library import Entry

NONE, OWN = "", ""
"""No column beside the first; the engine that each script names, else the one that needs
nothing."""
_ENGINE = "engine:"


@dataclass(frozen=True, slots=True)
class Side:
    """A column. ``persona`` is the text that is played, None when it cannot be: ``trouble`` says
    why. ``engine`` is ``OWN`` for each script's own. ``present``: it is the file's text, which
    shows results of earlier texts until it has some of its own."""

    title: str
    persona: Persona | None
    engine: str = OWN
    present: bool = False
    trouble: str = ""


def engine_choices(studio: Studio) -> dict[str, str]:
    """The engines that can play in the lab, by name."""
    return {OWN: "As each script says", **{e.name: e.title for e in _engines(studio)}}


def no_models(studio: Studio) -> str:
    """Why only the engine that needs nothing plays, in words; "" when others do, too."""
    found = endpoint("llm", studio.settings)
    return found if isinstance(found, str) else ""


def _engines(studio: Studio) -> Iterator[EngineSpec]:
    modelled = isinstance(endpoint("llm", studio.settings), ProviderEndpoint)
    for spec in studio.engines.ready(studio.settings):
        if modelled or not spec.capabilities.prompted:
            yield spec


def other_choices(studio: Studio, past: Past, engine: str) -> dict[str, str]:
    """What can stand beside the present text on that engine: other texts, and other engines."""
    found = {NONE: "Nothing"}
    found |= {key: name for key, name in past.choices().items() if key != past.present}
    engines = engine_choices(studio)
    found |= {
        f"{_ENGINE}{name}": f"The same text, played by {title}"
        for name, title in engines.items()
        if name and name != (engine or studio.engines.fallback.name)
    }
    return found


def present_side(entry: "Entry | None", engine: str) -> Side:
    """The text that calls have now."""
    persona = entry.persona if entry is not None and not entry.deleted else None
    trouble = "" if persona else "there is no text of this persona that can be played"
    return Side("The text that calls have", persona, engine, present=True, trouble=trouble)


def other_side(studio: Studio, past: Past, key: str, engine: str) -> Side | None:
    """What ``key`` stands for, None for nothing; reads the disk, and raises ``VersionsError``."""
    if key == NONE:
        return None
    persona = past.entry.persona if past.entry else None
    if key.startswith(_ENGINE):
        name = key.removeprefix(_ENGINE)
        return Side(f"Played by {studio.engines.recorded(name).title}", persona, name)
    title = past.choices().get(key, "A text that is no longer there")
    if key == DRAFT:
        text = past.draft.text if past.draft else None
    else:
        text = studio.versions.text(past.slug, key)
    if text is None:
        return Side(title, None, engine, trouble="it is no longer there")
    found = examine(text, past.slug, studio.engines.voices)
    if found.persona is None:
        first = found.errors[0]
        words = f"it has an error in line {first.line}: {first.message}"
        return Side(title, None, engine, trouble=words)
    return Side(title, found.persona, engine)
