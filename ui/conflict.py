"""Asks whose text stays when two people changed the same file."""

from difflib import SequenceMatcher

from nicegui import ui

from ui import kit

SHOWN_AFTER = 0.5
"""Seconds until the dialog has its size; before that there is nowhere to scroll to."""

SHOW_FIRST = """document
  .querySelectorAll(".rh-conflict mark:first-of-type")
  .forEach((mark) => mark.scrollIntoView({block: "center"}))"""


async def ask(mine: str, theirs: str) -> str | None:
    """``mine`` or ``theirs`` as the author chose, None to go on writing."""
    with ui.dialog() as dialog, ui.card().classes("rh-dialog rh-conflict"):
        ui.timer(SHOWN_AFTER, lambda: ui.run_javascript(SHOW_FIRST), once=True)
        kit.heading("Someone else changed this file", 2)
        kit.muted("Nothing is lost yet. Compare the two texts, then choose which one stays.")
        with kit.tag("div", classes="rh-conflict-sides"):
            _side("Yours", mine, theirs)
            _side("Theirs, saved now", theirs, mine)
        with kit.tag("div", classes="rh-line"):
            kit.button("Keep mine", lambda: dialog.submit("mine"), kind="danger")
            kit.button("Take theirs", lambda: dialog.submit("theirs"))
            kit.button("Go on writing", lambda: dialog.submit(None), kind="quiet")
    choice: str | None = await dialog
    dialog.delete()
    return choice


def _side(title: str, text: str, other: str) -> None:
    """One of the two texts; what the other one does not have is marked."""
    with kit.tag("section").props(f'aria-label="{title}"'):
        kit.heading(title, 3)
        with kit.tag("pre", classes="rh-conflict-text").props("tabindex=0"):
            for differs, part in parts(text, other):
                kit.tag("mark" if differs else "span", part)


def parts(text: str, other: str) -> list[tuple[bool, str]]:
    """The text in pieces of whole lines, each with whether it differs from ``other``."""
    lines, others = text.splitlines(keepends=True), other.splitlines(keepends=True)
    steps = SequenceMatcher(None, lines, others).get_opcodes()
    return [(kind != "equal", "".join(lines[a:b])) for kind, a, b, _, _ in steps if a < b]
