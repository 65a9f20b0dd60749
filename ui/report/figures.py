"""The end of a report: how the trainee talked, beside their own earlier calls."""

from collections.abc import Sequence

from agent.simulation.reviewing.talk import FIGURES, Figure, Talk, missing, talk, usual
from data.call_index import Search
from data.journal import CallRecord
from data.store import StoreError
from ui import kit
from ui.context import Studio
from ui.kit import words

EARLIER = 5
"""Calls of one's own that a figure is set beside."""
LOOKED_AT = 200
"""Newest calls among which they are looked for: beyond, nobody compares."""
LEAST = 4
"""Turns of a call below which it was none to compare with."""


def earlier_talks(studio: Studio, record: CallRecord) -> list[Talk]:
    """The figures of the trainee's last calls before this one, in its language. Blocks."""
    start = record.start
    try:
        known = studio.archive.finished.find(Search(user=start.user), LOOKED_AT)
    except StoreError:
        return []
    before = [
        call.call
        for call in known
        if call.started < start.started
        and call.language == start.language
        and call.turns >= LEAST
        and call.from_the_top
    ]
    records = (studio.archive.get(call) for call in before[:EARLIER])
    return [talk(record.turns) for record in records if record is not None]


def talk_card(record: CallRecord, earlier: Sequence[Talk], *, own: bool) -> None:
    """Each figure with what it was in earlier calls, and why it matters; those that the call does
    not give are named in one sentence."""
    found = talk(record.turns)
    with kit.tag("section", classes="rh-card").mark("talk"):
        kit.heading("How you talked" if own else "How the trainee talked", 2)
        kit.muted(_lead(found, len(earlier), own=own))
        known = [each for each in FIGURES if getattr(found, each.key) is not None]
        if not known:
            return
        with kit.tag("ul", classes="rh-figures"):
            for figure in known:
                with kit.tag("li", classes="rh-figure").mark(f"figure-{figure.key}"):
                    _figure(figure, found, earlier)
        for reason, names in _unknown(found).items():
            kit.tag("p", f"Not counted, since {reason}: {'; '.join(names)}.", "rh-muted rh-small")


def _lead(found: Talk, earlier: int, *, own: bool) -> str:
    if not found.turns:
        who = "You" if own else "The trainee"
        return f"{who} said nothing in this call, so there is nothing to count."
    if found.typed == found.turns:
        return (
            "Every turn of this call was typed, so nothing is said here about pace, pauses, "
            "interruptions or who talked most. Speak in the next call to see them."
        )
    if found.lacks:
        return f"Nothing can be said here about times, since {found.lacks}."
    text = "Counted from the words and times of the transcript, never from the sound of a voice."
    if found.typed:
        turns = words.count(found.turns, "turn")
        text += f" Typed, and so without speaking time: {found.typed} of {turns}."
    if not earlier:
        text += " With a second call, the earlier one stands beside it."
    return text


def _unknown(found: Talk) -> dict[str, list[str]]:
    """The names of the figures that this call does not give, by why not; none where the lead has
    said it of all of them."""
    reasons: dict[str, list[str]] = {}
    if not found.lacks:
        for figure in FIGURES:
            if getattr(found, figure.key) is None:
                name = figure.name[0].lower() + figure.name[1:]
                reasons.setdefault(missing(found, figure.key), []).append(name)
    return reasons


def _figure(figure: Figure, found: Talk, earlier: Sequence[Talk]) -> None:
    before = usual(earlier, figure.key)
    kit.tag("h3", figure.name, "rh-figure-name")
    with kit.tag("p", classes="rh-line"):
        value = figure.write(getattr(found, figure.key))
        kit.tag("span", value, "rh-figure-value rh-number")
        if before is not None:
            with_it = sum(getattr(each, figure.key) is not None for each in earlier)
            calls = (
                "the call before"
                if with_it == 1
                else f"the {with_it} calls before (the middle one)"
            )
            kit.tag("span", f"{figure.write(before)}: {calls}", "rh-muted rh-small rh-number")
    kit.tag("p", figure.matters, "rh-small")
    if figure.usual:
        kit.tag("p", figure.usual, "rh-muted rh-small")
