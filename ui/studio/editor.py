"""The editor of one persona: text, checker, drafts, saving, and the call that hears it all."""

from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import background_tasks, run, ui

from agent.engines.observer_choice import text_source
from data.drafts import Draft
from data.records import Turn
from data.users import User
from personas.example_writer import ExampleNotWritten, with_example
from personas.files import is_slug
from personas.front_writer import FrontNotWritten
from personas.library import Conflict, SaveError
from personas.publishing import with_published
from personas.source import version_of
from personas.voice_writer import Settings, with_voice
from ui import kit
from ui.call.loop_start import Earlier
from ui.context import Studio
from ui.kit.file_text import for_browser, for_file, obstacle
from ui.kit.publishing import CHANGED, done_words
from ui.studio.call_side import CallSide
from ui.studio.conflict import ask, compare
from ui.studio.draft_desk import DraftDesk
from ui.studio.editor_head import (
    EditorHead,
    EditorTabs,
    gone_words,
    renamed_words,
    unreadable_words,
)
from ui.studio.length import length_line
from ui.studio.navigation import Findings, Outline
from ui.studio.preview import Preview
from ui.studio.reading import Reader, Reading, notes
from ui.studio.save_runs import SaveRuns
from ui.studio.text_pane import TextGuard, TextPane
from ui.studio.try_sentence import Asked, Taught, TrySentence, asked_of, names_of
from ui.voice.panel import hear_voice

if TYPE_CHECKING:
    from personas.library import Change, Entry, Renamed
    from personas.submarks import ExampleMark


class Editor:
    """Holds what one author is writing; the library holds what is saved.

    ``_base`` is the text that the author started from and ``_version`` the file's version then, so
    that a save can tell whether somebody else has changed the file meanwhile. ``_gone``: there is
    no such file (any more).
    """

    def __init__(
        self,
        studio: Studio,
        entry: "Entry",
        user: User,
        browser_kind: str,
        *,
        reading: Reading,
        earlier: Earlier | None = None,
        trying: Asked | None = None,
    ) -> None:
        self._studio = studio
        self._entry = entry
        self._slug = entry.slug
        self._user = user
        self._base, self._version = entry.text, entry.version
        self._gone = entry.deleted
        self._writing: str | None = None
        self._good = entry.persona
        self._client = ui.context.client
        self._build(browser_kind, earlier, reading)
        self._read(reading)
        self._client.on_delete(studio.library.on_change(self._on_change))
        self._client.on_delete(studio.library.on_rename(self._on_rename))
        if self._gone:
            self._say_gone()
        elif entry.unreadable:
            self._head.say(unreadable_words(entry), "bad")
        if trying is not None:
            self._try(trying)
        self._drafts.look()
        self._show_state()
        self._client.on_delete(studio.drafts.on_trouble(self._show_state))

    def _build(self, browser_kind: str, earlier: Earlier | None, reading: Reading) -> None:
        self._head = EditorHead(
            self._studio,
            self._entry,
            self._user,
            save=self.save,
            publish=self.publish,
            left=self._leave,
        )
        self._saves = SaveRuns(self._studio, self._slug)
        self._drafts = DraftDesk(
            self._studio.drafts,
            self._user.name,
            self._slug,
            saved=lambda: (self._base, self._version),
            load=self._load_draft,
            show=self._compare_draft,
            say=self._head.say,
        )
        self._reader = Reader(
            self._slug, lambda: self.text, self._read, self._studio.library.engines, reading.parsed
        )
        with kit.tag("div", classes="rh-studio") as root:
            self._preview = Preview()
            models = text_source(self._studio.settings) is not None
            self._trying = TrySentence(
                self._studio.observer, self._teach, self._lead, models=models
            )
            self._tabs = EditorTabs(root, {"preview": self._preview.open, "try": self._trying.open})
            self._outline = Outline(self._lead)
            with kit.tag("section", classes="rh-pane rh-pane-text").props('aria-label="Text"'):
                with kit.tag("div", classes="rh-text-bar"):
                    self._length = length_line(self._studio)
                    hear_voice(self._studio, lambda: self._good, self._use_voice, kind="quiet")
                    search = kit.icon_button("search", "Search (Ctrl+F)")
                with kit.tag("div", classes="rh-text-box"):
                    self._pane = TextPane(for_browser(self._base))
                    self._pane.on_value_change(self._on_edit)
            self._findings = Findings(self._lead)
            self._call = CallSide(
                self._studio,
                self._user,
                browser_kind,
                self._reader,
                lambda: self.text,
                earlier,
                self._try_turn,
            )
        self._guard = TextGuard(
            self._pane,
            self._drafts.storage_key,
            self._drafts.page,
            refused=lambda words: self._head.say(words, "bad"),
            found=lambda kept: self._drafts.found(kept, self._guard),
        )
        self._guard.search_by(search)
        self._guard.stands_on(self._version)

    @property
    def text(self) -> str:
        """What a save would write."""
        return for_file(self._pane.text, self._base)

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return self._gone or self._pane.text != for_browser(self._base)

    async def save(self) -> None:
        """Write the text; on a conflict ask whose text stays."""
        if self._writing is None:
            await self._write(self.text, self._version)

    async def publish(self, published: bool) -> None:
        """Write that into the file, and into what is not saved yet; all else stays unsaved."""
        if self._writing is not None:
            return
        try:
            text = with_published(self._base, published)
            here = with_published(self._pane.text, published)
        except FrontNotWritten as error:
            self._head.say(str(error), "bad")
            return
        save, author = self._studio.library.save, self._user.name
        self._writing = text
        try:
            entry = await run.io_bound(save, self._slug, text, base=self._version, author=author)
        except (Conflict, SaveError) as error:
            self._head.say(CHANGED if isinstance(error, Conflict) else str(error), "bad")
        else:
            if entry is not None:  # None: the app is stopping
                self._base, self._version = entry.text, entry.version
                self._guard.stands_on(entry.version)
                self._pane.set_value(here)
                self._head.saved(entry)
                self._head.say(done_words(published))
        finally:
            self._writing = None

    async def _write(self, text: str, version: str) -> None:
        """Save on top of that version."""
        save, author = self._studio.library.save, self._user.name
        self._writing = text
        try:  # in a thread: a slow disk must not hold up the calls
            entry = await run.io_bound(save, self._slug, text, base=version, author=author)
        except Conflict as conflict:
            await self._settle(conflict.theirs)
        except SaveError as error:
            self._head.say(str(error), "bad")
        else:
            if entry is not None:  # None: the app is stopping
                await self._saved(entry)
        finally:
            self._writing = None

    async def _settle(self, theirs: str) -> None:
        """The file holds something else by now: whose text stays?"""
        version = version_of(theirs)
        keeping = self._drafts.begin_merge(theirs, version)
        texts = for_browser(self._base), self._pane.text, for_browser(theirs)
        outcome = await ask(*texts, keeping)
        self._guard.focus()  # the dialog is gone, and what had opened it may be, too
        if outcome is None:
            self._drafts.look()  # what was merged so far
            return
        if outcome.choice == "theirs":
            self._take_file(theirs, version)
            self._drafts.end_merge()
            self._drafts.clear()
            self._head.say("This is the text that was saved by someone else.", "good")
            return
        if outcome.choice == "merged":
            self._base, self._version = theirs, version
            self._pane.set_value(outcome.text)
        self._drafts.end_merge()
        await self._write(self.text, version)

    def _take_file(self, text: str, version: str) -> None:
        """Take that text of the file, or what became of it while the author chose."""
        entry = self._studio.library.get(self._slug)
        if entry is None or entry.unreadable:
            self._load(text, version)
        else:
            self._load(entry.text, entry.version)
            self._gone = entry.deleted

    async def _saved(self, entry: "Entry") -> None:
        self._base, self._version, self._gone = entry.text, entry.version, False
        self._guard.stands_on(entry.version)
        self._head.saved(entry)
        if not self.dirty:
            self._drafts.clear()
        self._drafts.follow(entry.slug)
        self._show_state()
        if entry.errors:
            self._head.say(
                "Saved, but it has errors: calls go on with the last good version.", "warn"
            )
        else:
            self._head.say("Saved. Calls with this persona have it from the next line on.", "good")
            if entry.persona is not None:
                self._call.saved(entry.persona)
                await self._saves.saved(entry.persona)

    def _on_edit(self) -> None:
        self._head.say("")
        self._reader.soon()
        self._call.typed()
        if self.dirty:
            self._drafts.note(self._pane.text)
        else:
            self._drafts.clear()
        self._show_state()

    def _read(self, reading: Reading) -> None:
        """The text was read anew; a text that has changed meanwhile is read again soon."""
        self._good = reading.persona or self._good
        self._length.show(reading.text, self._good.language if self._good else "en")
        self._outline.show(reading.headings)
        self._findings.show(reading.findings)
        self._tabs.count(reading.findings)
        self._preview.show(self._good, present=reading.persona is not None)
        error = reading.first_error
        self._trying.meet(self._good, error.line if error else 0)
        self._guard.decorate(reading.marks, notes(reading.findings))
        self._call.read(reading)

    def _on_change(self, change: "Change") -> None:
        """The file was changed by someone: show it, unless that would cost unsaved words."""
        entry = change.entry
        if entry.slug != self._slug:
            return
        dirty, self._gone = self.dirty, entry.deleted
        self._head.saved(entry)
        if entry.deleted:
            self._say_gone()
        elif entry.text in (self._base, self._writing):
            self._version = entry.version
        elif dirty:
            words = "The file was changed by someone else. Saving asks whose text stays."
            settle = ("Look at both now", lambda: self._settle(entry.text))
            self._head.say(words, "warn", settle)
        elif obstacle(entry.text):
            self._client.run_javascript("location.reload()")  # the page then says why
        else:
            self._load(entry.text, entry.version)
            who = "on disk" if change.origin == "disk" else f"by {change.author}"
            self._head.say(f"This is the new text: the file was changed {who}.", "good")
        if entry.unreadable:
            self._head.say(unreadable_words(entry), "bad")
        self._show_state()

    def _on_rename(self, renamed: "Renamed") -> None:
        """The file has another name: what is written and saved here goes there."""
        if renamed.old != self._drafts.name:
            return
        self._drafts.follow(renamed.new)
        if is_slug(renamed.new):  # else it is archived: told as a file that is gone
            self._slug, self._gone = renamed.new, False
            self._follow(renamed.new)
            self._offer(renamed_words(renamed.new), renamed.new)
            self._show_state()

    def _follow(self, slug: str) -> None:
        """All that goes by the persona's name goes by this one."""
        path = self._entry.path.with_name(f"{slug}.md")
        self._entry = replace(self._entry, slug=slug, path=path, deleted=False)
        self._head.follow(self._entry)
        self._guard.follow(self._drafts.storage_key)
        self._call.renamed(slug)
        self._saves.renamed(slug)
        # A name has only letters, digits and hyphens. Before it may stand a path of a proxy.
        address = f"location.pathname.replace(/[^/]*$/, '{slug}')"
        self._client.run_javascript(f"history.replaceState(history.state, '', {address})")

    def _say_gone(self) -> None:
        twin = next((e for e in self._studio.library.entries() if e.version == self._version), None)
        words = gone_words(self._slug, twin)
        if twin is not None:
            self._offer(words, twin.slug)
        else:
            self._head.say(words, "warn")

    def _offer(self, words: str, slug: str) -> None:
        self._head.say(words, "warn", ("Open it", lambda: ui.navigate.to(f"/studio/{slug}")))

    def _load(self, text: str, version: str) -> None:
        self._base, self._version, self._gone = text, version, False
        self._guard.stands_on(version)
        self._pane.set_value(for_browser(text))
        self._show_state()

    def _load_draft(self, draft: Draft) -> None:
        self._base, self._version = draft.base, draft.version
        self._guard.stands_on(draft.version)
        self._pane.set_value(draft.text)
        self._show_state()
        if draft.merge:
            background_tasks.create(self.save(), name="save what was merged", context=self._client)
        else:
            self._head.say("These are your unsaved changes.", "good")

    async def _compare_draft(self, draft: Draft) -> None:
        mine, here = ("Your unsaved changes", draft.text), ("The text here", self._pane.text)
        await compare("What differs", mine, here)
        self._guard.focus()

    def _use_voice(self, settings: Settings) -> None:
        """Write that voice into the text; raises FrontNotWritten."""
        text = with_voice(self._pane.text, self._studio.voice.key, settings)
        if text == self._pane.text:
            self._head.say("The text has this voice.", "good")
            return
        self._pane.set_value(text)
        self._head.say("The voice stands in the text now. Save keeps it.", "good")

    async def _teach(self, rule: str, mark: "ExampleMark", sentence: str) -> Taught:
        """Write an example below that rule of the text, where it can be undone like any edit."""
        try:
            while True:
                text = self._pane.text
                written = await run.io_bound(with_example, text, rule, mark, sentence)
                if written is None:  # the app is stopping
                    return Taught(0)
                if text == self._pane.text:  # else something was typed meanwhile
                    break
        except ExampleNotWritten as why:
            return Taught(0, str(why))
        self._pane.set_value(written.text)
        return Taught(written.line, written.remark)

    def _try(self, asked: Asked) -> None:
        self._trying.take(asked)
        self._tabs.choose("try")

    def _try_turn(
        self, turns: tuple[Turn, ...], index: int, rule: str, mark: "ExampleMark"
    ) -> None:
        names = names_of(self._studio, self._user.name)  # calls beside the text are one's own
        if (asked := asked_of(turns, index, rule, mark, names)) is not None:
            self._try(asked)

    def _lead(self, button: ui.element, line: int) -> None:
        self._guard.lead(button, line, lambda: self._tabs.choose("text"))

    def _leave(self, name: str) -> None:
        """The persona was renamed or copied, or archived when there is no name."""
        ui.navigate.to(f"/studio/{name}" if name else "/studio")

    def _show_state(self) -> None:
        self._head.show_state(dirty=self.dirty, gone=self._gone, trouble=self._drafts.trouble)
