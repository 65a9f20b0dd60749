"""The old ending and the new one beside each other, and what becomes of the try."""

from collections.abc import Callable, Sequence

from nicegui import run, ui

from agent.simulation.directing.mood import mood_word
from agent.simulation.reviewing.endings import Ending, differences, ending
from data.endings import how_it_ended
from data.journal import CallRecord
from data.records import Turn
from data.store import StoreError
from data.summary import Summary
from data.users import User
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit import lang, words
from ui.tries.link import try_again

DRAWN = 16
"""Turns of an ending that are drawn; the rest is in the transcript."""


def first_ending(studio: Studio, record: CallRecord) -> CallRecord | None:
    """The call that this try goes on from; None for what is no try, or when it is gone. Blocks."""
    return studio.archive.get(record.start.origin) if record.start.is_try else None


def both_endings(
    studio: Studio, record: CallRecord, old: CallRecord | None, persona: Persona | None, user: User
) -> None:
    """For a try that is over: both endings in two columns, and the choice to keep it."""
    if not record.start.is_try or record.end is None:
        return
    with kit.tag("section", classes="rh-card").mark("both-endings"):
        kit.heading("Both endings", 2)
        if persona is None:
            kit.muted("The customer's text of this try cannot be read, so nothing can be compared.")
        else:
            _compare(record, old, persona, own=user.name == record.start.user)
        if user.name == record.start.user:
            _Decision(studio, record, old)


def _compare(record: CallRecord, old: CallRecord | None, persona: Persona, *, own: bool) -> None:
    first, language = record.start.taken, record.start.language
    new_end = ending(record, first, persona)
    if old is None:
        kit.muted("The call that this try goes on from was deleted: only the new ending is left.")
        _column("This time", record, new_end, own=own)
        return
    old_end = ending(old, first, persona)
    with kit.tag("ul", classes="rh-differences").mark("differences"):
        for each in differences(old_end, new_end, persona):
            lang.line("li", lang.by_script(each), language)
    with kit.tag("div", classes="rh-endings"):
        _column("The first time", old, old_end, own=own)
        _column("This time", record, new_end, own=own)


def _column(title: str, record: CallRecord, end: Ending, *, own: bool) -> None:
    with kit.tag("section", classes="rh-ending") as column:
        column.props(f'aria-label="{title}"')
        kit.heading(title, 3)
        if record.end is not None:
            how = how_it_ended(record.end.reason, record.end.resolved, to_trainee=own)
            kit.tag("p", f"{how}.", "rh-strong")
        if end.begun is not None and end.ended is not None:
            way = f"{_mood(end.begun)} → {_mood(end.ended)}"
            kit.tag("p", way, "rh-muted rh-small rh-number")
        with kit.tag("ol", classes="rh-turns"):
            for turn in end.turns[:DRAWN]:
                _turn(turn, record, "You" if own else "Trainee")
        if (rest := len(end.turns) - DRAWN) > 0:
            where = f"/calls/{record.start.call}#turn-{end.turns[DRAWN].index}"
            ui.link(f"{words.count(rest, 'more turn')}", where).classes("rh-small")


def _turn(turn: Turn, record: CallRecord, trainee: str) -> None:
    who = trainee if turn.speaker == "trainee" else record.start.name
    with kit.tag("li", classes=f"rh-turn rh-turn-{turn.speaker}"):
        kit.tag("span", who, "rh-strong rh-small")
        lang.persona_words(kit.tag("p", turn.text, "rh-turn-text"), record.start.language)
        if turn.speaker == "trainee" and turn.phase:
            kit.tag("p", _mood(turn.intensity), "rh-muted rh-small rh-number")


def _mood(level: int) -> str:
    return f"{mood_word(level).capitalize()} ({level} of 10)"


class _Decision:
    """Keep it or throw it away, by whose try it is; nothing becomes of it by itself."""

    def __init__(self, studio: Studio, record: CallRecord, old: CallRecord | None) -> None:
        self._archive = studio.archive
        self._call = record.start.call
        self._back = f"/calls/{record.start.origin}" if old is not None else "/calls"
        self._told = kit.tag("p", classes="rh-small").props("role=status").mark("decision")
        self._told.set_text(KEPT if record.kept else UNDECIDED)
        with kit.tag("div", classes="rh-line"):
            self._keep = kit.button("Keep this try", self._do_keep, kind="primary").mark("keep")
            self._keep.set_visibility(not record.kept)
            kit.button("Throw it away", self._do_throw_away).mark("throw-away")
            turn = _answered(old, record.start.taken) if old is not None else None
            if old is not None and turn is not None:
                try_again(old, turn, kind="plain")

    async def _do_keep(self) -> None:
        if await self._done(self._archive.keep):
            self._told.set_text(KEPT)
            self._keep.set_visibility(False)

    async def _do_throw_away(self) -> None:
        if await self._done(self._archive.throw_away):
            ui.navigate.to(self._back)

    async def _done(self, work: Callable[[str], bool]) -> bool:
        """Whether that was done to the try; if not, it is said why."""
        try:
            done = await run.io_bound(work, self._call)
        except (OSError, StoreError) as error:
            self._told.set_text(f"That could not be written: {error}. Try again in a moment.")
            return False
        if done is False:
            self._told.set_text("It is gone already: it was thrown away in another tab.")
        return bool(done)


KEPT = "You keep this try. It is listed in the report of the call, and counts as none itself."
UNDECIDED = "Keep this try, or throw it away? It counts as no call either way."


def _answered(record: CallRecord, index: int) -> int | None:
    """The index of the trainee's first turn from that one on."""
    later = (t.index for t in record.turns if t.speaker == "trainee" and t.index >= index)
    return next(later, None)


def tries_card(record: CallRecord, tries: Sequence[Summary], *, own: bool) -> None:
    """On the report of a call: the tries of its moments, if there are any, each named by the turn
    that was tried again."""
    if not tries:
        return
    with kit.tag("section", classes="rh-card").mark("tries"):
        kit.heading("Moments tried again", 2)
        with kit.tag("ul", classes="rh-list"):
            for number, each in enumerate(tries):
                with kit.tag("li"), ui.link(target=f"/calls/{each.call}").classes("rh-row"):
                    with kit.tag("div", classes="rh-grow"):
                        turn = _answered(record, each.taken)
                        begun = (each.taken if turn is None else turn) + 1
                        name = f"Try {len(tries) - number}, from turn {begun} on"
                        kit.tag("p", name, "rh-strong")
                        ended = words.end_in_short(each.reason, each.resolved, own=own)
                        lasted = words.length(each.duration)
                        told = f"{words.when(each.started)} · {lasted} · {ended}"
                        kit.tag("p", told, "rh-muted rh-small rh-number")
                    kit.tag("span", "Kept" if each.kept else "Not decided yet", "rh-badge")


def tries_of(studio: Studio, record: CallRecord, user: User) -> Sequence[Summary]:
    """The tries of that call that the user may see, the newest first. Blocks."""
    try:
        found = studio.archive.tries(record.start.call)
    except StoreError:
        return ()
    return [each for each in found if access.may_see(user, each.user) and each.ended is not None]
