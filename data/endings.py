"""How a call can end: one table of codes with their words, and whether such a call is scored."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.records import CallEnd, Turn

TURNS = 2
"""Turns of the trainee below which a call was no conversation that a score could judge."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to end: ``words`` for lists, reports and exports; ``to_trainee`` for the page of the
    trainee ("" for the same); ``whole`` when the talk itself came to an end."""

    words: str
    to_trainee: str = ""
    whole: bool = False


ENDINGS = {
    "ended": Ending("Ended by the trainee", "You hung up", whole=True),
    "resolved": Ending("Solved; ended by the trainee", "Solved; you hung up", whole=True),
    "hung_up": Ending("The customer had enough of insults and hung up", whole=True),
    "goodbye": Ending(
        "The customer hung up after the trainee's goodbye",
        "The customer hung up after your goodbye",
        whole=True,
    ),
    "silence": Ending(
        "The customer hung up after a long silence of the trainee",
        "The customer hung up after your long silence",
        whole=True,
    ),
    "left": Ending("The trainee left the page", "You left the page of the call"),
    "lost": Ending("The connection was lost"),
    "no_persona": Ending("The customer never came to the phone"),
    "protocol": Ending(
        "The worker that was to play the customer is of another release than the app",
        "The customer could not come: parts of this installation are of different releases",
    ),
    "no_browser": Ending(
        "The trainee's browser never came to the call", "Your browser never came to the call"
    ),
    "not_joined": Ending(
        "The trainee's browser could not join the call", "Your browser could not join the call"
    ),
    "server": Ending("The LiveKit server was lost"),
    "worker": Ending("The worker that played the customer was lost"),
    "engine": Ending("The voice engine of the customer failed"),
    "failed": Ending("Broken off by a fault"),
    "disabled": Ending("The trainee's account was disabled", "Your account was disabled"),
    "signed_out": Ending(
        "The trainee's password or role was changed", "Your password or role was changed"
    ),
    "interrupted": Ending("Cut off when Rehearsal stopped"),
}
"""Each code that ``CallEnd.reason`` may hold. ``interrupted`` is both: the app was stopped in
mid-call, or was gone and found the call open at its next start. Records that are older than the
other codes say ``lost`` for ``no_browser`` and ``server``, and ``failed`` for ``not_joined``,
``worker`` and ``engine``."""
BY_CUSTOMER = ("hung_up", "goodbye", "silence")
"""Those with which the customer leaves, of which the first is no friendly one."""


def ending(reason: str) -> Ending:
    """The row of that code; a code of a later version stands for itself."""
    return ENDINGS.get(reason) or Ending(reason)


def how_it_ended(reason: str, resolved: bool, *, to_trainee: bool = False) -> str:
    """What came of the call, and who or what ended it, in words for a list, a report or (to the
    trainee) the page of the call; not a whole sentence."""
    row = ending(reason)
    words = (to_trainee and row.to_trainee) or row.words
    if not resolved or reason == "resolved":
        return words
    return f"Solved; {words[:1].lower()}{words[1:]}"


def why_not_scored(end: CallEnd, turns: Iterable[Turn]) -> str:
    """Why a call with these turns that ended so gets no score; "" when it gets one.

    What was broken off says nothing of the trainee, unless the customer was satisfied by then.
    """
    row = ending(end.reason)
    if not (row.whole or end.resolved):
        return f"The call was broken off before its end: {row.words[:1].lower()}{row.words[1:]}."
    said = sum(t.speaker == "trainee" and not (t.replayed or t.interrupted) for t in turns)
    if said < TURNS:
        had = "one" if said else "none"
        return f"A score needs at least two turns of the trainee, and this call had {had}."
    return ""
