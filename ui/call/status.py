"""The state of the call in words and picture, and the notices under it."""

from collections.abc import Callable

from nicegui import ui

from ui import kit
from ui.call.notices import Action, Notice
from ui.call.state import Stage
from ui.kit import words

QUALITIES = {
    "excellent": "Connection: excellent",
    "good": "Connection: good",
    "poor": "Connection: poor",
    "lost": "Connection: lost",
}


SILENCE = (
    ("Reconnecting", "rh-status-title"),
    (
        "Nothing comes through just now. It comes back by itself: stay on this page.",
        "rh-muted rh-small",
    ),
)
"""What the status line says while the server is silent."""


class StatusLine:
    """Stage, length of the call and quality of the connection."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        with kit.tag("div", classes="rh-status") as self._root:
            self._icon = ui.icon("").classes("rh-status-icon").props("aria-hidden=true")
            with kit.tag("div", classes="rh-grow rh-status-words"):
                self._title = kit.tag("p", classes="rh-status-title").mark("stage")
                self._title.props("tabindex=-1 role=status")
                self._hint = kit.tag("p", classes="rh-muted rh-small")
            self._build_silence()
            with kit.tag("div", classes="rh-wave").props("data-level=persona aria-hidden=true"):
                for _ in range(5):
                    kit.tag("span")
            with kit.tag("div", classes="rh-status-side"):
                self._clock = kit.tag("span", classes="rh-clock rh-number")
                self._clock.props('role=timer aria-label="Length of the call"')
                with kit.tag("span").props("role=status"):  # there before its words, to be read out
                    self._solved = kit.tag("span", words.SOLVED, "rh-badge rh-badge-good")
                self._solved.mark("solved").set_visibility(False)
                with kit.tag("span").props("role=status"):
                    self._recording = kit.tag("span", classes="rh-recording")
                with self._recording.mark("recording"):
                    kit.tag("span", classes="rh-recording-dot").props("aria-hidden=true")
                    kit.tag("span", "Recording")
                self._recording.set_visibility(False)
                self._quality = kit.tag("span", classes="rh-small").mark("quality")

    def _build_silence(self) -> None:
        """What stands here while nothing comes from the server: the browser fills it in."""
        with kit.tag("div", classes="rh-grow rh-status-silence"):
            for text, classes in SILENCE:
                said = kit.tag("p", classes=classes).props("role=status")
                said.props["data-silent"] = text

    def show(
        self,
        stage: Stage,
        clock: str,
        quality: str,
        *,
        solved: bool = False,
        recording: bool = False,
    ) -> None:
        """Show a stage; ``clock`` is empty before a call, ``quality`` LiveKit's word, ``solved``
        while the customer has accepted a solution, ``recording`` while the call is recorded."""
        if stage != self._stage:
            self._stage = stage
            self._root.props(f"data-stage={stage.name}")
            self._icon.props(f"name={stage.icon}")
            self._title.set_text(stage.title)
            self._hint.set_text(stage.hint)
        self.show_clock(clock)
        self._quality.set_text(QUALITIES.get(quality, ""))
        self._solved.set_visibility(solved)
        self._recording.set_visibility(recording)
        # Where all have no room, a connection that is good enough goes without saying.
        good = quality in ("excellent", "good")
        kit.switch(self._quality, "rh-quality-good", good)

    def show_clock(self, clock: str) -> None:
        """Show the length of the call, in words."""
        self._clock.set_text(clock)

    def focus(self) -> None:
        """Put the focus here: the button that had it is gone, and the space bar must mute."""
        kit.focus(self._title)


class NoticeBoard:
    """Shows notices; the buttons under them are made by ``make_button``."""

    def __init__(self, make_button: Callable[[Action], None]) -> None:
        self._make_button = make_button
        self._boxes: dict[Notice, ui.element] = {}
        self._loud = kit.tag("div", classes="rh-notices").props("aria-live=assertive")
        # Not in the middle of a sentence of a screen reader.
        self._quiet = kit.tag("div", classes="rh-notices").props("aria-live=polite")

    def show(self, notices: tuple[Notice, ...]) -> None:
        """Draw these; one that was there before stays, so that no button is taken from under a
        finger."""
        for gone in self._boxes.keys() - set(notices):
            kit.discard(self._boxes.pop(gone))
        loud = [notice for notice in notices if notice.kind != "quiet"]
        quiet = [notice for notice in notices if notice.kind == "quiet"]
        for place, chosen in ((self._loud, loud), (self._quiet, quiet)):
            for index, notice in enumerate(chosen):
                if notice not in self._boxes:
                    with place:
                        self._boxes[notice] = self._draw(notice)
                if place.default_slot.children[index] is not self._boxes[notice]:
                    self._boxes[notice].move(place, index)

    def _draw(self, notice: Notice) -> ui.element:
        with kit.tag("div", classes=f"rh-notice rh-message rh-message-{notice.kind}") as box:
            box.mark(f"notice-{notice.code}")
            kit.tag("p", notice.title, "rh-strong")
            kit.tag("p", notice.words)
            if notice.remedy:
                kit.tag("p", f"For you as an author: {notice.remedy}", "rh-small").mark("remedy")
            with kit.tag("div", classes="rh-line"):
                for action in notice.actions:
                    self._make_button(action)
        return box
