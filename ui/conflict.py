"""Asks whose text stays when two people changed the same file."""

from nicegui import ui

from ui import kit


async def ask(mine: str, theirs: str) -> str | None:
    """``mine`` or ``theirs`` as the author chose, None to go on writing."""
    with ui.dialog() as dialog, ui.card().classes("rh-dialog rh-conflict"):
        kit.heading("Someone else changed this file", 2)
        kit.muted("Nothing is lost yet. Compare the two texts, then choose which one stays.")
        with kit.tag("div", classes="rh-conflict-sides"):
            for title, text in (("Yours", mine), ("Theirs, saved now", theirs)):
                with kit.tag("section").props(f'aria-label="{title}"'):
                    kit.heading(title, 3)
                    kit.tag("pre", text, "rh-conflict-text").props("tabindex=0")
        with kit.tag("div", classes="rh-line"):
            kit.button("Keep mine", lambda: dialog.submit("mine"), kind="danger")
            kit.button("Take theirs", lambda: dialog.submit("theirs"))
            kit.button("Go on writing", lambda: dialog.submit(None), kind="quiet")
    choice: str | None = await dialog
    dialog.delete()
    return choice
