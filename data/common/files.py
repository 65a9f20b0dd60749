"""Files that are there whole or not at all, whenever the process is killed."""

import errno
import logging
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_REPLACE_TRIES = 5
# What mkstemp makes of our prefix and suffix, and nobody calls a file of theirs.
_TEMPORARY = re.compile(r"\.(.+)-[a-z0-9_]{8}\.tmp")
_MOUNTS = Path("/proc/self/mountinfo")

log = logging.getLogger(__name__)


class MountedFile(OSError):
    """A file that is a mount point by itself can neither be replaced nor written; as it was."""


def write_atomic(
    path: Path,
    data: bytes,
    *,
    mode: int = 0o600,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Replace the file's content at once; ``mode`` is who may read and write it then.

    ``check`` is called when all is ready to take the file's place; what it raises stops it. A file
    that is mounted by itself, as into a container, cannot be replaced and is written in place.
    Raises ``OSError`` (disk full, no permission) and then leaves the old file as it was.
    """
    try:
        temporary = _temporary(path)
    except OSError as error:
        # The folder around a mounted file is often not for writing.
        if not (path.exists() and is_mounted(path)):
            raise
        check()
        _overwrite(path, data, error)
        return
    try:
        _write_synced(temporary, data, mode)
        check()
        try:
            _replace(temporary, path)
        except OSError as error:
            if error.errno != errno.EBUSY or not path.is_file():
                raise
            _overwrite(path, data, error)
    finally:
        with suppress(OSError):  # gone, when all went well
            temporary.unlink()
    sync_folder(path.parent)


def write_shared(path: Path, data: bytes) -> None:
    """Replace the content of a file that can be made again, also when two processes do so at the
    same time; it need not survive a power cut. Raises ``OSError``."""
    temporary = _temporary(path)
    try:
        temporary.write_bytes(data)
        _replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make names created or replaced in the folder survive a power cut, where there is a way."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some network disks know no syncing of folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_unfinished(name: str, stem: Callable[[str], bool] = bool) -> bool:
    """Whether a killed writer of a file with such a stem may have left a file of that name."""
    match = _TEMPORARY.fullmatch(name)
    return match is not None and stem(match[1])


def sweep(folder: Path, unfinished: Callable[[str], bool] = is_unfinished) -> int:
    """Remove what killed writers left in the folder; returns how many files. Call it while nobody
    writes there."""
    removed = 0
    with suppress(OSError):
        for path in list(folder.iterdir()):
            with suppress(OSError):
                if unfinished(path.name) and stat.S_ISREG(path.lstat().st_mode):
                    path.unlink()
                    removed += 1
    if removed:
        log.info("%d unfinished files of a killed process removed from %s", removed, folder)
    return removed


def is_mounted(path: Path) -> bool:
    """Whether the file itself is a mount point, as far as the system tells (Linux)."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        wanted = os.path.realpath(path)
    except (OSError, ValueError):
        return False
    points = (line.split(" ")[4] for line in lines if line.count(" ") > 4)
    return any(re.sub(r"\\(\d{3})", _octal, point) == wanted for point in points)


def _octal(match: re.Match[str]) -> str:
    return chr(int(match[1], 8))


def _temporary(path: Path) -> Path:
    """A new file beside that one; only its owner may read it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    return Path(name)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        # A full disk may shorten a write without an error: never rename such a file.
        if os.fstat(file.fileno()).st_size != len(data):
            raise OSError(f"only a part of {path.name} could be written")
    if mode != 0o600:
        path.chmod(mode)


def _replace(source: Path, target: Path) -> None:
    # On Windows a virus scanner or an indexer may hold the target open for a moment.
    for attempt in range(_REPLACE_TRIES):
        try:
            os.replace(source, target)
        except PermissionError:
            if attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.02)
        else:
            return


def _overwrite(path: Path, data: bytes, why: OSError) -> None:
    """Write into the file itself; what cannot be finished is taken back."""
    try:
        with path.open("r+b", buffering=0) as file:
            before = file.read()
            try:
                _fill(file.fileno(), data)
            except OSError:
                with suppress(OSError):
                    _fill(file.fileno(), before)
                raise
    except OSError as error:
        raise MountedFile(error.errno or why.errno, error.strerror or str(error)) from error


def _fill(descriptor: int, data: bytes) -> None:
    """Make this all that the open file holds; a longer one is made longer first, so that a full
    disk is noticed before anything is lost."""
    size = os.fstat(descriptor).st_size
    _put(descriptor, data[size:], size)
    _put(descriptor, data[:size], 0)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def _put(descriptor: int, data: bytes, at: int) -> None:
    os.lseek(descriptor, at, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
