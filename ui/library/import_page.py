"""Importing personas: pick or drop files, see what would happen to each, choose, and take them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nicegui import background_tasks, run, ui
from nicegui.element import Element
from nicegui.elements.upload_files import FileUpload

from personas.arrivals import CHOICES, Arrival, Choice, Outcome, arrivals, take
from personas.bundle import LARGEST, MOST_FILES, BundleError, opened
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.restricted import STUDIO, admitted
from ui.library.drop import DropField

T = TypeVar("T")

LABELS: dict[Choice, str] = {
    "take": "Import it",
    "skip": "Skip it",
    "replace": "Replace the one here",
    "both": "Keep both",
}
STATES = {
    "new": ("New", "good"),
    "same": ("Already here, the same", "plain"),
    "differs": ("Differs from the one here", "warn"),
    "unusable": ("Cannot be imported", "bad"),
}
STEP = 50
"""Rows drawn at once, and before all are asked for."""
SHOWN = 5
"""Findings listed for a file."""


def register(studio: Studio) -> None:
    """The page ``/studio/import``."""

    @ui.page("/studio/import")
    def import_page() -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        with frame(studio, "Import personas"):
            ImportPage(studio, user.name)


class ImportPage:
    """Three steps on one page: the files, the choices, the results."""

    def __init__(self, studio: Studio, author: str) -> None:
        self._studio = studio
        self._author = author
        self._found: list[Arrival] = []
        self._choices: dict[int, Choice] = {}
        self._shown = STEP
        self._busy = asyncio.Lock()
        kit.page_title(
            "Import personas",
            "Persona files (.md), zips of them, and character cards (.json, .png) of "
            "SillyTavern and others. Nothing is written before you have seen what would happen.",
        )
        self._drop = DropField(self._receive)
        self._said = kit.tag("div", classes="rh-said").props("aria-live=assertive")
        self._box = kit.tag("div", classes="rh-stack").props("aria-live=polite")

    async def _receive(self, files: list[FileUpload]) -> None:
        """Open what was picked and say what would happen."""
        async with self._busy:
            kit.say(self._said, "Reading the files.", "quiet")
            try:
                picked = [(file.name, await _content(file)) for file in files]
                library = self._studio.library
                found = await run.io_bound(lambda: arrivals(opened(picked), library))
            except BundleError as error:
                self._found = []
                self._box.clear()
                kit.say(self._said, str(error))
            else:
                kit.say(self._said, "")
                self._found = found or []
                self._choices = {i: a.usual for i, a in enumerate(self._found)}
                self._shown = STEP
                self._draw()
            finally:
                self._drop.reset()

    def _draw(self) -> None:
        self._box.clear()
        with self._box:
            with kit.tag("div", classes="rh-line-between"):
                kit.heading("What will happen", 2)
                self._choose_for_all()
            rows = kit.tag("ul", classes="rh-list")
            if len(self._found) > self._shown:
                kit.button("Show all", self._show_all).classes("rh-center")
            with kit.tag("div", classes="rh-line"):
                self._go = kit.button("", self._take, kind="primary").mark("import")
                kit.button("Cancel", lambda: ui.navigate.to("/studio"))
        self._count()
        _in_steps(rows, list(enumerate(self._found[: self._shown])), self._row)

    def _show_all(self) -> None:
        self._shown = len(self._found)
        self._draw()

    def _choose_for_all(self) -> None:
        """One choice for all files that differ, where there are several."""
        differ = [i for i, arrival in enumerate(self._found) if arrival.state == "differs"]
        if len(differ) < 2:
            return

        def choose(event: Any) -> None:
            self._choices.update(dict.fromkeys(differ, event.value))
            self._draw()

        options = {choice: LABELS[choice] for choice in CHOICES["differs"]}
        label = f"All {len(differ)} that differ"
        select = ui.select(options, label=label, on_change=choose).props("outlined")
        select.mark("choose-all")

    def _row(self, numbered: tuple[int, Arrival]) -> None:
        index, arrival = numbered
        word, look = STATES[arrival.state]
        with kit.tag("div", classes="rh-grow rh-stack-tight"):
            kit.tag("p", arrival.title or arrival.source, "rh-strong")
            if arrival.slug:
                kit.tag("p", f"{arrival.source} → {arrival.slug}.md", "rh-muted rh-small")
            if arrival.trouble:
                kit.tag("p", arrival.trouble, "rh-bad")
            for note in arrival.notes:
                kit.tag("p", note, "rh-small")
            _findings(arrival)
        kit.tag("span", word, f"rh-badge rh-badge-{look}")
        if choices := CHOICES[arrival.state]:
            options = {choice: LABELS[choice] for choice in choices}
            select = ui.select(options, value=self._choices[index], label="What to do")
            select.on_value_change(lambda event: self._choose(index, event.value))
            select.props("outlined").mark(f"choice-{index}")

    def _choose(self, index: int, choice: Choice) -> None:
        self._choices[index] = choice
        self._count()

    def _count(self) -> None:
        number = sum(choice != "skip" for choice in self._choices.values())
        self._go.set_text(f"Import {words.count(number, 'persona')}" if number else "Import")
        self._go.set_enabled(number > 0)

    async def _take(self) -> None:
        """Do what was chosen, one file after the other."""
        if self._busy.locked():
            return
        async with self._busy:
            self._go.disable()
            chosen = [(a, self._choices[i]) for i, a in enumerate(self._found)]
            library, author = self._studio.library, self._author
            done = await run.io_bound(
                lambda: [take(arrival, choice, library, author) for arrival, choice in chosen]
            )
            self._found = []
            self._show_results(done or [])

    def _show_results(self, done: list[Outcome]) -> None:
        taken = [outcome for outcome in done if outcome.slug]
        failed = [outcome for outcome in done if not outcome.good]
        self._box.clear()
        with self._box:
            kit.heading(f"{words.count(len(taken), 'persona')} imported", 2)
            if failed:
                kit.message(f"{words.count(len(failed), 'file was', 'files were')} not taken.")
            rows = kit.tag("ul", classes="rh-list")
            kit.link_button("Go to the Studio", "/studio", kind="primary").classes("rh-center")
        outcomes = sorted(done, key=lambda one: (one.good, not one.slug))[:MOST_FILES]
        _in_steps(rows, outcomes, _result)


def _in_steps(rows: Element, items: Sequence[T], draw: Callable[[T], None]) -> None:
    """Draw a row for each item; many are drawn a few at a time, so that others use the app's loop
    in between."""

    def some(part: Sequence[T]) -> None:
        with rows:
            for item in part:
                with kit.tag("li", classes="rh-row rh-arrival"):
                    draw(item)

    async def rest() -> None:
        for start in range(STEP, len(items), STEP):
            await asyncio.sleep(0)
            if rows.is_deleted:
                return  # drawn anew meanwhile, or the page is gone
            some(items[start : start + STEP])

    some(items[:STEP])
    if len(items) > STEP:
        background_tasks.create(rest(), name="rows of an import")


async def _content(file: FileUpload) -> bytes:
    """The bytes of a picked file, a byte more than it may have at most."""
    pieces, size = [], 0
    async for piece in file.iterate():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            break
    return b"".join(pieces)


def _findings(arrival: Arrival) -> None:
    """The checker's findings, the errors first."""
    if not arrival.findings:
        return
    if arrival.errors:
        kit.tag("p", "It has errors. Imported, it can be mended here, but not called.", "rh-bad")
    found = sorted(arrival.findings, key=lambda finding: (finding.level, finding.line))
    with kit.tag("ul", classes="rh-arrival-findings"):
        for finding in found[:SHOWN]:
            kit.tag("li", f"Line {finding.line}, {finding.level}: {finding.message}")
        if len(found) > SHOWN:
            kit.tag("li", f"And {len(found) - SHOWN} more.")


def _result(outcome: Outcome) -> None:
    with kit.tag("div", classes="rh-grow rh-stack-tight"):
        kit.tag("p", outcome.source, "rh-strong")
        kit.tag("p", outcome.words, "" if outcome.good else "rh-bad")
    if outcome.slug:
        kit.link_button("Open", f"/studio/{outcome.slug}")
