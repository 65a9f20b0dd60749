"""Codes and numbers turned into words that people read."""

import re
from datetime import datetime, timedelta

from agent.simulation.directing.mood import mood_word
from agent.simulation.directing.next_line import ACCEPTED, HOSTILE, NOTHING, TAKEN_BACK
from data.endings import ending, how_it_ended
from data.phases import phase_word
from data.records import LARGEST

LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fil": "Filipino",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "km": "Khmer",
    "ko": "Korean",
    "lo": "Lao",
    "ms": "Malay",
    "my": "Burmese",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_PART = re.compile(r"(?:(?P<kind>[+-]\d+|0|met|shown): )?(?P<what>.*)", re.DOTALL)
_PARTS = re.compile(rf"; (?=(?:[+-]\d+|0|met|shown): |{ACCEPTED}|{TAKEN_BACK})")
"""The director's parts; a rule's own words may have a semicolon, too."""

SOLVED = "Solved"
"""What is said of a call while the customer has accepted a solution, and when it ended so."""
RECORDING_ENDS = {
    "disk": "the disk of the server was full",
    "encoder": "the sound could not be written",
    "gap": "a part of the sound got lost on its way",
    "job": "its connection to the call broke",
}
STAND_INS = {
    "late": "answered too late",
    "silent": "did not answer",
    "wrong_key": "did not accept our key",
    "no_quota": "has no allowance left",
    "rate_limit": "was overloaded",
    "region": "does not work from this place",
    "unknown_model": "is not known to its provider",
    "fault": "had a fault of its own",
    "malformed": "sent something that makes no sense",
    "invented": "claimed only what nobody had said",
    "closed": "could not be reached",
}


def language_name(tag: str) -> str:
    """The English name of a BCP 47 tag's language; the tag itself when it is not known here."""
    return LANGUAGES.get(tag.partition("-")[0].lower(), tag)


def phase(name: str) -> str:
    """The phase of a call in words."""
    return phase_word(name)


def mood_line(phase: str, intensity: int) -> str:
    """Phase and mood after a turn: ``Calming down, tense (5 of 10)``."""
    return f"{phase_word(phase)}, {mood_word(intensity)} ({intensity} of 10)"


def cause(text: str, *, inside: bool = True) -> str:
    """Why the mood is what it is, of the director's "-2: a sincere apology; shown: apologizes"."""
    return "".join(piece for piece, _ in cause_pieces(text, inside=inside))


def cause_pieces(text: str, *, inside: bool = True) -> tuple[tuple[str, bool], ...]:
    """The same in pieces, each with whether it is in the persona's words.

    What was shown is left out beside what moved the mood: the objectives say so themselves.
    ``inside``: whether the reader may know what the customer waits for.
    """
    parts = [_PART.fullmatch(part) for part in _PARTS.split(text) if part]
    known = [(part["kind"] or "", part["what"]) for part in parts if part]
    moved = [part for part in known if part[0] != "shown"] or known
    told = list(dict.fromkeys(_part_of_cause(*part, inside=inside) for part in moved))
    pieces: list[tuple[str, bool]] = []
    for lead, own in told:
        lead = ("; " if pieces else "") + lead
        pieces += [(lead, False)] + [(own, True)] * bool(own)
    if pieces:
        pieces[0] = (pieces[0][0][:1].upper() + pieces[0][0][1:], False)
    return tuple(pieces)


def _part_of_cause(kind: str, what: str, *, inside: bool) -> tuple[str, str]:
    """Our words, and the persona's after them."""
    if kind[:1] in ("+", "-"):
        lead = f"{'Angrier' if kind[0] == '+' else 'Calmer'} by {kind[1:]}: "
        return (lead + what, "") if what == HOSTILE else (lead, what)
    if kind == "0":
        return "No change: ", what
    if kind == "met":
        return ("Met: ", what) if inside else ("you gave something they were waiting for", "")
    if kind == "shown":
        return "Shown: ", what
    if what == NOTHING:
        return ("No rule matched" if inside else "No change"), ""
    return {ACCEPTED: "solved", TAKEN_BACK: "no longer solved"}.get(what, what), ""


def end(reason: str, resolved: bool = False, *, own: bool = False) -> str:
    """How a call ended, in words, ``own`` for its trainee; ``reason`` is "" for one that goes
    on."""
    return how_it_ended(reason, resolved, to_trainee=own) if reason else "Going on now"


def end_in_short(reason: str, resolved: bool, *, own: bool = False) -> str:
    """The same for a row of a list, which has no room for who hung up on a call that was solved."""
    return SOLVED if resolved and ending(reason).whole else end(reason, resolved, own=own)


def stand_in(code: str) -> str:
    """Why a text model did not judge a turn, in words that follow "the text model"."""
    return STAND_INS.get(code, "failed")


def recording_ended(reason: str) -> str:
    """Why a call's recording ended before the call did, by the code of ``Recording``; not a whole
    sentence, "" when it did not."""
    return RECORDING_ENDS.get(reason, "")


def when(seconds: float, now: datetime | None = None) -> str:
    """A moment (seconds since the epoch) as people say it, in local time."""
    # A file's time may be one of which no date can be made.
    then = datetime.fromtimestamp(min(max(seconds, -LARGEST), LARGEST))
    today = (now or datetime.now()).date()
    if then.date() == today:
        return f"Today {then:%H:%M}"
    if then.date() == today - timedelta(days=1):
        return f"Yesterday {then:%H:%M}"
    return f"{then.day} {then:%b %Y %H:%M}"


def when_inside(seconds: float, now: datetime | None = None) -> str:
    """The same inside a sentence: ``today 14:05``."""
    said = when(seconds, now)
    return said[:1].lower() + said[1:]


def clock(seconds: float) -> str:
    """Seconds into a call as ``m:ss``."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def length(seconds: float) -> str:
    """A duration, as the call's clock stood at its end: ``48 s`` or ``3 min 12 s``."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    parts = [f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0 or not minutes)
    return " ".join(parts)


def count(number: int, one: str, many: str = "") -> str:
    """``1 call`` or ``3 calls``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def score(points: float) -> str:
    """A score of 0-100 without a needless fraction."""
    return f"{points:.0f}"
