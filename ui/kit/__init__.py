"""What pages are made of: ``kit.button``, ``kit.heading`` and the other small elements by
themselves, and a module for each larger part."""

from ui.kit.elements import (
    Handler,
    busy,
    button,
    dialog,
    difficulty_badge,
    discard,
    focus,
    heading,
    icon_button,
    link_button,
    message,
    muted,
    page,
    page_title,
    short,
    switch,
    tag,
)

__all__ = [
    "Handler",
    "busy",
    "button",
    "dialog",
    "difficulty_badge",
    "discard",
    "focus",
    "heading",
    "icon_button",
    "link_button",
    "message",
    "muted",
    "page",
    "page_title",
    "short",
    "switch",
    "tag",
]
