"""Moves the keyboard's focus, when what had it goes away."""

from nicegui import ui


def focus(element: ui.element) -> None:
    """Give the element the focus, once the page has drawn it."""
    element.client.run_javascript(
        f"requestAnimationFrame(() => getHtmlElement({element.id})?.focus())"
    )
