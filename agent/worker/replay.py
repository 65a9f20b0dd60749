"""Going on from a turn of an earlier call, with other words of the trainee."""

from dataclasses import replace

from agent.protocol.brief import Scene
from data.journal import CallRecord
from data.records import Turn


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
