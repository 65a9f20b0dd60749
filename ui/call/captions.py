"""Live captions of both sides: a line grows in place while it is spoken, then becomes firm."""

from collections.abc import Callable

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from agent.protocol.messages import Caption
from data.records import Speaker, Turn
from ui import kit
from ui.kit import lang
from ui.kit.turn_reading import reading_button


class Captions(ui.element, component="captions.js"):
    """The talk so far; ``names`` are what the two sides are called. ``why``, if given, is what
    answers for the persona's line in the turn of that index, ``read`` for the trainee's."""

    def __init__(
        self,
        names: dict[Speaker, str],
        language: str,
        why: Callable[[int], object] | None = None,
        read: Callable[[int], object] | None = None,
    ) -> None:
        super().__init__()
        self._why = why
        self._read = read
        self.props["label"] = "What is said"
        self._names = names
        self._language = language
        self._open: dict[Speaker, tuple[ui.element, TextElement]] = {}
        self._finished: set[int] = set()
        self.restart()
        # Only finished turns are read out: a live region over growing words would stammer.
        self._spoken = kit.tag("div", classes="rh-hidden").props("role=log aria-live=polite")

    def restart(self) -> None:
        """Empty it for a new call."""
        self.clear()
        self._open.clear()
        self._finished.clear()
        with self:
            self._empty = kit.muted("What you both say appears here.").classes("rh-captions-empty")

    def meet(self, name: str, language: str) -> None:
        """Lines to come are of a persona of this name and language."""
        self._names = {**self._names, "persona": name}
        self._language = language

    def show(self, caption: Caption) -> None:
        """Words of a turn under way."""
        if caption.text:
            line, text = self._line(caption.speaker)
            text.set_text(caption.text)
            kit.switch(line, "rh-interim", not caption.final)

    def finish(self, turn: Turn) -> None:
        """A finished turn: its words are firm now, and stay when the turn is told again."""
        if turn.index in self._finished:
            return
        self._finished.add(turn.index)
        if not turn.text and turn.speaker not in self._open:
            return
        line, text = self._line(turn.speaker)
        del self._open[turn.speaker]
        text.set_text(turn.text)
        line.classes(remove="rh-interim")
        with line:
            if note := _note(turn):
                kit.tag("span", note, "rh-caption-note")
            if self._why is not None and turn.speaker == "persona":
                _why_button(self._why, turn.index)
            if self._read is not None and turn.speaker == "trainee":
                _read_button(self._read, turn)
        pieces = ((f"{self._names[turn.speaker]}: ", False), (turn.text, True))
        lang.fill(self._spoken, pieces, self._language)

    def _line(self, speaker: Speaker) -> tuple[ui.element, TextElement]:
        if speaker not in self._open:
            if speaker == "persona" and (unheard := self._open.pop("trainee", None)):
                unheard[0].delete()  # "mhm", a cough: the customer goes on, so it was no turn
            self._empty.set_visibility(False)
            with self, kit.tag("div", classes=f"rh-caption rh-caption-{speaker}") as line:
                kit.tag("span", self._names[speaker], "rh-caption-who")
                text = lang.persona_words(kit.tag("p"), self._language)
            self._open[speaker] = (line, text)
        return self._open[speaker]


def _note(turn: Turn) -> str:
    if turn.replayed:
        return "earlier call"
    return "typed" if turn.source == "typed" else "interrupted" if turn.interrupted else ""


def _read_button(read: Callable[[int], object], turn: Turn) -> None:
    button = reading_button(turn, lambda: read(turn.index))
    button.classes("rh-caption-why")
    if turn.unsure:
        button.set_text(f"What was read: {len(turn.unsure)} unsure")


def _why_button(why: Callable[[int], object], index: int) -> None:
    button = kit.button("Why?", lambda: why(index), kind="quiet")
    button.props["aria-label"] = "Why did it say that?"
    button.classes("rh-caption-why").mark(f"why-{index}")
