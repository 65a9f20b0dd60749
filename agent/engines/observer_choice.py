"""Whether a text model observes the trainee's turns of a call; quick to import, knows no plugin."""

from typing import Literal

from agent.engines.spec import EngineSpec
from agent.platform.settings import Settings
from agent.providers.endpoints import ProviderEndpoint, endpoint
from personas.languages import is_read
from personas.model import Persona

Read = Literal["all", "examples", "nothing"]
"""What of a persona's rules is read in a trainee's turns: ``examples`` are those under ``like:``
and ``unlike:``, which count in any language."""


def text_source(settings: Settings) -> ProviderEndpoint | None:
    """The text model that observes; None when there is none, or when none is wanted."""
    if settings.observer in ("reader", "lexical"):
        return None
    found = endpoint("llm", settings)
    return found if isinstance(found, ProviderEndpoint) else None


def observes(settings: Settings, engine: EngineSpec) -> bool:
    """Whether it observes while that engine plays. Beside a private engine only when it runs on
    this machine or was asked for: whoever chooses such a one wants nothing to leave."""
    found = text_source(settings)
    if found is None:
        return False
    return not engine.private or not found.receiver or settings.observer == "model"


def leaves(settings: Settings, engine: EngineSpec) -> str:
    """What of a call leaves this machine for that, and to whom; "" when nothing does."""
    found = text_source(settings)
    if found is None or not found.receiver or not observes(settings, engine):
        return ""
    what = "what both say, the persona's rules and the names of its facts"
    return f"{what} go to {found.receiver} as text"


def reads(settings: Settings, engine: EngineSpec, persona: Persona) -> Read:
    """What tells what turns did to that persona while that engine plays."""
    if is_read(persona.language) or observes(settings, engine):
        return "all"
    return "examples" if any(rule.like for rule in persona.rules) else "nothing"
