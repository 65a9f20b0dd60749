"""Who hears, finds the words and speaks in the pipeline; imports the standard library alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from data.common.hosts import is_loopback

if TYPE_CHECKING:
    from pydantic import SecretStr

    from agent.platform.pipeline_settings import Stage, StageSettings
    from agent.platform.settings import Settings

Provider = Literal["openai", "google", "deepgram", "compatible", "local"]

OPENAI = "https://api.openai.com/v1"
DEEPGRAM = "https://api.deepgram.com"
GOOGLE = "https://generativelanguage.googleapis.com"

_ORDER: dict["Stage", tuple[Provider, ...]] = {
    # The one that hears while the trainee still speaks comes first; this machine needs no key.
    "stt": ("deepgram", "openai", "google", "local"),
    "llm": ("openai", "google"),
    "tts": ("openai", "deepgram", "google", "local"),
}
_MODELS: dict[tuple["Stage", Provider], str] = {
    ("stt", "openai"): "gpt-4o-mini-transcribe",
    ("stt", "google"): "gemini-3.5-transcribe-live",
    ("stt", "deepgram"): "nova-3",
    ("stt", "compatible"): "whisper-1",
    ("llm", "openai"): "gpt-4.1",
    ("llm", "google"): "gemini-3.8-flash",
    ("tts", "openai"): "gpt-4o-mini-tts",
    ("tts", "google"): "gemini-3.1-flash-tts-preview",
    ("tts", "deepgram"): "aura-2-andromeda-en",
    ("tts", "compatible"): "tts-1",
}
PROVIDER_NAMES: dict[Provider, str] = {
    "openai": "OpenAI",
    "google": "Google",
    "deepgram": "Deepgram",
}
_KEYS: dict[Provider, str] = {
    "openai": "OPENAI_API_KEY",
    "google": "GOOGLE_API_KEY",
    "deepgram": "DEEPGRAM_API_KEY",
}
_TASKS: dict["Stage", str] = {"stt": "hearing", "llm": "finding the words", "tts": "speaking"}
_GOES: dict["Stage", str] = {
    "stt": "the trainee's voice",
    "llm": "what both say and the persona's text",
    "tts": "the persona's lines",
}
NO_KEY = "none"
"""Sent to compatible servers that need no key, since the client insists on one."""


@dataclass(frozen=True, slots=True)
class ProviderEndpoint:
    """Who does one stage, and how it is reached. ``base_url`` is "" for Google's own address, and
    for what this machine does by itself (``local``), which has no model to choose."""

    stage: "Stage"
    who: Provider
    base_url: str
    model: str
    api_key: str = field(repr=False)

    @property
    def receiver(self) -> str:
        """Who gets what this stage sends, in words; "" when it stays on this machine."""
        own = {"openai": OPENAI, "deepgram": DEEPGRAM, "google": ""}.get(self.who)
        if self.base_url == own:
            return PROVIDER_NAMES[self.who]
        host = urlsplit(self.base_url).hostname or ""
        return "" if is_loopback(host) else host


class Endpoints(NamedTuple):
    """The three stages of a pipeline."""

    stt: ProviderEndpoint
    llm: ProviderEndpoint
    tts: ProviderEndpoint


def endpoints(settings: "Settings") -> Endpoints | str:
    """Who does what, or what is missing, in words."""
    stt, llm, tts = (endpoint(stage, settings) for stage in _ORDER)
    missing = [each for each in (stt, llm, tts) if isinstance(each, str)]
    if (
        isinstance(stt, ProviderEndpoint)
        and isinstance(llm, ProviderEndpoint)
        and isinstance(tts, ProviderEndpoint)
    ):
        return Endpoints(stt, llm, tts)
    return "; ".join(missing)


def missing_settings(settings: "Settings") -> str:
    """What is missing before the pipeline can be used; "" when nothing is."""
    found = endpoints(settings)
    return found if isinstance(found, str) else ""


def data_egress(settings: "Settings") -> str:
    """What of a call leaves this machine and to whom; "" when nothing does."""
    found = endpoints(settings)
    if isinstance(found, str):
        return ""
    gets: dict[str, list[str]] = {}
    for each in found:
        if each.receiver:
            gets.setdefault(each.receiver, []).append(_GOES[each.stage])
    return "; ".join(f"{', '.join(what)} to {who}" for who, what in gets.items())


def endpoint(stage: "Stage", settings: "Settings") -> ProviderEndpoint | str:
    """Who does that stage, or what is missing, in words."""
    asked: StageSettings = getattr(settings, stage)
    if asked.base_url:
        own = asked.api_key
        if not own and _is_openai(asked.base_url, settings):
            own = settings.openai_api_key
        key = own.get_secret_value() or NO_KEY
        model = asked.model or _MODELS[(stage, "compatible")]
        return ProviderEndpoint(stage, "compatible", asked.base_url, model, key)
    offers: tuple[Provider, ...] = (asked.provider,) if asked.provider else _ORDER[stage]
    for who in offers:
        if who == "local":
            return ProviderEndpoint(stage, who, "", "", "")
        if key := _key(who, settings):
            model = asked.model or _MODELS[(stage, who)]
            return ProviderEndpoint(stage, who, _ADDRESSES[who](settings), model, key)
    names = [_KEYS[who] for who in offers]
    if "openai" in offers:
        names.append(f"{stage.upper()}_BASE_URL")
    return f"{_TASKS[stage]} needs {' or '.join(names)} in .env.local"


_ADDRESSES: dict[Provider, Callable[["Settings"], str]] = {
    "openai": lambda settings: settings.openai_base_url or OPENAI,
    "google": lambda settings: settings.gemini_base_url,
    "deepgram": lambda settings: settings.deepgram_base_url.removesuffix("/v1") or DEEPGRAM,
}


def _key(who: Provider, settings: "Settings") -> str:
    key: SecretStr = getattr(settings, _KEYS[who].lower())
    return key.get_secret_value()


def _is_openai(url: str, settings: "Settings") -> bool:
    """Whether OpenAI's key belongs there; it must reach no other server."""
    own = urlsplit(settings.openai_base_url or OPENAI)
    given = urlsplit(url)
    return (given.scheme, given.netloc) == (own.scheme, own.netloc)
