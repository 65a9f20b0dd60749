"""Persona files on disk: which names are allowed, reading them, and writing them whole."""

import contextlib
import os
import re
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from personas.source import LIMIT

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
# Names that mean a device on Windows whatever their suffix, and the folder's own description.
_RESERVED = frozenset({"con", "prn", "aux", "nul", "readme"}) | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(10)
}
_TRIES = 5

Signature = tuple[int, int, int]


class SaveError(Exception):
    """A persona could not be written; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds; ``trouble`` says in words why it cannot be read.

    ``signature`` is ``(modified in ns, size, inode)`` and None when there is no such file.
    """

    data: bytes = b""
    trouble: str = ""
    signature: Signature | None = None

    @property
    def missing(self) -> bool:
        """Whether there is no such file (a link that leads nowhere is one, of a kind)."""
        return self.signature is None and not self.trouble


def is_slug(name: str) -> bool:
    """Whether a persona may be called that: lower-case letters, digits and hyphens, 64 at most."""
    return bool(_SLUG.fullmatch(name)) and name not in _RESERVED


def slug_of(path: Path) -> str | None:
    """The slug of a persona file; None for README.md, other files and names not allowed."""
    return path.stem if path.suffix == ".md" and is_slug(path.stem) else None


def stays_inside(path: Path, folder: Path) -> bool:
    """Whether the file, symlinks followed, lies directly in the folder."""
    try:
        return path.resolve().parent == folder.resolve()
    except (OSError, RuntimeError):
        return False


def signature(path: Path) -> Signature | None:
    """What changes when the file does; None when there is no such file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def read(path: Path, folder: Path) -> Content:
    """Read a file, at most a byte more than a persona may have."""
    seen = signature(path)
    if not stays_inside(path, folder):
        return Content(trouble="it is a link that leads out of the folder", signature=seen)
    if seen is None:
        return Content()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Content(trouble="it is no ordinary file", signature=seen)
        with path.open("rb") as file:
            return Content(file.read(LIMIT + 1), signature=seen)
    except FileNotFoundError:
        return Content()
    except OSError as error:
        return Content(trouble=error.strerror or str(error), signature=seen)


def write(path: Path, data: bytes) -> None:
    """Replace the file's bytes as a whole, or raise SaveError and leave it as it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path.resolve(), data)
    except OSError as error:
        raise SaveError(_in_words(error, path)) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        _rename(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(path.parent)


def _rename(name: str, path: Path) -> None:
    """Windows refuses while another program reads the file, which never lasts long."""
    for attempt in range(_TRIES):
        try:
            os.replace(name, path)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _TRIES - 1:
                raise
            time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut, where folders can be synced (not on Windows)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _in_words(error: OSError, path: Path) -> str:
    if isinstance(error, PermissionError):
        why = f"the folder {path.parent} may not be written to; allow it, or choose another folder"
    else:
        why = f"{(error.strerror or str(error)).lower()}; make room or check the disk"
    return f"{path.name} was not saved and is as before: {why}."
