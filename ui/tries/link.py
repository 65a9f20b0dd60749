"""The way from a report to another try of one of its moments."""

from nicegui import ui

from data.journal import CallRecord
from data.users import User
from ui import kit

TRY = "Try this moment again"


def address(call: str, turn: int) -> str:
    """The page on which that turn of that call is tried again."""
    return f"/calls/{call}/try/{turn}"


def may_try(record: CallRecord, user: User) -> bool:
    """Whether that user may try moments of the call again: of an own one that is over."""
    own = user.name == record.start.user and not record.start.is_try
    return own and record.end is not None and bool(record.persona_text)


def try_again(record: CallRecord, turn: int, *, kind: str = "quiet") -> ui.link:
    """The link to another try of that turn."""
    link = kit.link_button(TRY, address(record.start.call, turn), kind=kind)
    link.props["aria-label"] = f"{TRY}: turn {turn + 1}"
    return link.mark(f"try-{turn}")
