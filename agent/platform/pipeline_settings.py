"""The settings of the pipeline: who hears, who finds the words, and who speaks them."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from agent.platform.setting_values import SettingsError, Values, address, key

Stage = Literal["stt", "llm", "tts"]
Provider = Literal["", "openai", "google", "deepgram"]

_OFFERS: dict[Stage, tuple[Provider, ...]] = {
    "stt": ("openai", "google", "deepgram"),
    "llm": ("openai", "google"),
    "tts": ("openai", "google", "deepgram"),
}


@dataclass(frozen=True, slots=True)
class StageSettings:
    """One stage as it was asked for; "" is left to the app.

    ``base_url`` is the address of an OpenAI-compatible server, ``api_key`` the key for it.
    """

    provider: Provider = ""
    base_url: str = ""
    model: str = ""
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """The three stages, and the voice of personas that name none."""

    stt: StageSettings = StageSettings()
    llm: StageSettings = StageSettings()
    tts: StageSettings = StageSettings()
    tts_voice: str = ""

    @classmethod
    def load(cls, values: Values) -> "PipelineSettings":
        """Read and check them; raises ``SettingsError``."""
        return cls(
            stt=_stage("stt", values),
            llm=_stage("llm", values),
            tts=_stage("tts", values),
            tts_voice=values.item("TTS_VOICE")[1],
        )


def _stage(stage: Stage, values: Values) -> StageSettings:
    start = stage.upper()
    base_url = address(*values.item(f"{start}_BASE_URL"))
    settings = StageSettings(
        _provider(stage, *values.item(f"{start}_PROVIDER")),
        base_url,
        values.item(f"{start}_MODEL")[1],
        key(*values.item(f"{start}_API_KEY")),
    )
    if base_url and settings.provider not in ("", "openai"):
        raise SettingsError(
            f"{start}_BASE_URL",
            f"is for OpenAI-compatible servers, but {start}_PROVIDER is {settings.provider}",
            "Remove one of the two.",
        )
    if settings.api_key and not base_url:
        raise SettingsError(
            f"{start}_API_KEY",
            f"is the key for the server at {start}_BASE_URL, which is not set",
            "Set the address too, or remove the key.",
        )
    if stage == "llm" and base_url and not settings.model:
        raise SettingsError(
            "LLM_MODEL",
            "is not set, but LLM_BASE_URL is",
            "Name a model that this server has, such as LLM_MODEL=llama3.2.",
        )
    return settings


def _provider(stage: Stage, name: str, text: str) -> Provider:
    for provider in get_args(Provider):
        if provider == text.lower() and provider in ("", *_OFFERS[stage]):
            return provider  # type: ignore[no-any-return]
    offers = ", ".join(_OFFERS[stage])
    raise SettingsError(
        name,
        f"is {text!r}, which offers nothing for this",
        f"Choose one of {offers}, or remove the line for the best that is there.",
    )
