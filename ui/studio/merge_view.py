"""Merging by hand: both changes in one text, which is edited until no mark is left."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from personas.three_way import Clash, Side, clashes, marked, settle
from ui import kit
from ui.kit import words
from ui.studio.text_pane import TextGuard, TextPane

LOOK = "rh-dialog rh-conflict"
SHOWN_AFTER = 0.5
"""Seconds until the dialog is there, and its editor can be scrolled."""
FITS = "Your changes and theirs fit together. Look the text over, then save it."
BROKEN = "A mark has lost its others. Remove the lines that begin with <<<<<<<, ======= or >>>>>>>."
SIDES: tuple[tuple[str, Side], ...] = (("Mine", "mine"), ("Theirs", "theirs"), ("Both", "both"))


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a merge under way is kept: ``note`` is told each text of it.

    ``storage_key`` and ``page`` are for the browser's part, as in ``TextGuard``; ``version`` is
    that of the other author's text.
    """

    note: Callable[[str], None]
    storage_key: str
    page: str
    version: str


async def merge_by_hand(prefilled: str, keeping: Keeping) -> str | None:
    """The text without marks, or None to go back."""
    view = _MergeView(prefilled, keeping)
    text: str | None = await view.dialog
    kit.discard(view.dialog)
    return text


class _MergeView:
    """The dialog; nothing can be saved while a mark is left."""

    def __init__(self, prefilled: str, keeping: Keeping) -> None:
        self._shown: object = None
        self._note = keeping.note
        # Not where the click was: an offer that is drawn anew would take the dialog away.
        page = ui.context.client.content
        with page, kit.dialog("Merge by hand", LOOK) as self.dialog:
            self._places = kit.tag("div", classes="rh-stack").props("aria-live=polite")
            with kit.tag("div", classes="rh-merge-text"):
                self._text = TextPane(prefilled, "merged")
                self._text.on_value_change(self._changed)
            self._refused = kit.tag("div").props("aria-live=assertive")
            guard = TextGuard(self._text, keeping.storage_key, keeping.page, refused=self._refuse)
            guard.stands_on(keeping.version)
            with kit.tag("div", classes="rh-line"):
                self._save = kit.button("Save the merged text", self._done, kind="primary")
                self._save.classes("rh-save")
                kit.button("Back", lambda: self.dialog.submit(None), kind="quiet")
            ui.timer(SHOWN_AFTER, self._show_first, once=True)
        self._show()

    def _show_first(self) -> None:
        found = clashes(self._text.text)
        self._text.reveal_line(found[0].line if found else 1)
        self._decorate(found)

    def _decorate(self, found: list[Clash]) -> None:
        lines = (line for clash in found for line in range(clash.line, clash.last + 1))
        looks = [{"kind": "line", "line": n, "class": "rh-cm-warning"} for n in lines]
        # Not as a property: its update would bring the text along, over what is being typed.
        self._text.run_method("setDecorations", looks)

    def _done(self) -> None:
        if not marked(self._text.text):
            self.dialog.submit(self._text.text)

    def _changed(self) -> None:
        self._note(self._text.text)
        self._refused.clear()
        self._show()

    def _refuse(self, why: str) -> None:
        self._refused.clear()
        with self._refused:
            kit.message(why, "bad")

    def _show(self) -> None:
        text = self._text.text
        found, left = clashes(text), marked(text)
        if (found, left) == self._shown:
            return
        self._shown = (found, left)
        self._save.set_enabled(not left)
        self._decorate(found)
        self._places.clear()
        with self._places:
            if found:
                places = words.count(len(found), "place")
                kit.message(f"You both changed the same lines, in {places}. Choose:", "warn")
                with kit.tag("ul", classes="rh-merge-places"):
                    for clash in found:
                        with kit.tag("li", classes="rh-line"):
                            self._place(clash)
            else:
                kit.message(BROKEN if left else FITS, "warn" if left else "good")

    def _place(self, clash: Clash) -> None:
        reveal = kit.button(
            f"Line {clash.line}", lambda: self._text.reveal_line(clash.line), kind="quiet"
        )
        reveal.props('title="Show it in the text"')
        for label, side in SIDES:
            kit.button(label, lambda side=side: self._choose(clash, side))
        excerpt = next((line for line in (*clash.mine, *clash.theirs) if line.strip()), "")
        kit.tag("span", excerpt, "rh-muted rh-small rh-merge-excerpt")

    def _choose(self, clash: Clash, side: Side) -> None:
        text = self._text.text
        if clash in clashes(text):
            self._text.set_value(settle(text, clash, side))
