"""What a trainee sees of those who may listen: that they may, whether they do, and their hints.

Whether somebody listens just now is shown, too, although the one who listens is hidden in the room.
A call that is overheard in secret is against the law in many places, and a hint that comes from
nowhere frightens more than a line that says "A coach is listening". The line names nobody and makes
no sound, so that it is there for who wonders, and does not turn practice into an exam.
"""

from typing import TYPE_CHECKING

from nicegui import ui

from data.records import Hint
from ui import kit
from ui.kit import lang

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

MAY = "Coaches may listen to calls and send you hints."
MAY_LISTEN = "Coaches may listen to calls. In an exam they send no hints."
DOES = "A coach is listening."
MOST = 2
"""Hints shown at a time; older ones are in the report."""


class Coach:
    """A line and the hints, for whatever call it is to ``show``; build it inside a page."""

    def __init__(self) -> None:
        self._call: LiveCall | None = None
        self._may = MAY
        self._read: set[int] = set()
        self._cards: dict[int, ui.element] = {}
        with kit.tag("p", classes="rh-coach rh-small").props("role=status") as self._line:
            ui.icon("hearing").props("aria-hidden=true")
            self._words = kit.tag("span", MAY).mark("coach")
        self._hints = kit.tag("div", classes="rh-hints").mark("hints")
        self._hints.props(
            'role=log aria-live=polite aria-label="Hints from your coach" tabindex=-1'
        )

    def show(self, call: "LiveCall | None", *, hints: bool = True) -> None:
        """Draw what there is to say of that call, None before one; ``hints``: whether coaches may
        send any."""
        self._may = MAY if hints else MAY_LISTEN
        if call is not self._call:
            self._call, self._read = call, set()
            self._show({})
        self._draw()

    def _draw(self) -> None:
        call = self._call
        live = call is not None and call.end is None
        heard = call is not None and live and bool(call.coaching.listeners)
        self._words.set_text(DOES if heard else self._may)
        kit.switch(self._line, "rh-coach-here", heard)
        self._line.set_visibility(live or call is None)
        hints = call.coaching.hints if call is not None and live else []
        unread = [number for number in range(len(hints)) if number not in self._read]
        self._read.update(unread[:-MOST])
        self._show({number: hints[number] for number in unread[-MOST:]})

    def _show(self, hints: dict[int, Hint]) -> None:
        """Draw what is not there yet, the newest on top; a card under a finger stays."""
        for number in self._cards.keys() - hints.keys():
            kit.discard(self._cards.pop(number))
        for number in sorted(hints.keys() - self._cards.keys()):
            self._cards[number] = self._card(number, hints[number])

    def _card(self, number: int, hint: Hint) -> ui.element:
        with self._hints, kit.tag("div", classes="rh-hint") as card:
            with kit.tag("div", classes="rh-grow"):
                kit.tag("p", "Hint from your coach", "rh-hint-title")
                language = self._call.language if self._call is not None else "en"
                words = lang.line("p", lang.by_script(hint.text), language, "rh-hint-text")
                lang.anyone_s_words(words).mark("hint")
            kit.button("Got it", lambda: self._put_away(number), kind="quiet").mark("got-it")
        card.move(target_index=0)
        return card

    def _put_away(self, number: int) -> None:
        self._read.add(number)
        self._draw()
        kit.focus(self._hints)  # the button that had it is gone
