"""The doctor's page: what a call needs, what of it works, and the next fix."""

import asyncio
import json
from collections.abc import Iterable

from nicegui import background_tasks, ui

from agent.doctor.check import Check, as_json
from ui import kit
from ui.context import Studio
from ui.doctor.browser import BrowserRows
from ui.doctor.rows import Row
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.restricted import DOCTOR, admitted

SECTIONS = (
    ("Rehearsal and LiveKit", ("app", "parts", "livekit", "worker")),
    ("Engines", ("engine", "voice", "espeak", "recogniser")),
    ("This machine", ("settings", "python", "disk", "personas")),
)
"""Each section with the beginnings of its checks' ids; what fits nowhere is in the last one."""


def register(studio: Studio) -> None:
    """The page ``/doctor``."""

    @ui.page("/doctor")
    def doctor() -> None:
        if admitted(studio, DOCTOR) is None:
            return
        with frame(studio, "Doctor"):
            Round(studio)


class Round:
    """All checks of one page; each is shown as it comes."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._task: asyncio.Task[None] | None = None
        kit.page_title("Doctor", "Looks at all that a call needs and names the next thing to mend.")
        self._summary = kit.tag("div", classes="rh-message").props("role=status aria-live=polite")
        with kit.tag("div", classes="rh-check-actions"):
            self._again = kit.button("Look again", self._start, kind="primary").mark("look-again")
            kit.button("Copy the report", self._copy)
        self._rows: dict[str, Row] = {}
        self._browser = BrowserRows(studio, self._summarise)
        titles = [title for group in studio.doctor.groups() for title in group.titles]
        for section, ids in _sections(titles):
            with kit.tag("section", classes="rh-card").props(f'aria-label="{section}"'):
                kit.heading(section, 2)
                with kit.tag("ul", classes="rh-checks"):
                    for id, title in ids:
                        self._rows[id] = Row(id, title)
        self._start()
        ui.context.client.on_delete(self._stop)

    def _start(self) -> None:
        self._stop()
        for row in self._rows.values():
            row.busy()
        self._browser.start()
        self._summarise()
        self._task = background_tasks.create(self._examine(), name="doctor")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _examine(self) -> None:
        async for check in self._studio.doctor.examine():
            if row := self._rows.get(check.id):
                row.show(check)
                self._summarise()

    def _all(self) -> list[Row]:
        return [*self._browser.rows.values(), *self._rows.values()]

    def _checks(self) -> list[Check]:
        return [row.check for row in self._all() if row.check is not None]

    def _summarise(self) -> None:
        checks = self._checks()
        failed = [check for check in checks if check.state == "failed"]
        warnings = sum(check.state == "warning" for check in checks)
        busy = any(row.check is None for row in self._rows.values()) or self._browser.busy
        note = f" {words.count(warnings, 'warning')} below." if warnings else ""
        if failed:
            kind, text = "bad", "As it is set up, a call would not work: "
        elif busy:
            kind, text = "warn", "Looking…"
        else:
            kind, text = "good", f"A call can work.{note}{self._browser.left()}"
        self._summary.classes(replace=f"rh-message rh-message-{kind}")
        self._summary.clear()
        with self._summary:
            kit.tag("span", text)
            for number, check in enumerate(failed):
                kit.tag("span", ", " if number else "")
                ui.link(check.title, f"#check-{check.id}")

    def _copy(self) -> None:
        ui.clipboard.write(json.dumps(as_json(self._checks()), ensure_ascii=False, indent=2))
        ui.notify("The report is in the clipboard. It holds no keys.")


def _sections(
    titles: Iterable[tuple[str, str]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    found: list[tuple[str, list[tuple[str, str]]]] = [(name, []) for name, _ in SECTIONS]
    for id, title in titles:
        places = (n for n, (_, starts) in enumerate(SECTIONS) if id.startswith(starts))
        found[next(places, len(SECTIONS) - 1)][1].append((id, title))
    return found
