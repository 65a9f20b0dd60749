"""What a reader can do about one moment of a call: try it again, or hear better words for it."""

from collections.abc import Callable

from agent.providers.rewording import Occasion, RewordingFailed, rewording
from data.journal import CallRecord
from data.users import User
from personas.model import Persona
from ui import kit
from ui.context import Studio
from ui.kit import lang
from ui.tries.link import may_try, try_again

Ways = Callable[[int, str], None]
"""Draws what can be done about the trainee's turn of that index, of which the report advises that;
"" when it advises nothing."""


def ways_of(studio: Studio, record: CallRecord, persona: Persona | None, user: User) -> Ways:
    """The ways for that reader of that call."""
    again, over = may_try(record, user), record.end is not None

    def draw(turn: int, aim: str) -> None:
        occasion = Occasion.of(record.turns, turn, aim, persona) if persona and over else None
        if not again and occasion is None:
            return
        with kit.tag("div", classes="rh-turn-ways"):
            if again:
                try_again(record, turn, kind="plain")
            if occasion is not None:
                _suggestion(studio, occasion)

    return draw


def _suggestion(studio: Studio, occasion: Occasion) -> None:
    """A button that asks the text model, if there is one; nothing is asked before the click."""
    model = rewording(studio.settings)
    if model is None:
        return

    async def ask() -> None:
        said.clear()
        with said, kit.busy(button):
            waits = kit.tag("p", "The text model is writing …", "rh-muted rh-small")
            try:
                words = await model.suggest(occasion)
            except RewordingFailed as failed:
                if not said.is_deleted:
                    waits.set_text(str(failed))
                return
        if said.is_deleted:  # the page was left meanwhile
            return
        said.clear()
        with said, kit.tag("p", classes="rh-example"):
            lead = f"A suggestion of the text model {model.model}, which may be wrong: "
            kit.tag("span", lead, "rh-muted")
            lang.persona_words(kit.tag("q", words), occasion.language)

    goes = f"what was said here goes to {model.receiver}" if model.receiver else "on this machine"
    button = kit.button("Suggest better words", ask, kind="quiet").mark("suggest")
    kit.tag("span", f"by the text model; {goes}", "rh-muted rh-small")
    said = kit.tag("div", classes="rh-suggestion").props("aria-live=polite").mark("suggestion")
