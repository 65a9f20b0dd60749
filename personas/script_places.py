"""Where scripts lie beside the personas: ``scripts/PERSONA/NAME.md``, also in the archive."""

import os
from pathlib import Path
from typing import NamedTuple

from personas.files import is_aside, slug_of
from personas.moves import ARCHIVE, name_in_archive

SCRIPTS = "scripts"
"""The folder, inside the personas folder and inside the archive, that holds a folder for each
persona."""


class ScriptPlace(NamedTuple):
    """A script's file, and the file of the persona that it is about."""

    path: Path
    persona: Path

    @property
    def slug(self) -> str:
        """The name of the persona's file."""
        return self.persona.stem

    @property
    def name(self) -> str:
        """The script's own name."""
        return self.path.stem


def folder_of(personas: Path, slug: str) -> Path:
    """The folder of a persona's scripts; ``archive.NAME`` stands for an archived persona."""
    if away := name_in_archive(slug):
        return personas / ARCHIVE / SCRIPTS / away
    return personas / SCRIPTS / slug


def place_of(path: Path) -> ScriptPlace | None:
    """The place of a script; None for a file that lies in no folder of scripts."""
    of_persona = Path(os.path.abspath(path)).parent
    if of_persona.parent.name != SCRIPTS or path.suffix != ".md":
        return None
    # As the caller wrote it where that can be, so that findings name files as people do.
    plain = len(path.parts) > 2 and ".." not in path.parts
    above = path.parent.parent.parent if plain else of_persona.parent.parent
    return ScriptPlace(path, above / f"{of_persona.name}.md")


def scripts_below(folder: Path) -> list[Path]:
    """The markdown files in the folders of ``folder``, a ``scripts``, and those in no such folder;
    none when it cannot be read."""
    return [path for below in _folders(folder) for path in scripts_in(below)] + scripts_in(folder)


def scripts_in(folder: Path) -> list[Path]:
    """The markdown files directly in a folder."""
    try:
        return sorted(p for p in folder.glob("*.md") if not is_aside(p.name))
    except OSError:
        return []


def names_in(folder: Path) -> list[str]:
    """The names of the scripts in a folder that are named as they must be."""
    return [name for path in scripts_in(folder) if (name := slug_of(path))]


def personas_in(personas: Path) -> list[str]:
    """The names of the personas for which there is a folder of scripts."""
    return [f.name for f in _folders(personas / SCRIPTS) if slug_of(Path(f"{f.name}.md"))]


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not is_aside(p.name))
    except OSError:
        return []
