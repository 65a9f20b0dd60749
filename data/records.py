"""The records of a call: plain frozen values that turn into JSON and back."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from types import NoneType
from typing import Any, Literal, Self, get_args, get_origin

Speaker = Literal["trainee", "persona"]
Source = Literal["voice", "typed"]

LARGEST = 6e10
"""No number of a record is larger: a moment, a count, a score. Each such moment is a date, before
and after the epoch; beyond, none can be made of it, and a whole list would fail on one."""

_PLAIN: dict[object, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (int, float),
    tuple: (list, tuple),
}
"""What JSON holds for a field of each plain type; others are not looked at."""


class Record:
    """Base of the records: ``to_json`` and ``from_json`` by field name, unknown names ignored."""

    def to_json(self) -> dict[str, Any]:
        """The record as JSON-ready values."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The record from what ``to_json`` gave; lists become tuples. Raises ``TypeError`` for a
        value that is none of its field's kind, since a number that is none would fail much
        later."""
        kinds = _kinds(cls)  # type: ignore[arg-type]
        known = {name: value for name, value in values.items() if name in kinds}
        for name, value in known.items():
            if not _fits(value, kinds[name]):
                raise TypeError(f"{name} is {str(value)[:60]!r}")
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in known.items()})


@cache
def _kinds(record: type) -> dict[str, tuple[type, ...]]:
    """What JSON may hold for each field of that record."""
    return {field.name: _allowed(field.type) for field in fields(record)}


def _allowed(kind: object) -> tuple[type, ...]:
    if get_origin(kind) is Literal:
        return (str,)
    if get_origin(kind) is tuple:
        return (*_PLAIN[tuple], *(_PLAIN[float] if float in get_args(kind) else ()))
    found: list[type] = []
    for each in get_args(kind) or (kind,):
        found += (NoneType,) if each is NoneType else _PLAIN.get(each, (object,))
    return tuple(found)


def _fits(value: object, allowed: tuple[type, ...]) -> bool:
    """Whether the value is of a kind that is allowed; lists of records' fields hold texts, or
    numbers where numbers are allowed beside the list."""
    if isinstance(value, int | float) and not abs(value) <= LARGEST:  # NaN is not, either
        return False
    if list in allowed:
        items = _PLAIN[float] if float in allowed else _PLAIN[str]
        return isinstance(value, list | tuple) and all(_fits(item, items) for item in value)
    return isinstance(value, allowed)


@dataclass(frozen=True, slots=True)
class Turn(Record):
    """One finished turn of a call.

    ``index`` counts from 0 over both speakers; ``begin`` and ``end`` are when its speech began and
    ended, or when it was typed, in seconds since the call began. ``matched`` holds rule ids and,
    beside each at the same place, ``quotes`` the trainee's own words; ``phase``, ``intensity``,
    ``cause`` are the director's after this turn; ``version`` is the persona version in force.
    ``observer`` is who saw what a trainee's turn did, ``lexical``, ``reader`` or ``model``;
    ``stand_in`` is why it was not the model that should have ("" when nothing failed). ``replayed``
    when it was said in an earlier call, which this one goes on from: then ``begin`` and ``end`` are
    0.

    ``confidences`` (0-1) stand beside ``matched``. ``unsure`` holds the ids of rules that the turn
    may have matched, which moved nothing, with their quotes and confidences; ``asked`` the labels
    of the facts that it asked for; ``hostile``, whether it insulted the customer. Records of before
    have none of these.

    Records of before had one moment only, ``at``, at which a turn was written down: it is read as
    ``begin``, and ``end`` is None.
    """

    index: int
    speaker: Speaker
    text: str
    begin: float
    source: Source = "voice"
    version: str = ""
    phase: str = ""
    intensity: int = 0
    matched: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    cause: str = ""
    direction: str = ""
    interrupted: bool = False
    observer: str = ""
    stand_in: str = ""
    replayed: bool = False
    end: float | None = None
    confidences: tuple[float, ...] = ()
    unsure: tuple[str, ...] = ()
    unsure_quotes: tuple[str, ...] = ()
    unsure_confidences: tuple[float, ...] = ()
    asked: tuple[str, ...] = ()
    hostile: bool = False

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The turn; one of a record of before has ``at`` in place of ``begin``."""
        if "at" in values and "begin" not in values:
            values = {**values, "begin": values["at"]}
        return super(Turn, cls).from_json(values)

    @property
    def over(self) -> float:
        """When it had been said, as far as that is known."""
        return self.begin if self.end is None else self.end


@dataclass(frozen=True, slots=True)
class Break(Record):
    """What the persona must never do, done in the turn ``turn``: ``guard`` is the guard's name,
    ``words`` are the exact ones, ``why`` is a plain sentence."""

    turn: int
    guard: str
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class CallStart(Record):
    """The head of a call's record; ``started`` is seconds since the epoch.

    ``draft`` when it began with a text that was not saved. ``phase`` and ``intensity`` are where it
    began, "" and None when at the persona's own beginning; ``origin`` is the id of the call whose
    first ``taken`` turns it goes on from: then it is a try, and counts as no call. ``unrecorded``
    is why its sound is not kept: ``off`` (nobody's is, here), ``persona`` (its file refuses),
    ``declined`` (its trainee did not agree, or was not told of it before), ``try``; "" when it is
    kept, and in records of before. ``pinned`` when it is played with the text of the call that it
    goes on from, whatever becomes of the file. ``live_hints`` when the trainee's page told them
    from the beginning what to do next.
    """

    call: str
    user: str
    persona: str
    name: str
    scenario: str
    version: str
    engine: str
    language: str
    started: float
    draft: bool = False
    phase: str = ""
    intensity: int | None = None
    origin: str = ""
    taken: int = 0
    unrecorded: str = ""
    pinned: bool = False
    live_hints: bool = False

    @property
    def is_try(self) -> bool:
        """Whether it goes on from another call, and so counts as none itself."""
        return bool(self.origin)

    @property
    def from_the_top(self) -> bool:
        """Whether the whole call was played, so that its score can stand beside others."""
        return not self.phase and self.intensity is None and not self.origin


@dataclass(frozen=True, slots=True)
class CallEnd(Record):
    """The end of a call's record; ``ended`` is seconds since the epoch, for the date; ``at`` is
    seconds since the call began, None in records of before.

    ``reason`` is a code of ``data.endings``.
    """

    ended: float
    reason: str
    resolved: bool = False
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Edit(Record):
    """A new persona version that reached a call; ``turn`` is the first index spoken with it.

    ``outcome`` is ``applied``, ``rebuilt``, ``refused`` or ``overtaken`` (by a newer one, before it
    was played); ``reason`` says why in the last two.
    """

    version: str
    outcome: str
    reason: str
    turn: int
    at: float


def in_force(first: str, edits: Iterable[Edit]) -> str:
    """The version that is played after these edits of a call that began with ``first``: one that is
    refused after it was taken gives way to the one before it."""
    held = [first]
    for edit in edits:
        if edit.outcome in ("applied", "rebuilt"):
            held.append(edit.version)
        elif edit.outcome == "refused":
            while len(held) > 1 and held[-1] == edit.version:
                held.pop()
    return held[-1]


@dataclass(frozen=True, slots=True)
class Hint(Record):
    """What ``author`` whispered to the trainee, who alone could read it; the persona never had it.

    ``at`` is seconds since the call began; ``turn`` is the index of the first turn after it.
    """

    author: str
    text: str
    at: float
    turn: int


@dataclass(frozen=True, slots=True)
class Recording(Record):
    """What became of the call's recording, ``at`` seconds since the call began: ``state`` is ``on``
    or ``ended``, ``reason`` why it ended: "" with the call, ``disk`` when that took no more,
    ``encoder``, ``gap`` or ``job`` when its job went wrong or away. The latest of a call counts;
    one that is still ``on`` was cut short with the app."""

    state: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class EngineUse(Record):
    """From turn ``turn`` on the call went on with ``engine`` after a trouble; ``reason`` is its
    code, ``at`` is seconds since the call began."""

    engine: str
    turn: int
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class ModelUse(Record):
    """What one model did in a call while ``engine`` played it, as its provider counts it.

    ``kind``: ``llm`` (realtime models too), ``stt`` or ``tts``; ``provider`` is LiveKit's name of
    the provider, or the host that was asked. The totals ``input_tokens`` and ``output_tokens``
    hold the tokens of each modality and may hold more; ``cached_*`` are part of the input.
    ``thoughts`` are part of the output. ``seconds`` is audio heard or made, ``characters`` text
    that was spoken.
    """

    engine: str
    kind: str
    provider: str
    model: str
    input_tokens: int = 0
    input_text: int = 0
    input_audio: int = 0
    cached_tokens: int = 0
    cached_text: int = 0
    cached_audio: int = 0
    output_tokens: int = 0
    output_text: int = 0
    output_audio: int = 0
    seconds: float = 0.0
    characters: int = 0
    thoughts: int = 0


@dataclass(frozen=True, slots=True)
class Latency(Record):
    """Speech-to-speech latency of the persona's turn ``turn``, measured in the browser, seconds."""

    turn: int
    seconds: float
