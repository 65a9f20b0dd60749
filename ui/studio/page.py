"""The studio: the editor of one persona beside a call with it; or, of a file that no browser can
open for editing, what it holds."""

from typing import TYPE_CHECKING

from nicegui import run, ui

from personas.files import is_slug
from personas.library import Entry
from ui import kit
from ui.call import panel as call_panel
from ui.call.loop_start import asked_for
from ui.call.microphone_help import browser_of
from ui.context import Studio
from ui.kit.file_text import excerpt, obstacle
from ui.kit.frame import frame
from ui.kit.persona_lists import follow, unseen_changes
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted
from ui.library.menu import persona_menu
from ui.studio.editor import Editor
from ui.studio.reading import Reading, read
from ui.studio.try_sentence import asked_to_try

if TYPE_CHECKING:
    from personas.library import Entry

KEYS = (
    ("Ctrl+S", "Saves"),
    ("Ctrl+Enter", "Applies the text to the call on the page, without saving it"),
    ("Ctrl+F", "Searches in the text"),
    *call_panel.KEYS,
)


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}``."""

    @kit.page("/studio/{slug}", reconnect_timeout=studio.settings.reconnect_timeout)
    async def edit(slug: str) -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        drafts = await run.io_bound(studio.drafts.of, user.name, slug) if is_slug(slug) else None
        entry = _entry(studio, slug, drafted=bool(drafts))
        if entry is None:
            text = "Its file may have been renamed or deleted."
            problem(studio, "There is no such persona", text, 404)
            return
        title = entry.persona.name if entry.persona else entry.path.name
        if why := await run.io_bound(obstacle, entry.text):
            with frame(studio, f"{title}, file"):
                read_only(studio, entry, user.name, why)
            return
        engines = studio.library.engines
        reading = await run.io_bound(read, entry.text, slug, None, engines)
        reading = reading or Reading(entry.text, None, ())
        earlier, trying = await asked_for(studio), await asked_to_try(studio)
        with frame(studio, f"{title}, editor", wide=True, keys=KEYS):
            unseen_changes(studio)
            agent = ui.context.client.request.headers.get("user-agent", "")
            Editor(
                studio,
                entry,
                user,
                browser_of(agent),
                reading=reading,
                earlier=earlier,
                trying=trying,
            )


def _entry(studio: Studio, slug: str, *, drafted: bool) -> Entry | None:
    """The persona to be edited; one without a file only while its author has a draft of it."""
    entry = studio.library.get(slug)
    if entry is not None and not entry.deleted:
        return entry
    if not drafted:
        return None
    path = studio.settings.personas_dir / f"{slug}.md"
    return entry or Entry(slug, path, "", None, (), deleted=True)


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
