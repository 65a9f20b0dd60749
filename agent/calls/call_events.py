"""What the app itself tells of a call, beside the events of the call's job."""

from dataclasses import dataclass

from agent.protocol.messages import Event


@dataclass(frozen=True, slots=True)
class Begun:
    """The call is there; its persona is on the way."""

    call: str


@dataclass(frozen=True, slots=True)
class BrowserJoined:
    """The trainee's browser is in the room, for the first time or again."""

    call: str


@dataclass(frozen=True, slots=True)
class PageChanged:
    """The trainee's page is gone for a moment, or is there again."""

    call: str


@dataclass(frozen=True, slots=True)
class CoachingChanged:
    """Somebody listens, does so no more, or has whispered a hint."""

    call: str


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """The call's sound is being recorded from now on, or no more."""

    call: str


@dataclass(frozen=True, slots=True)
class AnswerTimed:
    """The trainee's browser has measured how long the persona took to answer."""

    call: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The end of the call was asked for; its job may still tell how far it came."""

    call: str


@dataclass(frozen=True, slots=True)
class Archived:
    """The record of a call that has ended is complete, with its score, and stands in the lists."""

    call: str


@dataclass(frozen=True, slots=True)
class PersonaMoved:
    """The persona's file is called ``slug`` from now on, or (not ``there``) has been deleted; the
    call goes on. For authors: the trainee has nothing to do about it."""

    call: str
    slug: str
    there: bool


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What is kept of the call waits in memory, since the disk takes nothing (``problem``, in the
    system's words), or ("") is on the disk again."""

    call: str
    problem: str


CallEvent = (
    Event
    | Begun
    | PersonaMoved
    | Unwritten
    | BrowserJoined
    | PageChanged
    | CoachingChanged
    | RecordingChanged
    | AnswerTimed
    | HungUp
    | Archived
)
