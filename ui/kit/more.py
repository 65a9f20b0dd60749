"""The button with three dots: a menu of what can be done with the thing beside it."""

from collections.abc import Callable

from nicegui import ui


def more_button(label: str, mark: str, build: Callable[[], object]) -> ui.button:
    """Opens a menu, in which ``build`` puts items; ``label`` names the button to screen readers.

    The menu is made when it is wanted: in a list of many, they would take half of the time.
    """
    # No tooltip: it would lie over the menu.
    button = ui.button(icon="more_vert", color=None).props("flat no-caps aria-haspopup=menu")
    button.props["aria-label"] = label
    button.classes("rh-icon-button").mark(mark)
    opened = False

    def first_time() -> None:
        nonlocal opened
        if opened:
            return
        opened = True
        with button, ui.menu().classes("rh-menu").props("auto-close") as menu:
            build()
        menu.open()

    button.on_click(first_time)
    return button


def menu_item(text: str, on_click: Callable[[], object], mark: str) -> ui.menu_item:
    """One thing that can be done."""
    return ui.menu_item(text, on_click).props("role=menuitem").mark(mark)
