"""In place of the editor: what a file holds that no browser can open for editing."""

from typing import TYPE_CHECKING

from nicegui import ui

from ui import kit
from ui.context import Studio
from ui.kit.follow import follow
from ui.kit.showable import excerpt
from ui.library.menu import persona_menu

if TYPE_CHECKING:
    from personas.library import Entry


def read_only(studio: Studio, entry: "Entry", author: str, why: str) -> None:
    """The beginning of the file, why it is no more than that, and the ways out. The editor opens
    as soon as the file can be shown."""
    slug = entry.slug

    def present() -> object:
        now = studio.library.get(slug)
        return now.version if now is not None else None

    with kit.tag("div", classes="rh-stack").mark("read-only"):
        with kit.tag("div", classes="rh-line-between"):
            kit.heading(entry.persona.name if entry.persona else entry.path.name)
            with kit.tag("div", classes="rh-line"):
                kit.link_button("Versions", f"/studio/{slug}/versions", kind="quiet")
                persona_menu(studio, entry, author)
        kit.message(f"{entry.path.name} cannot be edited here: {why}.", "warn")
        if entry.persona is not None:
            kit.muted("Calls go on with the last version that could be read.")
        kit.heading("How it begins", 2)
        text = kit.tag("pre", excerpt(entry.text), "rh-prompt")
        text.props('tabindex=0 aria-label="The beginning of the file"')
    follow(studio, present, lambda: ui.run_javascript("location.reload()"))
