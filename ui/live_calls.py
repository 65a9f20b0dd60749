"""The live calls of one persona, and how the last save fared in each."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from agent.link import Edited, Ended, Event, Joined
from data.records import Edit
from ui import kit, words
from ui.context import Studio

if TYPE_CHECKING:
    from agent.live_call import LiveCall

LOOK = 1.0
"""Seconds between two looks for calls that have begun."""

OUTCOMES = {
    "applied": ("good", "Applied"),
    "rebuilt": ("good", "Rebuilt"),
    "refused": ("bad", "Refused"),
}


def live_calls(studio: Studio, slug: str) -> None:
    """A section that follows the persona's calls for as long as the page lives."""
    followed: dict[str, Callable[[], None]] = {}

    def on_event(event: Event) -> None:
        if isinstance(event, Edited | Ended | Joined):
            content.refresh()

    def look() -> None:
        now = {call.id: call for call in studio.calls.live(slug)}
        if now.keys() == followed.keys():
            return
        for gone in followed.keys() - now.keys():
            followed.pop(gone)()
        for new in now.keys() - followed.keys():
            followed[new] = now[new].subscribe(on_event)
        content.refresh()

    def forget() -> None:
        for unsubscribe in followed.values():
            unsubscribe()

    @ui.refreshable
    def content() -> None:
        _content(studio.calls.live(slug))

    with kit.tag("section", classes="rh-card").props('aria-label="Live calls" aria-live=polite'):
        content()
    look()
    ui.timer(LOOK, look)
    ui.context.client.on_delete(forget)


def _content(calls: "list[LiveCall]") -> None:
    kit.heading("Live calls", 2)
    if not calls:
        kit.muted("None now. Press Practise beside: a save then reaches that call.")
    with kit.tag("ul", classes="rh-list"):
        for call in calls:
            with kit.tag("li", classes="rh-live"):
                kit.tag("p", f"{call.user}, since {words.when(call.started)}", "rh-strong")
                _outcome(call.edits[-1] if call.edits else None)


def _outcome(edit: Edit | None) -> None:
    if edit is None:
        kit.tag("p", "No save during this call yet.", "rh-muted rh-small")
        return
    kind, word = OUTCOMES.get(edit.outcome, ("warn", edit.outcome))
    with kit.tag("p", classes="rh-line rh-small"):
        kit.tag("span", word, f"rh-badge rh-badge-{kind}")
        if edit.outcome == "refused":
            kit.tag("span", edit.reason)
        else:
            kit.tag("span", f"Version {edit.version}, from turn {edit.turn + 1} on.")
