"""The voice of a call: what its engine can do and what leaves the machine, in words, and the choice
of it for authors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.engines import observer_choice
from agent.engines.spec import EngineSpec
from personas.model import Persona
from ui import kit
from ui.context import Studio

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be chosen for a call; ``lacks`` says what is missing, "" when nothing is."""

    name: str
    title: str
    lacks: str = ""


def offers(studio: Studio, persona: Persona) -> list[Offer]:
    """The automatic choice (with the name "") and every engine, those that lack something too."""
    found = [Offer("", f"Automatic ({engine_of(studio, persona).title})")]
    for spec in studio.engines:
        found.append(Offer(spec.name, spec.title, spec.missing(studio.settings)))
    return found


def engine_of(studio: Studio, persona: Persona, wanted: str = "") -> EngineSpec:
    """The engine of a call with that persona."""
    return studio.engines[studio.calls.engine_for(persona, wanted).name]


def leaves(studio: Studio, persona: Persona, wanted: str = "", *, author: bool = False) -> str:
    """The engine of a call with that persona and what leaves this machine in it, in words; an
    author also reads why it is not the one that was asked for."""
    chosen = studio.calls.engine_for(persona, wanted)
    engine = studio.engines[chosen.name]
    words = f"Voice: {engine.title}. {leaving(studio, engine)}"
    return f"{words} {chosen.note}".strip() if author else words


def in_call(studio: Studio, engine: str, first: str) -> str:
    """The same during a call that began with ``first`` and goes on with ``engine``."""
    spec = studio.engines[engine]
    if engine == first:
        return f"Voice: {spec.title}. {leaving(studio, spec)}"
    before = studio.engines[first].title
    return f"Voice: {spec.title}, until the trouble {before}. From now on: {leaving(studio, spec)}"


def leaving(studio: Studio, engine: EngineSpec) -> str:
    """What leaves this machine while that engine plays, in a sentence."""
    parts = [
        engine.egress(studio.settings),
        observer_choice.leaves(studio.settings, engine),
    ]
    if url := studio.settings.livekit_url:
        parts.append(f"both voices go through the LiveKit server at {url}")
    gone = "; ".join(part for part in parts if part)
    return f"What leaves this machine: {gone}." if gone else "Nothing leaves this machine."


class CallEngine:
    """Names the engine of a call with that persona and what leaves the machine in it.

    ``on_change`` is called when an ``author`` has chosen another one.
    """

    def __init__(
        self, studio: Studio, persona: Persona, on_change: Callable[[], None], *, author: bool
    ) -> None:
        self._studio = studio
        self._persona = persona
        self._author = author
        self._choice: VoiceChoice | None = None
        if author:
            self._choice = VoiceChoice(offers(studio, persona), on_change)
        self._line = kit.tag("p", classes="rh-muted rh-small").mark("engine")

    @property
    def wanted(self) -> str:
        """The engine that the next call is to have, "" for the usual one."""
        return self._choice.value if self._choice is not None else ""

    def meet(self, persona: Persona) -> None:
        """The persona reads differently by now, and may name another engine."""
        self._persona = persona

    def hears(self, call: "LiveCall | None") -> bool:
        """Whether the engine of this call, or of the next one, understands the trainee's speech."""
        if call is not None:
            return self._studio.engines[call.engine].hears(call.language, self._studio.settings)
        usual = engine_of(self._studio, self._persona, self.wanted)
        return usual.hears(self._persona.language, self._studio.settings)

    @property
    def deaf(self) -> str:
        """Why the next call's engine hears nobody on this machine; "" when it does."""
        usual = engine_of(self._studio, self._persona, self.wanted)
        return usual.deaf(self._studio.settings)

    @property
    def reads(self) -> observer_choice.Read:
        """What tells what the trainee's turns do in the next call."""
        usual = engine_of(self._studio, self._persona, self.wanted)
        return observer_choice.reads(self._studio.settings, usual, self._persona)

    def show(self, call: "LiveCall | None", *, choosing: bool) -> None:
        """Draw it; ``choosing``: no call has been asked for yet."""
        if self._choice is not None:
            self._choice.show(choosing)
        if call is not None:
            text = in_call(self._studio, call.engine, call.first_engine)
        else:
            text = leaves(self._studio, self._persona, self.wanted, author=self._author)
        self._line.set_text(text)


CHOSEN = "(event) => emit(event.target.value)"


class VoiceChoice:
    """A labelled select; voices that lack something are shown with it, and cannot be chosen."""

    def __init__(self, offers: Sequence[Offer], on_change: Callable[[], None]) -> None:
        self.value = ""
        self._usable = {offer.name for offer in offers if not offer.lacks}
        self._on_change = on_change
        with kit.tag("div", classes="rh-voice") as self._root:
            label = kit.tag("label", "Voice", "rh-voice-label")
            with kit.tag("select", classes="rh-select").mark("voice") as select:
                for offer in offers:
                    _option(offer)
            label.props(f"for={select.html_id}")
        select.on("change", lambda event: self._choose(event.args), js_handler=CHOSEN)

    def show(self, visible: bool) -> None:
        """Show it before a call only."""
        self._root.set_visibility(visible)

    def _choose(self, name: object) -> None:
        # What the browser sends is not to be trusted to be one of the offers.
        self.value = name if isinstance(name, str) and name in self._usable else ""
        self._on_change()


def _option(offer: Offer) -> None:
    text = f"{offer.title}: {offer.lacks}" if offer.lacks else offer.title
    option = kit.tag("option", text)
    option.props["value"] = offer.name
    if offer.lacks:
        option.props("disabled")
