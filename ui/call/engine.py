"""The voice of a call on its page: the line that names it, and for authors the choice of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.engines.choice import hears
from personas.model import Persona
from ui import kit
from ui.call import engine_words
from ui.call.voice_choice import VoiceChoice
from ui.context import Studio

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall


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
            self._choice = VoiceChoice(engine_words.offers(studio, persona), on_change)
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
            return hears(call.engine, call.language)
        usual = engine_words.engine_of(self._studio, self._persona, self.wanted)
        return hears(usual, self._persona.language)

    def show(self, call: "LiveCall | None", *, choosing: bool) -> None:
        """Draw it; ``choosing``: no call has been asked for yet."""
        if self._choice is not None:
            self._choice.show(choosing)
        if call is not None:
            text = engine_words.in_call(self._studio, call.engine, call.first_engine)
        else:
            text = engine_words.leaves(
                self._studio, self._persona, self.wanted, author=self._author
            )
        self._line.set_text(text)
