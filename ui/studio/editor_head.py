"""The head of the editor's page: whose file it is, whether it is saved, what was just said, and
which part is shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import ui

from data.users import User
from personas.model import Finding
from ui import kit
from ui.context import Studio
from ui.kit.publishing import Publish, publish_button, unpublished_badge
from ui.library.menu import persona_menu

if TYPE_CHECKING:
    from personas.library import Entry

Offer = tuple[str, Callable[[], Any]]
"""A button's label and what it does."""


class EditorHead:
    """Title, state, links and Save; ``say`` tells what has happened to the file.

    ``publish`` publishes the persona, or takes that back. ``left`` is told the name under which to
    go on when the menu has renamed or copied it.
    """

    def __init__(
        self,
        studio: Studio,
        entry: "Entry",
        user: User,
        *,
        save: Callable[[], Any],
        publish: Publish,
        left: Callable[[str], None],
    ) -> None:
        self._client = ui.context.client
        self._studio, self._author, self._left = studio, user.name, left
        self._publish, self._entry = publish, entry
        self._warned = False
        persona = entry.persona
        with kit.tag("div", classes="rh-line-between rh-studio-head"):
            with kit.tag("div", classes="rh-stack-tight rh-studio-title"):
                kit.heading(persona.name if persona else entry.path.name)
                self._file = kit.muted("Persona file")
            # Here it moves nothing.
            self._done = kit.tag("p", classes="rh-studio-done").props("role=status")
            with kit.tag("div", classes="rh-line rh-studio-actions"):
                with kit.tag("div", classes="rh-contents") as self._unpublished:
                    pass
                self._state = kit.tag("span", classes="rh-badge").props("role=status")
                with kit.tag("div", classes="rh-contents") as self._ways:
                    pass
                saving = kit.button("Save", save, kind="primary").classes("rh-save")
                saving.props('title="Ctrl+S"')
                with kit.tag("div", classes="rh-contents") as self._menu:
                    pass
        self.follow(entry)
        self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
        self._trouble = kit.tag("div", classes="rh-said").props("aria-live=polite")

    def follow(self, entry: "Entry") -> None:
        """Show the name that the file has by now, and what can be done with it under that name."""
        self._entry = entry
        if (persona := entry.persona) is not None:
            self._file.set_text(f"{persona.scenario} · {entry.path.name}")
        self._ways.clear()
        self._menu.clear()
        self._unpublished.clear()
        with self._ways:
            lab = kit.link_button("Lab", f"/studio/{entry.slug}/lab", kind="quiet")
            lab.classes("rh-way-lab")
            kit.link_button("Versions", f"/studio/{entry.slug}/versions", kind="quiet")
            kit.link_button("Objectives", f"/studio/{entry.slug}/objectives", kind="quiet")
        if entry.deleted:
            return
        with self._menu:
            persona_menu(self._studio, entry, self._author, self._left, self._publish)
        if not entry.published:
            with self._unpublished:
                unpublished_badge()
                publish_button(self._publish, entry.slug)

    def saved(self, entry: "Entry") -> None:
        """The file holds that: show whether it is published."""
        if entry.published != self._entry.published or entry.deleted != self._entry.deleted:
            self.follow(entry)

    def say(self, text: str, kind: str = "good", offer: Offer | None = None) -> None:
        """Show this in place of what was said before; nothing for an empty text."""
        quiet = kind == "good" and offer is None
        self._done.set_text(text if quiet else "")
        self._said.clear()
        if not text or quiet:
            return
        with self._said, kit.tag("div", classes=f"rh-message rh-message-{kind} rh-offer") as box:
            box.props("role=alert" if kind == "bad" else "role=status")
            kit.tag("p", text)
            if offer is not None:
                kit.button(*offer)

    def show_state(self, *, dirty: bool, gone: bool, trouble: str) -> None:
        """Whether there is something to save; ``trouble`` is why it is not kept meanwhile."""
        words = "Not on disk" if gone else "Unsaved changes" if dirty else "Saved"
        self._state.set_text(words)
        self._state.classes(
            add="rh-badge-warn" if dirty else "rh-badge-good",
            remove="rh-badge-good" if dirty else "rh-badge-warn",
        )
        self._state.props["title"] = (
            "Kept as a draft, also when you close the page" if dirty else ""
        )
        if bool(trouble) != self._warned:
            self._warned = bool(trouble)
            self._trouble.clear()
            if trouble:
                with self._trouble:
                    kit.message(f"Your unsaved text cannot be kept as a draft: {trouble}.")
            leave = "(event) => event.preventDefault()" if trouble else "null"
            self._client.run_javascript(f"window.onbeforeunload = {leave}")


TABS = {
    "text": "Text",
    "call": "Call",
    "try": "Try a sentence",
    "preview": "Preview",
    "checks": "Checker",
    "outline": "Outline",
}
"""Name and label; on a wide screen only those of ``SIDE`` are a choice."""
SIDE = ("call", "try", "preview")
"""What can stand beside the text."""


class EditorTabs:
    """The row of tabs; ``root`` bears the choice as classes, and the stylesheet does it.

    What stands beside the text on a wide screen stays chosen while something else is chosen on a
    narrow one; ``seen`` has, for parts by their names, what is told whether it is that part.
    """

    def __init__(self, root: ui.element, seen: Mapping[str, Callable[[bool], None]]) -> None:
        self._root = root.classes("rh-side-call")
        self._seen = seen
        self._chosen = ""
        self._buttons: dict[str, ui.button] = {}
        with kit.tag("div", classes="rh-tabs").props('role=tablist aria-label="Parts"'):
            for name, label in TABS.items():
                button = kit.button(label, lambda name=name: self.choose(name), kind="quiet")
                button.classes(f"rh-tab rh-tab-{name}").props("role=tab").mark(f"tab-{name}")
                self._buttons[name] = button
        self.choose("text")

    def choose(self, name: str) -> None:
        """Show that part."""
        if name == self._chosen:
            return
        self._chosen = name
        for each, button in self._buttons.items():
            kit.switch(self._root, f"rh-show-{each}", each == name)
            kit.switch(button, "rh-chosen", each == name)
            button.props(f"aria-selected={str(each == name).lower()}")
        if name in SIDE:
            for each in SIDE:
                kit.switch(self._root, f"rh-side-{each}", each == name)
            for each, tell in self._seen.items():
                tell(each == name)

    def count(self, findings: Sequence[Finding]) -> None:
        """Name the number of findings on the checker's tab."""
        label = f"Checker {len(findings)}" if findings else "Checker"
        if self._buttons["checks"].text != label:
            self._buttons["checks"].set_text(label)


def gone_words(slug: str, twin: "Entry | None") -> str:
    """There is no such file any more; ``twin`` is another one with the same text."""
    words = f"There is no file {slug}.md any more. Your text stays here."
    if twin is None:
        return f"{words} Save writes the file again."
    return f"{words} The file {twin.path.name} has the same text: it may have been renamed."


def renamed_words(slug: str) -> str:
    """The file has that name by now, and the page has followed it."""
    return f"The file is called {slug}.md by now. What you save here goes there."


def unreadable_words(entry: "Entry") -> str:
    """What the file holds is no text that could be saved back."""
    why = entry.unreadable.removesuffix(".")
    return (
        f"{entry.path.name} cannot be edited here: {why}. Mend it with another program. What you "
        "write here is kept, and saved only then."
    )
