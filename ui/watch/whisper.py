"""The field in which a coach whispers a hint to a trainee, and what was whispered so far."""

from typing import TYPE_CHECKING

from nicegui import ui

from agent.calls.coaching import LONGEST, HintRefused
from ui import kit
from ui.kit import lang, words

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall


class Whisper:
    """Hints of ``author`` to the trainee of a call; a hint that is refused stays in the field."""

    def __init__(self, call: "LiveCall", author: str, trainee: str, who: str) -> None:
        self._call = call
        self._author = author
        self._shown = 0
        with kit.tag("div", classes="rh-whisper") as self._root:
            with kit.tag("div", classes="rh-type"):
                self._input = ui.input(label=f"Whisper a hint to {trainee}").props("outlined")
                self._input.props(f"autocomplete=off maxlength={LONGEST}").classes("rh-grow")
                self._input.on("keydown.enter", self._send).mark("whisper")
                kit.icon_button("send", "Whisper it (Enter)", self._send).mark("send-whisper")
            self._words = kit.tag("p", classes="rh-said").props("role=alert").mark("refused")
            self._words.classes("rh-message rh-message-warn")
            self._input.on_value_change(lambda: self._words.set_text(""))
            kit.tag(
                "p",
                f"Only {trainee} reads it, on the call page. {who} never does.",
                "rh-muted rh-small",
            )
        self._none = kit.muted("This is an exam: no hints are given in it.")
        self._list = kit.tag("ul", classes="rh-whispered rh-small")
        self._list.props('aria-label="Hints so far"')
        self.show()

    def show(self) -> None:
        """Draw the hints so far, and the field as long as the call lives."""
        live, exam = self._call.end is None, self._call.persona.exam
        self._root.set_visibility(live and not exam)
        self._none.set_visibility(live and exam)
        hints = self._call.coaching.hints
        with self._list:
            for hint in hints[self._shown :]:
                who = "You" if hint.author == self._author else hint.author
                with kit.tag("li"):
                    note = f"{words.clock(hint.at)} · {who} whispered: "
                    kit.tag("span", note, "rh-muted rh-number")
                    lang.anyone_s_words(kit.tag("span", hint.text))
        self._shown = len(hints)

    def _send(self) -> None:
        try:
            self._call.whisper(self._author, self._input.value or "")
        except HintRefused as refusal:
            self._words.set_text(str(refusal))
        else:
            self._words.set_text("")
            self._input.set_value("")
