"""The page on which a script is written: text, findings, the words that there are, and a run."""

from typing import TYPE_CHECKING

from nicegui import core, run, ui

from agent.lab.results import is_of, latest, newest
from data.drafts import Draft, of_script
from data.users import User
from personas.files import is_slug
from personas.script_library import Conflict, SaveError, ScriptChange
from personas.source import version_of
from ui import kit
from ui.context import Studio
from ui.kit.debounce import Debounce
from ui.kit.file_text import for_browser, for_file, obstacle
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted
from ui.lab.playing import Playing
from ui.lab.result_box import result_box
from ui.lab.script_head import ScriptHead
from ui.lab.script_help import script_help
from ui.studio.conflict import ask, compare
from ui.studio.draft_desk import DraftDesk
from ui.studio.navigation import Findings
from ui.studio.reading import Mark, notes
from ui.studio.text_pane import TextGuard, TextPane

if TYPE_CHECKING:
    from personas.script_entry import ScriptEntry
    from personas.script_model import Script

PAUSE = 0.15
"""Seconds after a keystroke until the text is read."""
SHOWN_AFTER = 0.8
"""Seconds until the editor is there, and can be led to a line."""
KEYS = (("Ctrl+S", "Saves"), ("Ctrl+F", "Searches in the text"))


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}/lab/{name}``; ``line`` is where the cursor is to be."""

    @kit.page("/studio/{slug}/lab/{name}", reconnect_timeout=studio.settings.reconnect_timeout)
    async def script(slug: str, name: str, line: int = 0) -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        entry = studio.scripts.get(slug, name) if is_slug(slug) and is_slug(name) else None
        if entry is None or entry.deleted:
            text = "Its file may have been renamed or deleted. The lab lists those that there are."
            problem(studio, "There is no such script", text, 404)
            return
        drafts = await run.io_bound(studio.drafts.of, user.name, of_script(slug, name))
        await run.io_bound(studio.lab.kept.recent, limit=1)
        with frame(studio, f"{name}, script", keys=KEYS):
            if why := obstacle(entry.text):
                kit.message(f"{entry.path.name} cannot be edited here: {why}.", "warn")
                return
            page = ScriptPage(studio, entry, user)
            page.open(line, drafts=bool(drafts))


class ScriptPage:
    """Holds what an author is writing; ``_base`` is the text that this began from."""

    def __init__(self, studio: Studio, entry: "ScriptEntry", user: User) -> None:
        self._studio, self._user = studio, user
        self._slug, self._name = entry.slug, entry.name
        self._base, self._version = entry.text, entry.version
        self._writing = self._gone = False
        self._client = ui.context.client
        self._head = ScriptHead(studio, entry, user.name, save=self.save, play=self._play)
        self._drafts = DraftDesk(
            studio.drafts,
            user.name,
            of_script(self._slug, self._name),
            saved=lambda: (self._base, self._version),
            load=self._load_draft,
            show=self._compare_draft,
            say=self._head.say,
        )
        with kit.tag("div", classes="rh-script"):
            with kit.tag("section", classes="rh-script-text").props('aria-label="Text"'):
                with kit.tag("div", classes="rh-script-box"):
                    self._pane = TextPane(for_browser(entry.text), "script-text")
                    self._pane.on_value_change(self._on_edit)
                self._findings = Findings(self._lead)
            with kit.tag("section", classes="rh-stack").props('aria-label="Result"'):
                with kit.tag("div", classes="rh-card"):
                    kit.heading("Latest result", 2)
                    self._playing = Playing(studio, self._slug)
                    self._result = kit.tag("div").props("role=status")
                script_help()
        self._guard = TextGuard(
            self._pane,
            self._drafts.storage_key,
            self._drafts.page,
            refused=lambda words: self._head.say(words, "bad"),
            found=lambda kept: self._drafts.found(kept, self._guard),
            label="The script's text",
        )
        self._guard.stands_on(self._version)
        self._later = Debounce(PAUSE, self._read)

    def open(self, line: int, *, drafts: bool) -> None:
        """Draw it, and follow file and lab; the cursor goes to that line (1-based, 0 for none)."""
        if (entry := self._entry()) is not None:
            self._show_reading(entry.script)
        if drafts:
            self._drafts.look()
        self._show_state()
        self._show_result()
        self._studio.lab_events.changed.subscribe(self._show_result)
        client = self._client
        client.on_delete(self._studio.scripts.on_change(self._heard))
        client.on_delete(self._later.cancel)
        if line > 0:
            lead = lambda: self._guard.run_method("jump", line)  # noqa: E731
            ui.timer(SHOWN_AFTER, lead, once=True)

    def _entry(self) -> "ScriptEntry | None":
        return self._studio.scripts.get(self._slug, self._name)

    @property
    def text(self) -> str:
        """What a save would write."""
        return for_file(self._pane.text, self._base)

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return self._gone or self._pane.text != for_browser(self._base)

    async def save(self) -> bool:
        """Write the text; on a conflict ask whose text stays. Whether the file holds it now."""
        if self._writing:
            return False
        return await self._write(self.text, None if self._gone else self._version)

    async def _write(self, text: str, base: str | None) -> bool:
        self._writing = True
        try:
            entry = await run.io_bound(
                self._studio.scripts.save,
                self._slug,
                self._name,
                text,
                base=base,
                author=self._user.name,
            )
        except Conflict as conflict:
            self._writing = False
            return await self._settle(conflict.theirs)
        except SaveError as error:
            self._head.say(str(error), "bad")
            return False
        finally:
            self._writing = False
        if entry is None:  # the app is stopping
            return False
        self._take(entry)
        if entry.errors:
            self._head.say("Saved, but it has errors: it cannot be played like this.", "warn")
        else:
            self._head.say("Saved.")
        return not entry.errors

    async def _settle(self, theirs: str) -> bool:
        version = version_of(theirs)
        keeping = self._drafts.begin_merge(theirs, version)
        texts = for_browser(self._base), self._pane.text, for_browser(theirs)
        outcome = await ask(*texts, keeping)
        self._guard.focus()
        if outcome is None:
            self._drafts.look()
            return False
        self._drafts.end_merge()
        if outcome.choice == "theirs":
            self._load(theirs, version)
            self._drafts.clear()
            self._head.say("This is the text that was saved by someone else.")
            return False
        if outcome.choice == "merged":
            self._base = theirs
            self._pane.set_value(outcome.text)
        return await self._write(self.text, version)

    def _take(self, entry: "ScriptEntry") -> None:
        """The file holds that now."""
        self._base, self._version, self._gone = entry.text, entry.version, False
        self._guard.stands_on(entry.version)
        if not self.dirty:
            self._drafts.clear()
        self._show_reading(entry.script)
        self._show_state()
        self._show_result()

    def _load(self, text: str, version: str) -> None:
        self._base, self._version, self._gone = text, version, False
        self._guard.stands_on(version)
        self._pane.set_value(for_browser(text))
        self._later.soon()
        self._show_state()

    def _load_draft(self, draft: Draft) -> None:
        self._load(draft.base, draft.version)
        self._pane.set_value(draft.text)
        self._head.say("These are your unsaved changes.")

    async def _compare_draft(self, draft: Draft) -> None:
        await compare(
            "What differs",
            ("Your unsaved changes", draft.text),
            ("The text here", self._pane.text),
        )

    def _on_edit(self) -> None:
        self._head.say("")
        self._later.soon()
        if self.dirty:
            self._drafts.note(self._pane.text)
        else:
            self._drafts.clear()
        self._show_state()

    async def _read(self) -> None:
        text = self._pane.text
        script = await run.io_bound(self._studio.scripts.examined, self._slug, self._name, text)
        if script is None:  # the app is stopping
            return
        with self._client:
            self._show_reading(script)
        if text != self._pane.text:
            self._later.soon()

    def _show_reading(self, script: "Script") -> None:
        self._findings.show(script.findings)
        looks = [Mark(f.line, f.line, f"rh-cm-{f.level}") for f in script.findings]
        self._guard.decorate(looks, notes(script.findings))

    def _heard(self, change: ScriptChange) -> None:
        """On whichever thread tells."""
        if core.loop is not None:
            core.loop.call_soon_threadsafe(self._on_change, change)

    def _on_change(self, change: ScriptChange) -> None:
        entry = change.entry
        if (entry.slug, entry.name) != (self._slug, self._name) or self._client.is_deleted:
            return
        with self._client:
            if entry.deleted:
                self._gone = True
                words = f"There is no file {entry.path.name} any more. Your text stays here."
                self._head.say(f"{words} Save writes it again.", "warn")
            elif entry.version == self._version:
                self._later.soon()  # perhaps its persona was edited
            elif self._writing or entry.text == self.text:
                self._take(entry)
            elif self.dirty:
                words = "The file was changed by someone else. Saving asks whose text stays."
                self._head.say(words, "warn")
            else:
                self._load(entry.text, entry.version)
                self._head.say("This is the new text: the file was changed by someone else.")
            self._show_state()

    async def _play(self) -> None:
        """Save what is not saved, and play it by the engine that costs nothing, if it names no
        other."""
        if self.dirty and not await self.save():
            return
        entry = self._entry()
        persona_entry = self._studio.library.get(self._slug)
        persona = persona_entry.persona if persona_entry else None
        if entry is None or persona is None or not entry.script.playable:
            self._head.say("It cannot be played: mend the errors first.", "warn")
            return
        tasks = [(persona, entry.script)]
        engine = self._studio.engines.fallback.name
        batch = await run.io_bound(lambda: self._studio.lab.start(tasks, engine=engine))
        if batch is not None:  # None: the app is stopping
            self._studio.lab_events.started(batch)

    def _show_result(self) -> None:
        self._playing.show()
        entry, own = self._studio.library.get(self._slug), self._entry()
        persona = entry.persona if entry else None
        found = newest(self._studio.lab.kept.recent(self._slug))
        engine = self._studio.engines.fallback.name
        result = latest(found, self._slug, self._name, engine)
        old = bool(result and persona and own and not is_of(result, persona, own.script))
        self._result.clear()
        with self._result:
            result_box(self._studio, result, old)

    def _lead(self, button: ui.element, line: int) -> None:
        self._guard.lead(button, line, lambda: None)

    def _show_state(self) -> None:
        self._head.show_state(dirty=self.dirty, gone=self._gone, trouble=self._drafts.trouble)
