"""The settings of the pipeline: who hears, who finds the words, and who speaks them."""

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, SecretStr, model_validator

from agent.platform.setting_values import WrongValue, address, key, one_of

Stage = Literal["stt", "llm", "tts"]
Provider = Literal["", "openai", "google", "deepgram", "local"]
WordsProvider = Literal["", "openai", "google"]

Address = Annotated[str, BeforeValidator(address)]
Key = Annotated[SecretStr, BeforeValidator(key)]
NO_KEY = SecretStr("")


def _one_of(providers: object) -> BeforeValidator:
    named = tuple(filter(None, get_args(providers)))
    return BeforeValidator(one_of(named, "offers nothing for this", "the best that is there"))


class StageSettings(BaseModel, frozen=True, hide_input_in_errors=True):
    """One stage as it was asked for; "" is left to the app.

    ``base_url`` is the address of an OpenAI-compatible server, ``api_key`` the key for it.
    """

    provider: Annotated[Provider, _one_of(Provider)] = ""
    base_url: Address = ""
    model: str = ""
    api_key: Key = NO_KEY

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.provider == "local" and self.model:
            raise WrongValue(
                f"has no effect: {self._name('provider')} is local, which has one model",
                "Remove one of the two.",
                self._name("model"),
            )
        if self.base_url and self.provider not in ("", "openai"):
            provider = self._name("provider")
            raise WrongValue(
                f"is for OpenAI-compatible servers, but {provider} is {self.provider}",
                "Remove one of the two.",
                self._name("base_url"),
            )
        if self.api_key and not self.base_url:
            raise WrongValue(
                f"is the key for the server at {self._name('base_url')}, which is not set",
                "Set the address too, or remove the key.",
                self._name("api_key"),
            )
        return self

    @classmethod
    def _name(cls, field: str) -> str:
        return cls.model_fields[field].alias or field


class HearingSettings(
    StageSettings, frozen=True, alias_generator=lambda field: f"STT_{field}".upper()
):
    """Speech to text."""


class WordsSettings(
    StageSettings, frozen=True, alias_generator=lambda field: f"LLM_{field}".upper()
):
    """The text model."""

    provider: Annotated[WordsProvider, _one_of(WordsProvider)] = ""

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.base_url and not self.model:
            raise WrongValue(
                "is not set, but LLM_BASE_URL is",
                "Name a model that this server has, such as {name}=llama3.2.",
                "LLM_MODEL",
            )
        return self


class SpeakingSettings(
    StageSettings, frozen=True, alias_generator=lambda field: f"TTS_{field}".upper()
):
    """Text to speech."""
