"""The head of the editor's page: whose file it is, whether it is saved, and what was just said."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from data.users import User
from ui import kit
from ui.context import Studio
from ui.library.menu import persona_menu

if TYPE_CHECKING:
    from personas.library import Entry

Offer = tuple[str, Callable[[], Any]]
"""A button's label and what it does."""


class EditorHead:
    """Title, state, links and Save; ``say`` tells what has happened to the file.

    ``left`` is told the name under which to go on when the menu has renamed or copied the persona.
    """

    def __init__(
        self,
        studio: Studio,
        entry: "Entry",
        user: User,
        *,
        save: Callable[[], Any],
        left: Callable[[str], None],
    ) -> None:
        self._client = ui.context.client
        self._studio, self._author, self._left = studio, user.name, left
        self._warned = False
        persona = entry.persona
        with kit.tag("div", classes="rh-line-between rh-studio-head"):
            with kit.tag("div", classes="rh-stack-tight rh-studio-title"):
                kit.heading(persona.name if persona else entry.path.name)
                self._file = kit.muted("Persona file")
            # Here it moves nothing.
            self._done = kit.tag("p", classes="rh-studio-done").props("role=status")
            with kit.tag("div", classes="rh-line rh-studio-actions"):
                self._state = kit.tag("span", classes="rh-badge").props("role=status")
                with kit.tag("div", classes="rh-contents") as self._ways:
                    pass
                saving = kit.button("Save", save, kind="primary").classes("rh-save")
                saving.props('title="Ctrl+S"')
                with kit.tag("div", classes="rh-contents") as self._menu:
                    pass
        self.follow(entry)
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        self._trouble = kit.tag("div", classes="rh-said").props("aria-live=polite")

    def follow(self, entry: "Entry") -> None:
        """Show the name that the file has by now, and what can be done with it under that name."""
        if (persona := entry.persona) is not None:
            self._file.set_text(f"{persona.scenario} · {entry.path.name}")
        self._ways.clear()
        self._menu.clear()
        with self._ways:
            kit.link_button("Versions", f"/studio/{entry.slug}/versions", kind="quiet")
        if not entry.deleted:
            with self._menu:
                persona_menu(self._studio, entry, self._author, self._left)

    def say(self, text: str, kind: str = "good", offer: Offer | None = None) -> None:
        """Show this in place of what was said before; nothing for an empty text."""
        quiet = kind == "good" and offer is None
        self._done.set_text(text if quiet else "")
        self._said.clear()
        if not text or quiet:
            return
        with self._said, kit.tag("div", classes=f"rh-message rh-message-{kind} rh-offer") as box:
            box.props("role=alert" if kind == "bad" else "role=status")
            kit.tag("p", text)
            if offer is not None:
                kit.button(*offer)

    def show_state(self, *, dirty: bool, gone: bool, trouble: str) -> None:
        """Whether there is something to save; ``trouble`` is why it is not kept meanwhile."""
        words = "Not on disk" if gone else "Unsaved changes" if dirty else "Saved"
        self._state.set_text(words)
        self._state.classes(
            add="rh-badge-warn" if dirty else "rh-badge-good",
            remove="rh-badge-good" if dirty else "rh-badge-warn",
        )
        self._state.props["title"] = (
            "Kept as a draft, also when you close the page" if dirty else ""
        )
        if bool(trouble) != self._warned:
            self._warned = bool(trouble)
            self._trouble.clear()
            if trouble:
                with self._trouble:
                    kit.message(f"Your unsaved text cannot be kept as a draft: {trouble}.")
            leave = "(event) => event.preventDefault()" if trouble else "null"
            self._client.run_javascript(f"window.onbeforeunload = {leave}")
