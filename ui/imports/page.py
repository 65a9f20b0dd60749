"""The import page: drop anything, see what each would become, mend it there, and take it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nicegui import background_tasks, run, ui
from nicegui.element import Element
from nicegui.elements.upload_files import FileUpload

from agent.providers.drafting import drafting
from personas.arrivals import CHOICES, Arrival, Choice, Outcome, arrivals, revised, take
from personas.bundle import LARGEST, MOST_FILES, BundleError, opened
from personas.prompt_files import kind_of
from ui import kit
from ui.context import Studio
from ui.imports.drop import PASTED, DropField, Refused
from ui.imports.row import LABELS, Acts, ArrivalRow
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.publishing import unpublished_badge
from ui.kit.restricted import STUDIO, admitted

T = TypeVar("T")

STEP = 50
"""Rows that are drawn before all are asked for."""
PART = 5
"""Rows drawn in one piece of work: each takes some milliseconds of the app's loop."""
INTRO = (
    "Persona files, folders and zips of them, character cards, prompts and lists of scenarios of "
    "other tools, or a text. You see what each becomes before anything is written. Imported "
    "personas are unpublished: trainees see one when you publish it."
)


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
    """What was brought so far, what is to become of it, and then what became of it."""

    def __init__(self, studio: Studio, author: str) -> None:
        self._studio = studio
        self._author = author
        self._found: list[Arrival] = []
        self._choices: dict[Arrival, Choice] = {}
        self._shown = STEP
        self._pasted = 0
        self._busy = asyncio.Lock()
        self._acts = Acts(self._judge, self._changed, self._choose, drafting(studio.settings))
        kit.page_title("Import personas", INTRO)
        self._drop = DropField(self._receive, self._refuse)
        self._said = kit.tag("div", classes="rh-said").props("aria-live=assertive")
        self._box = kit.tag("div", classes="rh-stack").props("aria-live=polite")

    async def _receive(self, files: list[FileUpload]) -> None:
        """Open what was brought and say what would happen."""
        async with self._busy:
            kit.say(self._said, "Reading what came.", "quiet")
            try:
                picked = [await self._picked(file) for file in files]
                found = await run.io_bound(self._look, picked)
            except BundleError as error:
                kit.say(self._said, str(error))
                return
            if found is None or self._said.is_deleted:  # the app is stopping, or the page is gone
                return
            kit.say(self._said, "")
            self._add(found)
            if _was_pasted(files) and any(each.state != "unusable" for each in found):
                self._drop.forget_text()

    async def _picked(self, file: FileUpload) -> tuple[str, bytes]:
        content = await _content(file)
        if file.name != PASTED:
            return file.name, content
        self._pasted += 1
        number = f" {self._pasted}" if self._pasted > 1 else ""
        return f"Pasted text{number}{_ending(content)}", content

    def _look(self, picked: list[tuple[str, bytes]]) -> list[Arrival]:
        return arrivals(
            opened(picked), self._studio.library, self._studio.imports.text, self._found
        )

    def _refuse(self, refused: Refused) -> None:
        """What the browser has kept has a row as well."""
        self._add([Arrival(name, "", "", "unusable", trouble=why) for name, why in refused])

    def _add(self, found: list[Arrival]) -> None:
        room = MOST_FILES - len(self._found)
        if len(found) > room:
            words = f"More than {MOST_FILES:,} files. Import these first, then bring the others."
            kit.say(self._said, words)
            return
        self._found += found
        self._choices |= {each: each.usual for each in found}
        self._draw()

    def _judge(self, arrival: Arrival, text: str) -> Arrival:
        others = {each.slug for each in self._found if each is not arrival}
        library, imported = self._studio.library, self._studio.imports.text
        return revised(arrival, text, library, imported, others)

    def _changed(self, before: Arrival, after: Arrival) -> None:
        at = next((i for i, each in enumerate(self._found) if each is before), None)
        if at is not None:
            self._choices.pop(before, None)
            self._found[at] = after

    def _choose(self, arrival: Arrival, choice: Choice) -> None:
        self._choices[arrival] = choice
        self._count()

    def _draw(self) -> None:
        self._box.clear()
        with self._box:
            with kit.tag("div", classes="rh-line-between"):
                kit.heading("What will happen", 2)
                self._choose_for_all()
            rows = kit.tag("ul", classes="rh-list")
            if len(self._found) > self._shown:
                kit.button("Show all", self._show_all).classes("rh-center")
            with kit.tag("div", classes="rh-card rh-form-end"):
                self._go = kit.button("", self._take, kind="primary").mark("import")
                kit.button("Start again", self._clear, kind="quiet").mark("clear")
                kit.link_button("Cancel", "/studio", kind="quiet")
        self._count()
        _in_steps(rows, self._found[: self._shown], self._row)

    def _row(self, arrival: Arrival) -> None:
        ArrivalRow(arrival, self._choices[arrival], self._acts)

    def _show_all(self) -> None:
        self._shown = len(self._found)
        self._draw()

    def _clear(self) -> None:
        self._found, self._choices, self._shown = [], {}, STEP
        self._box.clear()

    def _choose_for_all(self) -> None:
        """One choice for all files that differ, where there are several."""
        differ = [each for each in self._found if each.state == "differs" and each.choices]
        if len(differ) < 2:
            return

        def choose(event: Any) -> None:
            self._choices.update(dict.fromkeys(differ, event.value))
            self._draw()

        options = {choice: LABELS[choice] for choice in CHOICES["differs"]}
        label = f"All {len(differ)} that differ"
        select = ui.select(options, label=label, on_change=choose).props("outlined")
        select.mark("choose-all")

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
            chosen = [(arrival, self._choices[arrival]) for arrival in self._found]
            library, author, note = self._studio.library, self._author, self._studio.imports.note
            done = await run.io_bound(
                lambda: [take(arrival, choice, library, author, note) for arrival, choice in chosen]
            )
            self._clear()
            self._show_results(done or [])

    def _show_results(self, done: list[Outcome]) -> None:
        taken = [outcome for outcome in done if outcome.slug]
        failed = [outcome for outcome in done if not outcome.good]
        with self._box:
            kit.heading(f"{words.count(len(taken), 'persona')} imported", 2)
            if failed:
                kit.message(f"{words.count(len(failed), 'file was', 'files were')} not taken.")
            if taken:
                kit.muted("Open one to look it over and call it; Publish there shows it to others.")
            rows = kit.tag("ul", classes="rh-list")
            kit.link_button("Go to the Studio", "/studio", kind="primary").classes("rh-center")
        outcomes = sorted(done, key=lambda one: (one.good, not one.slug))[:MOST_FILES]
        _in_steps(rows, outcomes, self._result)

    def _result(self, outcome: Outcome) -> None:
        with kit.tag("div", classes="rh-grow rh-stack-tight"):
            kit.tag("p", outcome.title or outcome.source, "rh-strong").props("dir=auto")
            if outcome.title:
                kit.tag("p", outcome.source, "rh-muted rh-small")
            kit.tag("p", outcome.words, "" if outcome.good else "rh-bad")
        if outcome.slug:
            entry = self._studio.library.get(outcome.slug)
            if entry is not None and not entry.published:
                unpublished_badge()
            kit.link_button("Open", f"/studio/{outcome.slug}").mark(f"open-{outcome.slug}")


def _in_steps(rows: Element, items: Sequence[T], draw: Callable[[T], None]) -> None:
    """Draw a row for each item; many are drawn a few at a time, so that others use the app's loop
    in between."""

    def some(part: Sequence[T]) -> None:
        with rows:
            for item in part:
                with kit.tag("li", classes="rh-row rh-arrival"):
                    draw(item)

    async def rest() -> None:
        for start in range(PART, len(items), PART):
            await asyncio.sleep(0)
            if rows.is_deleted:
                return  # drawn anew meanwhile, or the page is gone
            some(items[start : start + PART])

    some(items[:PART])
    if len(items) > PART:
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


def _was_pasted(files: list[FileUpload]) -> bool:
    return any(file.name == PASTED for file in files)


def _ending(content: bytes) -> str:
    """As what a pasted text is to be read."""
    return kind_of(content.decode("utf-8", "replace"))
