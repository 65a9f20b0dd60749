"""The studio, first version: the list of personas, and the editor of one beside its live calls."""

from typing import TYPE_CHECKING

from nicegui import ui

from ui import access, kit, words
from ui.context import Studio
from ui.editor import Editor
from ui.frame import frame
from ui.problem import problem

if TYPE_CHECKING:
    from personas.library import Entry

KEYS = (("Ctrl+S", "Saves"),)
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

    @ui.page("/studio/{slug}")
    def edit(slug: str) -> None:
        user = access.require(studio)
        entry = studio.library.get(slug)
        if not access.is_author(user):
            problem(studio, *NOT_ALLOWED)
        elif entry is None or entry.deleted:
            text = "Its file may have been renamed or deleted."
            problem(studio, "There is no such persona", text, 404)
        else:
            title = entry.persona.name if entry.persona else entry.path.name
            with frame(studio, f"{title}, editor", wide=True, keys=KEYS):
                Editor(studio, entry, user.name)


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


def _row(studio: Studio, entry: "Entry") -> None:
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


def findings_badge(entry: "Entry") -> None:
    """How many errors and warnings the file has, in words."""
    errors = len(entry.errors)
    warnings = len(entry.findings) - errors
    if errors:
        kit.tag("span", words.count(errors, "error"), "rh-badge rh-badge-bad")
    if warnings:
        kit.tag("span", words.count(warnings, "warning"), "rh-badge rh-badge-warn")
    if not entry.findings:
        kit.tag("span", "No findings", "rh-badge rh-badge-good")
