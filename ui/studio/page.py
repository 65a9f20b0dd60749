"""The studio: the editor of one persona beside a call with it."""

from nicegui import run, ui

from personas.files import is_slug
from personas.library import Entry
from ui.auth import access
from ui.call import panel as call_panel
from ui.call.loop_start import asked_for
from ui.call.microphone_help import browser_of
from ui.context import Studio
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.showable import obstacle
from ui.library.page import NOT_ALLOWED
from ui.library.unseen import unseen_changes
from ui.studio.editor import Editor
from ui.studio.read_only import read_only
from ui.studio.reading import Reading, read

KEYS = (
    ("Ctrl+S", "Saves"),
    ("Ctrl+Enter", "Applies the text to the call on the page, without saving it"),
    ("Ctrl+F", "Searches in the text"),
    *call_panel.KEYS,
)


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}``."""

    @ui.page("/studio/{slug}", reconnect_timeout=studio.settings.reconnect_timeout)
    async def edit(slug: str) -> None:
        user = access.require(studio)
        if not access.is_author(user):
            problem(studio, *NOT_ALLOWED)
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
        reading = await run.io_bound(read, entry.text, slug) or Reading(entry.text, None, ())
        earlier = await asked_for(studio)
        with frame(studio, f"{title}, editor", wide=True, keys=KEYS):
            unseen_changes(studio)
            agent = ui.context.client.request.headers.get("user-agent", "")
            Editor(studio, entry, user, browser_of(agent), reading=reading, earlier=earlier)


def _entry(studio: Studio, slug: str, *, drafted: bool) -> Entry | None:
    """The persona to be edited; one without a file only while its author has a draft of it."""
    entry = studio.library.get(slug)
    if entry is not None and not entry.deleted:
        return entry
    if not drafted:
        return None
    path = studio.settings.personas_dir / f"{slug}.md"
    return entry or Entry(slug, path, "", None, (), deleted=True)
