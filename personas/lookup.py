"""Finds the persona that a command was given: by its name in the folder, or as a file."""

import os
from pathlib import Path

from personas.model import Persona
from personas.parse import examine
from personas.voices import Engines


class LookupProblem(Exception):
    """Words for a person: why there is no such persona, and the remedy."""


def find_persona(argument: str, folder: Path, engines: Engines | None = None) -> Persona:
    """The persona of a slug in the folder, or of a file; raises LookupProblem.

    ``engines`` are those that a file may name; without them, any.
    """
    path = _path(argument, folder)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LookupProblem(f"cannot read {path}: {error.strerror or error}.") from None
    found = examine(data, path.stem, engines)
    if found.persona is None:
        first = found.errors[0]
        raise LookupProblem(
            f"{path}:{first.line}: {first.message}. "
            f"Run `uv run app.py check {path}` for all findings."
        )
    return found.persona


def persona_names(folder: Path) -> list[str]:
    """The names of the persona files in a folder."""
    return sorted(p.stem for p in folder.glob("*.md") if p.stem.lower() != "readme")


def _path(argument: str, folder: Path) -> Path:
    plain = Path(argument)
    if os.path.isfile(plain):  # unlike the path's own, also says so of a name that is too long
        return plain
    listed = folder / f"{argument.removesuffix('.md')}.md"
    if plain.name == argument and os.path.isfile(listed):
        return listed
    known = persona_names(folder)
    choice = f"Choose one of: {', '.join(known)}" if known else f"{folder} holds no persona file"
    raise LookupProblem(f"there is no persona {argument!r}. {choice}, or give a file's path.")
