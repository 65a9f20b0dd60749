"""What the persona did that it must never do, at its line; authors alone see it."""

from collections.abc import Sequence

from data.records import Break
from ui import kit
from ui.kit import words

_NAMES = {
    "assistant": "Speaks as an assistant",
    "company": "Speaks as the company",
    "rules": "Gives its rules away",
    "hidden": "Tells a hidden fact",
    "instructions": "Follows an order to a model",
    "language": "Leaves its language",
    "early": "Accepts too early",
    "contradiction": "Contradicts its file",
}


def guard_summary(breaks: Sequence[Break]) -> None:
    """How often the persona fell out of its role, with a link to each line; nothing for never."""
    if not breaks:
        return
    turns = list(dict.fromkeys(each.turn for each in breaks))
    with kit.tag("p", classes="rh-small").mark("guards"):
        often = words.count(len(breaks), "time")
        kit.tag("span", f"The persona fell out of its role {often}: ")
        for place, turn in enumerate(turns):
            if place:
                kit.tag("span", ", ")
            kit.tag("a", f"turn {turn + 1}").props(f"href=#turn-{turn}")


def broken_guards(breaks: Sequence[Break]) -> None:
    """Each guard that a line breaks, with its words and why."""
    for each in breaks:
        with kit.tag("p", classes="rh-effect rh-small rh-effect-worse").mark(f"guard-{each.guard}"):
            kit.tag("span", f"{_NAMES.get(each.guard, each.guard)}.", "rh-strong")
            kit.tag("span", f"“{each.words}” {each.why}", "rh-muted")
