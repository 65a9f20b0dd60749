"""The pipeline: who hears, who finds the words and who speaks, each from whom one likes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.engines.limits import Limit, ModelLimit, limit_for
from agent.engines.spec import EngineCapabilities, EngineSpec
from agent.providers.endpoints import (
    Provider,
    ProviderEndpoint,
    data_egress,
    endpoint,
    endpoints,
    missing_settings,
)
from agent.providers.provider_request import ProviderRequest, of_stage
from agent.speech.hearing.model_folder import LANGUAGES, deaf
from personas.voices import VoiceSyntax

if TYPE_CHECKING:
    from agent.platform.settings import Settings

_GPT = "https://platform.openai.com/docs/models"
_FLASH = "https://ai.google.dev/gemini-api/docs/models"
_OWN = Limit(
    "Pipeline with a server of your own",
    4_096,
    2_800,
    "it drops the beginning of the persona without a word",
    "Ollama's docs, Context length: 4k tokens on less than 24 GiB of graphics memory, unless "
    "OLLAMA_CONTEXT_LENGTH says more; other servers differ",
)
MODELS: dict[Provider, tuple[ModelLimit, ...]] = {
    "openai": (
        ModelLimit("gpt-4.1", 1_047_576, f"{_GPT}/gpt-4.1"),
        ModelLimit("gpt-4o", 128_000, f"{_GPT}/gpt-4o"),
        ModelLimit(
            "gpt-5-mini", 272_000, f"{_GPT}/gpt-5-mini: 400,000, 128,000 of them for answers"
        ),
        ModelLimit(
            "gpt-5.4-mini",
            272_000,
            "https://developers.openai.com/api/docs/models/gpt-5.4-mini: 400,000, 128,000 of them "
            "for answers",
        ),
    ),
    "google": (
        ModelLimit("gemini-2.0-flash", 1_048_576, f"{_FLASH}/gemini-2.0-flash"),
        ModelLimit("gemini-2.5-flash", 1_048_576, _FLASH),
        ModelLimit(
            "gemini-3-flash",
            1_048_576,
            "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/gemini/3-flash",
        ),
    ),
}
"""By who finds the words; read on 2026-11-28."""
_OVER: dict[Provider, Limit] = {
    "openai": Limit("Pipeline with OpenAI", over="OpenAI refuses to answer"),
    "google": Limit("Pipeline with Google", over="Google refuses to answer"),
}


def limit(settings: "Settings") -> Limit | None:
    """What the text model takes; None while there is none."""
    found = endpoint("llm", settings)
    if not isinstance(found, ProviderEndpoint):
        return None
    if found.who not in MODELS:
        return _OWN
    return limit_for(_OVER[found.who], MODELS[found.who], found.model)


def requests(settings: "Settings") -> Sequence[ProviderRequest]:
    """What each stage's provider is asked."""
    found = endpoints(settings)
    if isinstance(found, str):
        return ()
    return tuple(of_stage(source) for source in found if source.who != "local")


def hears_here(settings: "Settings") -> bool:
    """Whether this machine recognises the speech."""
    found = endpoint("stt", settings)
    return isinstance(found, ProviderEndpoint) and found.who == "local"


SPEC = EngineSpec(
    name="pipeline",
    title="Pipeline",
    module="agent.engines.pipeline.engine",
    imports=("openai", "google.genai", "google.cloud.speech_v2", "google.cloud.texttospeech"),
    capabilities=EngineCapabilities(foresees=True),
    missing=missing_settings,
    languages=lambda settings: LANGUAGES if hears_here(settings) else (),
    deaf=lambda settings: deaf(settings) if hears_here(settings) else "",
    egress=data_egress,
    voice=VoiceSyntax("alloy", detailed=False),
    counted=("stt", "llm", "tts"),
    limit=limit,
    requests=requests,
)
