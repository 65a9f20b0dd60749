"""Runs of the lab: a persona played against a script, with all that came of it.

A file for each run, since a run is written once and never changed; what lists need of all of them
is kept in memory. They count in no progress and in no version's score. They stay when their persona
is deleted, as its versions do, and follow it when it is renamed; the oldest go when there are too
many.
"""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from data.common.files import sweep, write_atomic
from data.consistency import Consistency
from data.records import Break, Record, Turn

log = logging.getLogger(__name__)

MOST = 2000
"""Runs that are kept; the oldest goes with one more. One is about 10 KB."""
_SUFFIX, _SOUND, _JOURNAL = ".json", ".ogg", ".jsonl"
MOST_SOUNDS = 200
"""Runs of which the sound is kept, the newest; a minute of it is some 400 KB."""


@dataclass(frozen=True, slots=True)
class Miss(Record):
    """An expectation in the script's line ``line`` (1-based; of an error, its own) that was not
    met: what was ``saw`` instead, in words; ``turn`` is where, None for the whole call."""

    line: int
    expectation: str
    saw: str
    turn: int | None = None

    def told(self) -> dict[str, Any]:
        """What the command line's JSON has of it."""
        return {"line": self.line, "expectation": self.expectation, "saw": self.saw}


@dataclass(frozen=True, slots=True)
class Heard(Record):
    """What the persona ``heard`` in the turn ``turn`` (-1 when nothing) where ``said`` was said."""

    turn: int
    said: str
    heard: str


@dataclass(frozen=True, slots=True)
class InSound(Record):
    """How a run went in real sound: the call took ``seconds``, of which ``speaking`` were speech of
    either side and waits for the persona's answers; ``noisy`` when the line was. ``heard`` are the
    lines that were heard differently."""

    seconds: float
    speaking: float
    noisy: bool = False
    heard: tuple[Heard, ...] = ()

    @property
    def times(self) -> float:
        """How many times its speaking time the call took."""
        return self.seconds / self.speaking if self.speaking else 0.0

    def told(self) -> dict[str, Any]:
        """What the command line's JSON has of it."""
        return {**self.to_json(), "times": round(self.times, 2)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What was told, with what was heard."""
        heard = tuple(Heard.from_json(each) for each in values.get("heard", ()))
        told = {name: values[name] for name in ("seconds", "speaking", "noisy") if name in values}
        return cls(**told, heard=heard)


@dataclass(frozen=True, slots=True)
class LabRun:
    """One run. ``version`` is the persona's, ``script_version`` that of the script's text ("" in
    runs of before it was kept); ``started`` is seconds since the epoch, ``seconds`` what it took;
    ``batch`` is what was started together.

    ``played_by`` is who spoke for ``engine``, in words. ``moods`` is the intensity (0-10) at the
    beginning and after each turn of the trainee; ``score`` is None when there is none. ``ended`` is
    ``customer`` or ``trainee`` when one of them hung up. ``failure`` says in words what broke it
    off ("" when nothing did): then the turns are those up to there. ``cost`` is in US dollars, None
    when no price is known. ``sound`` is None when it was played in text. ``trainee`` is who
    speaks as the trainee after the script's own turns, in words; ``consistency`` what was measured,
    if it was.
    """

    id: str
    batch: str
    persona: str
    version: str
    script: str
    engine: str
    played_by: str
    started: float
    seed: int = 0
    repeat: int = 0
    passed: bool = False
    resolved: bool = False
    score: int | None = None
    ended: str = ""
    moods: tuple[int, ...] = ()
    misses: tuple[Miss, ...] = ()
    breaks: tuple[Break, ...] = ()
    seconds: float = 0.0
    failure: str = ""
    cost: float | None = 0.0
    turns: tuple[Turn, ...] = ()
    sound: InSound | None = None
    trainee: str = ""
    consistency: Consistency | None = None
    script_version: str = ""

    def to_json(self) -> dict[str, Any]:
        """The run as JSON-ready values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        for name in _RECORDS:
            values[name] = [each.to_json() for each in values[name]]
        for name in _SINGLE:
            values[name] = values[name].to_json() if values[name] is not None else None
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The run from what ``to_json`` gave; unknown names are ignored. Raises ``TypeError`` or
        ``ValueError`` for what is no run."""
        known = {name: values[name] for name in cls.__slots__ if name in values}
        for name, kind in _RECORDS.items():
            known[name] = tuple(kind.from_json(each) for each in known.get(name, ()))
        known["moods"] = tuple(map(int, known.get("moods", ())))
        for name, record in _SINGLE.items():
            if known.get(name) is not None:
                known[name] = record.from_json(known[name])
        return cls(**known)


_RECORDS: dict[str, type[Record]] = {"misses": Miss, "breaks": Break, "turns": Turn}
_SINGLE: dict[str, type[Record]] = {"sound": InSound, "consistency": Consistency}


class LabRuns:
    """The runs in ``folder``; safe to use from any thread. The first call reads all files, so call
    it off a loop; afterwards ``recent`` answers from memory."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._heads: dict[str, LabRun] | None = None
        self.trouble = ""
        """Why runs are not being kept at present, in words; "" when they are."""

    def add(self, run: LabRun) -> None:
        """Keep the run; one that cannot be written stays in the list until the app stops."""
        data = json.dumps(run.to_json(), ensure_ascii=False).encode("utf-8", "replace")
        with self._lock:
            heads = self._read()
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_atomic(self._path(run.id), data, mode=0o600)
                self.trouble = ""
            except OSError as error:
                self._tell(error)
            heads[run.id] = replace(run, turns=()) if not self.trouble else run
            for oldest in list(heads)[: max(0, len(heads) - self._most)]:
                self._drop(oldest)
            self._remove(run.id, _JOURNAL)
            sounding = [each.id for each in heads.values() if each.sound is not None]
            for oldest in sounding[: max(0, len(sounding) - MOST_SOUNDS)]:
                self._remove(oldest, _SOUND)

    def recent(self, persona: str = "", limit: int = 0) -> Sequence[LabRun]:
        """The newest first, without their turns; of that persona, or of all."""
        with self._lock:
            found = [r for r in self._read().values() if persona in ("", r.persona)]
        return found[: -limit - 1 : -1] if limit else found[::-1]

    def get(self, run: str) -> LabRun | None:
        """The whole run of that id; None when there is none (any more)."""
        with self._lock:
            head = self._read().get(run)
            if head is None or head.turns:
                return head
            return self._load(self._path(run))

    def sound(self, run: str) -> Path | None:
        """The sound of that run, Ogg/Opus; None when it has none (any more)."""
        with self._lock:
            known = run in self._read()
        path = self._folder / f"{run}{_SOUND}"
        return path if known and path.is_file() else None

    @property
    def folder(self) -> Path:
        """Where calls in real sound write their journal and their sound, named by the run's id."""
        return self._folder

    def renamed(self, old: str, new: str) -> None:
        """The persona is called ``new`` by now, and its runs go on under that name."""
        with self._lock:
            moved = [run for run in self._read().values() if run.persona == old]
        for head in moved:
            if (run := self.get(head.id)) is not None:
                self.add(replace(run, persona=new))

    def _read(self) -> dict[str, LabRun]:
        """The heads by id, the oldest first; made from the files once."""
        if self._heads is None:
            if self._folder.is_dir():
                sweep(self._folder)
            found = sorted(self._files(), key=lambda run: (run.started, run.id))
            self._heads = {run.id: replace(run, turns=()) for run in found}
            for path in (*self._folder.glob(f"*{_SOUND}"), *self._folder.glob(f"*{_JOURNAL}")):
                if path.suffix == _JOURNAL or path.stem not in self._heads:
                    self._remove(path.stem, path.suffix)  # of a run that a stop cut off
        return self._heads

    def _files(self) -> Iterator[LabRun]:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if (run := self._load(path)) is not None:
                yield run

    def _load(self, path: Path) -> LabRun | None:
        try:
            return LabRun.from_json(json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("the lab's run %s cannot be read and is left out: %s", path.name, error)
            return None

    def _drop(self, run: str) -> None:
        assert self._heads is not None
        self._heads.pop(run, None)
        for suffix in (_SUFFIX, _SOUND):
            self._remove(run, suffix)

    def _remove(self, run: str, suffix: str) -> None:
        with suppress(OSError):
            (self._folder / f"{run}{suffix}").unlink(missing_ok=True)

    def _path(self, run: str) -> Path:
        return self._folder / f"{run}{_SUFFIX}"

    def _tell(self, error: OSError) -> None:
        why = error.strerror or str(error)
        self.trouble = (
            f"Runs of the lab are not being kept: {why}. Make room on the disk of {self._folder}, "
            "or make that folder writable."
        )
        log.error("%s", self.trouble)
