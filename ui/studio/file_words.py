"""What an author is told when the file goes its own ways."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personas.library import Entry


def gone(slug: str, twin: "Entry | None") -> str:
    """There is no such file any more; ``twin`` is another one with the same text."""
    words = f"There is no file {slug}.md any more. Your text stays here."
    if twin is None:
        return f"{words} Save writes the file again."
    return f"{words} The file {twin.path.name} has the same text: it may have been renamed."


def renamed(slug: str) -> str:
    """The file has that name by now, and the page has followed it."""
    return f"The file is called {slug}.md by now. What you save here goes there."


def unreadable(entry: "Entry") -> str:
    """What the file holds is no text that could be saved back."""
    why = entry.unreadable.removesuffix(".")
    return (
        f"{entry.path.name} cannot be edited here: {why}. Mend it with another program. What you "
        "write here is kept, and saved only then."
    )
