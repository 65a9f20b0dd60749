"""One row of the doctor's page: state, what was found, the next fix, and buttons if it has any."""

from nicegui import ui

from agent.doctor.check import Check
from ui import kit

LOOKS = {
    "ok": ("good", "✓", "OK"),
    "warning": ("warn", "▲", "Warning"),
    "failed": ("bad", "✕", "Failed"),
    "skipped": ("plain", "◇", "Skipped"),
    "busy": ("plain", "…", "Checking"),
    "waiting": ("plain", "○", "To do"),
}
"""Badge, sign and word of each state; they differ in more than colour."""


class Row:
    """A check as it is shown; ``check`` is the last one, None until there is one."""

    def __init__(self, id: str, title: str) -> None:
        self.id = id
        self.check: Check | None = None
        with kit.tag("li", classes="rh-check") as self.element:
            kit.tag("span", classes="rh-check-anchor").props(f"id=check-{id}")
            self._state = kit.tag("div", classes="rh-check-state")
            with kit.tag("div", classes="rh-grow rh-stack-tight"):
                kit.heading(title, 3)
                self._found = kit.tag("p")
                self._fix = kit.tag("p", classes="rh-check-fix")
                self.actions = kit.tag("div", classes="rh-check-actions rh-check-asking")
        self.actions.set_visibility(False)
        self.busy()

    def busy(self, words: str = "") -> None:
        """It is being looked at."""
        self.check = None
        self._draw("busy", words, "")

    def wait(self, words: str) -> None:
        """The user has something to do first."""
        self.check = None
        self._draw("waiting", words, "")

    def show(self, check: Check) -> None:
        """What came of it."""
        self.check = check
        self._draw(check.state, check.found, check.fix)

    def button(self, text: str) -> ui.button:
        """One more button under the words."""
        self.actions.set_visibility(True)
        with self.actions:
            return kit.button(text)

    def _draw(self, state: str, found: str, fix: str) -> None:
        kind, sign, word = LOOKS[state]
        self.element.props(f"data-state={state}")
        self._state.clear()
        with self._state, kit.tag("span", classes=f"rh-badge rh-badge-{kind}"):
            kit.tag("span", sign).props("aria-hidden=true")
            kit.tag("span", word)
        self._found.set_text(found)
        self._found.set_visibility(bool(found))
        # What was skipped needs no mending: its words tell what is possible.
        optional = state == "skipped"
        self._fix.set_text(f"Next: {fix}" if fix and not optional else fix)
        kit.switch(self._fix, "rh-check-option", optional)
        self._fix.set_visibility(bool(fix))
