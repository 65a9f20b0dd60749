"""What the engine of a call can do and what it sends away, for the page before the call."""

from agent.engines import choice
from personas.model import Persona
from ui.context import Studio


def hears(studio: Studio, persona: Persona) -> bool:
    """Whether the engine of a call with that persona understands speech in its language."""
    return choice.hears(studio.calls.engine_for(persona).name, persona.language)


def leaves(studio: Studio, persona: Persona, wanted: str = "") -> str:
    """The engine of a call with that persona and what leaves this machine in it, in words."""
    chosen = studio.calls.engine_for(persona, wanted)
    kind = choice.kind_of(chosen.name)
    parts = [kind.leaves(studio.settings)]
    if url := studio.settings.livekit_url:
        parts.append(f"both voices go through the LiveKit server at {url}")
    gone = "; ".join(part for part in parts if part)
    leaving = f"What leaves this machine: {gone}." if gone else "Nothing leaves this machine."
    return " ".join(filter(None, (f"Voice: {kind.title}.", leaving, chosen.note)))
