"""Files that are there whole or not at all, whenever the process is killed."""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_REPLACE_TRIES = 5


def write_atomic(path: Path, data: bytes) -> None:
    """Replace the file's content at once; readable by its owner only.

    Raises ``OSError`` (disk full, no permission) and then leaves the old file as it was. Not for
    two writers of one path at the same time: the temporary file has one fixed name, so that a
    killed process leaves one at most.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        _write_synced(temporary, data)
        _replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_shared(path: Path, data: bytes) -> None:
    """Replace the content of a file that can be made again, also when two processes do so at the
    same time; a killed one may leave a temporary file. Raises ``OSError``."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        _replace(Path(name), path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def sync_folder(folder: Path) -> None:
    """Make names created or replaced in the folder survive a power cut, where there is a way."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_synced(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        # A full disk may shorten a write without an error: never rename such a file.
        if os.fstat(file.fileno()).st_size != len(data):
            raise OSError(f"only a part of {path.name} could be written")


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
