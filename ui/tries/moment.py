"""A moment of an earlier call that is to be tried again, as a page needs it."""

from dataclasses import dataclass
from typing import Literal

from agent.protocol.scene import Scene, trying_again
from agent.simulation.directing.beginning import stood
from agent.simulation.directing.director import State
from agent.simulation.reviewing.lesson import Advice, lesson_of
from data.journal import CallRecord
from data.records import Turn
from data.versions import VersionsError
from personas.model import Persona
from personas.parse import examine
from ui.auth import access
from ui.context import Studio

Since = Literal["", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Moment:
    """``turn`` is what the trainee said then, ``scene`` where the try begins, ``text`` the
    persona's text that was in force then and ``persona`` what it says, under its present slug;
    ``since`` what has become of the persona's file. ``advice`` is what the call's report says of
    that very turn."""

    record: CallRecord
    turn: Turn
    scene: Scene
    text: str
    persona: Persona
    since: Since
    advice: Advice | None

    @property
    def state(self) -> State:
        """Where the call stood there."""
        return stood(self.persona, self.record, self.turn.index)

    @property
    def first(self) -> int:
        """The index of the turn with which the try begins, in both calls."""
        return len(self.scene.past)


def moment_of(studio: Studio, record: CallRecord, index: int) -> Moment | None:
    """The moment of the trainee's first turn from that index on; None when there is none, or the
    persona's text of that call cannot be read. Blocks."""
    turns = (t for t in record.turns if t.speaker == "trainee" and t.index >= index)
    turn = next(turns, None)
    if turn is None:
        return None
    text = record.texts.get(turn.version) or record.persona_text
    slug = present_slug(studio, record)
    persona = examine(text, slug).persona
    if persona is None:
        return None
    taught = lesson_of(record).advice
    advice = next((each for each in taught if each.turn == turn.index), None)
    scene, since = trying_again(record, turn.index), _since(studio, record, persona)
    return Moment(record, turn, scene, text, persona, since, advice)


def present_slug(studio: Studio, record: CallRecord) -> str:
    """The name that the call's persona has by now."""
    start = record.start
    try:
        return studio.versions.bearers([(start.persona, start.started)])[0]
    except VersionsError:
        return start.persona


def _since(studio: Studio, record: CallRecord, persona: Persona) -> Since:
    entry = studio.library.get(persona.slug)
    owner = studio.users.get(record.start.user)
    seen = owner is not None and access.may_meet(owner, entry)
    if entry is None or not seen or entry.persona is None:
        return "gone"
    return "" if entry.persona.version == persona.version else "changed"
