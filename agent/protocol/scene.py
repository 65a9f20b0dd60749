"""Where a call begins: at a phase and intensity, or after the turns of an earlier call."""

from dataclasses import dataclass, replace
from typing import Any, Self

from data.journal import CallRecord
from data.records import Record, Turn


@dataclass(frozen=True, slots=True)
class Scene(Record):
    """Where a call begins, when not at its beginning.

    ``phase`` is one of the director's phases and ``intensity`` 0-10; "" and None leave them to the
    persona's file. ``turns`` are those of an earlier call that this one goes on from, with the
    indices that they have in this one. The last is a trainee's, and the persona answers it first;
    or else ``line`` is what the persona says once more after them, so that the trainee answers it
    anew. Turns with a phase keep what was seen in them, others are seen anew. ``origin`` is the
    earlier call's id; ``phase`` and ``intensity`` are then where that one began itself.
    """

    phase: str = ""
    intensity: int | None = None
    turns: tuple[Turn, ...] = ()
    origin: str = ""
    line: str = ""

    @property
    def past(self) -> tuple[Turn, ...]:
        """The turns before the one that the persona answers first, or says once more."""
        return self.turns if self.line else self.turns[:-1]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready values. Of its turns only what is told, so that a long call fits a brief."""
        values = super(Scene, self).to_json()
        values["turns"] = [_told(turn) for turn in self.turns]
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The scene with its turns."""
        turns = tuple(Turn.from_json(turn) for turn in values.get("turns", ()))
        phase, origin = values.get("phase", ""), values.get("origin", "")
        return cls(phase, values.get("intensity"), turns, origin, values.get("line", ""))


FROM_THE_TOP = Scene()
"""The beginning, as the persona's file has it."""


def answered_turn(record: CallRecord, index: int) -> Turn | None:
    """The trainee's turn of that index; None when there is none to go on from."""
    found = (turn for turn in record.turns if turn.index == index and turn.speaker == "trainee")
    return next(found, None)


def going_on(record: CallRecord, index: int, text: str) -> Scene:
    """The scene in which the trainee says ``text`` in that turn, after the turns before it.

    ValueError when the trainee has no turn of that index.
    """
    turn = answered_turn(record, index)
    if turn is None:
        raise ValueError(f"the trainee has no turn {index}")
    before = tuple(each for each in record.turns if each.index < index)
    changed = replace(turn, text=text.strip(), source="typed")
    turns = tuple(_bare(each, place) for place, each in enumerate((*before, changed)))
    start = record.start
    return Scene(start.phase, start.intensity, turns, start.call)


def trying_again(record: CallRecord, index: int) -> Scene:
    """The scene in which the trainee says something else than in that turn, after the persona's
    line before it, with everything as it stood then.

    Turns of the trainee that the persona did not answer before it belong to the same moment.
    Before all that the persona said, a moment is the beginning of the call. ValueError when the
    trainee has no turn of that index.
    """
    if answered_turn(record, index) is None:
        raise ValueError(f"the trainee has no turn {index}")
    before = [each for each in record.turns if each.index < index]
    while before and before[-1].speaker == "trainee":
        before.pop()
    line = before.pop().text if before else ""
    turns = tuple(replace(each, index=place) for place, each in enumerate(before))
    start = record.start
    return Scene(start.phase, start.intensity, turns, start.call, line)


def _told(turn: Turn) -> dict[str, Any]:
    """The turn's values that are not the usual ones."""
    usual = Turn(-1, "persona", "", -1.0).to_json()
    must = ("index", "speaker", "text", "begin")
    values = turn.to_json()
    return {n: v for n, v in values.items() if n in must or v != usual[n]}


def _bare(turn: Turn, index: int) -> Turn:
    """Without what is judged anew, so that a long call fits into a brief."""
    return Turn(
        index,
        turn.speaker,
        turn.text,
        0.0,
        turn.source,
        turn.version,
        direction=turn.direction,
        interrupted=turn.interrupted,
        end=0.0,
    )
