"""Which part of the editor's page is shown: beside the text on a wide screen, one at a time on a
narrow one."""

from collections.abc import Callable, Sequence

from nicegui import ui

from personas.model import Finding
from ui import kit
from ui.kit.classes import switch

TABS = {
    "text": "Text",
    "call": "Call",
    "preview": "Preview",
    "checks": "Checker",
    "outline": "Outline",
}
"""Name and label; on a wide screen only call and preview are a choice."""


class EditorTabs:
    """The row of tabs; ``root`` bears the choice as classes, and the stylesheet does it.

    Call or preview stay chosen for the wide screen while something else is chosen on a narrow one;
    ``preview`` is told whether it is the preview.
    """

    def __init__(self, root: ui.element, preview: Callable[[bool], None]) -> None:
        self._root = root
        self._preview = preview
        self._chosen = ""
        self._buttons: dict[str, ui.button] = {}
        with kit.tag("div", classes="rh-tabs").props('role=tablist aria-label="Parts"'):
            for name, label in TABS.items():
                button = kit.button(label, lambda name=name: self.choose(name), kind="quiet")
                button.classes(f"rh-tab rh-tab-{name}").props("role=tab").mark(f"tab-{name}")
                self._buttons[name] = button
        self.choose("text")

    def choose(self, name: str) -> None:
        """Show that part."""
        if name == self._chosen:
            return
        self._chosen = name
        for each, button in self._buttons.items():
            switch(self._root, f"rh-show-{each}", each == name)
            switch(button, "rh-chosen", each == name)
            button.props(f"aria-selected={str(each == name).lower()}")
        if name in ("call", "preview"):
            switch(self._root, "rh-side-preview", name == "preview")
            self._preview(name == "preview")

    def count(self, findings: Sequence[Finding]) -> None:
        """Name the number of findings on the checker's tab."""
        label = f"Checker {len(findings)}" if findings else "Checker"
        if self._buttons["checks"].text != label:
            self._buttons["checks"].set_text(label)
