"""The personas that were put away, below the studio's list; each can be brought back."""

from collections.abc import Callable

from nicegui import background_tasks, run, ui

from personas.moves import archived_as
from personas.persona_files import Archived, FilesError, PersonaFiles
from personas.slugs import free
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.library.menu import name_field

STEP = 30
"""Rows drawn at once."""


def studio_archive(studio: Studio, author: str, restored: Callable[[], None]) -> Callable[[], None]:
    """The section of the archive; gives what draws it anew. It reads the files in a thread."""
    files = PersonaFiles(studio.library)
    box = kit.tag("details", classes="rh-details rh-archive").mark("archive")
    shown = STEP

    def draw(found: list[Archived]) -> None:
        box.clear()
        box.set_visibility(bool(found))
        with box:
            kit.tag("summary", f"Archived ({len(found)})")
            with kit.tag("ul", classes="rh-list"):
                for one in found[:shown]:
                    with kit.tag("li", classes="rh-row"):
                        _row(one, files, author, done)
            if len(found) > shown:
                kit.button("Show all", more)

    def more() -> None:
        nonlocal shown
        shown = 10_000
        refresh()

    def done() -> None:
        restored()
        refresh()

    async def look() -> None:
        found = await run.io_bound(files.archived)
        if not box.is_deleted:
            draw(found or [])

    def refresh() -> None:
        background_tasks.create(look())

    box.set_visibility(False)
    refresh()
    return refresh


def _row(one: Archived, files: PersonaFiles, author: str, done: Callable[[], None]) -> None:
    with kit.tag("div", classes="rh-grow"):
        kit.tag("p", one.title, "rh-strong")
        kit.tag("p", f"{one.slug}.md · {words.when(one.changed)}", "rh-muted rh-small")

    async def restore() -> None:
        if files.taken(one.slug):
            _ask(one, files, author, done, button)
            return
        try:
            await run.io_bound(files.restore, one.slug, one.slug, author=author)
        except FilesError as error:
            ui.notify(str(error), type="negative")
            return
        ui.notify(f"{one.slug}.md is back.", type="positive")
        done()

    versions = f"/studio/{archived_as(one.slug)}/versions"
    kit.link_button("Versions", versions, kind="quiet")
    button = kit.button("Bring back", restore).mark(f"restore-{one.slug}")


def _ask(
    one: Archived, files: PersonaFiles, author: str, done: Callable[[], None], button: ui.element
) -> None:
    """Another persona has the name by now: ask for one that is free."""
    with kit.asking("That name is taken by now", button) as opened:
        kit.muted(f"Another persona is called {one.slug}.md. Nothing is replaced.")
        said = kit.tag("div").props("aria-live=assertive")
        field = name_field("Bring it back as", free(one.slug, files.taken)).mark("file-name")

        async def restore() -> None:
            name = (field.value or "").strip()
            try:
                await run.io_bound(files.restore, one.slug, name, author=author)
            except FilesError as error:
                kit.say(said, str(error))
                return
            ui.notify(f"Brought back as {name}.md.", type="positive")
            done()
            opened.close()

        with kit.tag("div", classes="rh-line"):
            kit.button("Bring back", restore, kind="primary").mark("do-it")
            kit.button("Cancel", opened.close)
