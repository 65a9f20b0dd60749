"""Which engine plays a persona."""

from agent.settings import Settings
from personas.model import Persona


def choose_engine(persona: Persona, settings: Settings) -> str:
    """The engine for a call: what the persona names, else the setting, else the best that is
    there. Only ``offline`` is there in this version."""
    return "offline"
