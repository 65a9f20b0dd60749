"""What the doctor finds in this browser: its part there (``doctor.js``), and the rows of what it
tells by itself and of what needs the user's ear or voice."""

import asyncio
from collections.abc import Callable
from typing import Literal

from nicegui import background_tasks, ui

from agent.doctor.check import Check
from ui import kit
from ui.auth import access
from ui.auth.proxy import prefix
from ui.call.voice_call import SDK_PATH, VOICE, sdk_file
from ui.context import Studio
from ui.doctor import verdicts as doctor_verdicts
from ui.doctor.rows import Row
from ui.doctor.verdicts import TITLES, Facts, Server
from ui.kit import words

PATIENCE = 60.0
"""Seconds for the browser to find its way to the server and through a relay."""
WAIT, STEP = 15.0, 0.5
"""Seconds for the server to come up, and between two looks."""
TO_DO = {
    "microphone": "Press the button and say something.",
    "playback": "Press the button and listen.",
    "echo": "Press the button, speak for two seconds, and hear yourself.",
}


class DoctorProbe(ui.element, component="doctor.js", esm=VOICE):
    """Invisible; what the browser finds out goes to ``on_fact``, as (kind, facts)."""

    def __init__(self, on_fact: Callable[[str, Facts], None]) -> None:
        super().__init__()
        self.props["sdk_url"] = prefix() + SDK_PATH
        self.on("fact", lambda event: on_fact(str(event.args.get("kind", "")), event.args))

    def on_click(
        self,
        button: ui.element,
        method: Literal["test_microphone", "play_tone", "test_echo"],
    ) -> None:
        """Let that button call the method inside the user's gesture."""
        button.on("click", js_handler=f"() => getElement({self.id}).{method}()")

    def find_path(self, url: str, token: str) -> None:
        """Join a room for a moment; a ``path`` fact follows."""
        self.run_method("find_path", url, token)


class BrowserRows:
    """The section "This browser"; ``on_change`` is called after each change of a row."""

    def __init__(self, studio: Studio, on_change: Callable[[], None]) -> None:
        self._studio = studio
        self._on_change = on_change
        self._page: Facts = {}
        self._server: Server | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._user = access.require(studio).name
        self.probe = DoctorProbe(self._on_fact)
        with kit.tag("section", classes="rh-card").props('aria-label="This browser"'):
            kit.heading("This browser", 2)
            with kit.tag("ul", classes="rh-checks"):
                self.rows = {id: Row(id, title) for id, title in TITLES.items()}
        self._buttons()
        ui.context.client.on_delete(self._stop)

    @property
    def busy(self) -> bool:
        """Whether something is still being found out without the user."""
        return any(row.check is None for id, row in self.rows.items() if id not in TO_DO)

    def left(self) -> str:
        """What the user has not tried yet, in words."""
        open_ = sum(self.rows[id].check is None for id in TO_DO)
        return f" {words.count(open_, 'test')} of this browser left to do." if open_ else ""

    def start(self) -> None:
        """Look (again) at what needs no user."""
        for id, row in self.rows.items():
            row.wait(TO_DO[id]) if id in TO_DO else row.busy()
        for buttons in self._answers.values():
            buttons.set_visibility(False)
        if self._page:
            self._on_page()

    def _buttons(self) -> None:
        self._answers: dict[str, ui.element] = {}
        for id, text, method in (
            ("microphone", "Test the microphone", "test_microphone"),
            ("playback", "Play a tone", "play_tone"),
            ("echo", "Record and play back", "test_echo"),
        ):
            row = self.rows[id]
            button = row.button(text)
            self.probe.on_click(button, method)  # type: ignore[arg-type]
            button.on("click", lambda row=row: self._trying(row))
        self._ask("playback", doctor_verdicts.heard, "I heard it", "I heard nothing")
        self._ask("echo", doctor_verdicts.echoed, "I heard myself", "I did not hear myself")

    def _ask(self, id: str, verdict: Callable[[bool], Check], yes: str, no: str) -> None:
        row = self.rows[id]
        with row.actions, kit.tag("div", classes="rh-check-actions") as box:
            for text, heard in ((yes, True), (no, False)):
                kit.button(text, lambda heard=heard: self._answer(id, verdict(heard)))
        box.set_visibility(False)
        self._answers[id] = box

    def _answer(self, id: str, check: Check) -> None:
        self._answers[id].set_visibility(False)
        self._show(check)

    def _trying(self, row: Row) -> None:
        if row.id in self._answers:
            self._answers[row.id].set_visibility(False)
        row.busy("Trying it …")

    def _show(self, check: Check) -> None:
        self.rows[check.id].show(check)
        self._on_change()

    # ---- what the browser tells ----

    def _on_fact(self, kind: str, facts: Facts) -> None:
        agent = str(self._page.get("agent", ""))
        match kind:
            case "page":
                self._page = facts
                self._on_page()
            case "permission":
                if check := doctor_verdicts.permission(facts, agent):
                    self._show(check)
            case "microphone":
                self._show(doctor_verdicts.microphone(facts, agent))
            case "tone":
                self._heard_or("playback", doctor_verdicts.tone(facts), "Did you hear the tone?")
            case "echo":
                check = doctor_verdicts.echo(facts, agent)
                self._heard_or("echo", check, "Did you hear your own voice?")
            case "path" if self._server is not None:
                self._show(doctor_verdicts.path(facts, self._server))
                self._show(doctor_verdicts.ways(facts, self._server))

    def _heard_or(self, id: str, check: Check | None, question: str) -> None:
        if check is not None:
            self._show(check)
            return
        self.rows[id].wait(question)
        self._answers[id].set_visibility(True)
        self._on_change()

    def _on_page(self) -> None:
        self._show(doctor_verdicts.browser(self._page))
        self._show(doctor_verdicts.secure(self._page))
        self._stop()
        self._waiting = background_tasks.create(self._find_path(), name="doctor-path")

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()

    async def _find_path(self) -> None:
        """Send the browser to the server once both are ready; never leaves the rows open."""
        ticket = await self._ticket()
        if ticket is None:
            why = "There is no LiveKit server to go to, or no call software for the browser yet."
            for id in ("path", "ways"):
                self._show(Check(id, TITLES[id], "skipped", why, "See below; then look again."))
            return
        url, token, own = ticket
        self._server = Server(url, own)
        if check := doctor_verdicts.hindrance(self._page, self._server):
            self._show(check)
            self._show(doctor_verdicts.ways({}, self._server))
            return
        self.probe.find_path(url, token)
        await asyncio.sleep(PATIENCE)
        if self.rows["path"].check is None:
            facts = {"state": "failed", "reason": "Timeout", "detail": "the page does not answer"}
            self._on_fact("path", facts)

    async def _ticket(self) -> tuple[str, str, bool] | None:
        for _ in range(int(WAIT / STEP)):
            ticket = self._studio.doctor.ticket(self._user)
            if ticket is not None and sdk_file(self._studio) is not None:
                return ticket
            await asyncio.sleep(STEP)
        return None
