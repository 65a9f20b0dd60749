"""One file of an import as its author sees it: what it would become, and what can be done to it."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import run, ui

from agent.providers.drafting import DraftFailed, Drafting
from agent.providers.filling import fill
from personas.arrivals import Arrival, Choice
from ui import kit
from ui.kit import lang, words
from ui.kit.debounce import Debounce
from ui.kit.file_text import for_browser, for_file, obstacle
from ui.studio.conflict import compare
from ui.studio.text_pane import TextGuard, TextPane
from ui.versions.diff import summary
from ui.versions.differences import differences

if TYPE_CHECKING:
    from personas.updates import Update

LABELS: dict[Choice, str] = {
    "take": "Import, unpublished",
    "update": "Update the one here",
    "both": "Keep both",
    "scripts": "Bring its scripts",
    "skip": "Skip",
}
STATES = {
    "new": ("New", "good"),
    "same": ("Already here, the same", "plain"),
    "differs": ("Here already, differs", "warn"),
    "unusable": ("Cannot be imported", "bad"),
}
SHOWN, MOST = 5, 20
"""Errors, and other lines, that are listed."""
PAUSE = 0.4
"""Seconds after a keystroke until the text is checked."""


@dataclass(frozen=True, slots=True)
class Acts:
    """What a row asks of its page: ``judge`` gives the arrival with another text (it blocks),
    ``changed`` is told of it, and ``choose`` what the author has chosen. ``model`` fills drafts,
    None when there is none."""

    judge: Callable[[Arrival, str], Arrival]
    changed: Callable[[Arrival, Arrival], None]
    choose: Callable[[Arrival, Choice], None]
    model: Drafting | None = None


class ArrivalRow:
    """A row that follows what its author makes of the text."""

    def __init__(self, arrival: Arrival, choice: Choice, acts: Acts) -> None:
        self._arrival = arrival
        self._choice = choice
        self._acts = acts
        self._pane: TextPane | None = None
        self._checking = Debounce(PAUSE, self._check, postpone=True)
        with kit.tag("div", classes="rh-arrival-whole"):
            with kit.tag("div", classes="rh-arrival-head") as self._head:
                pass
            with kit.tag("div", classes="rh-line") as self._ways:
                pass
            self._said = kit.tag("div", classes="rh-said").props("aria-live=polite")
            self._editing = kit.tag("div", classes="rh-arrival-text")
            with kit.tag("div", classes="rh-contents").props("aria-live=polite") as self._found:
                pass
        self._draw()
        self._draw_ways()

    def _draw(self) -> None:
        """What is known of it by now; the editor stays as it is."""
        self._head.clear()
        self._found.clear()
        with self._head:
            self._draw_head()
        with self._found:
            _findings(self._arrival)

    def _draw_head(self) -> None:
        arrival = self._arrival
        word, look = STATES[arrival.state]
        with kit.tag("div", classes="rh-grow rh-stack-tight"):
            kit.tag("p", arrival.outlined.title or arrival.source, "rh-strong").props("dir=auto")
            if arrival.state != "unusable":
                kit.tag("p", _becomes(arrival), "rh-muted rh-small")
                _opening(arrival)
            if why := arrival.trouble or arrival.obstacle:
                kit.tag("p", why, "rh-bad")
            if arrival.state == "differs" and arrival.update is not None:
                _update(arrival.update)
            _notes("Kept", arrival.kept)
            _notes("Left out", arrival.dropped)
        if arrival.obstacle:
            word, look = "To be mended", "bad"
        kit.tag("span", word, f"rh-badge rh-badge-{look}")
        if choices := arrival.choices:
            options = {choice: LABELS[choice] for choice in choices}
            select = ui.select(options, value=self._choice, label="What to do")
            select.on_value_change(lambda event: self._choose(event.value))
            select.props("outlined").mark(f"choice-{arrival.source}")

    def _draw_ways(self) -> None:
        arrival = self._arrival
        self._ways.clear()
        if arrival.state == "unusable":
            return
        with self._ways:
            edit = kit.button("Edit the text", self._edit, kind="quiet")
            edit.mark(f"edit-{arrival.source}")
            if arrival.mended:
                mend = kit.button("Mend", self._mend, kind="quiet")
                mend.props('title="Takes away what programs did to the text on its way"')
                mend.mark(f"mend-{arrival.source}")
            if arrival.update is not None and arrival.update.changes:
                look = kit.button("See what would change", self._compare, kind="quiet")
                look.mark(f"compare-{arrival.source}")
            if self._acts.model is not None and (arrival.draft or not arrival.outlined.rules):
                button = kit.button("Fill with the text model", kind="quiet")
                button.on_click(lambda: self._fill(button)).mark(f"fill-{arrival.source}")
                who = self._acts.model.receiver
                where = f"It goes to {who}." if who else "It stays on this machine."
                kit.tag("span", f"Sends this text to the text model. {where}", "rh-muted rh-small")

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        self._acts.choose(self._arrival, choice)

    def _edit(self) -> None:
        """Open the text, or fold it away."""
        if self._pane is not None:
            self._pane = None
            self._editing.clear()
            return
        if why := obstacle(self._arrival.text):
            kit.say(self._said, f"It cannot be edited here: {why}.")
            return
        with self._editing:
            self._pane = TextPane(for_browser(self._arrival.text), f"text-{self._arrival.source}")
            guard = TextGuard(
                self._pane,
                f"rehearsal-import:{secrets.token_hex(8)}",
                secrets.token_hex(8),
                refused=lambda why: kit.say(self._said, why),
            )
            guard.stands_on("")
        self._pane.on_value_change(self._checking.soon)

    async def _check(self) -> None:
        if self._pane is not None:
            await self._judge(for_file(self._pane.text, self._arrival.text))

    async def _judge(self, text: str) -> None:
        """Have that text in place of what came, and show what is wrong with it."""
        before = self._arrival
        if text == before.text:
            return
        after = await run.io_bound(self._acts.judge, before, text)
        if after is None or self._head.is_deleted or self._arrival is not before:
            return
        self._arrival = after
        left_for_errors = self._choice == "skip" and before.errors and not after.errors
        if left_for_errors or self._choice not in after.choices:
            self._choice = after.usual
        self._acts.changed(before, after)
        self._draw()
        self._draw_ways()
        self._acts.choose(after, self._choice)

    async def _replace(self, text: str) -> None:
        """As ``_judge``, for a text that nobody has typed."""
        await self._judge(text)
        if self._pane is not None:
            self._pane.set_value(for_browser(self._arrival.text))

    async def _compare(self) -> None:
        if (update := self._arrival.update) is not None:
            here, then = ("Here now", update.before), ("After the update", update.after)
            await compare(f"What would change in {update.slug}.md", here, then)

    async def _fill(self, button: ui.button) -> None:
        """Ask the model for a whole persona; what was there comes back by a button."""
        model, before = self._acts.model, self._arrival.text
        if model is None:
            return
        kit.say(self._said, "The model is writing. This takes up to a minute.", "quiet")
        with kit.busy(button):
            try:
                filled = await fill(model, before, before)
            except DraftFailed as failed:
                if not self._said.is_deleted:
                    kit.say(self._said, f"{failed} The text is as it was.")
                return
        if self._said.is_deleted or self._arrival.text != before:
            return
        await self._replace(filled.text)
        left = "; ".join(filled.left_out[:SHOWN])
        out = f" Left out, since your text does not say so: {left}." if left else ""
        self._say_done(f"Filled. Read it through: a model makes things up.{out}", before)

    async def _mend(self) -> None:
        """Take away what programs did to the text; what came is back by a button."""
        before = self._arrival.text
        await self._replace(self._arrival.mended)
        self._say_done("Mended: only what programs had done to the text is gone.", before)

    def _say_done(self, text: str, before: str) -> None:
        """That the text is another one now, and the way back."""

        async def back() -> None:
            await self._replace(before)
            kit.say(self._said, "")

        kit.say(self._said, text, "good")
        with self._said:
            kit.button("Back to what was there", back, kind="quiet").mark("text-back")


def _becomes(arrival: Arrival) -> str:
    """Where it would go, in which language, and how much of a persona it is."""
    found = arrival.outlined
    where = f"{arrival.source} → {arrival.slug}.md"
    if arrival.update is not None:
        where = f"{arrival.source}; here as {arrival.update.slug}.md"
    counts = (
        words.count(found.facts, "fact"),
        words.count(found.rules, "rule"),
        words.count(found.objectives, "objective"),
        *([words.count(len(arrival.scripts), "script")] if arrival.scripts else []),
    )
    language = words.language_name(found.language) if found.language else ""
    return " · ".join(filter(None, (where, language, ", ".join(counts))))


def _opening(arrival: Arrival) -> None:
    found = arrival.outlined
    if found.opening:
        with kit.tag("p", classes="rh-quote"):
            kit.tag("span", "Begins:", "rh-muted")
            line = kit.tag("q", found.opening).props("dir=auto")
            lang.persona_words(line, found.language or "en")


def _update(update: "Update") -> None:
    """What an update does, and what it costs."""
    told = summary(differences(update.before, update.after))
    kit.tag("p", f"An update: {told}. Published or not stays as it is.", "rh-small")
    if not update.lost:
        text = "What was changed here since the last import stays." if update.kept else ""
        kit.tag("p", text, "rh-small")
        return
    number = words.count(len(update.lost), "line")
    why = "changed here and there" if update.kept else "that only the file here has"
    with kit.tag("details", classes="rh-details"):
        kit.tag("summary", f"It would cost {number} {why}")
        _lines(update.lost)


def _notes(title: str, notes: tuple[str, ...]) -> None:
    if notes:
        kit.tag("p", f"{title}:", "rh-small rh-strong")
        _lines(notes)


def _lines(lines: Iterable[str], most: int = MOST) -> None:
    lines = list(lines)
    with kit.tag("ul", classes="rh-arrival-findings"):
        for line in lines[:most]:
            kit.tag("li", line).props("dir=auto")
        if len(lines) > most:
            kit.tag("li", f"And {len(lines) - most} more.")


def _findings(arrival: Arrival) -> None:
    """The checker's errors, and its warnings folded."""
    found = sorted(arrival.findings, key=lambda finding: finding.line)
    errors = [each for each in found if each.level == "error"]
    warnings = [each for each in found if each.level == "warning"]
    if errors:
        kit.tag("p", "It has errors: it can be imported and mended later, not called.", "rh-bad")
        _lines((f"Line {each.line}: {each.message}" for each in errors), SHOWN)
    if warnings:
        with kit.tag("details", classes="rh-details"):
            kit.tag("summary", words.count(len(warnings), "warning"))
            _lines(f"Line {each.line}: {each.message}" for each in warnings)
