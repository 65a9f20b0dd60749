"""Gemini Live: one model of Google's for ears and voice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.engines.limits import Limit, ModelLimit, limit_for
from agent.engines.spec import EngineCapabilities, EngineSpec, needs
from agent.providers.endpoints import GOOGLE
from agent.providers.provider_request import ProviderRequest
from personas.voices import VoiceSyntax

if TYPE_CHECKING:
    from agent.platform.settings import Settings

MODELS = (
    ModelLimit(
        "gemini-2.5-flash-native-audio",
        128_000,
        "https://firebase.google.com/docs/ai-logic/live-api/sessions: 128k tokens a session",
    ),
)
"""Read on 2026-11-28."""


def limit(settings: "Settings") -> Limit:
    """What the model of the settings takes."""
    return limit_for(Limit(SPEC.title, over="Google ends the call"), MODELS, settings.gemini_model)


def requests(settings: "Settings") -> Sequence[ProviderRequest]:
    """Does Google take the key and know the model?"""
    return (
        ProviderRequest(
            "google",
            "Google",
            settings.gemini_base_url or GOOGLE,
            settings.google_api_key.get_secret_value(),
            settings.gemini_model,
            "GEMINI_MODEL",
            able="bidiGenerateContent",
        ),
    )


SPEC = EngineSpec(
    name="gemini",
    title="Gemini Live",
    module="agent.engines.gemini.engine",
    imports=("google.genai", "google.cloud.speech_v2", "google.cloud.texttospeech"),
    capabilities=EngineCapabilities(replies_itself=True),
    missing=needs("GOOGLE_API_KEY"),
    remedy="To use it, put a key from aistudio.google.com/app/apikey into .env.local, and restart.",
    egress=lambda settings: "both voices and the persona's text go to Google",
    voice=VoiceSyntax("Kore", detailed=False),
    default_voice="Puck",
    limit=limit,
    requests=requests,
)
