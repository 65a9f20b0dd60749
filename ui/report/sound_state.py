"""What became of a call's recording, in words: why there is none, or why it ends too soon."""

import time

from data.journal import CallRecord
from ui.kit import words

DAY = 86_400.0
SHORTER = 3.0
"""Seconds that a recording may be shorter than its call without a word: its last page, and the end
of the call after the last sound."""
_WHY = {
    "off": "no calls are recorded here",
    "persona": "calls with this customer never are",
    "declined": "nobody agreed to a recording before it began",
    "try": "a moment that is tried again is not",
}


def why_silent(record: CallRecord, days: int) -> str:
    """Why this call, which has ended, has no recording; ``days`` is for how long one is kept."""
    found = record.recording
    if found is None and (why := _WHY.get(record.start.unrecorded, "")):
        return f"This call was not recorded: {why}."
    if found is None:
        return "This call was not recorded."
    if time.time() - (record.start.started + record.duration) > days * DAY:
        return f"The recording of this call is deleted: recordings are kept for {days} days."
    if found.state == "ended" and (why := words.recording_ended(found.reason)):
        return f"This call has no recording: {why}."
    return "The recording of this call is not there any more. It may have been deleted."


def cut_short(record: CallRecord, seconds: float) -> str:
    """Why a recording of that length ends before its call did; "" for a whole one."""
    if record.end is None or record.duration - seconds < SHORTER:
        return ""
    found = record.recording
    # One that was still going on when the record was closed went with the app.
    stopped = found is not None and found.state == "on"
    why = (
        "Rehearsal was stopped" if stopped else words.recording_ended(found.reason if found else "")
    )
    until = f"The recording ends at {words.clock(seconds)}, before the call did"
    return f"{until}: {why}." if why else f"{until}."
