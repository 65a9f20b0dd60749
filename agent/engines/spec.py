"""What differs between engines, as plain values: read also where nothing is installed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.engines.limits import Limit
from agent.providers.provider_request import ProviderRequest
from personas.voices import ANY_VOICE, VoiceSyntax

if TYPE_CHECKING:
    from agent.platform.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCapabilities:
    """What who speaks with an engine, or tells of it, must know.

    ``replies_itself``: the model answers spoken turns of its own accord. If so, a turn's words
    come while it answers, and the director's word reaches it for the line after; if not,
    ``answer`` is called for every turn. ``foresees``: it gains time by knowing a turn's words
    before it is sure that the turn is over. ``prompted``: a model reads the persona's text as its
    prompt; if not, the lines are looked up in the text.
    """

    replies_itself: bool = False
    foresees: bool = False
    prompted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A part on this machine that the doctor tries, in a process of its own.

    ``attempt`` names a function, ``module:function``, which raises when the part does not work,
    and may return what more is to be said of one that does; ``does`` says what the part does, and
    ``package`` what to install again. ``instead`` says what calls do without it; "" when they
    cannot be made.
    """

    id: str
    title: str
    attempt: str
    does: str
    package: str
    instead: str = ""


def _nothing(settings: "Settings") -> str:
    return ""


def _all_languages(settings: "Settings") -> tuple[str, ...]:
    return ()


def _no_requests(settings: "Settings") -> Sequence[ProviderRequest]:
    return ()


def _no_limit(settings: "Settings") -> Limit | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """Everything that differs between engines; a spec with a name alone stands for one of an old
    record that is gone.

    ``module`` has ``make(persona, tools, history)``, which gives an ``agent.engines.base.Engine``;
    ``imports`` are the slow modules behind it, which can be loaded on any thread.

    ``settings`` are the names of those that only it reads, had by ``Settings.of_engine(NAME)``;
    ``missing`` says what must be set before it can be used ("" when nothing must), ``remedy``
    where that is to be had; ``egress`` what of a call leaves this machine and to whom. A
    ``private`` one is chosen so that nothing leaves; ``fallback`` may take over when a provider is
    lost, and needs nothing.

    ``languages`` are those that it hears, as primary subtags; none for all. ``deaf`` says why it
    hears nobody on this machine ("" when it does). ``voice`` is how a
    persona names a voice, ``default_voice`` the one of those who name none ("" when it depends).
    ``counted`` are the kinds of model whose use a call must tell; ``priced``: what they do costs.
    ``limit`` is what a model takes of a prompt, ``requests`` what the doctor asks the providers,
    ``probes`` what it tries on this machine.
    """

    name: str
    title: str
    module: str = ""
    imports: tuple[str, ...] = ()
    capabilities: EngineCapabilities = EngineCapabilities()
    settings: tuple[str, ...] = ()
    missing: Callable[["Settings"], str] = _nothing
    remedy: str = "To use it, set what is missing in .env.local, and restart."
    egress: Callable[["Settings"], str] = _nothing
    private: bool = False
    fallback: bool = False
    languages: Callable[["Settings"], tuple[str, ...]] = _all_languages
    deaf: Callable[["Settings"], str] = _nothing
    voice: VoiceSyntax = ANY_VOICE
    default_voice: str = ""
    counted: tuple[str, ...] = ()
    priced: bool = True
    limit: Callable[["Settings"], Limit | None] = _no_limit
    requests: Callable[["Settings"], Sequence[ProviderRequest]] = _no_requests
    probes: tuple[Probe, ...] = ()

    def hears(self, language: str, settings: "Settings") -> bool:
        """Whether it understands speech in this language (BCP 47)."""
        known = self.languages(settings)
        understood = not known or language.partition("-")[0].lower() in known
        return understood and not self.deaf(settings)


def needs(name: str) -> Callable[["Settings"], str]:
    """For an engine that needs the setting of that name, such as ``GOOGLE_API_KEY``."""

    def missing(settings: "Settings") -> str:
        value = settings.of_engine(name) or getattr(settings, name.lower(), "")
        return "" if value else f"{name} is not set in .env.local"

    return missing
