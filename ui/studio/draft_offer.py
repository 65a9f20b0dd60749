"""Offers an author what was typed earlier and not saved."""

from collections.abc import Callable
from dataclasses import dataclass

from data.drafts import Draft
from ui import kit
from ui.kit import words
from ui.kit.file_text import for_browser


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

        self._lines: dict[tuple[str, ...], _Line] = {}

    def offer(self, offered: list[Offered], version: str) -> None:
        """Draw these; ``version`` is the file's present one.

        What stays on offer keeps its buttons: a click on its way to one that was drawn anew would
        be lost.
        """
        kept = {_line_of(one): one for one in offered}
        for gone in self._lines.keys() - kept.keys():
            kit.discard(self._lines.pop(gone).root)
        with self._box:
            for place, (key, one) in enumerate(kept.items()):
                if key not in self._lines:
                    go_on = self._merge if one.draft.merge else self._take
                    self._lines[key] = _Line(one.draft, go_on, self._show, self._discard)
                line = self._lines[key]
                line.show(one, version)
                if list(self._box)[place] is not line.root:
                    line.root.move(self._box, place)


class _Line:
    """What is said of one draft, and its buttons."""

    def __init__(
        self,
        draft: Draft,
        go_on: Callable[[Draft], object],
        show: Callable[[Draft], object],
        discard: Callable[[Draft], object],
    ) -> None:
        self._draft = draft
        with kit.tag("div", classes="rh-message rh-message-warn rh-offer") as self.root:
            self._words = kit.tag("p")
            with kit.tag("div", classes="rh-line"):
                label = "Go on merging" if draft.merge else "Go on with them"
                kit.button(label, lambda: go_on(self._draft))
                kit.button("Show what differs", lambda: show(self._draft), kind="quiet")
                self._discard = kit.button("Discard", lambda: discard(self._draft), kind="quiet")
        self.root.mark("draft-offer")

    def show(self, offered: Offered, version: str) -> None:
        """The draft as it is now."""
        self._draft = offered.draft
        self._words.set_text(_said(offered, version))
        self._discard.set_visibility(not offered.elsewhere)


def _line_of(offered: Offered) -> tuple[str, ...]:
    return (*offered.draft.key, "merge" if offered.draft.merge else "")


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
