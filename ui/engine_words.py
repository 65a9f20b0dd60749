"""What the engine of a call can do and what it sends away, for the page before the call."""

from agent.engines import choice
from personas.model import Persona
from ui.context import Studio


def hears(studio: Studio, persona: Persona) -> bool:
    """Whether the engine of a call with that persona understands speech in its language."""
    return choice.hears(studio.calls.engine_for(persona), persona.language)


def leaves(studio: Studio) -> str:
    """What leaves this machine in a call, in words."""
    url = studio.settings.livekit_url
    if url:
        return f"What leaves this machine: both voices, to the LiveKit server at {url}."
    return "What leaves this machine: nothing. The whole call is made on it."
