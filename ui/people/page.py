"""What is kept of one person: for that person, and for admins of everybody."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui import run, ui

from data.calls import CallGoesOn
from data.people import PersonInCall
from data.store import StoreError
from data.versions import VersionsError
from ui import kit
from ui.auth import access, browser_storage
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.people.kept import InFile, Whole, look

if TYPE_CHECKING:
    from data.users import User

IN_THE_ZIP = (
    "Each call as text, as JSON and as captions, with its recording while that is kept",
    "The account without its password, and when its browsers logged in",
    "What was not saved, what was written at calls, and which versions of personas bear the name",
)
NOT_IN_IT = (
    "Not in it: the texts of the personas, which are their authors', and calls that are going on."
)
STAYS = (
    "Copies that were made of the data folder, and the newest lines of the LiveKit server's log",
    "The name at hints that were whispered in other people's calls; these go with those calls",
)
LATER = (
    "Not all of it could be deleted just now ({why}). The rest is deleted by itself, at the latest "
    "an hour from now or with the next start."
)


def address(name: str) -> str:
    """Where the page of that person is."""
    return f"/people/{quote(name, safe='')}"


def register(studio: Studio) -> None:
    """The page ``/people/{name}``."""

    @kit.page("/people/{name}")
    async def person(name: str) -> None:
        user = access.require(studio)
        if user.name != name and not access.is_admin(user):
            text = "Everyone can see what is kept of themselves; admins see it of everybody."
            problem(studio, "This is about somebody else", text, 403)
            return
        display, names = _called(studio, name)
        try:
            whole = await run.io_bound(partial(look, studio, name, names))
        except (StoreError, VersionsError) as error:
            problem(studio, "This cannot be read just now", str(error), 503)
            return
        if whole is None:
            return  # the app is stopping
        if not (whole.kept.account or whole.kept.calls or whole.kept.going_on):
            problem(studio, "Nothing is kept of such a person", "It may have been deleted.", 404)
            return
        own = user.name == name
        with frame(studio, "Your data" if own else f"Data of {display}"):
            _page(studio, user, display, whole)


def _called(studio: Studio, name: str) -> tuple[str, tuple[str, ...]]:
    """The name to show, and all that the person is called."""
    for account in studio.users.accounts():
        if account.user.name == name:
            return account.user.display, (name, account.user.display)
    return name, (name,)


def _page(studio: Studio, user: "User", display: str, whole: Whole) -> None:
    own, name = user.name == whole.kept.name, whole.kept.name
    title = "What is kept of you" if own else f"What is kept of {display}"
    kit.page_title(title, f"In the data folder of this Rehearsal, under the name {name}.")
    with _card("Kept"), kit.tag("dl", classes="rh-why-facts"):
        for what, value in _rows(whole):
            kit.tag("dt", what)
            kit.tag("dd", value)
    with _card("Take it along"):
        kit.tag("p", "One ZIP of plain files:")
        kit.bullets(IN_THE_ZIP)
        kit.muted(NOT_IN_IT)
        with kit.tag("div", classes="rh-line"):
            link = kit.link_button("Export all of it", f"/api{address(name)}.zip", kind="primary")
            link.props("download").mark("export")
    with _card("Delete it"):
        _deleting(studio, user, display, whole)


def _card(title: str) -> ui.element:
    card = kit.tag("section", classes="rh-card rh-stack").props(f'aria-label="{title}"')
    with card:
        kit.heading(title, 2)
    return card


def _rows(whole: Whole) -> Iterator[tuple[str, str]]:
    kept = whole.kept
    if kept.account:
        yield "Account", "Names, role, and the password as a hash that nobody can read"
    tries = sum(call.is_try for call in kept.calls)
    calls = words.count(len(kept.calls) - tries, "call")
    if tries:
        calls += f" and {words.count(tries, 'try', 'tries')} of a moment"
    if kept.calls:
        calls += f", the first one {words.when_inside(kept.calls[-1].started)}"
    if kept.going_on:
        calls += f"; {len(kept.going_on)} going on"
    yield "Calls with their reports", calls
    yield "Recordings", f"{max(whole.megabytes, 0.1):.1f} MB" if whole.megabytes else "none"
    if kept.repeating:
        number = words.count(len(kept.repeating), "try", "tries")
        yield "Repeated", f"{number} of others at moments of these, with their first turns"
    if kept.drafts:
        yield "Not saved", words.count(len(kept.drafts), "text of a persona", "texts of personas")
    if kept.annotations:
        number = words.count(len(kept.annotations), "comment or correction",
                             "comments and corrections")  # fmt: skip
        yield "Written at calls", number
    if kept.versions:
        yield "Saved under this name", words.count(len(kept.versions), "version")
    if kept.logins:
        yield "Logged in", f"in {words.count(len(kept.logins), 'browser')}"


def _deleting(studio: Studio, user: "User", display: str, whole: Whole) -> None:
    kept = whole.kept
    kit.tag("p", "Deleted at once, and for good:")
    kit.bullets(_goes(whole))
    kit.tag("p", "What stays:")
    kit.bullets(_stays(whole))
    _examples(whole, links=access.is_author(user))
    if kept.going_on:
        kit.message("A call is going on. End it first; then all can be deleted.", "warn")
    with kit.tag("div", classes="rh-line"):
        button = kit.button("Delete all of it …", kind="danger").props("aria-haspopup=dialog")
    button.mark("delete-all").on_click(lambda: _confirm(studio, user, display, whole, button))


def _goes(whole: Whole) -> Iterator[str]:
    kept = whole.kept
    if kept.account and not kept.stays:
        yield "The account: whoever is logged in with it is logged out"
    yield "Every call of this person: transcript, report, recording, and what was written beside it"
    if kept.repeating:
        yield "Tries of others at moments of these, which repeat their turns"
    yield "What was not saved, and the name at versions and at comments, which stay without it"


def _stays(whole: Whole) -> Iterator[str]:
    if whole.kept.account and whole.kept.stays:
        yield f"The account. {whole.kept.stays}"
    yield "Versions of personas, and comments at other people's calls, without the name"
    yield from STAYS


def _examples(whole: Whole, *, links: bool) -> None:
    """The persona files and versions with words of these calls: nobody else can take them out."""
    if not (whole.files or whole.versions):
        kit.muted("No example in a persona file or its versions holds words of these calls.")
        return
    kit.tag("p", "Examples in the same words as turns of these calls stay, too; take them out of "
            "the files if they should go:")  # fmt: skip
    with kit.tag("ul", classes="rh-bullets").mark("held"):
        for each in whole.files:
            with kit.tag("li"):
                _example(each, link=links)
        for found in whole.versions:
            number = words.count(found.number, "version")
            kit.tag("li", f"{number} of {found.slug} in the data folder")
    kit.muted("Calls of others with such a text hold it in their records, too.")


def _example(found: InFile, *, link: bool) -> None:
    where = f"{found.file}, line {found.example.line}"
    if link and found.slug:
        ui.link(where, f"/studio/{found.slug}")
    else:
        kit.tag("span", where)
    kit.tag("span", ": ")
    lang.anyone_s_words(kit.tag("q", found.example.words))


def _confirm(studio: Studio, user: "User", display: str, whole: Whole, button: ui.element) -> None:
    name, client = whole.kept.name, button.client
    own = user.name == name
    with kit.asking("Delete all that is kept?", button) as dialog:
        kit.tag("p", "Of you" if own else f"Of {display}", "rh-strong")
        kit.tag("p", f"{words.count(len(whole.kept.calls), 'call')} and all else that the page "
                "lists. This cannot be undone.")  # fmt: skip
        said = kit.tag("div").props("aria-live=assertive")
        field = ui.input(f"Type {name} to say that it is meant").mark("meant")
        field.props("outlined autocapitalize=off autocomplete=off spellcheck=false")

        async def delete() -> None:
            if (field.value or "").strip().casefold() != name.casefold():
                kit.say(said, f"Type {name} first.", "warn")
                return
            with kit.busy(sure):
                trouble = await _delete(studio, name)
            if trouble:
                kit.say(said, trouble)
                return
            with client:
                _gone(own=own, account=not whole.kept.stays, display=display)
            dialog.close()

        with kit.tag("div", classes="rh-line"):
            sure = kit.button("Delete all of it", delete, kind="danger").mark("delete-it")
            kit.button("Cancel", dialog.close)


def _gone(*, own: bool, account: bool, display: str) -> None:
    if not own:
        ui.notify(f"All that was kept of {display} is deleted.", type="positive")
        ui.navigate.to("/accounts")
    elif account:
        ui.navigate.to("/login")
    else:
        ui.navigate.reload()


async def _delete(studio: Studio, name: str) -> str:
    """Delete it; why that failed or is not all done yet, in words, or ""."""
    try:
        await run.io_bound(studio.people.delete, name)
        await browser_storage.forget(await run.io_bound(studio.sessions.prune) or ())
    except PersonInCall as error:
        return str(error)
    except (CallGoesOn, StoreError, VersionsError) as error:
        return LATER.format(why=str(error).rstrip("."))
    except OSError as error:
        return LATER.format(why=error.strerror or error)
    return ""


def without_account(names: Iterable[str]) -> None:
    """Links to those who have calls, and no account any more."""
    found = list(names)
    if not found:
        return
    kit.heading("Calls without an account", 2)
    kit.muted("These people have no account any more; their calls are still kept.")
    with kit.tag("ul", classes="rh-list"):
        for name in found:
            with kit.tag("li"):
                ui.link(f"What is kept of {name}", address(name)).mark(f"data-{name}")
