"""Whether the next call is recorded: asked, told or neither, before it begins."""

from nicegui import app, ui

from agent.calls.admission import CallOptions
from agent.platform.settings import RecordMode
from personas.model import Persona
from ui import kit
from ui.kit import words

KEPT = "record_calls"
"""Where the browser's storage keeps who wants their calls recorded, by their names."""


def asked(mode: RecordMode, persona: Persona, options: CallOptions) -> RecordMode:
    """What is to be asked before such a call: ``no`` where it is not recorded anyhow, as a try of
    an earlier call never is."""
    return mode if persona.recording and not options.scene.origin else "no"


class Consent:
    """What a trainee says to the recording of their calls, for one page; recordings are kept for
    ``days``.

    In a browser that ``user`` has used before, the box stands as they left it; until then it is
    empty, and who leaves it so is not recorded.
    """

    def __init__(self, user: str, days: int) -> None:
        self._user = user
        self._days = days
        everyone = app.storage.user.get(KEPT)
        self._agreed = isinstance(everyone, dict) and everyone.get(user) is True
        self._boxes: list[ui.checkbox] = []

    def given(self, mode: RecordMode) -> bool:
        """Whether the next call may be recorded: who was told of it and starts, agrees."""
        return mode == "yes" or (mode == "ask" and self._agreed)

    def build(self, mode: RecordMode, who: str, *, by_voice: bool) -> None:
        """Ask or tell, here; ``who`` is the persona's first name, ``by_voice`` whether the trainee
        will be heard."""
        if mode == "no":
            return
        whose = f"Your voice and {who}'s" if by_voice else f"{who}'s voice, since you type"
        kept = f"it is deleted after {words.count(self._days, 'day')}"
        who_hears = f"{whose}. You and your coaches can hear it in the report; {kept}."
        stands = "Your answer stands for your next calls, until you change it."
        with kit.tag("div", classes="rh-consent").mark("consent"):
            if mode == "ask":
                self._box(f"{who_hears} {stands}")
            else:
                kit.tag("p", "This call is recorded", "rh-strong")
                kit.muted(who_hears).classes("rh-small")
                if by_voice:
                    way_out = f"If you don't want that, type: then only {who} is heard."
                    kit.muted(way_out).classes("rh-small")

    def build_again(self, mode: RecordMode) -> None:
        """After a call, beside the button for another one: the same box, in short."""
        if mode == "ask":
            self._box()

    def _box(self, detail: str = "") -> None:
        box = (
            ui.checkbox("Record my calls", value=self._agreed)
            .classes("rh-consent-box")
            .mark("record")
        )
        box.on_value_change(lambda event: self._answer(bool(event.value)))
        self._boxes = [*(each for each in self._boxes if not each.is_deleted), box]
        if detail:
            told = kit.tag("p", detail, "rh-muted rh-small")
            box.props(f"aria-describedby={told.html_id}")

    def _answer(self, agreed: bool) -> None:
        if agreed == self._agreed:
            return
        self._agreed = agreed
        for box in self._boxes:
            if not box.is_deleted:
                box.set_value(agreed)
        everyone = app.storage.user.get(KEPT)
        others = everyone if isinstance(everyone, dict) else {}
        app.storage.user[KEPT] = {**others, self._user: agreed}
