"""The call on the editor's page: the author talks to the text as it stands, saved or not."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import app, ui

from agent.calls.admission import CallOptions
from agent.calls.call_events import CallEvent
from agent.protocol.messages import Edited, Ended
from agent.protocol.scene import FROM_THE_TOP
from data.common.observers import nothing
from data.records import Edit
from data.users import User
from personas.model import Finding, Persona
from ui import kit
from ui.call.loop_start import Earlier, LoopStart
from ui.call.panel import CallPanel, Teach
from ui.context import Studio
from ui.kit.debounce import Debounce
from ui.studio.live_calls import live_calls
from ui.studio.reading import Reader, Reading

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

PAUSE = 0.6
"""Seconds without a keystroke before the text is applied by itself."""
KEPT = "apply_as_typed"
"""Where the browser's session keeps the switch."""


class CallSide:
    """Call panel and what hands the text over; ``text`` gives what a save would write, ``teach``
    takes a turn of the call to be tried."""

    def __init__(
        self,
        studio: Studio,
        user: User,
        browser_kind: str,
        reader: Reader,
        text: Callable[[], str],
        earlier: Earlier | None,
        teach: Teach,
    ) -> None:
        self._studio = studio
        self._user = user
        self._browser_kind = browser_kind
        self._reader = reader
        self._text = text
        self._earlier = earlier
        self._teach = teach
        self._start: LoopStart | None = None
        self._call: LiveCall | None = None
        self._panel: CallPanel | None = None
        self._given: dict[str, Persona] = {}
        self._spoken = ""
        self._error: Finding | None = None
        self._words: tuple[str, ...] = ()
        self._stop_hearing: Callable[[], None] = nothing
        ui.context.client.on_delete(lambda: self._stop_hearing())
        self._typed = Debounce(PAUSE, self._apply_typed, postpone=True)
        with kit.tag("section", classes="rh-pane rh-pane-call").props('aria-label="Call"'):
            self._build_head()
            self._box = kit.tag("div", classes="rh-contents")
            live_calls(studio, lambda: reader.slug, user.name)
        self._say_idle()

    def _build_head(self) -> None:
        with kit.tag("div", classes="rh-apply-box"):
            with kit.tag("div", classes="rh-line-between"):
                self._apply_button = kit.button("Apply", self.apply).classes("rh-apply")
                self._apply_button.props('title="Ctrl+Enter"')
                self._switch = ui.switch(
                    "Apply as I type",
                    value=bool(app.storage.user.get(KEPT, False)),
                    on_change=lambda event: self._switched(bool(event.value)),
                ).mark("apply-as-typed")
            self._said = kit.tag("p", classes="rh-applied").props("role=status")

    @property
    def _live(self) -> "LiveCall | None":
        call = self._call
        return call if call is not None and call.end is None else None

    def read(self, reading: Reading) -> None:
        """The text was read anew."""
        if reading.persona is None:
            if self._panel is None and not list(self._box):
                with self._box:
                    kit.message("Mend the errors in the text; then it can be called.", "warn")
        elif self._panel is None:
            self._build_panel(reading.persona)
        elif self._live is None:
            self._meet(reading.persona)
        self._error = reading.first_error
        if self._live is None:
            self._say_idle()

    def _build_panel(self, persona: Persona) -> None:
        self._box.clear()
        with self._box:
            start = self._start = LoopStart(self._studio, persona, self._earlier)
            self._panel = CallPanel(
                self._studio,
                persona,
                self._user,
                self._browser_kind,
                options=self._options,
                begins=lambda: start.state,
                begun=self._begun,
                draft=True,
                teach=self._teach,
            )
            start.changed.subscribe(self._panel.refresh)
            if self._earlier is None:
                start.move_below()  # what most calls do without

    def _meet(self, persona: Persona) -> None:
        if self._panel is not None and self._start is not None:
            self._panel.meet(persona)
            self._start.meet(persona)

    def renamed(self, slug: str) -> None:
        """The persona is called that by now: so is the one of this page's calls."""
        self._reader.slug = slug
        self._reader.soon()
        if self._panel is not None:  # at once: the text is read a moment later
            self._meet(replace(self._panel.persona, slug=slug))
        if (call := self._live) is not None:
            call.follow(slug)

    def typed(self) -> None:
        """The text was changed."""
        if self._live is None:
            return
        if self._switch.value:
            self._typed.soon()
        else:
            self._say("", "", "Not in the call yet: press Apply (Ctrl+Enter) or save.")

    async def apply(self) -> None:
        """Hand the text to the call on this page, unless it has an error."""
        self._typed.cancel()
        reading = await self._reader.now()
        call = self._live
        if call is None:
            self._say_idle()
        elif (error := reading.first_error) is not None:
            words = f"Line {error.line}: {error.message}. The call keeps its last good text."
            self._say("bad", "Refused", words)
        elif reading.persona is not None:
            self._hand_over(call, reading.persona)

    def saved(self, persona: Persona) -> None:
        """The text was saved: the call on this page gets it as all others do."""
        if (call := self._live) is not None:
            self._typed.cancel()
            self._hand_over(call, persona)

    def _hand_over(self, call: "LiveCall", persona: Persona) -> None:
        version = persona.version
        if version == self._spoken:
            self._say("good", "In the call", "The call has this very text.")
            return
        self._given[version] = persona
        self._say("", "", "Handed over to the call …")
        call.change_persona(persona.text, version, persona.language)

    async def _apply_typed(self) -> None:
        reading = await self._reader.now()
        if (error := reading.first_error) is not None and self._live is not None:
            words = f"Line {error.line}: {error.message}. Until then the last good text speaks."
            self._say("warn", "Waits", words)
        else:
            await self.apply()

    def _switched(self, on: bool) -> None:
        app.storage.user[KEPT] = on
        if on:
            self.typed()

    def _options(self, engine: str) -> CallOptions:
        scene = self._start.scene if self._start is not None else FROM_THE_TOP
        return CallOptions(engine, draft=self._text(), scene=scene)

    def _begun(self, call: "LiveCall") -> None:
        self._call = call
        self._spoken = call.told_version
        self._given = {call.persona.version: call.persona}
        self._stop_hearing()
        events = self._studio.call_events.of(call.id)
        events.subscribe(self._heard, unsubscribe_on_delete=False)  # a call may outlive its page
        self._stop_hearing = lambda: events.unsubscribe(self._heard)
        self._say("good", "In the call", "Go on writing; Apply hands it over.")

    def _heard(self, event: CallEvent) -> None:
        if isinstance(event, Edited):
            self._fared(event.edit)
        elif isinstance(event, Ended):
            self._given.clear()
            self._say_idle()
            self._reader.soon()  # the next call is with the text and the name of now

    def _fared(self, edit: Edit) -> None:
        if edit.outcome == "refused":
            self._say("bad", "Refused", f"{edit.reason} The call keeps its last good text.")
            return
        if edit.outcome == "overtaken":
            return  # a newer text is on its way
        self._spoken = edit.version
        persona = self._given.get(edit.version)
        if persona is not None:
            self._meet(persona)
        how = "Rebuilt" if edit.outcome == "rebuilt" else "Applied"
        self._say("good", how, f"Your text speaks from turn {edit.turn + 1} on.")

    def _say_idle(self) -> None:
        if self._error is None:
            self._say("", "", "A call here speaks your text as it stands, saved or not.")
        else:
            words = f"Line {self._error.line}: {self._error.message}. Mend it, then start a call."
            self._say("bad", "Error", words)

    def _say(self, kind: str, badge: str, words: str) -> None:
        self._apply_button.set_enabled(self._live is not None)
        if (kind, badge, words) == self._words:
            return
        self._words = (kind, badge, words)
        self._said.clear()
        with self._said:
            if badge:
                kit.tag("span", badge, f"rh-badge rh-badge-{kind}")
            kit.tag("span", words)
