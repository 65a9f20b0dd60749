"""What a report says of a call that did not begin at the beginning."""

from typing import Any

from nicegui import ui

from agent.simulation.directing.beginning import phase_words
from data.journal import CallRecord
from ui import kit
from ui.kit import words


def where_it_began(record: CallRecord) -> None:
    """The phase in which it began, and the call that it goes on from; nothing for a whole call."""
    start = record.start
    if start.phase:
        text = f"Begun in {phase_words(start.phase)}, at {start.intensity} of 10."
        kit.tag("p", text, "rh-small").mark("begun")
    if start.origin:
        with kit.tag("p", classes="rh-small").mark("origin"):
            how = "Tried again" if start.pinned else "Goes on"
            kit.tag("span", f"{how} from turn {_changed(record) + 1} of ")
            ui.link("an earlier call", f"/calls/{start.origin}#turn-{start.taken}")
            kit.tag("span", ", with other words of the trainee.")


def _changed(record: CallRecord) -> int:
    """The index of the first turn that is another one than in the earlier call: the line of the
    customer before it, with which a try begins, is the same."""
    taken = record.start.taken
    own = (t.index for t in record.turns if t.speaker == "trainee" and t.index >= taken)
    return next(own, taken)


def not_counted(card: dict[str, Any]) -> None:
    """In the place of the score: what was shown in the part that was played."""
    objectives = [item for item in card.get("objectives", []) if not item.get("before")]
    shown = sum(1 for item in objectives if item["shown"])
    with kit.tag("div", classes="rh-line"):
        kit.tag("span", "Not counted", "rh-badge").mark("not-counted")
    number = words.count(len(objectives), "objective")
    kit.tag("p", f"{shown} of {number} shown in the part that was played.")
    kit.tag(
        "p",
        "Only a part of the call was practised, so it has no score and does not stand beside "
        "whole calls.",
        "rh-muted rh-small",
    )
