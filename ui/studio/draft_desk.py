"""The drafts of one author and persona on one page: noted while typing, offered when it opens."""

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from nicegui import Client, ui

from data.drafts import Draft, Drafts, begun
from ui.kit.file_text import for_browser
from ui.studio.draft_offer import DraftOffer, Offered, worth_offering
from ui.studio.merge_view import Keeping, merge_by_hand

if TYPE_CHECKING:
    from ui.studio.text_pane import TextGuard

PAGES: WeakValueDictionary[str, Client] = WeakValueDictionary()
"""The open editors by the id of their page: a draft of a page that is open is not up for grabs."""


class DraftDesk:
    """To be made once ``drafts`` has read those of the author from the disk.

    ``load`` puts a draft into the editor, ``show`` compares it with what is there.

    ``saved`` gives the file's text and version as this page knows them; ``say`` tells the author
    something (words, kind, and a button's label with what it does). ``name`` is what the persona
    is called: its slug, or ``archive.NAME`` while it is put away.
    """

    def __init__(
        self,
        drafts: Drafts,
        author: str,
        slug: str,
        *,
        saved: Callable[[], tuple[str, str]],
        load: Callable[[Draft], None],
        show: Callable[[Draft], object],
        say: Callable[..., None],
    ) -> None:
        self.page = secrets.token_hex(8)
        self.name = slug
        self._merging = ""
        self._drafts = drafts
        self._author = author
        self._saved = saved
        self._load = load
        self._say = say
        self._noted: Draft | None = None
        self._offer = DraftOffer(
            take=self._take, merge=self._merge, show=show, discard=self._discard
        )
        self._client = PAGES[self.page] = ui.context.client

    @property
    def trouble(self) -> str:
        """Why the unsaved text is not kept, in words; empty when it is."""
        return self._drafts.trouble if self._noted is not None else ""

    @property
    def storage_key(self) -> str:
        """Where the browser keeps texts that the server has not got."""
        return f"rehearsal-draft:{self._author}:{self.name}"

    def look(self) -> None:
        """Offer what there is; what says the same as the file is dropped."""
        text, version = self._saved()
        offered = []
        for draft in self._drafts.of(self._author, self.name):
            elsewhere = _is_open(draft.page) and draft.page != self._merging
            if draft.page == self.page:
                continue
            if worth_offering(draft, text):
                offered.append(Offered(draft, elsewhere))
            elif not elsewhere:
                self._drafts.discard(*draft.key)
        self._offer.offer(offered, version)

    def note(self, text: str) -> None:
        """The editor holds this unsaved text."""
        base, version = self._saved()
        draft = begun(self._author, self.name, self.page, text, base, version)
        if self._drafts.note(draft):
            self._noted = draft
        else:
            self._say("This text is too long to be kept as a draft. Shorten it.", "warn")

    def begin_merge(self, theirs: str, version: str, page: str = "") -> Keeping:
        """A merge with that text of the file is under way. It is kept beside the text that it began
        with, as if on another page: on ``page``, where it was begun, or on one of its own."""
        PAGES.pop(self._merging, None)
        self._merging = page or secrets.token_hex(8)
        PAGES[self._merging] = self._client

        def note(text: str) -> None:
            draft = begun(self._author, self.name, self._merging, text, theirs, version)
            self._drafts.note(replace(draft, merge=True))

        return Keeping(note, self.storage_key, self._merging, version)

    def end_merge(self) -> None:
        """The merge is settled."""
        self._drafts.discard(self._author, self.name, self._merging)

    def clear(self) -> None:
        """The text is saved, or what the file holds."""
        if self._noted is not None:
            self._noted = None
            self._drafts.discard(self._author, self.name, self.page)

    def follow(self, name: str) -> None:
        """The persona has that name by now; what is typed from now on belongs to it."""
        self.name = name

    def found(self, kept: dict[str, Any], guard: "TextGuard") -> None:
        """The browser kept a text while there was no server."""
        page, text, version = str(kept["page"]), str(kept["text"]), str(kept["version"])
        known = {draft.page: draft for draft in self._drafts.of(self._author, self.name)}
        base, present = self._saved()
        if page in known:
            base, version = known[page].base, known[page].version
        elif version != present:
            base = ""
        if not _is_open(page) and text != for_browser(base):
            when = min(float(kept["time"]), time.time())
            merge = page in known and known[page].merge
            draft = Draft(self._author, self.name, page, text, base, version, when, merge)
            self._drafts.note(draft)
        guard.forget(page)
        self.look()

    def _take(self, draft: Draft) -> None:
        self._put_aside()
        self._load(draft)
        self.note(draft.text)
        if not _is_open(draft.page):
            self._drafts.discard(*draft.key)
        self.look()

    async def _merge(self, draft: Draft) -> None:
        """Go on with a merge; one that another tab has open stays there as it is."""
        own = draft.page == self._merging
        page = "" if _is_open(draft.page) and not own else draft.page
        keeping = self.begin_merge(draft.base, draft.version, page)
        text = await merge_by_hand(draft.text, keeping)
        if text is not None:
            if not own:
                self._put_aside()
            self._load(replace(draft, text=text))
            self.end_merge()
        self.look()

    def _put_aside(self) -> None:
        """What was typed here stays, as a draft of no page."""
        if (own := self._noted) is not None:
            page = secrets.token_hex(8)
            self._drafts.note(replace(own, slug=self.name, page=page, time=time.time()))

    def _discard(self, draft: Draft) -> None:
        def bring_back() -> None:
            self._drafts.note(draft)
            self._say("", "")
            self.look()

        self._drafts.discard(*draft.key)
        self.look()
        self._say("The unsaved changes are discarded.", "good", ("Bring them back", bring_back))


def _is_open(page: str) -> bool:
    client = PAGES.get(page)
    return client is not None and client.has_socket_connection
