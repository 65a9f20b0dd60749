"""The live calls of one persona, and how the last edits fared in each."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from data.records import Edit
from ui import kit
from ui.context import Studio
from ui.kit import words

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

LAST = 3
"""Edits that are listed for each call, the newest first."""

OUTCOMES = {
    "applied": ("good", "Applied"),
    "rebuilt": ("good", "Rebuilt"),
    "refused": ("bad", "Refused"),
    "overtaken": ("warn", "Overtaken"),
}


def live_calls(studio: Studio, slug: Callable[[], str], author: str) -> None:
    """A section that follows the persona's calls for as long as the page lives; ``slug`` is what
    the persona is called at that moment."""
    seen: list[tuple[object, ...]] = []

    def look() -> None:
        nonlocal seen
        now = [_seen(call) for call in studio.calls.live(slug())]
        if now != seen:
            seen = now
            content.refresh()

    @ui.refreshable
    def content() -> None:
        _content(studio.calls.live(slug()), author)

    with kit.tag("section", classes="rh-live-calls").props('aria-label="Live calls"'):
        content()
    look()
    studio.call_events.changed.subscribe(look)


def _seen(call: "LiveCall") -> tuple[object, ...]:
    """What a change of is to be seen."""
    return call.id, call.orphaned, tuple(call.edits)


def _content(calls: "list[LiveCall]", author: str) -> None:
    kit.heading("Live calls", 2).classes("rh-pane-title")
    if not calls:
        kit.muted("None now. A save reaches every call with this persona, in its next line.")
    with kit.tag("ul", classes="rh-list").props("aria-live=polite"):
        for call in calls:
            with kit.tag("li", classes="rh-live"):
                with kit.tag("p", classes="rh-line"):
                    who = "You" if call.user == author else call.user
                    kit.tag("span", f"{who}, since {words.when(call.started)}", "rh-strong")
                    if call.draft:
                        kit.tag("span", "speaks a draft", "rh-badge")
                    if call.pinned:
                        kit.tag("span", "tries a moment of an earlier call again", "rh-badge")
                _outcomes(call)


def _outcomes(call: "LiveCall") -> None:
    if call.orphaned:
        text = "The file is gone. The call goes on with the text that it has."
        kit.tag("p", text, "rh-small")
    if call.pinned:
        text = "It is played with the text of that call: saves and versions do not reach it."
        kit.tag("p", text, "rh-muted rh-small")
    elif not call.edits:
        none = "No edit was applied yet." if call.draft else "No save during this call yet."
        kit.tag("p", none, "rh-muted rh-small")
    for edit in call.edits[: -LAST - 1 : -1]:
        _outcome(edit)


def _outcome(edit: Edit) -> None:
    kind, word = OUTCOMES.get(edit.outcome, ("warn", edit.outcome))
    with kit.tag("p", classes="rh-line rh-small"):
        kit.tag("span", word, f"rh-badge rh-badge-{kind}")
        if edit.outcome == "refused":
            kit.tag("span", edit.reason)
        elif edit.outcome == "overtaken":
            kit.tag("span", f"Version {edit.version}, by a newer one before it spoke.")
        else:
            kit.tag("span", f"Version {edit.version}, from turn {edit.turn + 1} on.")
