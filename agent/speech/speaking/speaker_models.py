"""The models of the English voice's further speakers: fetched once into the cache, or done without.

Their addresses, sizes and checksums are those of the package hibari-tts.
"""

import hashlib
import http.client
import importlib.util
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.speech.speaking.speakers import BUNDLED, SPEAKERS
from data.common.files import is_unfinished, sweep, write_atomic
from data.common.observers import Observers

log = logging.getLogger(__name__)

SILENCE = 15.0
"""Seconds without a byte after which a download is given up."""
TOTAL = 180.0
"""Seconds for a whole model: 8 MB."""
AGAIN = 600.0
"""Seconds until one that could not be fetched is tried again."""
_CHUNK = 1 << 16
_PLACE = "name another place in REHEARSAL_VOICE_MODELS_URL"
_AGAIN = "Fetch it again under Settings; a start of Rehearsal tries, too."
_NETWORK = f"Check the network and its proxy, then fetch it again under Settings; or {_PLACE}."
_ELSEWHERE = f"Correct REHEARSAL_VOICE_MODELS_URL if it is set, or {_PLACE}."
_CHANGED = f"A proxy or a mirror may have changed it: {_PLACE}."
NOT_TRIED = (
    "An admin fetches it under Settings (8 MB); so does a start of Rehearsal, and a change of the "
    "persona file."
)
"""What helps where nobody has tried to fetch a speaker."""
_INSTALL = "`uv sync` brings the package, where there is one for this system."


class SpeakerProblem(Exception):
    """A speaker could not be fetched: ``found`` is what happened, ``fix`` what helps."""

    def __init__(self, found: str, fix: str) -> None:
        super().__init__(f"{found} {fix}")
        self.found = found
        self.fix = fix


class SpeakerModels:
    """Those in one folder; ``base_url`` is where they come from instead of the author's page.

    For any thread. Why one could not be fetched is kept beside the models, since the doctor asks
    from a process of its own; it is read when this is made, and no page waits for the disk.
    """

    def __init__(self, folder: Path, base_url: str = "") -> None:
        self.folder = folder
        self._base_url = base_url
        self._lock = threading.Lock()
        self._tried: dict[str, float] = {}
        self._received: dict[str, int] = {}
        self._problems = {name: noted for name in SPEAKERS if (noted := self._noted(name))}
        self._observers = Observers[()]("the speakers' models")

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, in the thread that fetches, when more of one has come, or it has or has not;
        returns the way to stop it."""
        return self._observers.add(callback)

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

    def size(self, name: str) -> int:
        """Bytes of that speaker's model; 0 where nothing is known of it."""
        return int(_voices().get(name, {}).get("bytes", 0))

    def received(self, name: str) -> int | None:
        """How many bytes of it have come while it is being fetched; None when it is not."""
        with self._lock:
            return self._received.get(name)

    def problem(self, name: str) -> SpeakerProblem | None:
        """Why the last try to fetch it failed; None when it did not, or there was none."""
        if self.here(name) or self.received(name) is not None:
            return None
        with self._lock:
            return self._problems.get(name)

    def want(self, names: Iterable[str], *, again: bool = False) -> None:
        """Fetch what is not here, in the background. ``again``: also what was tried just now."""
        now = time.monotonic()
        for name in set(names) & set(SPEAKERS):
            if self.here(name):
                continue
            with self._lock:
                due = again or name not in self._tried or now - self._tried[name] > AGAIN
                if not due or name in self._received:
                    continue
                self._tried[name] = now
                self._received[name] = 0
            threading.Thread(
                target=self._try, args=(name,), name=f"speaker {name}", daemon=True
            ).start()

    def fetch(self, name: str) -> None:
        """Fetch it unless it is here; blocks, and raises SpeakerProblem."""
        if self.here(name):
            return
        if (voice := _voices().get(name)) is None:
            raise SpeakerProblem(f"There is no speaker {name}: hibari-tts is not here.", _INSTALL)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            model = self._download(name, voice)
            place = self.folder / voice["file"]
            sweep(self.folder, lambda file: is_unfinished(file, place.stem.__eq__))
            write_atomic(place, model, mode=0o644)
            self._note(name).unlink(missing_ok=True)
        except OSError as error:
            why = error.strerror or str(error)
            fix = "Make room on that disk, or make the folder writable."
            raise SpeakerProblem(f"It could not be kept in {self.folder}: {why}.", fix) from error

    def _try(self, name: str) -> None:
        failed = None
        try:
            self.fetch(name)
        except SpeakerProblem as problem:
            failed = problem
        except Exception as error:
            log.exception("the speaker %s could not be fetched", name)
            failed = SpeakerProblem(f"Fetching broke: {type(error).__name__}.", _AGAIN)
        if failed is not None:
            log.warning("the speaker %s could not be fetched: %s", name, failed)
            with suppress(OSError):
                self._note(name).write_text(f"{failed.found}\n{failed.fix}\n", encoding="utf-8")
        with self._lock:
            self._received.pop(name, None)
            self._problems.pop(name, None)
            if failed is not None:
                self._problems[name] = failed
        self._observers.tell()

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.problem.txt"

    def _noted(self, name: str) -> SpeakerProblem | None:
        try:
            found, fix = self._note(name).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return None
        return SpeakerProblem(found, fix)

    def _download(self, name: str, voice: Mapping[str, Any]) -> bytes:
        """The model, kept in memory until it is whole: whoever is killed meanwhile leaves nothing.

        Raises SpeakerProblem, also when what came is not what was published."""
        base = (self._base_url or _author()).rstrip("/")
        host = urlsplit(base).hostname or base
        model = bytearray()
        with closing(_chunks(f"{base}/{voice['file']}", host)) as chunks:
            for chunk in chunks:
                model += chunk
                if len(model) > voice["bytes"]:
                    raise SpeakerProblem(f"{host} sent more than was published.", _CHANGED)
                with self._lock:
                    if name in self._received:
                        self._received[name] = len(model)
                self._observers.tell()
        if len(model) != voice["bytes"]:
            found = f"It was cut off: {len(model):,} of {voice['bytes']:,} bytes came from {host}."
            raise SpeakerProblem(found, _AGAIN)
        if hashlib.sha256(model).hexdigest() != voice["sha256"]:
            found = f"What came from {host} is not what was published: its SHA-256 is another one."
            raise SpeakerProblem(found, _CHANGED)
        return bytes(model)


def _chunks(url: str, host: str) -> Generator[bytes, None, None]:
    """The bytes at that address; raises SpeakerProblem."""
    end = time.monotonic() + TOTAL
    came = 0
    try:
        with urllib.request.urlopen(url, timeout=SILENCE) as source:
            while chunk := source.read(_CHUNK):
                came += len(chunk)
                yield chunk
                if time.monotonic() > end:
                    raise SpeakerProblem(f"{host} took over {TOTAL:.0f} s.", _AGAIN)
    except urllib.error.HTTPError as error:
        error.close()  # it is an open answer, too
        found = f"{host} does not give it away (HTTP {error.code})."
        raise SpeakerProblem(found, _ELSEWHERE) from error
    except TimeoutError as error:
        raise SpeakerProblem(f"{host} sent nothing for {SILENCE:.0f} s.", _AGAIN) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if came:
            raise SpeakerProblem(f"{host} broke off after {came:,} bytes.", _AGAIN) from error
        why = getattr(error, "reason", error)
        words = getattr(why, "strerror", None) or why
        raise SpeakerProblem(f"{host} could not be reached ({words}).", _NETWORK) from error


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
