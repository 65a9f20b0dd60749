"""What the doctor asks a provider: one cheap request, which costs nothing; pure."""

from dataclasses import dataclass, field

from agent.providers.endpoints import GOOGLE, PROVIDER_NAMES, Provider, ProviderEndpoint


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One provider and the model that is wanted of it.

    ``setting`` names the line in .env.local that holds the model; ``able`` is what Google's list
    must say that the model can do ("" for anything); ``sure`` is False where a server may take
    names that its list lacks.
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


def of_stage(source: ProviderEndpoint) -> ProviderRequest:
    """What to ask of who does a stage of the pipeline."""
    own = source.who == "compatible"
    return ProviderRequest(
        source.who,
        f"The server at {source.base_url}" if own else PROVIDER_NAMES[source.who],
        source.base_url or GOOGLE,
        source.api_key,
        source.model,
        f"{source.stage.upper()}_MODEL",
        sure=source.who in ("google", "openai") or (own and source.stage == "llm"),
    )
