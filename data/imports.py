"""The text with which each persona was imported last, so that a later update can tell what of its
file is the author's own."""

import logging
import os
import re
import threading
from contextlib import suppress
from pathlib import Path

from data.common.files import write_atomic

log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)?")


class Imports:
    """A file for each persona in ``folder``; safe to use from any thread.

    Losing one costs an update its knowledge, and no persona: no method raises.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def note(self, slug: str, text: str) -> None:
        """The persona has come as this text."""
        with self._lock:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_atomic(self._path(slug), text.encode("utf-8", "surrogatepass"))
            except OSError as error:
                log.warning("the text that %s was imported with is not kept: %s", slug, error)

    def text(self, slug: str) -> str | None:
        """The text that the persona came as; None when that is not known."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path(slug).read_bytes().decode("utf-8")
        return None

    def renamed(self, old: str, new: str) -> None:
        """The persona ``old`` is called ``new`` by now; ``archive.NAME`` is one that was put
        away."""
        with self._lock, suppress(OSError):
            os.replace(self._path(old), self._path(new))

    def _path(self, slug: str) -> Path:
        if not _NAME.fullmatch(slug):
            raise OSError(f"{slug!r} is no persona's name")
        return self._folder / f"{slug}.md"
