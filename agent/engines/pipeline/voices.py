"""Which voice of a provider's speaks for a persona in the pipeline."""

from agent.engines.gemini.spec import SPEC as GEMINI
from agent.engines.openai.spec import SPEC as OPENAI
from agent.engines.pipeline.spec import SPEC
from agent.providers.endpoints import Provider, ProviderEndpoint
from personas.model import Persona

USUAL: dict[Provider, str] = {"openai": "marin", "google": "Kore", "compatible": "alloy"}
"""The voice of personas that name none; Deepgram's are its models."""
_SHARED: dict[Provider, str] = {"openai": OPENAI.name, "google": GEMINI.name}
"""The engines whose voices a provider has here, too: a persona names one for both."""


def voice_name(source: ProviderEndpoint, persona: Persona, voice: str) -> str:
    """The persona's voice at that provider; ``voice`` is that of the settings, for personas that
    name none."""
    if source.who == "deepgram":
        own = persona.voice.get(SPEC.name)
        fits = isinstance(own, str) and own.startswith("aura")
        return str(own) if fits else voice or source.model
    for key in (SPEC.name, _SHARED.get(source.who, "")):
        if isinstance(own := persona.voice.get(key), str):
            return own
    return voice or USUAL[source.who]
