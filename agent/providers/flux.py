"""Deepgram's Flux: it tells where a turn ends, and a little earlier where one may end."""

from collections.abc import Callable
from typing import Any

from livekit.agents import NOT_GIVEN
from livekit.plugins import deepgram

from agent.providers.endpoints import ProviderEndpoint
from agent.providers.refusals import ErrorReportingSession, overheard

EAGER = 0.4
"""Confidence at which a turn may be over. Deepgram's own range of advice is 0.3-0.5: 150-250 ms
sooner, for half as many questions more to the text model."""
_MANY = frozenset(("de", "en", "es", "fr", "hi", "it", "ja", "nl", "pt", "ru"))
ELSE = "nova-3"
"""What hears the languages that Flux does not know."""


def is_flux(model: str) -> bool:
    """Whether this is one of its models."""
    return model.startswith("flux-")


def knows(model: str, language: str) -> bool:
    """Whether that model hears this language (BCP 47)."""
    short = language.partition("-")[0].lower()
    return is_flux(model) and short in (_MANY if model.endswith("-multi") else ("en",))


class FluxSTT(ErrorReportingSession, deepgram.STTv2):
    """Tells of every message (``on_sign``), so that a silent provider is noticed."""

    def __init__(
        self, on_sign: Callable[[], None], source: ProviderEndpoint, language: str
    ) -> None:
        many = source.model.endswith("-multi")
        super().__init__(
            model=source.model,
            eager_eot_threshold=EAGER,
            language_hint=[language.partition("-")[0].lower()] if many else NOT_GIVEN,
            api_key=source.api_key,
            base_url=f"{source.base_url}/v2/listen",
        )
        self._on_sign = on_sign

    def stream(self, **options: Any) -> deepgram.SpeechStreamv2:
        """A stream as usual, overheard."""
        return overheard(super().stream(**options), self._on_sign)
