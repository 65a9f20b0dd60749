"""The button beside a quote, a cause or a line that plays its moment of the recording."""

from data.journal import CallRecord
from data.records import Turn
from ui.kit import words
from ui.kit.play_button import play_button


def play_turn(record: CallRecord, index: int) -> None:
    """A button that plays the turn of that index from its first word; nothing where no recording
    can have it."""
    turn = next((turn for turn in record.turns if turn.index == index), None)
    if turn is not None and can_be_heard(record, turn):
        play_button(turn.begin, f"Play turn {turn.index + 1}, at {words.clock(turn.begin)}")


def can_be_heard(record: CallRecord, turn: Turn) -> bool:
    """Whether that turn was said in this call, and this was recorded and has ended."""
    return record.end is not None and record.recording is not None and not turn.replayed
