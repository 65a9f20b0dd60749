"""The models of the English voice's further speakers: fetched once into the cache, or done without.

Their addresses, sizes and checksums are those of the package hibari-tts.
"""

import hashlib
import http.client
import importlib.util
import json
import logging
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from agent.speech.speaking.speakers import BUNDLED, SPEAKERS

log = logging.getLogger(__name__)

SILENCE = 15.0
"""Seconds without a byte after which a download is given up."""
TOTAL = 180.0
"""Seconds for a whole model: 8 MB."""
AGAIN = 600.0
"""Seconds until one that could not be fetched is tried again."""
_CHUNK = 1 << 16


class SpeakerProblem(Exception):
    """A speaker could not be fetched: what happened, and what a person can do about it."""


class SpeakerModels:
    """Those in one folder; ``base_url`` is where they come from instead of the author's page.

    For any thread.
    """

    def __init__(self, folder: Path, base_url: str = "") -> None:
        self.folder = folder
        self._base_url = base_url
        self._lock = threading.Lock()
        self._tried: dict[str, float] = {}
        self._problems: dict[str, str] = {}

    @property
    def problems(self) -> Mapping[str, str]:
        """Why a speaker is not here, by its name, where it was tried to be fetched."""
        with self._lock:
            return dict(self._problems)

    def here(self, name: str) -> bool:
        """Whether that speaker can speak."""
        if name == BUNDLED.name:
            return True
        if (voice := _voices().get(name)) is None:
            return False
        try:
            return (self.folder / str(voice["file"])).stat().st_size == int(voice["bytes"])
        except OSError:
            return False

    def want(self, names: Iterable[str]) -> None:
        """Fetch what is not here, in the background; failures are kept in ``problems``."""
        now = time.monotonic()
        for name in set(names) & set(SPEAKERS):
            with self._lock:
                due = name not in self._tried or now - self._tried[name] > AGAIN
                if not due or self.here(name):
                    continue
                self._tried[name] = now
            threading.Thread(
                target=self._try, args=(name,), name=f"speaker {name}", daemon=True
            ).start()

    def fetch(self, name: str) -> None:
        """Fetch it unless it is here; blocks, and raises SpeakerProblem in words."""
        if self.here(name):
            return
        if (voice := _voices().get(name)) is None:
            raise SpeakerProblem(f"There is no speaker {name}: the package hibari-tts is not here.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".fetching-", dir=self.folder) as work:
                made = Path(work) / "model"
                self._download(voice, made)
                made.replace(self.folder / voice["file"])
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SpeakerProblem(
                f"The speaker {name} could not be fetched ({error}). Until a later start can, "
                f"{BUNDLED.name} speaks, with a size and tone near to it; or name another place "
                "in REHEARSAL_VOICE_MODELS_URL."
            ) from error

    def _try(self, name: str) -> None:
        try:
            self.fetch(name)
        except SpeakerProblem as problem:
            log.warning("%s", problem)
            with self._lock:
                self._problems[name] = str(problem)
        else:
            with self._lock:
                self._problems.pop(name, None)

    def _download(self, voice: Mapping[str, Any], target: Path) -> None:
        """Raises OSError, also when what came is not what was published."""
        url = (self._base_url or _author()).rstrip("/") + "/" + voice["file"]
        end = time.monotonic() + TOTAL
        seen = hashlib.sha256()
        size = 0
        with urllib.request.urlopen(url, timeout=SILENCE) as source, target.open("wb") as made:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > voice["bytes"] or time.monotonic() > end:
                    break
                seen.update(chunk)
                made.write(chunk)
        if size != voice["bytes"]:
            raise OSError(f"{size:,} of {voice['bytes']:,} bytes came")
        if seen.hexdigest() != voice["sha256"]:
            raise OSError("its SHA-256 is not the published one")


@cache
def _voices() -> Mapping[str, Any]:
    """What the package knows of its speakers; nothing where no wheel fits.

    It is read and not imported: that takes 0.2 s, for which pages and calls would wait.
    """
    found = importlib.util.find_spec("hibari")
    if found is None or found.origin is None:
        return {}
    listed = Path(found.origin).parent / "assets" / "voices.json"
    known: Mapping[str, Any] = json.loads(listed.read_text(encoding="utf-8"))
    return known


def _author() -> str:
    from hibari.voices import BASE_URL

    return str(BASE_URL)
