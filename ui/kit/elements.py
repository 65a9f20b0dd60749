"""Small building blocks that every page shares: headings, buttons, badges, messages."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

Handler = Callable[..., Any]

SLOWEST = 60.0
"""Seconds that a page may take to be built: slow is better than NiceGUI's own error, which comes
after 3 s and is in words for programmers."""
SHAPES = {"easy": "●", "medium": "▲", "hard": "■"}


def tag(name: str, text: str = "", classes: str = "") -> TextElement:
    """An element of that HTML tag, with text; a context manager like every element."""
    return TextElement(tag=name, text=text).classes(classes)


def heading(text: str, level: int = 1) -> TextElement:
    """A heading of that level."""
    return tag(f"h{level}", text, f"rh-h{level}")


def muted(text: str) -> TextElement:
    """A paragraph of quieter text."""
    return tag("p", text, "rh-muted")


def button(text: str, on_click: Handler | None = None, *, kind: str = "plain") -> ui.button:
    """A button; ``kind`` is ``primary`` (one on a page), ``plain``, ``quiet`` or ``danger``."""
    made = ui.button(text, on_click=on_click, color=None)
    return made.props("no-caps unelevated").classes(f"rh-button rh-button-{kind}")


def icon_button(icon: str, label: str, on_click: Handler | None = None) -> ui.button:
    """A button with only a picture; ``label`` is what a screen reader says and the tooltip."""
    made = ui.button(icon=icon, on_click=on_click, color=None).props("flat no-caps")
    with made:
        ui.tooltip(label)
    made.props["aria-label"] = label
    return made.classes("rh-icon-button")


@contextmanager
def busy(button: ui.button) -> Iterator[None]:
    """Disables a button while its work is going on."""
    button.disable()
    try:
        yield
    finally:
        button.enable()


@contextmanager
def dialog(title: str, look: str = "rh-dialog", *, opened: bool = False) -> Iterator[ui.dialog]:
    """A dialog with that title, which also names it to screen readers; what follows stands in it.

    ``look`` are the classes of its card.
    """
    with ui.dialog(value=opened) as made, ui.card().classes(look):
        made.props["aria-label"] = title
        heading(title, 2)
        yield made


@contextmanager
def asking(title: str, back: ui.element) -> Iterator[ui.dialog]:
    """An open dialog with that title; it is gone for good once it is closed, and the focus is on
    ``back`` again."""
    # Not where the click was: a menu or a list that is drawn anew takes what is in it away.
    look = "rh-dialog rh-dialog-narrow rh-stack"
    with ui.context.client.content, dialog(title, look, opened=True) as made:
        made.on_value_change(lambda event: None if event.value else close())
        yield made

    def close() -> None:
        discard(made)
        if not back.is_deleted:
            focus(back)


def say(place: ui.element, text: str, kind: str = "bad") -> None:
    """Show a message in that place, instead of what was there."""
    place.clear()
    if text:
        with place:
            message(text, kind)


def bullets(items: Iterable[str]) -> None:
    """A list of short texts."""
    with tag("ul", classes="rh-bullets"):
        for item in items:
            tag("li", item)


def page(path: str, *, reconnect_timeout: float | None = None) -> ui.page:
    """As ``ui.page``, for pages that wait for a disk or a thread while they are built."""
    return ui.page(path, response_timeout=SLOWEST, reconnect_timeout=reconnect_timeout)


def link_button(text: str, target: str, *, kind: str = "plain", new_tab: bool = False) -> ui.link:
    """A link that looks like a button."""
    return ui.link(text, target, new_tab=new_tab).classes(f"rh-button rh-button-{kind}")


def difficulty_badge(difficulty: str) -> TextElement:
    """The difficulty as colour, shape and word."""
    with tag("span", classes=f"rh-badge rh-badge-{difficulty}") as badge:
        tag("span", SHAPES[difficulty], "rh-shape").props("aria-hidden=true")
        tag("span", difficulty.capitalize())
    return badge


def switch(element: ui.element, name: str, on: bool) -> None:
    """Give the element that CSS class, or take it away."""
    if on:
        element.classes(name)
    else:
        element.classes(remove=name)


def discard(element: ui.element) -> None:
    """Take it off its page, unless it has gone with that or with what held it; NiceGUI would
    raise."""
    if not element.is_deleted:
        element.delete()


def focus(element: ui.element) -> None:
    """Move the keyboard's focus there, once the page has drawn it: what had it goes away."""
    element.client.run_javascript(
        f"requestAnimationFrame(() => getHtmlElement({element.id})?.focus())"
    )


def short(field: ui.input, most: int) -> ui.input:
    """The field, in which no more characters can be typed; the server still has to look."""
    return field.props(f"maxlength={most}")


def page_title(title: str, text: str = "") -> None:
    """What a page is headed with: its title, and what can be done there."""
    with tag("div", classes="rh-stack-tight"):
        heading(title)
        if text:
            muted(text)


def message(text: str, kind: str = "bad") -> TextElement:
    """A line that tells the user something at once; ``kind`` is ``bad``, ``warn`` or ``good``."""
    role = "alert" if kind == "bad" else "status"
    return tag("p", text, f"rh-message rh-message-{kind}").props(f"role={role}")
