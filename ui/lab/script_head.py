"""The head of a script's page: whose it is, whether it is saved, and what can be done with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import run, ui

from personas.script_library import Conflict, SaveError
from ui import kit
from ui.context import Studio
from ui.kit.file_text import for_browser
from ui.kit.more import menu_item, more_button
from ui.lab.result_box import address_of_script
from ui.studio.editor_head import Offer

if TYPE_CHECKING:
    from personas.script_entry import ScriptEntry


class ScriptHead:
    """Title, state and buttons; ``say`` tells what has happened to the file."""

    def __init__(
        self,
        studio: Studio,
        entry: "ScriptEntry",
        author: str,
        *,
        save: Callable[[], Any],
        play: Callable[[], Any],
    ) -> None:
        self._studio, self._entry, self._author = studio, entry, author
        persona = studio.library.get(entry.slug)
        name = persona.persona.name if persona and persona.persona else entry.slug
        with kit.tag("div", classes="rh-line-between rh-studio-head rh-script-head"):
            with kit.tag("div", classes="rh-stack-tight rh-studio-title"):
                kit.heading(entry.name)
                kit.muted(f"A script against {name} · {entry.path.name}")
            self._done = kit.tag("p", classes="rh-studio-done").props("role=status")
            with kit.tag("div", classes="rh-line rh-studio-actions"):
                self._state = kit.tag("span", classes="rh-badge").props("role=status")
                kit.link_button("Lab", f"/studio/{entry.slug}/lab", kind="quiet")
                kit.button("Save and play", play).mark("save-and-play")
                kit.button("Save", save, kind="primary").classes("rh-save").mark("save-script")
                self._menu()
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")

    def say(self, text: str, kind: str = "good", offer: Offer | None = None) -> None:
        """Show this in place of what was said before; nothing for an empty text."""
        quiet = kind == "good" and offer is None
        self._done.set_text(text if quiet else "")
        self._said.clear()
        if not text or quiet:
            return
        with self._said, kit.tag("div", classes=f"rh-message rh-message-{kind} rh-offer"):
            kit.tag("p", text)
            if offer is not None:
                kit.button(*offer)

    def show_state(self, *, dirty: bool, gone: bool, trouble: str) -> None:
        """Whether there is something to save; ``trouble`` is why it is not kept meanwhile."""
        words = "Not on disk" if gone else "Unsaved changes" if dirty else "Saved"
        self._state.set_text(words)
        look = "rh-badge-warn" if dirty else "rh-badge-good"
        self._state.classes(look, remove="rh-badge-good rh-badge-warn".replace(look, ""))
        if trouble:
            self.say(f"Your unsaved text cannot be kept as a draft: {trouble}.", "bad")

    def _menu(self) -> None:
        def build() -> None:
            menu_item("Rename the file …", self._rename, "rename-script")
            menu_item("Delete …", self._delete, "delete-script")

        self._button = more_button(f"More for {self._entry.name}", "more-script", build)

    def _rename(self) -> None:
        entry = self._entry
        with kit.asking("Rename the script", self._button) as opened:
            kit.muted("What you have not saved stays with the old name: save it first.")
            field = ui.input("New name of the file", value=entry.name)
            field.props('outlined suffix=".md" maxlength=64 autofocus').mark("script-new-name")
            said = kit.tag("div").props("aria-live=assertive")

            async def act() -> None:
                new, rename = (field.value or "").strip(), self._studio.scripts.rename
                try:
                    await run.io_bound(rename, entry.slug, entry.name, new, author=self._author)
                except SaveError as error:
                    kit.say(said, str(error))
                else:
                    ui.navigate.to(address_of_script(entry.slug, new))

            with kit.tag("div", classes="rh-line"):
                kit.button("Rename", act, kind="primary").mark("do-it")
                kit.button("Cancel", opened.close)

    def _delete(self) -> None:
        entry = self._entry
        with kit.asking(f"Delete {entry.name}?", self._button) as opened:
            kit.muted("The file is removed for good. Its results stay in the lab.")
            said = kit.tag("div").props("aria-live=assertive")

            async def act() -> None:
                now = self._studio.scripts.get(entry.slug, entry.name) or entry
                delete = self._studio.scripts.delete
                try:
                    await run.io_bound(
                        delete, entry.slug, entry.name, base=now.version, author=self._author
                    )
                except Conflict as conflict:
                    lines = len(for_browser(conflict.theirs).splitlines())
                    words = f"Someone else has just saved it ({lines} lines). Look at it first."
                    kit.say(said, words)
                except SaveError as error:
                    kit.say(said, str(error))
                else:
                    ui.navigate.to(f"/studio/{entry.slug}/lab")

            with kit.tag("div", classes="rh-line"):
                kit.button("Delete", act, kind="danger").mark("do-it")
                kit.button("Cancel", opened.close)
