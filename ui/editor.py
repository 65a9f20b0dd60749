"""The editor of one persona: text, checker, saving, and the calls that a save reaches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import run, ui

from personas.library import Conflict, SaveError
from personas.model import Finding
from personas.parse import examine
from personas.source import version_of
from ui import kit
from ui.conflict import ask
from ui.context import Studio
from ui.findings import Findings
from ui.live_calls import live_calls
from ui.newlines import for_browser, for_file

if TYPE_CHECKING:
    from personas.library import Change, Entry


class Editor:
    """Holds what one author is writing; the library holds what is saved.

    ``_base`` is the text that the author started from and ``_version`` the file's version then, so
    that a save can tell whether somebody else has changed the file meanwhile.
    """

    def __init__(self, studio: Studio, entry: "Entry", author: str) -> None:
        self._studio = studio
        self._slug = entry.slug
        self._author = author
        self._base, self._version = entry.text, entry.version
        self._writing: str | None = None
        self._warned = False
        self._build(entry)
        client = ui.context.client
        client.on_delete(studio.library.on_change(self._on_change))

    def _build(self, entry: "Entry") -> None:
        persona = entry.persona
        with kit.tag("div", classes="rh-line-between"):
            with kit.tag("div", classes="rh-stack-tight"):
                kit.heading(persona.name if persona else entry.path.name)
                if persona:
                    kit.muted(f"{persona.scenario} · {entry.path.name}")
            with kit.tag("div", classes="rh-line"):
                self._state = kit.tag("span", classes="rh-badge").props("role=status")
                kit.link_button("Practise beside", f"/call/{self._slug}", new_tab=True)
                save = kit.button("Save", self.save, kind="primary").classes("rh-save")
                save.props('title="Ctrl+S"')
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        with kit.tag("div", classes="rh-editor"):
            with kit.tag("section", classes="rh-editor-text").props('aria-label="Text"'):
                self._text = ui.codemirror(
                    for_browser(entry.text), language="Markdown", line_wrapping=True
                )
                self._text.on_value_change(self._on_edit).classes("rh-codemirror")
                self._text.mark("text")
            with kit.tag("div", classes="rh-editor-side"):
                self._findings = Findings(self._text.reveal_line)
                live_calls(self._studio, self._slug)
        self._findings.show(entry.findings)
        self._show_state()

    @property
    def text(self) -> str:
        """What a save would write."""
        return for_file(self._text.value or "", self._base)

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return (self._text.value or "") != for_browser(self._base)

    async def save(self) -> None:
        """Write the text; on a conflict ask whose text stays."""
        if self._writing is None:
            await self._write(self.text, self._version)

    async def _write(self, text: str, version: str) -> None:
        """Save on top of that version."""
        save = self._studio.library.save
        self._writing = text
        try:  # in a thread: a slow disk must not hold up the calls
            entry = await run.io_bound(save, self._slug, text, base=version, author=self._author)
        except Conflict as conflict:
            await self._settle(conflict.theirs)
        except SaveError as error:
            self._say(str(error), "bad")
        else:
            if entry is not None:  # None: the app is stopping
                self._saved(entry)
        finally:
            self._writing = None

    async def _settle(self, theirs: str) -> None:
        choice = await ask(self._text.value or "", for_browser(theirs))
        if choice == "theirs":
            self._load(theirs, version_of(theirs.encode()), examine(theirs, self._slug).findings)
        elif choice == "mine":
            await self._write(self.text, version_of(theirs.encode()))

    def _saved(self, entry: "Entry") -> None:
        self._base, self._version = entry.text, entry.version
        self._findings.show(entry.findings)
        self._show_state()
        if entry.errors:
            self._say("Saved, but it has errors: calls go on with the last good version.", "warn")
        else:
            self._say("Saved. Calls with this persona have it from the next line on.", "good")

    def _on_edit(self) -> None:
        self._show_state()
        self._said.clear()
        self._findings.later(lambda: examine(self.text, self._slug).findings)

    def _on_change(self, change: "Change") -> None:
        """The file was changed by someone: show it, unless that would cost unsaved words."""
        entry = change.entry
        if entry.slug != self._slug:
            return
        if not entry.deleted and entry.text in (self._base, self._writing):
            self._version = entry.version
        elif entry.deleted:
            self._say("The file was deleted. Save to write it again.", "warn")
        elif self.dirty:
            words = "The file was changed by someone else. Saving asks whose text stays."
            self._say(words, "warn")
        else:
            self._load(entry.text, entry.version, entry.findings)
            who = "on disk" if change.origin == "disk" else f"by {change.author}"
            self._say(f"This is the new text: the file was changed {who}.", "good")

    def _load(self, text: str, version: str, findings: Sequence[Finding]) -> None:
        self._base, self._version = text, version
        self._text.set_value(for_browser(text))
        self._findings.show(findings)
        self._show_state()

    def _show_state(self) -> None:
        if self.dirty != self._warned:
            self._warned = self.dirty
            leave = "(event) => event.preventDefault()" if self.dirty else "null"
            ui.run_javascript(f"window.onbeforeunload = {leave}")
        self._state.set_text("Unsaved changes" if self.dirty else "Saved")
        self._state.classes(
            add="rh-badge-warn" if self.dirty else "rh-badge-good",
            remove="rh-badge-good" if self.dirty else "rh-badge-warn",
        )

    def _say(self, text: str, kind: str) -> None:
        self._said.clear()
        with self._said:
            kit.message(text, kind)
