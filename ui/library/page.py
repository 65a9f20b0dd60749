"""The studio's list of personas: searched and filtered, drawn in steps, with the archive below."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nicegui import run, ui

from ui import kit
from ui.catalogue.page import ANY, DIFFICULTIES
from ui.context import Studio
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.persona_lists import follow, unseen_changes
from ui.kit.publishing import publish_button, publish_file, unpublished_badge
from ui.kit.restricted import STUDIO, admitted
from ui.kit.search import finds, search_field
from ui.library.archive import studio_archive
from ui.library.export import address
from ui.library.menu import persona_menu

if TYPE_CHECKING:
    from personas.library import Entry

STEP = 20
"""Rows drawn at once; with hundreds of personas the rest comes on request."""
STATES = {
    ANY: "Any",
    "errors": "With errors",
    "warnings": "With warnings",
    "clean": "No problems",
    "unpublished": "Unpublished",
    "live": "In a call now",
}


@dataclass
class Choice:
    """What the author looks for; ``shown`` is how many rows are drawn at most, ``picked`` what is
    chosen for an export."""

    search: str = ""
    difficulty: str = ANY
    language: str = ANY
    state: str = ANY
    shown: int = STEP
    picked: set[str] = field(default_factory=set)

    def fits(self, entry: "Entry", live: Counter[str]) -> bool:
        """Whether the persona is one of those asked for."""
        persona = entry.persona
        difficulty = persona.difficulty if persona else ANY
        language = words.language_name(persona.language) if persona else ANY
        text = f"{entry.slug} {persona.scenario} {persona.name}" if persona else entry.slug
        states = {ANY, _state(entry)}
        states |= {"live"} if live[entry.slug] else set()
        states |= set() if entry.published else {"unpublished"}
        return (
            self.difficulty in (ANY, difficulty)
            and self.language in (ANY, language)
            and self.state in states
            and finds(self.search, text)
        )


def register(studio: Studio) -> None:
    """The page ``/studio``."""

    @kit.page("/studio")
    async def library() -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        skipped = await run.io_bound(studio.library.skipped)
        with frame(studio, "Studio", keys=[("/", "Goes to the search")]):
            _Library(studio, user.name, skipped or [])


class _Library:
    def __init__(self, studio: Studio, author: str, skipped: list[str]) -> None:
        self._studio = studio
        self._author = author
        self._choice = Choice()
        self._head()
        unseen_changes(studio)
        self._filters()
        with kit.tag("div", classes="rh-stack") as self._rows:
            pass
        self._draw()
        self._archive = studio_archive(studio, author, self._draw)
        follow(studio, self._seen, self._follow)
        if skipped:
            names = ", ".join(skipped[:20]) + (" …" if len(skipped) > 20 else "")
            kit.muted(
                "Left out, because a name may hold only a-z, 0-9 and hyphens, and some, such as "
                f"“new”, have a meaning here: {names}"
            )

    def _seen(self) -> object:
        """What the rows show of the files, but for the time of the last save."""
        return [
            (e.slug, p and (p.scenario, p.name, p.difficulty, p.language), e.findings, e.published)
            for e in self._studio.library.entries()
            for p in (e.persona,)
        ]

    def _follow(self) -> None:
        self._draw()
        self._archive()

    def _head(self) -> None:
        with kit.tag("div", classes="rh-line-between"):
            kit.page_title(
                "Studio", "Each persona is a text file. A save reaches the calls going on with it."
            )
            with kit.tag("div", classes="rh-line"):
                self._export = kit.button("Export all", self._download, kind="quiet")
                self._export.mark("export")
                kit.link_button("Import", "/studio/import")
                kit.link_button("New persona", "/studio/new", kind="primary")

    def _filters(self) -> None:
        personas = [e.persona for e in self._studio.library.entries() if e.persona]
        names = sorted({words.language_name(persona.language) for persona in personas})
        languages = {ANY: "Any"} | {name: name for name in names}
        with kit.tag("search", classes="rh-filters rh-filters-studio") as filters:
            filters.props('aria-label="Personas"')
            search_field(lambda text: self._change(search=text))
            for label, options, name in (
                ("Difficulty", DIFFICULTIES, "difficulty"),
                ("Language", languages, "language"),
                ("State", STATES, "state"),
            ):
                select = ui.select(options, label=label, value=ANY)
                select.on_value_change(lambda e, name=name: self._change(**{name: e.value}))
                select.props("outlined").mark(name)

    def _change(self, **values: str | int) -> None:
        for name, value in {"shown": STEP, **values}.items():
            setattr(self._choice, name, value)
        self._draw()

    def _draw(self) -> None:
        """Draw the rows anew."""
        entries = self._studio.library.entries()
        live = Counter(call.slug for call in self._studio.calls.live())
        found = [entry for entry in entries if self._choice.fits(entry, live)]
        self._choice.picked &= {entry.slug for entry in entries}
        self._show_export()
        self._rows.clear()
        with self._rows:
            if not entries:
                self._empty()
                return
            number = kit.tag("p", words.count(len(found), "persona"), "rh-muted rh-small")
            number.props("role=status")
            if not found:
                with kit.tag("div", classes="rh-empty"):
                    kit.heading("Nothing fits that search", 2)
                    kit.muted("Try fewer words, or set the other choices back to any.")
            with kit.tag("ul", classes="rh-list"):
                for entry in found[: self._choice.shown]:
                    with kit.tag("li", classes="rh-persona"):
                        self._row(entry, live[entry.slug])
            self._more(len(found) - self._choice.shown)

    def _empty(self) -> None:
        with kit.tag("div", classes="rh-empty"):
            kit.heading("No personas yet", 2)
            kit.muted("A persona is the customer who calls. There are three ways to the first one:")
            with kit.tag("ol"):
                kit.tag("li", "New persona asks what it needs, and writes the file.")
                kit.tag("li", "Import takes persona files, zips and character cards.")
                kit.tag("li", f"Or put a markdown file into {self._studio.settings.personas_dir}.")

    def _more(self, rest: int) -> None:
        if rest > 0:
            more = kit.button(
                f"Show {min(rest, STEP)} more",
                lambda: self._change(shown=self._choice.shown + STEP),
            )
            more.classes("rh-center")

    def _row(self, entry: "Entry", live: int) -> None:
        persona = entry.persona
        named = persona.name if persona else entry.path.name
        box = ui.checkbox(
            value=entry.slug in self._choice.picked,
            on_change=lambda e: self._pick(entry.slug, bool(e.value)),
        )
        box.props["aria-label"] = f"Choose {named} for an export"
        box.mark(f"pick-{entry.slug}")
        with ui.link(target=f"/studio/{entry.slug}").classes("rh-row rh-grow"):
            with kit.tag("div", classes="rh-grow"):
                kit.tag("p", persona.scenario if persona else entry.path.name, "rh-strong")
                name = f"{persona.name} · {entry.path.name}" if persona else "No good version yet"
                kit.tag("p", f"{name}{self._changed(entry)}", "rh-muted rh-small")
            if live:
                kit.tag("span", f"{words.count(live, 'call')} live", "rh-badge rh-badge-warn")
            if persona:
                kit.difficulty_badge(persona.difficulty)
                kit.tag("span", words.language_name(persona.language), "rh-badge")
            if not entry.published:
                unpublished_badge()
            findings_badge(entry)
        if not entry.published:
            publish_button(publish_file(self._studio, entry.slug, self._author), entry.slug)
        persona_menu(self._studio, entry, self._author, self._done)

    def _changed(self, entry: "Entry") -> str:
        moment = self._studio.library.changed(entry.slug)
        return "" if moment is None else f" · {words.when(moment)}"

    def _done(self, slug: str) -> None:
        self._draw()
        if not slug:
            self._archive()

    def _pick(self, slug: str, picked: bool) -> None:
        (self._choice.picked.add if picked else self._choice.picked.discard)(slug)
        self._show_export()

    def _show_export(self) -> None:
        number = len(self._choice.picked)
        self._export.set_text(f"Export {number} chosen" if number else "Export all")
        self._export.set_enabled(bool(self._studio.library.entries()))

    def _download(self) -> None:
        picked = sorted(self._choice.picked)
        ui.download.from_url(address(picked) if picked else "/api/personas.zip")


def findings_badge(entry: "Entry") -> None:
    """How many errors and warnings the file has, in words."""
    errors = len(entry.errors)
    warnings = len(entry.findings) - errors
    if errors:
        kit.tag("span", words.count(errors, "error"), "rh-badge rh-badge-bad")
    if warnings:
        kit.tag("span", words.count(warnings, "warning"), "rh-badge rh-badge-warn")
    if not entry.findings:
        kit.tag("span", "No problems", "rh-badge rh-badge-good")


def _state(entry: "Entry") -> str:
    if entry.errors:
        return "errors"
    return "warnings" if entry.findings else "clean"
