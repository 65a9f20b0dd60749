"""Which engine plays a persona, what each needs and sends away; quick to import, unlike them."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.platform.settings import Settings
from agent.providers import endpoints
from personas.model import Persona

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class EngineKind:
    """An engine as pages and the choice know it.

    ``module`` has ``make(persona, tools, history)``; ``lacks`` says what is missing before it can
    be used ("" when nothing is), ``leaves`` what of a call leaves this machine and to whom.
    ``imports`` are the slow modules behind it, which can be loaded on any thread.
    """

    name: str
    title: str
    module: str
    lacks: Callable[[Settings], str]
    leaves: Callable[[Settings], str]
    imports: tuple[str, ...] = ()


def _needs(field: str, name: str) -> Callable[[Settings], str]:
    return lambda settings: "" if getattr(settings, field) else f"{name} is not set in .env"


KINDS = (
    EngineKind(
        "gemini",
        "Gemini Live",
        "agent.engines.gemini.engine",
        _needs("google_api_key", "GOOGLE_API_KEY"),
        lambda _: "both voices and the persona's text go to Google",
        ("google.genai", "google.cloud.speech_v2", "google.cloud.texttospeech"),
    ),
    EngineKind(
        "openai",
        "OpenAI Realtime",
        "agent.engines.openai.engine",
        _needs("openai_api_key", "OPENAI_API_KEY"),
        lambda settings: (
            "both voices and the persona's text go to "
            + (_host(settings.openai_base_url) or "OpenAI")
        ),
        ("openai", "agent.engines.openai.preload_types"),
    ),
    EngineKind(
        "pipeline",
        "Pipeline",
        "agent.engines.pipeline.engine",
        endpoints.missing_settings,
        endpoints.data_egress,
        ("openai", "google.genai", "google.cloud.speech_v2", "google.cloud.texttospeech"),
    ),
    EngineKind(
        OFFLINE,
        "Offline",
        "agent.engines.offline.engine",
        lambda _: "",
        lambda _: "",
    ),
)
"""Best first: ``auto`` takes the first one that lacks nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a call, and why it is not the one that was asked for ("" when it is)."""

    name: str
    note: str = ""


def kind_of(name: str) -> EngineKind:
    """The engine of that name; KeyError when there is none."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise KeyError(name)


def ready(settings: Settings) -> list[EngineKind]:
    """The engines that can be used now, best first."""
    return [kind for kind in KINDS if not kind.lacks(settings)]


def choose_engine(persona: Persona, settings: Settings, wanted: str = "") -> Choice:
    """The engine for a call: ``wanted`` by its author, else what the persona names, else the
    setting, else the best one that is ready."""
    return usable(wanted or persona.engine or settings.engine, settings)


def usable(name: str, settings: Settings) -> Choice:
    """The engine of that name, or the best one that is ready for ``auto``, for none, and, with the
    reason, for one that is not ready."""
    found = ready(settings)
    if name in ("", "auto"):
        return Choice(found[0].name)
    if any(kind.name == name for kind in found):
        return Choice(name)
    missing = kind_of(name).lacks(settings)
    return Choice(found[0].name, f"{kind_of(name).title} cannot be used: {missing}.")


def hears(engine: str, language: str) -> bool:
    """Whether that engine understands speech in this language (BCP 47)."""
    return engine != OFFLINE or language.partition("-")[0].lower() == "en"


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
