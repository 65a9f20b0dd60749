"""What became of a call's recording, in words: why there is none, or why it ends too soon."""

import time

from data.journal import CallRecord
from personas.parse import examine
from ui.kit import words

DAY = 86_400.0
SHORTER = 3.0
"""Seconds that a recording may be shorter than its call without a word: its last page, and the end
of the call after the last sound."""
_WHY = {
    "": "",
    "disk": "the disk of the server was full",
    "encoder": "the sound could not be written",
    "gap": "a part of the sound got lost on its way",
    "job": "its connection to the call broke",
}


def why_silent(record: CallRecord, days: int) -> str:
    """Why this call, which has ended, has no recording; ``days`` is for how long one is kept."""
    found = record.recording
    if record.start.is_try:
        return "A try is not recorded."
    if found is None:
        text = record.edited_text or record.persona_text
        persona = examine(text, record.start.persona).persona
        if persona is not None and not persona.recording:
            return "This call was not recorded: calls with this customer never are."
        return "This call was not recorded: nobody agreed to a recording before it began."
    if time.time() - (record.start.started + record.duration) > days * DAY:
        return f"The recording of this call is deleted: recordings are kept for {days} days."
    if found.state == "ended" and (why := _WHY.get(found.reason, "")):
        return f"This call has no recording: {why}."
    return "The recording of this call is not there any more. It may have been deleted."


def cut_short(record: CallRecord, seconds: float) -> str:
    """Why a recording of that length ends before its call did; "" for a whole one."""
    if record.end is None or record.duration - seconds < SHORTER:
        return ""
    found = record.recording
    # One that was still going on when the record was closed went with the app.
    stopped = found is not None and found.state == "on"
    why = "Rehearsal was stopped" if stopped else _WHY.get(found.reason, "") if found else ""
    until = f"The recording ends at {words.clock(seconds)}, before the call did"
    return f"{until}: {why}." if why else f"{until}."
