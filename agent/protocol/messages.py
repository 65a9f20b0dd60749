"""What a job and the app say to each other: events from the job, commands to it.

All are plain values that turn into JSON, so that a job may run in another process.
"""

from dataclasses import dataclass
from typing import Any, Self, get_args

from data.records import Edit, ModelUse, Record, Speaker, Turn

LONGEST_TURN = 2000
"""Characters of a typed turn: some two minutes of speech. A turn is read while others talk."""


@dataclass(frozen=True, slots=True)
class Joined(Record):
    """The job is in the room; the persona is about to speak."""

    call: str


@dataclass(frozen=True, slots=True)
class Status(Record):
    """What the persona is doing: ``listening``, ``hearing`` (trainee speaks), ``thinking``,
    ``speaking``."""

    call: str
    status: str


@dataclass(frozen=True, slots=True)
class Caption(Record):
    """Words of the turn under way; ``final`` when no later caption will change them."""

    call: str
    speaker: Speaker
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class TurnDone(Record):
    """A finished turn; the director's state after it stands in the turn.

    Told again with the same index when the director sees the turn differently; its words stay.
    """

    call: str
    turn: Turn

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The event with its turn."""
        return cls(values["call"], Turn.from_json(values["turn"]))


@dataclass(frozen=True, slots=True)
class Mood(Record):
    """The director's state, after a trainee's turn and once at the start; ``at`` is the end of that
    turn, in seconds since the call began."""

    call: str
    phase: str
    intensity: int
    cause: str
    matched: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    resolved: bool = False
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Edited(Record):
    """How a new persona text fared in this call."""

    call: str
    edit: Edit

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The event with its edit."""
        return cls(values["call"], Edit.from_json(values["edit"]))


@dataclass(frozen=True, slots=True)
class Trouble(Record):
    """Something went wrong that the trainee should read; ``words`` are for a person, ``remedy`` for
    who runs the app."""

    call: str
    code: str
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Restored(Record):
    """The line works again after a trouble, from turn ``turn`` on, with that engine; ``reason``
    is the code of what had happened, ``at`` is seconds since the call began."""

    call: str
    engine: str
    turn: int
    reason: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Usage(Record):
    """What the models of this call have done so far, in total."""

    call: str
    models: tuple[ModelUse, ...]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The event with its models."""
        return cls(values["call"], tuple(ModelUse.from_json(use) for use in values["models"]))


@dataclass(frozen=True, slots=True)
class RecordingPart(Record):
    """The next bytes of the call's recording, ``number`` counted from 0: whole pages of one
    Ogg/Opus stream in base64, whose second 0 is that of the call."""

    call: str
    number: int
    sound: str


@dataclass(frozen=True, slots=True)
class RecordingEnded(Record):
    """No more of the recording comes: ``reason`` is "" when the call is over, and ``encoder`` when
    it could not be made any longer."""

    call: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ended(Record):
    """The job has left; ``reason`` as in ``CallEnd``."""

    call: str
    reason: str
    resolved: bool = False


Event = (
    Joined
    | Status
    | Caption
    | TurnDone
    | Mood
    | Edited
    | Trouble
    | Restored
    | Usage
    | RecordingPart
    | RecordingEnded
    | Ended
)


OVERTAKEN = "a newer save came before the persona could speak by this one"
"""Why a text was never played."""


@dataclass(frozen=True, slots=True)
class NewPersona(Record):
    """Play this persona text from the next line on."""

    text: str
    version: str


@dataclass(frozen=True, slots=True)
class Say(Record):
    """A turn that the trainee typed, ``at`` that many seconds after the call began."""

    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class End(Record):
    """Leave the room."""

    reason: str


@dataclass(frozen=True, slots=True)
class PageAway(Record):
    """The trainee's page is gone for a moment, or (not ``away``) is there again."""

    away: bool


Command = NewPersona | Say | End | PageAway

_EVENTS = {kind.__name__: kind for kind in get_args(Event)}
_COMMANDS = {kind.__name__: kind for kind in get_args(Command)}


class UnknownKind(ValueError):
    """A kind of message that only a newer version has; it may be left unread."""


def pack(value: Event | Command) -> dict[str, Any]:
    """The value with the name of its kind."""
    return {"kind": type(value).__name__, "value": value.to_json()}


def event(values: Any) -> Event:
    """The event of what ``pack`` gave; ValueError when it is none, ``UnknownKind`` when this
    version does not have it."""
    return _unpack(_EVENTS, values)  # type: ignore[no-any-return]


def command(values: Any) -> Command:
    """The command of what ``pack`` gave; ValueError when it is none, ``UnknownKind`` when this
    version does not have it."""
    return _unpack(_COMMANDS, values)  # type: ignore[no-any-return]


def _unpack(kinds: dict[str, Any], values: Any) -> Any:
    try:
        kind, value = str(values["kind"]), values["value"]
        if kind in kinds:
            return kinds[kind].from_json(value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no message of the protocol: {error!r}") from error
    raise UnknownKind(f"a message of the unknown kind {kind[:40]!r} is left unread")
