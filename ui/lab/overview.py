"""The lab of all personas: how the scripts of each stand, and the runs of before."""

from dataclasses import dataclass

from nicegui import run, ui

from agent.lab.results import Result, is_of, latest, newest, summary
from data.lab_runs import LabRun
from personas.script_model import Script
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.restricted import STUDIO, admitted
from ui.lab.playing import Playing
from ui.lab.result_box import address_of_run, pass_badge

STEP = 40
"""Runs that are listed at once."""


def register(studio: Studio) -> None:
    """The page ``/lab``."""

    @kit.page("/lab")
    async def lab() -> None:
        if admitted(studio, STUDIO) is None:
            return
        await run.io_bound(studio.lab.kept.recent, limit=1)  # from then on they are in memory
        with frame(studio, "Lab"):
            _Overview(studio)


@dataclass(frozen=True, slots=True)
class _Row:
    """A persona, its scripts, and the newest result of each that has one and can be played;
    ``outdated`` of these are of an earlier text."""

    slug: str
    name: str
    scripts: tuple[Script, ...]
    results: tuple[Result, ...]
    outdated: int = 0


class _Overview:
    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._shown: object = None
        with kit.tag("div", classes="rh-line-between"):
            kit.page_title(
                "Lab", "Scripts play trainees against your personas, so that an edit shows at once."
            )
            self._all = kit.button("Play all", self._play, kind="primary").mark("play-all")
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        self._playing = Playing(studio, "")
        self._list = kit.tag("ul", classes="rh-list")
        self._before = kit.tag("section", classes="rh-stack").props('aria-label="Runs of before"')
        self._draw()
        self._draw_runs()
        studio.lab_events.changed.subscribe(self._draw)

    def _draw(self) -> None:
        self._playing.show()
        rows = self._rows()
        if rows == self._shown:
            return
        self._shown = rows
        self._all.set_enabled(any(row.scripts for row in rows))
        self._list.clear()
        with self._list:
            for row in rows:
                with kit.tag("li"):
                    _persona_row(row)
        if not rows:
            with self._list, kit.tag("li"):
                kit.muted("There are no personas yet.")

    def _rows(self) -> list[_Row]:
        found = newest(self._studio.lab.kept.recent())
        rows = []
        for entry in self._studio.library.entries():
            scripts = self._studio.scripts.entries(entry.slug)
            engines = [s.script.engine or self._studio.engines.fallback.name for s in scripts]
            played = [
                (script.script, result)
                for script, engine in zip(scripts, engines, strict=True)
                if script.script.playable
                and (result := latest(found, entry.slug, script.name, engine)) is not None
            ]
            name = entry.persona.name if entry.persona else entry.path.name
            every = tuple(script.script for script in scripts)
            results = tuple(result for _, result in played)
            old = sum(not is_of(each, entry.persona, script) for script, each in played)
            rows.append(_Row(entry.slug, name, every, results, old))
        return sorted(rows, key=lambda row: (not row.scripts, row.name))

    def _draw_runs(self, most: int = STEP) -> None:
        runs = self._studio.lab.kept.recent()
        self._before.clear()
        if not runs:
            return
        with self._before:
            kit.heading("Runs of before", 2)
            with kit.tag("ul", classes="rh-list"):
                for each in runs[:most]:
                    with kit.tag("li"):
                        run_row(self._studio, each, named=True)
            if len(runs) > most:
                more = kit.button(
                    f"Show {min(STEP, len(runs) - most)} more",
                    lambda: self._draw_runs(most + STEP),
                )
                more.classes("rh-center")

    async def _play(self) -> None:
        """Play all scripts by the engine that costs nothing."""
        entries = [e for e in self._studio.library.entries() if e.persona is not None]
        tasks = [
            (entry.persona, script.script)
            for entry in entries
            if entry.persona is not None
            for script in self._studio.scripts.entries(entry.slug)
        ]
        engine = self._studio.engines.fallback.name
        batch = await run.io_bound(lambda: self._studio.lab.start(tasks, engine=engine))
        if batch is not None:  # None: the app is stopping
            self._studio.lab_events.started(batch)


def _persona_row(row: _Row) -> None:
    with ui.link(target=f"/studio/{row.slug}/lab").classes("rh-row").mark(f"lab-of-{row.slug}"):
        with kit.tag("div", classes="rh-grow"):
            kit.tag("p", row.name, "rh-strong")
            if not row.scripts:
                told = "No scripts yet"
            elif not row.results and all(script.playable for script in row.scripts):
                told = f"{words.count(len(row.scripts), 'script')}, not played yet"
            else:
                told = summary(row.results, row.scripts)
            if row.outdated:
                told += f" Of earlier texts: {words.count(row.outdated, 'result')}."
            kit.tag("p", told, "rh-muted rh-small")
        wrong = sum(not script.playable for script in row.scripts)
        if of := len(row.results) + wrong:
            passed = sum(result.passed for result in row.results)
            good = passed == of
            look = "warn" if good and row.outdated else "good" if good else "bad"
            with kit.tag("span", classes=f"rh-badge rh-badge-{look}"):
                kit.tag("span", "✓" if good else "✗").props("aria-hidden=true")
                kit.tag("span", f"{passed} of {of} pass")


def run_row(studio: Studio, each: LabRun, *, named: bool = False) -> None:
    """A line that leads to a run; ``named``: with the persona's name."""
    with ui.link(target=address_of_run(each)).classes("rh-row").mark(f"run-{each.id}"):
        with kit.tag("div", classes="rh-grow"):
            entry = studio.library.get(each.persona) if named else None
            name = entry.persona.name if entry and entry.persona else each.persona
            kit.tag("p", f"{name} · {each.script}" if named else each.script, "rh-strong")
            title = studio.engines.recorded(each.engine).title
            told = f"{words.when(each.started)} · {title} · version {each.version}"
            kit.tag("p", told, "rh-muted rh-small")
        result = Result((each,))
        if not result.broken:
            kit.tag("span", result.score, "rh-small rh-number")
        pass_badge(result)
