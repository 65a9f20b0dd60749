"""What pages remember of a browser, in a file for each; gone with its sessions."""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nicegui import app, run

UNUSED = 14 * 86_400.0
"""Seconds without a change after which the file of a browser that is not logged in goes: as long
as browsers keep the cookie."""
_BEGIN = "storage-user-"


async def forget(browsers: Iterable[str]) -> None:
    """Delete what is kept of these browsers, in memory and on the disk."""
    for browser in browsers:
        kept = app.storage._users.get(browser)
        if kept is not None:
            kept.clear()  # NiceGUI deletes the file of what is empty
        else:
            await run.io_bound(_delete, Path(app.storage.path) / f"{_BEGIN}{browser}.json")


def sweep(folder: Path, logged_in: set[str]) -> None:
    """Delete the files of browsers that did not log in, once nobody can have their cookies."""
    for path in folder.glob(f"{_BEGIN}*.json*"):
        with suppress(OSError):
            browser = path.name.removeprefix(_BEGIN).partition(".")[0]
            if browser not in logged_in and path.stat().st_mtime < time.time() - UNUSED:
                _delete(path)


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
