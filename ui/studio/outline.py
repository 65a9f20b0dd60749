"""The headings of a text, each a way to its line."""

from collections.abc import Callable, Sequence

from nicegui import ui

from ui import kit
from ui.studio.reading import Heading


class Outline:
    """The list of headings; ``lead`` makes a button the way to a line (1-based)."""

    def __init__(self, lead: Callable[[ui.element, int], None]) -> None:
        self._lead = lead
        self._shown: Sequence[Heading] | None = None
        with kit.tag("nav", classes="rh-pane rh-pane-outline").props('aria-label="Outline"'):
            kit.heading("Outline", 2).classes("rh-pane-title")
            self._box = kit.tag("div", classes="rh-outline")

    def show(self, headings: Sequence[Heading]) -> None:
        """Draw these headings, unless they are there already."""
        if headings == self._shown:
            return
        self._shown = headings
        self._box.clear()
        with self._box:
            if not headings:
                kit.muted("No headings yet. A persona begins with “# Persona: Name”.")
            for heading in headings:
                self._entry(heading)

    def _entry(self, heading: Heading) -> None:
        row = kit.button(heading.title, kind="quiet")
        self._lead(row, heading.line)
        row.classes(f"rh-outline-row rh-outline-{min(heading.level, 3)}")
        row.props["title"] = f"Line {heading.line}"
