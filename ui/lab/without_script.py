"""What the lab plays of any persona without a script: its consistency, and its role."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from agent.lab.built_in import ATTEMPTS, BUILT_IN, FACTS
from agent.lab.results import Key, Result
from ui import kit
from ui.context import Studio
from ui.lab.result_box import result_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from personas.model import Persona
    from personas.script_model import Script
    from ui.lab.sides import Side

_TOLD = {
    ATTEMPTS: (
        "Try to talk it out of its role",
        "A trainee asks for jokes, rules and favours, and each answer must stay the customer's.",
        "Try",
    ),
    FACTS: (
        "Measure its consistency",
        "A trainee asks for every fact that may be told at once. The figures say how its lines "
        "agree with the file and with each other.",
        "Measure",
    ),
}
"""Title, words and button of each."""
Look = Callable[["Mapping[Key, Result]", "Script", "Side"], tuple[Result | None, bool]]
"""The newest result of a script in a column, and whether it is of an earlier text."""


class WithoutScript:
    """The two of them at this place of the page; ``play`` has one played, by its name."""

    def __init__(
        self, studio: Studio, look: Look, play: Callable[[Sequence[str]], Awaitable[None]]
    ) -> None:
        self._studio, self._look, self._play = studio, look, play
        self._shown: object = None
        self._box = kit.tag("section", classes="rh-stack")
        self._box.props('aria-label="Without a script"')

    def show(self, found: "Mapping[Key, Result]", sides: "Sequence[Side]") -> None:
        """Draw how they ended in each column, if that has changed."""
        playable = [(side, side.persona) for side in sides if side.persona is not None]
        rows = {
            name: [
                (*self._look(found, make(persona), side), side.title) for side, persona in playable
            ]
            for name, make in BUILT_IN.items()
        }
        if rows == self._shown:
            return
        self._shown = rows
        self._box.clear()
        self._box.set_visibility(bool(playable))
        with self._box:
            kit.heading("Without a script", 2)
            with kit.tag("ul", classes="rh-list rh-lab-list"):
                for name, cells in rows.items():
                    self._row(name, cells)

    def _row(self, name: str, cells: Sequence[tuple[Result | None, bool, str]]) -> None:
        title, told, verb = _TOLD[name]
        with kit.tag("li", classes="rh-card rh-lab-row"):
            with kit.tag("div", classes="rh-lab-name"):
                kit.tag("p", title, "rh-strong")
                kit.tag("p", told, "rh-muted rh-small")
                button = kit.button(verb, lambda: self._play([name]))
                button.mark(f"play-{verb.lower()}")
            for result, outdated, side in cells:
                result_box(self._studio, result, outdated, side if len(cells) > 1 else "")


def built_in_script(name: str, persona: "Persona") -> "Script | None":
    """The script of that name that needs no file; None for another name."""
    make = BUILT_IN.get(name)
    return make(persona) if make else None
