"""Scripts that come with their personas in one import, as a zip of personas has them."""

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from personas import files
from personas.bundle import Loose
from personas.script_places import SCRIPTS, folder_of
from personas.slugs import free, proposed

log = logging.getLogger(__name__)

Scripts = dict[PurePosixPath, list["ArrivedScript"]]
"""By the file of the persona that they are of, as the import knows it."""


@dataclass(frozen=True, slots=True)
class ArrivedScript:
    """A script's file: ``source`` as its owner knows it, and its bytes."""

    source: str
    data: bytes


def nobody(name: str) -> bytes | None:
    """No persona is here."""
    return None


def parted(
    found: Iterable[Loose], here: Callable[[str], bytes | None] = nobody
) -> tuple[list[Loose], Scripts]:
    """The files that are no scripts, and the scripts of personas that are among them.

    ``here`` gives the file of a persona that is here by that name: it joins the files when scripts
    come for it alone. A script of nobody is left among the files, with the trouble that it has.
    """
    found = list(found)
    names = {_path(file.name) for file in found}
    for persona in dict.fromkeys(_persona_of(_path(file.name)) for file in found):
        if persona is None or persona in names:
            continue
        if (data := here(persona.stem)) is not None:
            found.append(Loose(str(persona), data))
            names.add(persona)
    others: list[Loose] = []
    scripts: Scripts = defaultdict(list)
    for file in found:
        persona = _persona_of(_path(file.name))
        if persona is None or file.trouble:
            others.append(file)
        elif persona in names:
            scripts[persona].append(ArrivedScript(file.name, file.data))
        else:
            words = (
                f"It is a script of {persona.name}, which is neither among these files nor here. "
                "Import both together."
            )
            others.append(replace(file, data=b"", trouble=words))
    return others, dict(scripts)


def scripts_of(file: Loose, scripts: Scripts) -> tuple[ArrivedScript, ...]:
    """The scripts that came with this persona's file."""
    return tuple(scripts.get(_path(file.name), ()))


def missing(
    scripts: Iterable[ArrivedScript], personas: Path, slug: str
) -> tuple[ArrivedScript, ...]:
    """Those of which the persona ``slug`` does not have the very same one under the same name."""
    folder = folder_of(personas, slug)
    return tuple(script for script in scripts if not _is_here(script, folder))


def place(scripts: Iterable[ArrivedScript], personas: Path, slug: str) -> int:
    """Write the scripts of a persona that is here as ``slug`` by now; how many there are of them.

    The very same ones stay, others of that name get company. Raises SaveError.
    """
    folder, count = folder_of(personas, slug), 0
    for script in scripts:
        name = _free(script, folder)
        path = folder / f"{name}.md"
        if not files.stays_inside(path, personas):
            raise files.SaveError(f"{folder} is a link that leads out of the personas folder.")
        files.write(path, script.data, lambda: None)
        count += 1
    return count


def _free(script: ArrivedScript, folder: Path) -> str:
    name = _name(script)
    if _is_here(script, folder):
        return name
    return free(name, lambda other: os.path.lexists(folder / f"{other}.md"))


def _is_here(script: ArrivedScript, folder: Path) -> bool:
    there = folder / f"{_name(script)}.md"
    return there.is_file() and there.read_bytes() == script.data


def _name(script: ArrivedScript) -> str:
    stem = _path(script.source).stem
    return stem if files.is_slug(stem) else proposed(stem)


def _persona_of(path: PurePosixPath) -> PurePosixPath | None:
    """The persona's file of a script's; None for what lies in no folder of scripts."""
    if path.suffix != ".md" or len(path.parts) < 3 or path.parts[-3] != SCRIPTS:
        return None
    return path.parent.parent.parent / f"{path.parent.name}.md"


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))
