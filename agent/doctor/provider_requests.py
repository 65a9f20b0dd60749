"""What each engine's provider is asked: one cheap request, which costs nothing; pure."""

from dataclasses import dataclass, field

from agent.platform.settings import Settings
from agent.providers.endpoints import OPENAI, Provider, ProviderEndpoint, endpoints

GOOGLE = "https://generativelanguage.googleapis.com"


@dataclass(frozen=True, slots=True)
class Ask:
    """One provider and the model that is wanted of it.

    ``setting`` names the line in .env that holds the model; ``able`` is what Google's list must
    say that the model can do ("" for anything); ``sure`` is False where a server may take names
    that its list lacks.
    """

    who: Provider
    title: str
    base_url: str
    api_key: str = field(repr=False)
    model: str
    setting: str
    able: str = ""
    sure: bool = True

    @property
    def url(self) -> str:
        """Where the models are listed."""
        if self.who == "google":
            return f"{self.base_url}/v1beta/models?pageSize=1000"
        return f"{self.base_url}/v1/models" if self.who == "deepgram" else f"{self.base_url}/models"

    @property
    def model_url(self) -> str:
        """Where this one model is told of, also by another of its names; "" if nowhere."""
        if self.who == "google":
            return f"{self.base_url}/v1beta/models/{self.model.removeprefix('models/')}"
        return f"{self.base_url}/models/{self.model}" if self.who == "openai" else ""

    @property
    def key_url(self) -> str:
        """Where a key is tried when the list is open to everyone; "" if the list tries it."""
        return f"{self.base_url}/v1/projects" if self.who == "deepgram" else ""

    @property
    def headers(self) -> dict[str, str]:
        """How the key is shown."""
        if self.who == "google":
            return {"x-goog-api-key": self.api_key}
        word = "Token" if self.who == "deepgram" else "Bearer"
        return {"Authorization": f"{word} {self.api_key}"}


def asks_of(engine: str, settings: Settings) -> tuple[Ask, ...]:
    """What to ask for that engine; nothing for one that needs nobody, or lacks a key."""
    if engine == "gemini":
        base = settings.gemini_base_url or GOOGLE
        key, model = settings.google_api_key.get_secret_value(), settings.gemini_model
        return (
            Ask("google", "Google", base, key, model, "GEMINI_MODEL", able="bidiGenerateContent"),
        )
    if engine == "openai":
        base = settings.openai_base_url or OPENAI
        key, model = settings.openai_api_key.get_secret_value(), settings.openai_realtime_model
        return (Ask("openai", "OpenAI", base, key, model, "OPENAI_REALTIME_MODEL"),)
    if engine == "pipeline":
        found = endpoints(settings)
        return () if isinstance(found, str) else tuple(_of_stage(source) for source in found)
    return ()


def _of_stage(source: ProviderEndpoint) -> Ask:
    titles = {"openai": "OpenAI", "google": "Google", "deepgram": "Deepgram"}
    own = source.who == "compatible"
    return Ask(
        source.who,
        f"The server at {source.base_url}" if own else titles[source.who],
        source.base_url or GOOGLE,
        source.api_key,
        source.model,
        f"{source.stage.upper()}_MODEL",
        sure=source.who in ("google", "openai") or (own and source.stage == "llm"),
    )
