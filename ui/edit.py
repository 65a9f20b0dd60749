"""The studio: the list of personas, and the editor of one beside a call with it."""

from nicegui import run, ui

from personas.files import is_slug
from personas.library import Entry
from ui import access, call_panel, kit, words
from ui.call_page import RECONNECT
from ui.context import Studio
from ui.editor import Editor
from ui.frame import frame
from ui.loop_start import asked_for
from ui.microphone_help import browser_of
from ui.problem import problem
from ui.reading import Reading, read

KEYS = (
    ("Ctrl+S", "Saves"),
    ("Ctrl+Enter", "Applies the text to the call on the page, without saving it"),
    ("Ctrl+F", "Searches in the text"),
    *call_panel.KEYS,
)
NOT_ALLOWED = ("The studio is for authors", "Ask an admin when you want to write personas.", 403)


def register(studio: Studio) -> None:
    """The pages ``/studio`` and ``/studio/{slug}``."""

    @ui.page("/studio")
    def library() -> None:
        if not access.is_author(access.require(studio)):
            problem(studio, *NOT_ALLOWED)
            return
        with frame(studio, "Studio"):
            _library(studio)

    @ui.page("/studio/{slug}", reconnect_timeout=RECONNECT)
    async def edit(slug: str) -> None:
        user = access.require(studio)
        if not access.is_author(user):
            problem(studio, *NOT_ALLOWED)
            return
        entry = _entry(studio, slug, user.name)
        if entry is None:
            text = "Its file may have been renamed or deleted."
            problem(studio, "There is no such persona", text, 404)
            return
        reading = await run.io_bound(read, entry.text, slug) or Reading(entry.text, None, ())
        earlier = await asked_for(studio)
        title = entry.persona.name if entry.persona else entry.path.name
        with frame(studio, f"{title}, editor", wide=True, keys=KEYS):
            agent = ui.context.client.request.headers.get("user-agent", "")
            Editor(studio, entry, user, browser_of(agent), reading=reading, earlier=earlier)


def _entry(studio: Studio, slug: str, author: str) -> Entry | None:
    """The persona to be edited; one without a file only while its author has a draft of it."""
    entry = studio.library.get(slug)
    if entry is not None and not entry.deleted:
        return entry
    drafts = studio.drafts.of(author, slug) if is_slug(slug) else []
    if not drafts:
        return None
    path = studio.settings.personas_dir / f"{slug}.md"
    return entry or Entry(slug, path, "", None, (), deleted=True)


def _library(studio: Studio) -> None:
    entries = studio.library.entries()
    with kit.tag("div", classes="rh-stack-tight"):
        kit.heading("Studio")
        kit.muted("Each persona is a text file. A save reaches the calls that are going on.")
    if not entries:
        with kit.tag("div", classes="rh-empty"):
            kit.heading("No persona files yet", 2)
            kit.muted(f"Put a markdown file into {studio.settings.personas_dir}.")
        return
    with kit.tag("ul", classes="rh-list"):
        for entry in entries:
            with kit.tag("li"):
                _row(studio, entry)
    if skipped := studio.library.skipped():
        names = ", ".join(skipped)
        kit.muted(f"Left out, because a name may hold only a-z, 0-9 and hyphens: {names}")


def _row(studio: Studio, entry: Entry) -> None:
    with ui.link(target=f"/studio/{entry.slug}").classes("rh-row"):
        with kit.tag("div", classes="rh-grow"):
            persona = entry.persona
            kit.tag("p", persona.scenario if persona else entry.path.name, "rh-strong")
            name = f"{persona.name} · {entry.path.name}" if persona else "No good version yet"
            kit.tag("p", name, "rh-muted rh-small")
        live = len(studio.calls.live(entry.slug))
        if live:
            kit.tag("span", f"{words.count(live, 'call')} live", "rh-badge rh-badge-warn")
        findings_badge(entry)


def findings_badge(entry: Entry) -> None:
    """How many errors and warnings the file has, in words."""
    errors = len(entry.errors)
    warnings = len(entry.findings) - errors
    if errors:
        kit.tag("span", words.count(errors, "error"), "rh-badge rh-badge-bad")
    if warnings:
        kit.tag("span", words.count(warnings, "warning"), "rh-badge rh-badge-warn")
    if not entry.findings:
        kit.tag("span", "No findings", "rh-badge rh-badge-good")
