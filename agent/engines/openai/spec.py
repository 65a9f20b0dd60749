"""OpenAI Realtime: one model of OpenAI's for ears and voice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.engines.limits import Limit, ModelLimit, limit_for
from agent.engines.spec import EngineCapabilities, EngineSpec, needs
from agent.providers.endpoints import OPENAI
from agent.providers.provider_request import ProviderRequest
from personas.voices import VoiceSyntax

if TYPE_CHECKING:
    from agent.platform.settings import Settings

MODELS = (
    ModelLimit(
        "gpt-realtime",
        28_224,
        "OpenAI's API reference, RealtimeTruncation: of 32k tokens 28,224 are for what goes in",
    ),
    ModelLimit(
        "gpt-realtime-2.1-mini",
        96_000,
        "https://developers.openai.com/api/docs/models/gpt-realtime-2.1-mini: 128,000, 32,000 of "
        "them for answers",
    ),
)
"""Read on 2026-11-28."""


def limit(settings: "Settings") -> Limit:
    """What the model of the settings takes."""
    cut = "it forgets the oldest turns of the call, and then the call breaks off"
    return limit_for(Limit(SPEC.title, over=cut), MODELS, settings.openai_realtime_model)


def egress(settings: "Settings") -> str:
    """To whom the address of the settings leads."""
    receiver = urlsplit(settings.openai_base_url).netloc or "OpenAI"
    return f"both voices and the persona's text go to {receiver}"


def requests(settings: "Settings") -> Sequence[ProviderRequest]:
    """Does OpenAI take the key and know the model?"""
    return (
        ProviderRequest(
            "openai",
            "OpenAI",
            settings.openai_base_url or OPENAI,
            settings.openai_api_key.get_secret_value(),
            settings.openai_realtime_model,
            "OPENAI_REALTIME_MODEL",
        ),
    )


SPEC = EngineSpec(
    name="openai",
    title="OpenAI Realtime",
    module="agent.engines.openai.engine",
    imports=("openai", "agent.engines.openai.preload_types"),
    capabilities=EngineCapabilities(replies_itself=True),
    missing=needs("OPENAI_API_KEY"),
    remedy="To use it, put a key from platform.openai.com/api-keys into .env.local, and restart.",
    egress=egress,
    voice=VoiceSyntax("coral", detailed=False),
    default_voice="marin",
    limit=limit,
    requests=requests,
)
