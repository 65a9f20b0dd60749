"""Persona files on disk: which names are allowed, reading them, and writing them whole."""

import contextlib
import errno
import hashlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.common.files import MountedFile, is_unfinished, sweep, write_atomic
from personas.source import LIMIT

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
# Names that mean a device on Windows whatever their suffix, the folder's own description, and the
# studio's pages beside the editors: /studio/new, /studio/import.
_RESERVED = frozenset({"con", "prn", "aux", "nul", "readme", "new", "import"}) | {
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


def is_meant(path: Path) -> bool:
    """Whether it is named as a persona file is, or nearly: ``ANN.MD`` and ``ann.markdown``."""
    return path.suffix.casefold() in (".md", ".markdown")


def is_aside(name: str) -> bool:
    """A file that nobody expects to be a persona: an editor's own, or the folder's description."""
    return name.startswith((".", "#", "~")) or name.casefold() == "readme.md"


def stays_inside(path: Path, folder: Path) -> bool:
    """Whether the file, symlinks followed, lies in the folder, or in one below it as Kubernetes
    mounts files: as links to ``..data/NAME``."""
    try:
        return folder.resolve() in path.resolve().parents
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
        return _read_whole(path, seen)
    except FileNotFoundError:
        return Content()
    except OSError as error:
        return Content(trouble=error.strerror or str(error), signature=seen)


def _read_whole(path: Path, seen: Signature) -> Content:
    """What the file holds; read again when it was being written meanwhile."""
    for _ in range(_TRIES):
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        after = signature(path)
        if after is None or after == seen:
            break
        seen = after
    return Content(data, signature=seen)


def write(path: Path, data: bytes, check: Callable[[], None]) -> None:
    """Replace the file's bytes as a whole, or raise SaveError and leave it as it was.

    ``check`` is called when all is ready to take the file's place; what it raises stops it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        place = path.resolve()
        mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o644
        write_atomic(place, data, mode=mode, check=check)
    except OSError as error:
        words = f"{path.name} was not saved and is as before: {why_not(error, path)}."
        raise SaveError(words) from error


def tidy(folder: Path) -> None:
    """Remove what killed saves have left, while no other library saves in that folder."""
    if any(folder.glob(".*.tmp")):
        with alone(folder):
            sweep(folder, lambda name: is_unfinished(name, is_slug))


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this is held, no other library saves in that folder, in whatever process.

    Where neither folders nor files can be locked, nothing is.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError, NotImplementedError):
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_lock(folder.resolve()))
        yield


def why_not(error: OSError, path: Path) -> str:
    """Why a persona's file cannot be written or moved, and what to do about it."""
    if isinstance(error, MountedFile) or error.errno == errno.EBUSY:
        reason = (error.strerror or str(error)).lower()
        return (
            f"the file is mounted by itself ({path.resolve()}), and {reason}; mount the folder "
            f"{path.parent} instead, and let it be written to"
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"the folder {path.parent} may not be written to; allow it, or choose another folder"
    return f"{(error.strerror or str(error)).lower()}; make room or check the disk"


if sys.platform == "win32":

    @contextlib.contextmanager
    def _lock(folder: Path) -> Iterator[None]:
        """Folders cannot be locked here; a file beside them can."""
        from filelock import FileLock

        name = hashlib.sha256(str(folder).casefold().encode()).hexdigest()[:16]
        with FileLock(Path(tempfile.gettempdir()) / f"rehearsal-{name}.lock"):
            yield

else:

    @contextlib.contextmanager
    def _lock(folder: Path) -> Iterator[None]:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
