"""The question before a call is left by a link of the page."""

from collections.abc import Callable

from nicegui import ui

from ui import kit
from ui.auth import access


class Leaving:
    """Asks, then ends the call by ``end`` and follows the link; build it inside a page."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._target = "/"
        with kit.dialog("End the call?") as self._dialog:
            self._words = kit.tag("p")
            with kit.tag("div", classes="rh-line"):
                kit.button("Stay", self._dialog.close, kind="primary").mark("stay")
                kit.button("End call", self._leave, kind="danger").mark("leave")

    def ask(self, who: str, target: str) -> None:
        """``who`` is the persona's first name, ``target`` where the link leads."""
        self._target = access.local_path(target)
        self._words.set_text(
            f"{who} is still on the line. If you leave this page, the call ends and is kept under "
            "Calls."
        )
        self._dialog.open()

    def close(self) -> None:
        """There is nothing to be asked any more."""
        self._dialog.close()

    def _leave(self) -> None:
        self._dialog.close()
        self._end()
        ui.navigate.to(self._target)
