"""Makes an earlier text the one in the persona's file, after asking."""

from typing import TYPE_CHECKING

from nicegui import run

from data.users import User
from data.versions import Version, VersionsError
from personas.library import Conflict, SaveError
from personas.model import Finding
from personas.parse import examine
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.versions.past import Past

if TYPE_CHECKING:
    from personas.library import Entry

Said = tuple[str, str]
"""What to tell the author, and of which kind it is."""

GONE = "The text of this version is damaged or gone from the data folder; nothing was restored."
CONFLICT = (
    "Nothing was restored: the file was changed by someone else a moment ago. The list shows that "
    "text now; compare, then restore again if you still want to."
)
SHOWN = 3


async def restore(studio: Studio, past: Past, version: Version, user: User) -> Said | None:
    """Ask, then write the version's text into the file; None when the author thought better."""
    try:
        text = await run.io_bound(studio.versions.text, past.slug, version.version)
    except VersionsError as error:
        return str(error), "bad"
    if text is None:
        return GONE, "bad"
    found = await run.io_bound(examine, text, past.slug, studio.library.engines)
    errors = [] if found is None else list(found.errors)
    if not await _sure(studio, past, version, errors):
        return None
    return await _write(studio, past, version, text, user)


async def _write(studio: Studio, past: Past, version: Version, text: str, user: User) -> Said:
    base = past.entry.version if past.entry else None
    try:
        entry: Entry | None = await run.io_bound(
            studio.library.save, past.slug, text, base=base, author=user.name
        )
    except Conflict:
        return CONFLICT, "warn"
    except SaveError as error:
        return str(error), "bad"
    if entry is not None and entry.errors:
        return "Restored, but it has errors: calls go on with the last good version.", "warn"
    name = _name(past, version)
    return f"Restored: the file holds the text of {name}. {_heard(studio, past.slug)}", "good"


async def _sure(studio: Studio, past: Past, version: Version, errors: list[Finding]) -> bool:
    with kit.dialog("Restore this version?") as dialog:
        kit.tag("p", f"{past.slug}.md becomes the text of {_name(past, version)}.")
        kit.muted(_kept(past))
        if errors:
            _warn(errors)
        elif live := _followers(studio, past.slug):
            kit.message(f"{words.count(live, 'call')} going on will have it at once.", "warn")
        with kit.tag("div", classes="rh-line"):
            kit.button("Restore", lambda: dialog.submit(True), kind="primary").mark("restore-now")
            kit.button("Cancel", lambda: dialog.submit(False), kind="quiet")
    answer = bool(await dialog)
    kit.discard(dialog)
    return answer


def _name(past: Past, version: Version) -> str:
    named = f", {version.label}" if version.label else ""
    return f"version {past.numbers[version.version]} ({words.when(version.latest)}{named})"


def _warn(errors: list[Finding]) -> None:
    number = words.count(len(errors), "error")
    with kit.tag("div", classes="rh-message rh-message-warn").props("role=status"):
        text = f"This text has {number}. Calls go on with the last good version until it is mended."
        kit.tag("p", text, "rh-strong")
        with kit.tag("ul"):
            for error in errors[:SHOWN]:
                kit.tag("li", f"Line {error.line}: {error.message}")


def _kept(past: Past) -> str:
    said = "The text that is there now stays in this list." if past.entry else ""
    if past.entry is None:
        said = "There is no such file at present; it is written again."
    if past.draft is not None:
        said += " Your unsaved changes stay, too."
    return said


def _followers(studio: Studio, slug: str) -> int:
    return sum(1 for call in studio.calls.live(slug) if not (call.draft or call.pinned))


def _heard(studio: Studio, slug: str) -> str:
    if _followers(studio, slug):
        return "The calls going on have it from the next line on."
    return "The next call has it."
