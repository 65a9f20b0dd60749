"""Whether trainees see a persona: its badge, and the buttons that publish it or take that back."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from nicegui import run, ui

from personas.files import SaveError
from personas.front_writer import FrontNotWritten
from personas.library import Conflict
from personas.publishing import with_published
from ui import kit
from ui.context import Studio
from ui.kit.more import menu_item

if TYPE_CHECKING:
    from personas.library import Entry

Publish = Callable[[bool], Awaitable[object]]
"""Publishes a persona, or takes that back."""

CHANGED = "The file was changed by someone else just now. Look at it, then try again."


def unpublished_badge() -> ui.element:
    """Says to authors that no trainee sees it."""
    badge = kit.tag("span", "Unpublished", "rh-badge rh-badge-warn").mark("unpublished")
    return badge.props('title="Only authors and admins see it and can call it"')


def done_words(published: bool) -> str:
    """What has just become of it."""
    if published:
        return "Published: trainees see it from now on."
    return "Unpublished: trainees do not see it any more. Calls that go on are not ended."


def publish_file(
    studio: Studio, slug: str, author: str, done: Callable[[], object] = lambda: None
) -> Publish:
    """Writes it into that persona's file as it is by then, and says how that went."""

    async def publish(published: bool) -> None:
        try:
            entry = await run.io_bound(_write, studio, slug, author, published)
        except (FrontNotWritten, SaveError, Conflict) as error:
            words = CHANGED if isinstance(error, Conflict) else str(error)
            ui.notify(words, type="negative", multi_line=True)
            return
        if entry is not None:  # None: the app is stopping
            ui.notify(done_words(published), type="positive")
            done()

    return publish


def publish_button(publish: Publish, slug: str, *, kind: str = "plain") -> ui.button:
    """Publishes an unpublished persona."""
    button = kit.button("Publish", lambda: publish(True), kind=kind)
    return button.props('title="Trainees see it from then on"').mark(f"publish-{slug}")


def publish_item(publish: Publish, slug: str, *, published: bool) -> ui.menu_item:
    """The same in a menu, and the way back."""
    text, mark = ("Unpublish", "unpublish") if published else ("Publish", "publish-item")
    return menu_item(text, lambda: publish(not published), f"{mark}-{slug}")


def _write(studio: Studio, slug: str, author: str, published: bool) -> "Entry":
    entry = studio.library.get(slug)
    if entry is None or entry.deleted:
        raise SaveError(f"There is no file {slug}.md any more.")
    if entry.unreadable:
        raise SaveError(f"{slug}.md cannot be changed here: {entry.unreadable.rstrip('.')}.")
    text = with_published(entry.text, published)
    return studio.library.save(slug, text, base=entry.version, author=author)
