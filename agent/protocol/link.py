"""The one narrow interface between a job and the rest: events out, commands in.

Both are plain values that turn into JSON, so that a job may run in another process. In this
process they pass through :class:`Switchboard`, which crosses between the two event loops.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self

from data.common import clock
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
class Ended(Record):
    """The job has left; ``reason`` as in ``CallEnd``."""

    call: str
    reason: str
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Followed(Record):
    """The persona's file is called ``slug`` from now on, or (not ``there``) has been deleted; the
    call goes on. For authors: the trainee has nothing to do about it."""

    call: str
    slug: str
    there: bool


@dataclass(frozen=True, slots=True)
class Unwritten(Record):
    """What is kept of the call waits in memory, since the disk takes nothing (``problem``, in the
    system's words), or ("") is on the disk again. For the pages; no job tells it."""

    call: str
    problem: str


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
    | Ended
    | Followed
    | Unwritten
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


class JobLink(Protocol):
    """What a job needs of the link to the rest; see ``Switchboard``."""

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool: ...

    def detach(self, call: str) -> None: ...

    def send(self, event: Event) -> None: ...

    def time(self) -> float:
        """The app's steady clock just now (``data.common.clock``), as well as it is known here."""
        ...


class Switchboard:
    """Passes events to the app's loop and commands to the job's, whichever thread calls."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._app_loop: asyncio.AbstractEventLoop | None = None
        self._jobs: dict[str, tuple[asyncio.AbstractEventLoop, Callable[[Command], None]]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Remember the running loop as the app's."""
        self._app_loop = asyncio.get_running_loop()

    def attach(self, call: str, on_command: Callable[[Command], None]) -> bool:
        """Called on the job's loop: from now on the call's commands arrive there.

        False when the call already has a job: a second dispatch must not bring two personas.
        """
        with self._lock:
            if call in self._jobs and not self._jobs[call][0].is_closed():
                return False
            self._jobs[call] = (asyncio.get_running_loop(), on_command)
            return True

    def detach(self, call: str) -> None:
        """Forget the job of that call."""
        with self._lock:
            self._jobs.pop(call, None)

    def send(self, event: Event) -> None:
        """Hand an event to the app; silently dropped when the app's loop is gone."""
        if self._app_loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._app_loop.call_soon_threadsafe(self._on_event, event)

    def time(self) -> float:
        """The app's steady clock, which is this process's."""
        return clock.steady()

    def command(self, call: str, command: Command) -> bool:
        """Hand a command to that call's job; False when it has none (yet)."""
        loop, on_command = self._jobs.get(call, (None, None))
        if loop is None or on_command is None:
            return False
        try:
            loop.call_soon_threadsafe(on_command, command)
        except RuntimeError:  # the loop is closed; it can close between a look and the call
            return False
        return True
