"""The lab of one persona: its scripts, how each ended by which text, and the buttons that play."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import run, ui

from agent.lab.budget import Forecast, TooDear
from agent.lab.results import Key, Result, is_of, latest, newest, summary
from data.store import StoreError
from data.users import User
from data.versions import VersionsError
from personas.files import is_slug
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.debounce import Debounce
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted
from ui.lab import overview, run_page, script_page
from ui.lab.choices import Choices, too_dear_words
from ui.lab.new_script import new_script
from ui.lab.playing import Playing
from ui.lab.result_box import address_of_script, result_box
from ui.lab.sides import OWN, Side, other_side, present_side
from ui.lab.without_script import WithoutScript, built_in_script
from ui.studio.save_runs import save_switch
from ui.versions.past import Past, look

if TYPE_CHECKING:
    from personas.model import Persona
    from personas.script_entry import ScriptEntry
    from personas.script_model import Script

PAUSE = 0.2
"""Seconds after a change of files until they are looked at: many may change at once."""
STEP = 20
"""Runs of before that are listed at once."""


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}/lab``, and those that it leads to."""

    @kit.page("/studio/{slug}/lab")
    async def lab(slug: str) -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        past = await run.io_bound(_look, studio, slug, user.name) if is_slug(slug) else None
        if past is None or not (
            past.entry or studio.scripts.entries(slug) or _played(studio, slug)
        ):
            text = "Its file may have been renamed or deleted."
            problem(studio, "There is no such persona", text, 404)
            return
        with frame(studio, f"{_title(past)}, lab"):
            await LabPage(studio, past, user).open()

    overview.register(studio)
    run_page.register(studio)
    script_page.register(studio)


def _look(studio: Studio, slug: str, author: str) -> Past:
    """Its texts; also reads the runs, which are in memory from then on."""
    studio.lab.kept.recent(limit=1)
    try:
        return look(studio, slug, author)
    except (VersionsError, StoreError) as error:
        entry = studio.library.get(slug)
        return Past(slug, entry if entry and not entry.deleted else None, trouble=str(error))


def _played(studio: Studio, slug: str) -> bool:
    return bool(studio.lab.kept.recent(slug, limit=1))


def _title(past: Past) -> str:
    persona = past.entry.persona if past.entry else None
    return persona.name if persona else f"{past.slug}.md"


class LabPage:
    """Follows scripts, persona and lab while it is open."""

    def __init__(self, studio: Studio, past: Past, user: User) -> None:
        self._studio, self._past, self._user = studio, past, user
        self._slug = past.slug
        self._client = ui.context.client
        self._sides: list[Side] = []
        self._rows: dict[str, tuple[object, ui.element]] = {}
        self._head()
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        self._trouble = kit.tag("div", classes="rh-said").props("aria-live=polite")
        with kit.tag("section", classes="rh-card").props('aria-label="Play"'):
            self._choices = Choices(studio, past, self._choose)
            with kit.tag("div", classes="rh-line") as self._of_scripts:
                self._all = kit.button("Play all", self._play_all, kind="primary").mark("play-all")
                self._again = kit.button("Play what missed", self._play_missed).mark("play-missed")
                self._sum = kit.tag("span", classes="rh-grow").props("role=status")
            on_save = "Play them on each save in the editor"
            self._on_save = save_switch(studio, self._slug, on_save)
        self._playing = Playing(studio, self._slug)
        self._titles = kit.tag("div", classes="rh-lab-titles")
        self._list = kit.tag("ul", classes="rh-list rh-lab-list")
        self._empty = kit.tag("div", classes="rh-said")
        self._without = WithoutScript(studio, self._cell, self._play_without)
        self._before = kit.tag("div", classes="rh-stack")

    async def open(self) -> None:
        """Draw it, and follow what happens."""
        await self._choose()
        renewing = Debounce(PAUSE, self._renew)
        studio, client = self._studio, self._client
        studio.lab_events.changed.subscribe(self._draw)

        def changed(_: object) -> None:
            loop.call_soon_threadsafe(renewing.soon)  # a save may be told in the thread that saves

        loop = asyncio.get_running_loop()
        client.on_delete(studio.scripts.on_change(changed))
        client.on_delete(studio.library.on_change(changed))
        client.on_delete(renewing.cancel)

    def _head(self) -> None:
        slug = self._slug
        with kit.tag("div", classes="rh-line-between"):
            kit.page_title(
                f"Lab of {_title(self._past)}",
                "Scripts play a trainee against this customer. The lab says where the "
                "customer left what you expect.",
            )
            with kit.tag("div", classes="rh-line"):
                if self._past.entry:
                    kit.link_button("Back to the editor", f"/studio/{slug}", kind="quiet")
                kit.link_button("All personas", "/lab", kind="quiet")
                new_script(self._studio, slug, self._user.name)
        if trouble := unplayable(self._past):
            kit.message(trouble, "warn")

    async def _choose(self) -> None:
        """Other columns were chosen, or it is drawn for the first time."""
        chosen = self._choices.chosen
        entry = self._studio.library.get(self._slug)
        self._sides = [present_side(entry, chosen.engine)]
        try:
            other = await run.io_bound(
                other_side, self._studio, self._past, chosen.other, chosen.engine
            )
        except VersionsError as error:
            kit.say(self._said, str(error))
            other = None
        if other is not None:
            self._sides.append(other)
        with self._client:
            self._draw_titles()
            self._draw()
        await self._expect()

    async def _renew(self) -> None:
        """A file has changed."""
        with self._client:
            await self._choose()

    def _draw_titles(self) -> None:
        self._titles.clear()
        self._titles.set_visibility(len(self._sides) > 1)
        with self._titles:
            for side in self._sides:
                with kit.tag("div", classes="rh-stack-tight"):
                    kit.tag("p", side.title, "rh-strong")
                    if side.trouble:
                        kit.tag("p", f"Cannot be played: {side.trouble}.", "rh-small rh-bad")

    def _draw(self) -> None:
        """Draw what has changed of rows, sum and progress."""
        scripts = self._studio.scripts.entries(self._slug)
        runs = self._studio.lab.kept.recent(self._slug)
        found = newest(runs)
        cells = {
            script.name: [self._cell(found, script.script, side) for side in self._sides]
            for script in scripts
        }
        self._draw_rows(scripts, cells)
        shown = [row[0] for row in cells.values()]
        self._show_sum(scripts, shown)
        self._draw_empty(bool(scripts))
        self._without.show(found, self._sides)
        self._playing.show()
        kit.say(self._trouble, self._studio.lab.kept.trouble, "warn")
        self._draw_before(len(runs))

    def _cell(
        self, found: Mapping[Key, Result], script: "Script", side: Side
    ) -> tuple[Result | None, bool]:
        """The result in that place, and whether it is of an earlier text."""
        engine = self._engine(script, side)
        version = side.persona.version if side.persona else ""
        if (result := found.get((self._slug, script.name, version, engine))) is not None:
            return result, not is_of(result, side.persona, script)
        if not side.present:
            return None, False
        return latest(found, self._slug, script.name, engine), True

    def _engine(self, script: "Script", side: Side) -> str:
        named = side.engine or script.engine or self._studio.engines.fallback.name
        if named != "auto" or side.persona is None:
            return named
        return self._studio.engines.choose(side.persona, self._studio.settings).name

    def _draw_rows(
        self,
        scripts: Sequence["ScriptEntry"],
        cells: dict[str, list[tuple[Result | None, bool]]],
    ) -> None:
        for name in [name for name in self._rows if name not in cells]:
            kit.discard(self._rows.pop(name)[1])
        for place, script in enumerate(scripts):
            titles = [side.title for side in self._sides]
            state = script.script.findings, script.version, cells[script.name], titles
            known = self._rows.get(script.name)
            if known is not None and known[0] == state:
                continue
            with self._list:
                row = kit.tag("li", classes="rh-card rh-lab-row").mark(f"script-{script.name}")
            with row:
                self._row(script, cells[script.name])
            row.move(target_index=place)
            if known is not None:
                kit.discard(known[1])
            self._rows[script.name] = state, row

    def _row(self, script: "ScriptEntry", cells: Sequence[tuple[Result | None, bool]]) -> None:
        with kit.tag("div", classes="rh-lab-name"):
            ui.link(script.name, address_of_script(self._slug, script.name)).classes("rh-strong")
            kit.tag("p", about(script), "rh-muted rh-small")
            if script.errors:
                first = script.errors[0]
                text = f"Error in line {first.line}: {first.message}"
                kit.tag("p", text, "rh-small rh-bad")
            button = kit.button("Play", lambda: self._play([script.name])).mark(
                f"play-{script.name}"
            )
            button.props["aria-label"] = f"Play {script.name}"
            button.set_enabled(script.script.playable)
        several = len(self._sides) > 1
        for (result, outdated), side in zip(cells, self._sides, strict=True):
            result_box(self._studio, result, outdated, side.title if several else "")

    def _show_sum(
        self, scripts: Sequence["ScriptEntry"], shown: Sequence[tuple[Result | None, bool]]
    ) -> None:
        results = [
            result
            for script, (result, outdated) in zip(scripts, shown, strict=True)
            if result is not None and not outdated and script.script.playable
        ]
        every = [script.script for script in scripts]
        self._sum.set_text(summary(results, every) if results else "")
        playable = any(script.script.playable for script in scripts)
        can = playable and any(side.persona is not None for side in self._sides)
        self._all.set_enabled(can)
        missed = any(not result.passed for result in results)
        self._again.set_visibility(missed)

    def _draw_empty(self, there: bool) -> None:
        self._of_scripts.set_visibility(there)
        self._on_save.set_visibility(there)
        if there or len(list(self._empty)):
            self._empty.set_visibility(not there)
            return
        with self._empty, kit.tag("div", classes="rh-empty"):
            kit.heading("No scripts yet", 2)
            kit.muted("A script is a trainee of your own, and what you expect of the customer.")
            with kit.tag("ol"):
                kit.tag("li", "New script offers some to begin with, or takes a finished call.")
                kit.tag("li", "Play it: the customer answers from the file, without anybody.")
                kit.tag("li", "Edit the persona, play again, and see what has become too easy.")

    def _draw_before(self, number: int) -> None:
        if not number or len(list(self._before)):
            return
        with self._before, kit.tag("details", classes="rh-details") as box:
            kit.tag("summary", "Runs of before")
            place = kit.tag("ul", classes="rh-list")
            box.on("toggle", lambda: self._list_before(place))

    def _list_before(self, place: ui.element, most: int = STEP) -> None:
        place.clear()
        runs = self._studio.lab.kept.recent(self._slug)
        with place:
            for run_ in runs[:most]:
                with kit.tag("li"):
                    overview.run_row(self._studio, run_)
            if len(runs) > most:
                more: Callable[[], None] = lambda: self._list_before(place, most + STEP)  # noqa: E731
                kit.button(f"Show {min(STEP, len(runs) - most)} more", more)

    async def _play_all(self) -> None:
        await self._play([script.name for script in self._studio.scripts.entries(self._slug)])

    async def _play_missed(self) -> None:
        found = newest(self._studio.lab.kept.recent(self._slug))
        scripts = self._studio.scripts.entries(self._slug)
        cells = [(s.name, self._cell(found, s.script, self._sides[0])) for s in scripts]
        missed = [name for name, (result, _) in cells if result and not result.passed]
        await self._play(missed)

    def _tasks(self, names: Sequence[str], side: Side) -> "list[tuple[Persona, Script]]":
        if side.persona is None:
            return []
        scripts = [self._script(name, side.persona) for name in names]
        return [(side.persona, script) for script in scripts if script is not None]

    def _script(self, name: str, persona: "Persona") -> "Script | None":
        if (built_in := built_in_script(name, persona)) is not None:
            return built_in
        entry = self._studio.scripts.get(self._slug, name)
        return entry.script if entry is not None and not entry.deleted else None

    async def _expect(self) -> None:
        """Show what playing all of it would take of a model."""
        scripts = self._studio.scripts.entries(self._slug)
        forecasts = await run.io_bound(self._forecasts, [script.name for script in scripts])
        trainees = any(entry.script.trainee != "none" for entry in scripts)
        with self._client:
            known = [each for each in forecasts or () if each is not None]
            self._choices.expect(known, trainees=trainees)

    def _forecasts(self, names: Sequence[str]) -> list[Forecast | None]:
        chosen = self._choices.chosen
        return [
            self._studio.lab.forecast(
                self._tasks(names, side),
                engine=side.engine or OWN,
                repeat=chosen.repeat,
                spoken=chosen.spoken,
            )
            for side in self._sides
        ]

    async def _play_without(self, names: Sequence[str]) -> None:
        """What needs no script is played in text."""
        await self._play(names, in_text=True)

    async def _play(self, names: Sequence[str], *, in_text: bool = False) -> None:
        """Have these scripts played in every column; none is begun when one may be too dear."""
        chosen = self._choices.chosen
        kit.say(self._said, "")
        expected = await run.io_bound(self._forecasts, names)
        paid = [each for each in expected or () if each is not None]
        share = None if chosen.most is None else chosen.most / max(len(paid), 1)
        try:
            for each in paid:
                each.check(share)
        except TooDear:
            kit.say(self._said, too_dear_words(_together(paid), chosen.most or 0.0), "warn")
            return
        for side in self._sides:
            tasks = self._tasks(names, side)
            if tasks:
                await self._start(tasks, side, share, in_text=in_text)
        self._draw()

    async def _start(self, tasks: Any, side: Side, share: float | None, *, in_text: bool) -> None:
        batch = await run.io_bound(
            lambda: self._studio.lab.start(
                tasks,
                engine=side.engine,
                repeat=self._choices.chosen.repeat,
                most_cost=share,
                in_sound=self._choices.chosen.in_sound and not in_text,
                spoken=self._choices.chosen.spoken,
            )
        )
        if batch is not None:  # None: the app is stopping
            self._studio.lab_events.started(batch)
            if batch.stopped:
                kit.say(self._said, batch.stopped, "warn")


def unplayable(past: Past) -> str:
    """Why what plays is not what the file holds, in words; "" when it is."""
    entry = past.entry
    if past.trouble:
        return past.trouble
    if entry is None:
        return f"There is no file {past.slug}.md at present. The runs of before stay here."
    if entry.persona is None:
        return f"Nothing of {entry.path.name} can be played: mend its errors in the editor first."
    if entry.errors:
        return f"{entry.path.name} has errors: its last good version plays."
    return ""


def _together(paid: Sequence[Forecast]) -> Forecast:
    """What these take together."""
    costs = [each.cost for each in paid if each.cost is not None]
    whole = sum(costs) if len(costs) == len(paid) else None
    return Forecast(
        paid[0].model,
        sum(each.runs for each in paid),
        sum(each.lines for each in paid),
        sum(each.looks for each in paid),
        whole,
    )


def about(script: "ScriptEntry") -> str:
    """Who plays in it, in words."""
    turns, trainee = len(script.script.turns), script.script.trainee
    said = words.count(turns, "turn") if turns else ""
    after = "" if trainee == "none" else f"a {trainee} trainee"
    parts = [said, f"then {after}" if said and after else after]
    expected = len(script.script.at_end) + sum(len(turn.expected) for turn in script.script.turns)
    parts.append(words.count(expected, "expectation"))
    return " · ".join(part for part in parts if part)
