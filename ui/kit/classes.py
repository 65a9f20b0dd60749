"""CSS classes that come and go with a state."""

from nicegui import ui


def switch(element: ui.element, name: str, on: bool) -> None:
    """Give the element that class, or take it away."""
    if on:
        element.classes(name)
    else:
        element.classes(remove=name)
