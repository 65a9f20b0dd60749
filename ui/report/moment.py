"""The button beside a quote, a cause or a line that plays its moment of the recording."""

from data.journal import CallRecord
from data.records import Turn
from ui import kit
from ui.kit import words


def play_turn(record: CallRecord, index: int) -> None:
    """A button that plays the turn of that index from its first word; nothing where no recording
    can have it. It is seen only once the page has a player, ``player.js``, which looks for it."""
    turn = next((turn for turn in record.turns if turn.index == index), None)
    if turn is not None and can_be_heard(record, turn):
        name = f"Play turn {turn.index + 1}, at {words.clock(turn.begin)}"
        button = kit.tag("button", classes="rh-play")
        button.props(f'type=button data-play={turn.begin:.2f} aria-label="{name}" title="{name}"')
        with button:
            kit.tag("span", classes="rh-sign-play").props("aria-hidden=true")


def can_be_heard(record: CallRecord, turn: Turn) -> bool:
    """Whether that turn was said in this call, and this was recorded and has ended."""
    return record.end is not None and record.recording is not None and not turn.replayed
