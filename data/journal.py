"""The journal of one call: a JSON object a line, on the disk before the next one begins."""

import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from data.common.files import sync_folder
from data.records import (
    LARGEST,
    Break,
    CallEnd,
    CallStart,
    Edit,
    EngineUse,
    Hint,
    Latency,
    ModelUse,
    Record,
    Recording,
    Turn,
    in_force,
)
from data.texts import Difference, Texts

log = logging.getLogger(__name__)


class UnreadableJournal(ValueError):
    """The file holds no readable head, so nobody can tell which call it is."""


class Mood(NamedTuple):
    """The director's state at one moment; ``at`` is seconds since the call began."""

    at: float
    phase: str
    intensity: int
    cause: str


@dataclass(frozen=True)
class CallRecord:
    """All that is kept of one call.

    ``usage`` holds the totals of each model. ``persona_text`` is the persona as the call began
    with it, ``edited_text`` the one of an edit that was in force at the end ("" when none was);
    ``texts`` holds each by its version. ``recording`` is what became of its sound, None when that
    was not recorded. ``kept``: its trainee wants to keep this try. ``unwritten`` is why some of it
    is in memory only, "" when all is on the disk. ``breaks`` is what the persona did that it must
    never do, None where nobody has looked yet.
    """

    start: CallStart
    persona_text: str = ""
    turns: tuple[Turn, ...] = ()
    edits: tuple[Edit, ...] = ()
    latencies: tuple[Latency, ...] = ()
    engines: tuple[EngineUse, ...] = ()
    usage: tuple[ModelUse, ...] = ()
    moods: tuple[Mood, ...] = ()
    end: CallEnd | None = None
    scorecard: dict[str, Any] | None = None
    edited_text: str = ""
    hints: tuple[Hint, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    unwritten: str = ""
    recording: Recording | None = None
    kept: bool = False
    breaks: tuple[Break, ...] | None = None

    def answer_time(self, turn: Turn) -> float | None:
        """Seconds from the trainee's last word to the first sound of that line of the persona, as
        the browser measured it; None for every other turn, and when it was not measured."""
        if turn.speaker != "persona":
            return None
        # Records of before have it at the trainee's turn where that came later than the measure.
        asked = {each.index for each in self.turns if each.speaker == "trainee"}
        own = (turn.index, *({turn.index - 1} & asked))
        return next((item.seconds for item in self.latencies if item.turn in own), None)

    @property
    def duration(self) -> float:
        """Seconds from the start to the end, or to the last thing known of it."""
        if self.end is not None:
            end = self.end.at
            return max(0.0, self.end.ended - self.start.started) if end is None else end
        told = [turn.over for turn in self.turns] + [edit.at for edit in self.edits]
        told += [mood.at for mood in self.moods] + [hint.at for hint in self.hints]
        return max([*told, *(use.at for use in self.engines)], default=0.0)


class Journal:
    """Appends to one call's file; safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, 0o600)
        self._lock = threading.Lock()
        self._closed = False
        self._torn: int | None = None
        try:
            self._end_torn_line()
        except OSError:
            os.close(self._descriptor)
            raise
        sync_folder(path.parent)

    def append(self, kind: str, record: Record | Mapping[str, Any]) -> None:
        """``write`` that record as a line."""
        self.write(encoded(kind, record))

    def write(self, line: bytes) -> None:
        """Write one line of ``encoded`` and wait until the disk has it.

        Raises ``OSError`` when the disk is full: then the line is taken back as a whole.
        Raises ``ValueError`` when the journal is closed.
        """
        with self._lock:
            if self._closed:
                raise ValueError("the journal is closed")
            self._write(line)

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        with self._lock:
            if not self._closed:
                self._closed = True
                with suppress(OSError):
                    self._take_back()
                os.close(self._descriptor)

    def _write(self, line: bytes) -> None:
        self._take_back()
        size = os.fstat(self._descriptor).st_size
        try:
            rest = memoryview(line)
            while rest:  # a full disk first shortens a write, and fails the next one
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError:
            self._torn = size
            with suppress(OSError):  # a disk that became read-only refuses this, too
                self._take_back()
            raise

    def _take_back(self) -> None:
        """Cut off the line that could not be written whole: half of it would swallow the next."""
        if self._torn is not None:
            os.ftruncate(self._descriptor, self._torn)
            self._torn = None

    def _end_torn_line(self) -> None:
        size = os.lseek(self._descriptor, 0, os.SEEK_END)
        if size == 0:
            return
        os.lseek(self._descriptor, size - 1, os.SEEK_SET)
        if os.read(self._descriptor, 1) != b"\n":
            self._write(b"\n")


def encoded(kind: str, record: Record | Mapping[str, Any]) -> bytes:
    """A record as a line of the journal; raises ``TypeError`` or ``ValueError`` for what is no
    JSON."""
    values = record.to_json() if isinstance(record, Record) else dict(record)
    text = json.dumps({"kind": kind} | values | {"kind": kind}, ensure_ascii=False)
    # "replace": half a surrogate pair from a browser must not cost the turn.
    return text.encode("utf-8", "replace") + b"\n"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines that a ``Journal`` wrote to that file, [] when there is none; a torn or damaged one
    is left out and logged. Raises ``OSError``."""
    found = []
    with suppress(FileNotFoundError):
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            try:
                if line.strip():
                    found.append(dict(json.loads(line)))
            except Exception:  # of a line, anything: RecursionError, OverflowError and others
                log.warning("%s:%d: unreadable line left out", path, number)
    return found


def read_journal(path: Path, waiting: Iterable[bytes] = ()) -> CallRecord:
    """The call in that file and in the lines that are ``waiting`` to be written to it; a torn or
    damaged line is left out and logged.

    Raises ``UnreadableJournal`` when the head is missing, ``OSError`` when the file is.
    """
    draft = _Draft()
    lines = [*path.read_bytes().split(b"\n"), *waiting]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            draft.add(json.loads(line))
        except Exception:  # of a line, anything: RecursionError, OverflowError and others
            log.warning("%s:%d: unreadable line left out", path.name, number)
    return draft.finish(path.name)


@dataclass
class _Draft:
    """A call record while its journal is being read."""

    start: CallStart | None = None
    end: CallEnd | None = None
    persona_text: str = ""
    texts: Texts = field(default_factory=Texts)
    scorecard: dict[str, Any] | None = None
    turns: dict[int, Turn] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    engines: list[EngineUse] = field(default_factory=list)
    usage: tuple[ModelUse, ...] = ()
    moods: list[Mood] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    recording: Recording | None = None
    kept: bool = False
    breaks: tuple[Break, ...] | None = None

    def add(self, line: dict[str, Any]) -> None:
        match line.pop("kind"):
            case "start":
                self.start = CallStart.from_json(line)
                self.persona_text = _text(line["persona_text"])
                self.texts.put(self.start.version, self.persona_text)
            case "turn":
                turn = Turn.from_json(line)
                self.turns[turn.index] = turn
            case "edit":
                self._add_edit(Edit.from_json(line), line)
            case "hint":
                self.hints.append(Hint.from_json(line))
            case "recording":
                self.recording = Recording.from_json(line)
            case "kept":
                self.kept = True
            case "latency":
                self.latencies.append(Latency.from_json(line))
            case "engine":
                self.engines.append(EngineUse.from_json(line))
            case "usage":  # each line holds the totals so far
                self.usage = tuple(ModelUse.from_json(use) for use in line["models"])
            case "mood":
                at, phase, intensity, cause = (line[name] for name in Mood._fields)
                state = Mood(_number(at), _text(phase), int(_number(intensity)), _text(cause))
                self.moods.append(state)
            case "end":
                self.end = CallEnd.from_json(line)
            case "scorecard":
                _number(line.get("score") or 0)  # lists of calls are sorted by it
                self.scorecard = line
            case "breaks":
                self.breaks = tuple(Break.from_json(each) for each in line["breaks"])
            case _:
                pass  # a later version's line

    def finish(self, name: str) -> CallRecord:
        if self.start is None:
            raise UnreadableJournal(f"{name} has no readable head")
        turns = tuple(self.turns[index] for index in sorted(self.turns))
        return CallRecord(
            start=self.start,
            persona_text=self.persona_text,
            turns=turns,
            edits=tuple(self.edits),
            latencies=tuple(self.latencies),
            engines=tuple(self.engines),
            usage=self.usage,
            moods=tuple(sorted(self.moods or _moods(turns), key=lambda mood: mood.at)),
            end=self.end,
            scorecard=self.scorecard,
            edited_text=self._edited_text(self.start.version),
            hints=tuple(self.hints),
            texts=self.texts,
            recording=self.recording,
            kept=self.kept,
            breaks=self.breaks,
        )

    def _edited_text(self, first: str) -> str:
        version = in_force(first, self.edits)
        return "" if version == first else self.texts.get(version, "")

    def _add_edit(self, edit: Edit, line: dict[str, Any]) -> None:
        """A text that took effect stands there whole, or as what differs from an earlier one, or
        it stands in an earlier line."""
        text, change = _text(line.get("persona_text", "")), line.get("difference")
        self.edits.append(edit)
        if edit.outcome not in ("applied", "rebuilt"):
            return
        if text:
            self.texts.put(edit.version, text)
        elif change is not None:
            self.texts.take(edit.version, Difference.from_json(change))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise TypeError("no number")
    return value


def _moods(turns: tuple[Turn, ...]) -> Iterator[Mood]:
    """The director's course, for a journal without lines of its own for it."""
    for turn in turns:
        if turn.speaker == "trainee" and turn.phase:
            yield Mood(turn.over, turn.phase, turn.intensity, turn.cause)
