"""Which engine plays a persona, and what it can do; quick to import, unlike the engines."""

from agent.settings import Settings
from personas.model import Persona

OFFLINE = "offline"


def choose_engine(persona: Persona, settings: Settings) -> str:
    """The engine for a call: what the persona names, else the setting, else the best that is
    there. Only ``offline`` is there in this version."""
    return OFFLINE


def hears(engine: str, language: str) -> bool:
    """Whether that engine understands speech in this language (BCP 47)."""
    return engine != OFFLINE or language.partition("-")[0].lower() == "en"
