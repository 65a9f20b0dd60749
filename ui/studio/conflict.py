"""Asks whose text stays when two people changed the same file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nicegui import run, ui

from personas.three_way import merge
from ui import kit
from ui.studio.merge_view import Keeping, merge_by_hand
from ui.versions.differences import steps

SHOWN_AFTER = 0.5
"""Seconds until the dialog has its size; before that there is nowhere to scroll to."""

SHOW_FIRST = """document
  .querySelectorAll(".rh-conflict mark:first-of-type")
  .forEach((mark) => mark.scrollIntoView({block: "center"}))"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the author chose, and the text that is to stay."""

    choice: Literal["mine", "theirs", "merged"]
    text: str


async def ask(base: str, mine: str, theirs: str, keeping: Keeping) -> Settlement | None:
    """The author's choice, None to go on writing; ``base`` is what both texts began from. A merge
    by hand is kept, and goes on where it was left."""
    under_way: str | None = None

    def note(text: str) -> None:
        nonlocal under_way
        under_way = text
        keeping.note(text)

    while True:
        choice = await _compare_and_choose(mine, theirs)
        if choice in ("mine", "theirs"):
            return Settlement(choice, mine if choice == "mine" else theirs)
        if choice is None:
            return None
        begun = under_way or await run.io_bound(merge, base, mine, theirs)
        merged = (
            await merge_by_hand(begun, replace(keeping, note=note)) if begun is not None else None
        )
        if merged is not None:
            return Settlement("merged", merged)


async def compare(title: str, mine: tuple[str, str], theirs: tuple[str, str]) -> None:
    """Show two texts, each with its name, beside each other."""
    with kit.dialog(title, "rh-dialog rh-conflict") as dialog:
        _sides(mine, theirs)
        with kit.tag("div", classes="rh-line"):
            kit.button("Close", lambda: dialog.submit(None), kind="primary")
    await dialog
    kit.discard(dialog)


async def _compare_and_choose(mine: str, theirs: str) -> Literal["mine", "theirs", "merge"] | None:
    with kit.dialog("Someone else changed this file", "rh-dialog rh-conflict") as dialog:
        kit.muted("Nothing is lost yet. Compare the two texts, then choose what stays.")
        _sides(("Yours", mine), ("Theirs, saved now", theirs))
        with kit.tag("div", classes="rh-line"):
            merging = kit.button("Merge by hand", lambda: dialog.submit("merge"), kind="primary")
            merging.props('title="Starts with both changes put together"')
            kit.button("Keep mine", lambda: dialog.submit("mine"))
            kit.button("Take theirs", lambda: dialog.submit("theirs"))
            kit.button("Go on writing", lambda: dialog.submit(None), kind="quiet")
    choice: Literal["mine", "theirs", "merge"] | None = await dialog
    kit.discard(dialog)
    return choice


def _sides(mine: tuple[str, str], theirs: tuple[str, str]) -> None:
    ui.timer(SHOWN_AFTER, lambda: ui.run_javascript(SHOW_FIRST), once=True)
    with kit.tag("div", classes="rh-conflict-sides"):
        _side(*mine, theirs[1])
        _side(*theirs, mine[1])


def _side(title: str, text: str, other: str) -> None:
    """One of the two texts; what the other one does not have is marked."""
    with kit.tag("section").props(f'aria-label="{title}"'):
        kit.heading(title, 3)
        with kit.tag("pre", classes="rh-conflict-text").props("tabindex=0"):
            for differs, part in parts(text, other):
                kit.tag("mark" if differs else "span", part)


def parts(text: str, other: str) -> Sequence[tuple[bool, str]]:
    """The text in pieces of whole lines, each with whether it differs from ``other``."""
    lines, others = text.splitlines(keepends=True), other.splitlines(keepends=True)
    found = steps(lines, others)
    return [(kind != "equal", "".join(lines[a:b])) for kind, a, b, _, _ in found if a < b]
