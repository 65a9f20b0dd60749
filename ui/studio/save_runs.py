"""The line below the editor's head: whether scripts are played on each save, and how they ended."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import run, ui

from agent.lab.results import Result, newest, summary
from ui import kit
from ui.context import Studio
from ui.kit import words

if TYPE_CHECKING:
    from agent.lab.lab import Batch
    from personas.model import Persona
    from personas.script_model import Script

NOT_KEPT = "That could not be kept: {}. Make room on the disk of the data folder."


def save_switch(studio: Studio, slug: str, label: str) -> ui.switch:
    """The switch of that persona, for everybody who saves it."""

    async def change(on: bool) -> None:
        try:
            await run.io_bound(studio.play_on_save.switch, slug, on)
        except OSError as error:
            ui.notify(NOT_KEPT.format(error.strerror or error), type="negative")

    switch = ui.switch(label, value=studio.play_on_save.on(slug))
    switch.on_value_change(lambda event: change(bool(event.value)))
    return switch.mark("play-on-save")


class SaveRuns:
    """Plays the scripts of what was saved on this page; the newest save wins.

    Nothing is there for a persona without scripts. The offline customer plays, so that a save costs
    nothing and takes a moment.
    """

    def __init__(self, studio: Studio, slug: str) -> None:
        self._studio, self._slug = studio, slug
        self._batch: Batch | None = None
        self._scripts: Sequence[Script] = ()
        self._saves = 0
        self._shown: object = None
        self._box = kit.tag("div", classes="rh-lab-line")
        self._draw()
        studio.lab_events.changed.subscribe(self._show)

    def renamed(self, slug: str) -> None:
        """The persona is called so by now."""
        self._slug = slug
        self._draw()

    def _draw(self) -> None:
        number = len(self._studio.scripts.entries(self._slug))
        self._box.clear()
        self._box.set_visibility(number > 0)
        if not number:
            return
        with self._box:
            label = f"Play {words.count(number, 'script')} on each save"
            save_switch(self._studio, self._slug, label)
            with kit.tag("div", classes="rh-grow").props("role=status") as self._told:
                pass

    async def saved(self, persona: "Persona") -> None:
        """That text was saved: play its scripts if that is wanted."""
        self._saves += 1
        if not self._studio.play_on_save.on(self._slug):
            return
        number, lab = self._saves, self._studio.lab
        if self._batch is not None:
            lab.stop(self._batch)
            self._batch = None
        scripts = await run.io_bound(self._examined)
        if not scripts:
            return
        tasks = [(persona, script) for script in scripts]
        engine = self._studio.engines.fallback.name
        batch = await run.io_bound(lambda: lab.start(tasks, engine=engine))
        if batch is None:  # the app is stopping
            return
        if number != self._saves:  # another save came meanwhile
            lab.stop(batch)
            return
        self._batch, self._scripts = batch, scripts
        self._studio.lab_events.started(batch)

    def _examined(self) -> "list[Script]":
        """The scripts against the text that was saved, which may not have what one of them names
        any more."""
        library = self._studio.scripts
        entries = library.entries(self._slug)
        return [library.examined(self._slug, entry.name, entry.text) for entry in entries]

    def _show(self) -> None:
        batch = self._batch
        if batch is None or self._told.is_deleted:
            return
        results = list(newest(reversed(batch.runs)).values())
        state = batch.id, len(results), batch.state
        if state == self._shown:
            return
        self._shown = state
        self._told.clear()
        with self._told:
            if batch.state in ("waiting", "playing"):
                of = len(batch.tasks)
                kit.tag("span", f"Playing the scripts: {len(results)} of {of}", "rh-muted rh-small")
            else:
                self._result(batch, results)

    def _result(self, batch: "Batch", results: list[Result]) -> None:
        good = batch.passed and all(script.playable for script in self._scripts)
        look = "good" if good else "bad"
        with ui.link(target=f"/studio/{self._slug}/lab").classes(f"rh-lab-told rh-lab-{look}"):
            kit.tag("span", "✓" if good else "✗").props("aria-hidden=true")
            kit.tag("span", summary(results, self._scripts))
