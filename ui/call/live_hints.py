"""What to do next in a call that goes on, for who wants to be told: one objective at a time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nicegui import app, ui

from agent.simulation.reviewing.imperative import imperative
from personas.model import Persona, Rule
from ui import kit
from ui.kit import lang

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

KEPT = "live_hints"
"""Where the browser's storage keeps the switch."""
STANDS = 3
"""Turns of the trainee for which a hint stands before the next one has its turn: what cannot be
shown just now must not hide the rest."""


def next_hint(unmet: Sequence[Rule], current: str, stood: int) -> Rule | None:
    """What to hint at: the rule of the id ``current``, which has stood for so many turns of the
    trainee, while it is unmet and not for too long; None when there is nothing left."""
    ids = [rule.id for rule in unmet]
    if current not in ids:
        return next(iter(unmet), None)
    step = 1 if stood >= STANDS else 0
    return unmet[(ids.index(current) + step) % len(ids)]


class LiveHints:
    """The switch, off until somebody wants it, and the line; ``changed`` is called by the switch.

    In an exam there are none.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._on = app.storage.user.get(KEPT) is True
        self._changed = changed
        self._call: LiveCall | None = None
        self._rule: Rule | None = None
        self._since = 0
        self._root: ui.element

    @property
    def on(self) -> bool:
        """Whether they are wanted."""
        return self._on

    def build_switch(self) -> None:
        """The switch, here; once more when what it stands in is built anew."""
        switch = ui.switch("Hints during the call", value=self._on).mark("live-hints")
        switch.on_value_change(lambda event: self._turn(bool(event.value)))

    def build(self) -> None:
        """The line, here; there before its words, so that they are read out."""
        self._root = kit.tag("div", classes="rh-live-hint").mark("live-hint")
        self._root.props("role=status")

    def show(self, call: "LiveCall | None", persona: Persona) -> None:
        """Draw what to do now in that call with that persona, None before one."""
        if call is not self._call:
            self._call, self._rule = call, None
        rule = self._next(call, persona) if call is not None and self._on else None
        if rule == self._rule and bool(list(self._root)) == (rule is not None):
            return
        self._rule = rule
        self._root.clear()
        if rule is not None:
            words = lang.by_script(imperative(rule, persona))
            with self._root:
                ui.icon("lightbulb").props("aria-hidden=true")
                kit.tag("span", "Hint:", "rh-strong")
                lang.line("span", words, persona.language)

    def _next(self, call: "LiveCall", persona: Persona) -> Rule | None:
        if persona.exam or call.end is not None or call.resolved:
            return None
        shown = call.mood.shown if call.mood is not None else ()
        unmet = [rule for rule in persona.objectives if rule.id not in shown]
        said = sum(turn.speaker == "trainee" and not turn.replayed for turn in call.turns)
        current = self._rule.id if self._rule is not None else ""
        found = next_hint(unmet, current, said - self._since)
        if found is None or found.id != current:
            self._since = said
        return found

    def _turn(self, on: bool) -> None:
        self._on = app.storage.user[KEPT] = on
        self._changed()
