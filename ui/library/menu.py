"""What an author can do with a persona as a whole: duplicate, rename, export, archive."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from nicegui import run, ui

from personas.files import SaveError
from personas.persona_files import FilesError, PersonaFiles
from personas.slugs import free
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.more import menu_item, more_button
from ui.kit.publishing import Publish, publish_file, publish_item

if TYPE_CHECKING:
    from personas.library import Entry

Done = Callable[[str], None]
"""Is told under which name the persona is by now; "" when it is no longer there."""


def persona_menu(
    studio: Studio,
    entry: "Entry",
    author: str,
    done: Done | None = None,
    publish: Publish | None = None,
) -> None:
    """A button with a menu for that persona. When something was done, ``done`` is called with the
    persona's name by then ("" when it was archived); without it, the page goes there. ``publish``
    does it where a text is open that was not saved."""
    named = entry.persona.name if entry.persona else entry.path.name
    slug = entry.slug
    publish = publish or publish_file(studio, slug, author)

    def build() -> None:
        acts = _Acts(studio, entry, author, done or _go, button)
        menu_item("Lab", lambda: ui.navigate.to(f"/studio/{slug}/lab"), f"lab-{slug}")
        menu_item("Duplicate …", acts.duplicate, f"duplicate-{slug}")
        menu_item("Rename the file …", acts.rename, f"rename-{slug}")
        menu_item("Export as a file", acts.export, f"export-{slug}")
        publish_item(publish, slug, published=entry.published)
        menu_item("Archive …", acts.archive, f"archive-{slug}")

    button = more_button(f"More for {named}, {entry.path.name}", f"more-{slug}", build)


def name_field(label: str, value: str) -> ui.input:
    """A field for the name of a file, which may hold only a few signs."""
    field = ui.input(label, value=value).props("outlined autocapitalize=off spellcheck=false")
    field.props('suffix=".md" maxlength=64').classes("rh-file-name")
    return field


class _Acts:
    def __init__(
        self, studio: Studio, entry: "Entry", author: str, done: Done, button: ui.element
    ) -> None:
        self._studio = studio
        self._entry = entry
        self._author = author
        self._done = done
        self._button = button
        self._shelf = PersonaFiles(studio.library)

    def duplicate(self) -> None:
        """Ask for a name, and make a copy of the saved text."""
        slug = self._entry.slug
        proposal = free(f"{slug[:58]}-copy", self._shelf.taken)

        async def act(name: str) -> None:
            text = self._now().text
            await run.io_bound(self._shelf.create, name, text, author=self._author)
            await self._finish(name, f"The copy is {name}.md.")

        words = "The copy has the text that was saved last. Versions and calls stay here."
        self._ask("Duplicate this persona", [words], "Name of the copy's file", proposal, act)

    def rename(self) -> None:
        """Ask for a name, and give it to the file."""
        slug = self._entry.slug

        async def act(name: str) -> None:
            await run.io_bound(self._shelf.rename, slug, name, author=self._author)
            await self._finish(name, f"The file is called {name}.md by now.")

        notes = [
            "This changes the file's name and the page's address, not the customer's name. "
            "Versions, calls and scores stay with it; links to the old address end.",
            *self._live("goes on, and follows the file under its new name."),
        ]
        self._ask("Rename the file", notes, "New name of the file", slug, act)

    def archive(self) -> None:
        """Ask once, and put the file away."""
        with kit.asking("Archive this persona?", self._button) as opened:
            kit.muted(
                "It disappears from the simulations. Nothing is deleted: the file goes to the "
                "folder “archive”, calls and versions stay, and the Studio can bring it back."
            )
            for text in self._live("goes on with the text that it has."):
                kit.message(text, "warn")
            said = kit.tag("div").props("aria-live=assertive")

            async def act() -> None:
                try:
                    name = await run.io_bound(
                        self._shelf.archive, self._entry.slug, author=self._author
                    )
                except FilesError as error:
                    kit.say(said, str(error))
                    return
                await self._finish("", f"Archived as {name}.md.")
                opened.close()

            _buttons(opened, "Archive", act, kind="danger")

    def export(self) -> None:
        """Download the file as it is on disk."""
        ui.download.from_url(f"/api/personas/{self._entry.slug}.md")

    def _ask(
        self,
        title: str,
        notes: list[str],
        label: str,
        proposal: str,
        act: Callable[[str], Awaitable[None]],
    ) -> None:
        with kit.asking(title, self._button) as opened:
            for note in notes:
                kit.muted(note)
            said = kit.tag("div").props("aria-live=assertive")
            field = name_field(label, proposal).props("autofocus").mark("file-name")

            async def submit() -> None:
                try:
                    await act((field.value or "").strip())
                except (FilesError, SaveError) as error:
                    kit.say(said, str(error))
                else:
                    opened.close()

            field.on("keydown.enter", submit)
            _buttons(opened, title.partition(" ")[0], submit)

    async def _finish(self, slug: str, text: str) -> None:
        ui.notify(text, type="positive")
        self._done(slug)

    def _live(self, what: str) -> list[str]:
        number = len(self._studio.calls.live(self._entry.slug))
        if not number:
            return []
        who = "A call with it" if number == 1 else f"Each of the {words.count(number, 'call')}"
        return [f"{who} that is going on {what}"]

    def _now(self) -> "Entry":
        """The entry as it is by now: the page may be older than the last save."""
        return self._studio.library.get(self._entry.slug) or self._entry


def _buttons(
    opened: ui.dialog, text: str, act: Callable[[], object], *, kind: str = "primary"
) -> None:
    with kit.tag("div", classes="rh-line"):
        kit.button(text, act, kind=kind).mark("do-it")
        kit.button("Cancel", opened.close)


def _go(slug: str) -> None:
    ui.navigate.to(f"/studio/{slug}" if slug else "/studio")
