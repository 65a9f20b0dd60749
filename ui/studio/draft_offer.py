"""Offers an author what was typed earlier and not saved."""

from collections.abc import Callable
from dataclasses import dataclass

from data.drafts import Draft
from ui import kit, words
from ui.newlines import for_browser


@dataclass(frozen=True, slots=True)
class Offered:
    """A draft on offer; ``elsewhere``: another open tab still has it."""

    draft: Draft
    elsewhere: bool


class DraftOffer:
    """A line for each draft, with what can be done with it."""

    def __init__(
        self,
        *,
        take: Callable[[Draft], object],
        merge: Callable[[Draft], object],
        show: Callable[[Draft], object],
        discard: Callable[[Draft], object],
    ) -> None:
        self._take = take
        self._merge = merge
        self._show = show
        self._discard = discard
        self._box = kit.tag("div", classes="rh-said rh-stack-tight").props("aria-live=polite")

    def offer(self, offered: list[Offered], version: str) -> None:
        """Draw these; ``version`` is the file's present one."""
        self._box.clear()
        with self._box:
            for one in offered:
                self._line(one, version)

    def _line(self, offered: Offered, version: str) -> None:
        draft = offered.draft
        with kit.tag("div", classes="rh-message rh-message-warn rh-offer").mark("draft-offer"):
            kit.tag("p", _said(offered, version))
            with kit.tag("div", classes="rh-line"):
                if draft.merge:
                    kit.button("Go on merging", lambda: self._merge(draft))
                else:
                    kit.button("Go on with them", lambda: self._take(draft))
                kit.button("Show what differs", lambda: self._show(draft), kind="quiet")
                if not offered.elsewhere:
                    kit.button("Discard", lambda: self._discard(draft), kind="quiet")


def _said(offered: Offered, version: str) -> str:
    draft, when = offered.draft, words.when(offered.draft.time)
    if draft.merge:
        where = "Another open tab of yours is" if offered.elsewhere else "You were"
        text = f"{where} merging your text with someone else's, last at {when}."
    elif offered.elsewhere:
        text = f"Another open tab of yours has unsaved changes from {when}."
    else:
        text = f"You have unsaved changes from {when}."
    if draft.version != version:
        text += " The file has changed since: saving will ask."
    return text


def worth_offering(draft: Draft, text: str) -> bool:
    """Whether the draft has something that this text of the file has not."""
    return draft.text != for_browser(text)
