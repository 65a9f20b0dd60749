"""The list of a persona's versions: who saved each, its name, and how calls went with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from data.calls import Uses
from data.versions import LABEL, NOTE, Version
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.versions.past import Past

STEP = 20
"""Versions drawn at once; the older ones come on request."""

Act = Callable[[Version], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Acts:
    """What the buttons of a version do."""

    compare: Act
    describe: Act
    restore: Act


class VersionList:
    """All versions, newest first; ``chosen`` is marked as the one that is looked at."""

    def __init__(self, studio: Studio, past: Past, acts: Acts) -> None:
        self._studio = studio
        self._past = past
        self._numbers = past.numbers
        self._acts = acts
        self._shown = STEP
        self._chosen = ""
        self._rows: dict[str, ui.element] = {}
        self._box = kit.tag("div", classes="rh-stack")
        self._draw()

    def renew(self, past: Past) -> None:
        """Draw what is known by now."""
        self._past = past
        self._numbers = past.numbers
        self._draw()

    def choose(self, version: str) -> None:
        """Mark the version that is looked at; none for another key."""
        for key in (self._chosen, version):
            if row := self._rows.get(key):
                row.props(f"aria-current={str(key == version).lower()}")
        self._chosen = version

    def focus(self, version: str) -> None:
        """Put the focus on that version: the button that had it was drawn anew."""
        if row := self._rows.get(version):
            kit.focus(row)

    def _draw(self) -> None:
        self._box.clear()
        self._rows.clear()
        versions = self._past.versions
        with self._box:
            with kit.tag("ol", classes="rh-list rh-versions"):
                for version in versions[: self._shown]:
                    with kit.tag("li", classes="rh-card rh-version").props("tabindex=-1") as row:
                        self._row(version)
                    self._rows[version.version] = row
            if (rest := len(versions) - self._shown) > 0:
                kit.button(f"Show {min(rest, STEP)} older", self._more).classes("rh-center")
        self.choose(self._chosen)

    def _more(self) -> None:
        self._shown += STEP
        self._draw()

    def _row(self, version: Version) -> None:
        present = version.version == self._past.present
        name = f"Version {self._numbers[version.version]}"
        with kit.tag("div", classes="rh-line"):
            title = f"{name}: {version.label}" if version.label else name
            kit.tag("h2", title, "rh-h3 rh-version-name")
            if present:
                kit.tag("span", "In the file now", "rh-badge rh-badge-good")
        kit.tag("p", self._origin(version), "rh-muted rh-small")
        if version.note:
            kit.tag("p", version.note, "rh-version-note")
        self._uses((self._past.uses or {}).get(version.version))
        with kit.tag("div", classes="rh-line rh-version-acts"):
            for text, act in (
                ("Compare", self._acts.compare),
                ("Name or note", self._acts.describe),
                ("Restore", self._acts.restore),
            ):
                if text != "Restore" or not (present or self._past.archived):
                    self._button(text, act, version, name)

    def _button(self, text: str, act: Act, version: Version, name: str) -> None:
        async def press() -> None:
            await act(version)

        button = kit.button(text, press, kind="quiet")
        button.props["aria-label"] = f"{text}: {name}"
        button.mark(f"{text.split()[0].lower()}-{version.version}")

    def _origin(self, version: Version) -> str:
        """Who saved it when, and who brought it back."""
        when = words.when(version.time)
        how = {
            "page": f"saved by {self._display(version.author)}",
            "disk": "changed on disk",
        }.get(version.origin, "found among the kept files")
        said = f"{when} · {how}"
        if version.again:
            who = f" by {self._display(version.again_by)}" if version.again_by else " on disk"
            said += f" · brought back {words.when(version.again)}{who}"
        return said

    def _uses(self, uses: Uses | None) -> None:
        if uses is None:
            kit.tag("p", "No calls yet", "rh-muted rh-small")
            return
        with kit.tag("details", classes="rh-details rh-small"):
            kit.tag("summary", calls_in_words(uses))
            with kit.tag("ul", classes="rh-stack-tight rh-version-calls"):
                for call, alone in uses.calls:
                    text = f"{words.when(call.started)} · {self._display(call.user)}"
                    with kit.tag("li", classes="rh-line rh-number"):
                        ui.link(text, f"/calls/{call.call}")
                        kit.tag("span", _result(alone, call.score), "rh-muted")
                if (before := uses.number - len(uses.calls)) > 0:
                    kit.tag("li", f"and {before} before", "rh-muted")

    def _display(self, name: str) -> str:
        user = self._studio.users.get(name)
        return user.display if user else name or "someone"


def calls_in_words(uses: Uses) -> str:
    """How many calls a version spoke in, and how they went."""
    said = words.count(uses.number, "call")
    if uses.mean is not None:
        some = f" in {uses.scored} of them" if uses.scored != uses.number else ""
        said += f" · average score {words.score(uses.mean)}{some}"
    return said


def _result(whole: bool, score: float | None) -> str:
    if not whole:
        return "edited during the call"
    return "not scored" if score is None else f"score {words.score(score)}"


async def describe(version: Version) -> tuple[str, str] | None:
    """Ask for a version's label and note; None when the author thought better of it."""
    with kit.dialog("Name this version") as dialog:
        label = ui.input("Label", value=version.label, placeholder="Softer opening")
        label.props(f"outlined autofocus maxlength={LABEL} counter").mark("label")
        note = ui.textarea("Note", value=version.note).mark("note")
        note.props(f"outlined autogrow maxlength={NOTE} counter")

        def submit() -> None:
            dialog.submit((label.value or "", note.value or ""))

        label.on("keydown.enter", submit)
        with kit.tag("div", classes="rh-line"):
            kit.button("Save", submit, kind="primary")
            kit.button("Cancel", lambda: dialog.submit(None), kind="quiet")
    answer: tuple[str, str] | None = await dialog
    kit.discard(dialog)
    return answer
