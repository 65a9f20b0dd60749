"""The versions of a persona: what was saved when and by whom, compared, named and restored."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse
from nicegui import background_tasks, run, ui

from data.store import StoreError
from data.users import User
from data.versions import Version, VersionsError
from personas.files import is_slug
from personas.moves import name_in_archive
from ui import kit
from ui.context import Studio
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted
from ui.versions.comparison import VersionDiff
from ui.versions.list import Acts, VersionList, describe
from ui.versions.past import Past, look
from ui.versions.restore import Said, restore

if TYPE_CHECKING:
    from personas.entry import Change

UNKNOWN = ("There is no such persona", "Neither its file nor an earlier version is here.", 404)
ARCHIVED = (
    "{}.md is archived. Bring it back in the Studio, and its versions can be restored and called."
)
NEVER_SAVED = "The text you came for is not in this list: it was a draft that was never saved."


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}/versions``.

    ``old`` and ``new`` choose what is compared: a version, ``file`` or ``draft``.
    """

    @kit.page("/studio/{slug}/versions")
    async def versions(slug: str, old: str = "", new: str = "") -> Any:
        user = admitted(studio, STUDIO)
        if user is None:
            return None
        known = is_slug(slug) or name_in_archive(slug)
        past = await _known(studio, slug, user.name) if known else None
        if past is not None and past.slug != slug:
            question = urlencode({"old": old, "new": new})
            return RedirectResponse(f"/studio/{past.slug}/versions?{question}")
        if past is None:
            problem(studio, *UNKNOWN)
        else:
            with frame(studio, f"{_title(past)}, versions"):
                await VersionsPage(studio, past, user).open(old, new)
        return None


async def _known(studio: Studio, slug: str, author: str) -> Past | None:
    """The past of that persona, of the one that was called so before, or None."""
    past = await _look(studio, slug, author)
    if past.entry or past.versions or past.trouble:
        return past
    heir = await run.io_bound(studio.versions.heir, slug)
    return await _look(studio, heir, author) if heir and heir != slug else None


async def _look(studio: Studio, slug: str, author: str) -> Past:
    try:
        past = await run.io_bound(look, studio, slug, author)
    except (VersionsError, StoreError) as error:
        entry = studio.library.get(slug)
        return Past(slug, entry if entry and not entry.deleted else None, trouble=str(error))
    return past or Past(slug, None)  # None: the app is stopping


def _title(past: Past) -> str:
    persona = past.entry.persona if past.entry else None
    return persona.name if persona else f"{past.archived or past.slug}.md"


class VersionsPage:
    """List and comparison side by side; follows the file while it is open."""

    def __init__(self, studio: Studio, past: Past, user: User) -> None:
        self._studio = studio
        self._past = past
        self._user = user
        self._head()
        self._trouble = kit.tag("div", classes="rh-said")
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        self._dialogs = kit.tag("div", classes="rh-dialogs")
        with kit.tag("div", classes="rh-history"):
            with kit.tag("section", classes="rh-stack").props('aria-label="Versions"'):
                acts = Acts(self._compare, self._describe, self._restore)
                self._list = VersionList(studio, past, acts)
            self._diff = VersionDiff(studio, past, self._list.choose)
        self._tell_trouble()
        client = ui.context.client
        client.on_delete(studio.library.on_change(self._on_change))

    async def open(self, old: str, new: str) -> None:
        """Compare what the address asks for, else the newest text with the one before it."""
        choices = list(self._past.choices())
        if choices:
            await self._diff.show(new if new in choices else choices[0], old or None)
        if new and new not in choices:
            self._say(NEVER_SAVED, "warn")

    def _head(self) -> None:
        past = self._past
        earlier = [f"{name}.md" for name in past.former]
        with kit.tag("div", classes="rh-line-between"):
            with kit.tag("div", classes="rh-stack-tight"):
                kit.heading(f"Versions of {_title(past)}")
                kit.muted("Every text that was ever saved is kept here, whoever saved it.")
                if earlier:
                    kit.muted(f"Formerly {', '.join(earlier)}.")
            if past.entry:
                kit.link_button("Back to the editor", f"/studio/{past.slug}")
        if past.archived:
            kit.message(ARCHIVED.format(past.archived), "warn")
        elif not past.entry:
            text = f"There is no file {past.slug}.md at present. Restoring a version writes it."
            kit.message(text, "warn")

    async def _compare(self, version: Version) -> None:
        await self._diff.show(version.version, scroll=True)

    async def _describe(self, version: Version) -> None:
        with self._dialogs:
            answer = await describe(version)
        self._list.focus(version.version)
        if answer is None:
            return
        label, note = answer
        try:
            await run.io_bound(
                self._studio.versions.describe,
                self._past.slug,
                version.version,
                label=label,
                note=note,
            )
        except VersionsError as error:
            self._say(str(error), "bad")
        else:
            await self._renew()
            self._list.focus(version.version)

    async def _restore(self, version: Version) -> None:
        with self._dialogs:
            said: Said | None = await restore(self._studio, self._past, version, self._user)
        self._list.focus(version.version)
        if said is not None:
            await self._renew()
            self._say(*said)
            self._list.focus(version.version)

    def _on_change(self, change: "Change") -> None:
        if change.entry.slug == self._past.slug:
            background_tasks.create(self._renew(), name="versions changed")

    async def _renew(self) -> None:
        """Show what there is by now; the comparison stays."""
        self._past = await _look(self._studio, self._past.slug, self._user.name)
        if self._said.is_deleted:
            return
        self._list.renew(self._past)
        await self._diff.renew(self._past)
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        """Why versions are not read or kept, and how to try again."""
        self._trouble.clear()
        if trouble := self._past.trouble or self._studio.versions.trouble:
            with self._trouble, kit.message(trouble):
                kit.button("Try again", self._retry)

    async def _retry(self) -> None:
        await run.io_bound(self._studio.versions.retry)
        await self._renew()

    def _say(self, text: str, kind: str) -> None:
        self._said.clear()
        with self._said:
            kit.message(text, kind)
