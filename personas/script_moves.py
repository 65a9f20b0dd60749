"""Moves and copies the folder of a persona's scripts when its persona was moved or copied."""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from personas import files
from personas.script_places import folder_of, scripts_in
from personas.slugs import free

log = logging.getLogger(__name__)


def move(personas: Path, old: str, new: str) -> None:
    """Give the scripts of ``old`` to ``new``; ``archive.NAME`` stands for an archived persona.

    Nothing is overwritten: of two different scripts of one name the one that comes gets a number.
    What cannot be moved stays, and the log says so.
    """
    source, target = folder_of(personas, old), folder_of(personas, new)
    if _usable(source, personas):
        _quietly(lambda: _move(source, target, personas), f"the scripts of {old} stay in {source}")


def copy(personas: Path, old: str, new: str) -> None:
    """Give ``new``, which has no scripts, copies of those of ``old``."""
    source, target = folder_of(personas, old), folder_of(personas, new)
    if _usable(source, personas) and not os.path.lexists(target):
        _quietly(lambda: _copy(source, target), f"{new} has no copies of the scripts of {old}")


def _usable(folder: Path, personas: Path) -> bool:
    return folder.is_dir() and files.stays_inside(folder, personas)


def _quietly(act: Callable[[], None], otherwise: str) -> None:
    try:
        act()
    except OSError as error:
        log.warning("%s: %s", otherwise, error)


def _move(source: Path, target: Path, personas: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not files.stays_inside(target, personas):
        raise OSError(f"{target.parent} is a link that leads out of the personas folder")
    if not os.path.lexists(target):
        source.rename(target)
        return
    for path in sorted(source.iterdir()):
        _join(path, target)
    source.rmdir()


def _join(path: Path, folder: Path) -> None:
    """Put a file beside others, unless the very same is there already."""
    there = folder / path.name
    if not os.path.lexists(there):
        path.rename(there)
    elif path.is_file() and there.is_file() and path.read_bytes() == there.read_bytes():
        path.unlink()
    else:
        name = free(path.stem, lambda name: os.path.lexists(folder / f"{name}{path.suffix}"))
        path.rename(folder / f"{name}{path.suffix}")


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in scripts_in(source):
        if path.is_file() and files.stays_inside(path, source):
            shutil.copyfile(path, target / path.name)
