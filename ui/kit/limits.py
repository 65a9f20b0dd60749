"""How much of what a browser sends is taken, where no other place knows better.

What is stored has its limits where it is written: accounts in ``data/users.py``, labels and notes
in ``data/versions.py``, persona files in ``personas/source.py`` and ``personas/form_check.py``,
imports in ``personas/bundle.py``, hints in ``agent/calls/coaching.py``, messages of a websocket in
``ui/auth/sockets.py``.
"""

from nicegui import ui

SEARCH = 200
"""Characters of a search: each of its words is looked for in every persona."""


def short(field: ui.input, most: int) -> ui.input:
    """The field, in which no more characters can be typed; the server still has to look."""
    return field.props(f"maxlength={most}")


def searched(text: object) -> str:
    """What is searched for, of what came from the browser."""
    return text[:SEARCH] if isinstance(text, str) else ""
