"""Lists that are searched by words."""

from collections.abc import Callable

from nicegui import ui

from ui import kit

SEARCH = 200
"""Characters of a search that count: each of its words is looked for in every item."""


def search_field(changed: Callable[[str], object], value: str = "") -> ui.input:
    """The field that ``/`` leads to; ``changed`` is told what is searched for, after a pause."""
    field = ui.input("Search", value=value, on_change=lambda event: changed(_taken(event.value)))
    field.props("outlined clearable debounce=150 type=search")
    return kit.short(field, SEARCH).classes("rh-search").mark("search")


def finds(search: str, text: str) -> bool:
    """Whether every word of the search stands in that text, in whatever letter case."""
    there = text.casefold()
    return all(word in there for word in search.casefold().split())


def _taken(value: object) -> str:
    """What is searched for, of what came from the browser."""
    return value[:SEARCH] if isinstance(value, str) else ""
