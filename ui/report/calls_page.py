"""The list of calls: one's own, or everyone's for authors and admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nicegui import background_tasks, run, ui

from agent.simulation.reviewing.coached import CoachedCard
from data.store import StoreError
from ui import kit
from ui.auth import access
from ui.call.own_calls import calls_going_on
from ui.coaching.in_lists import coached_score, coached_scores, waiting_list
from ui.context import Studio
from ui.kit import words
from ui.kit.avatar import avatar
from ui.kit.frame import frame
from ui.report.calls_filter import CallsFilter, Wanted
from ui.report.deleting import delete_button
from ui.watch.going_on import GoingOn

if TYPE_CHECKING:
    from data.calls import Summary
    from data.users import User

STEP = 50
STEPS = (
    "Open Simulations and press Start Practice on any customer.",
    "Press Start Voice Call and allow the microphone. Or press Start Typed Call: you type, and the "
    "customer speaks.",
    "Talk. When you end the call, its report appears here.",
)


def register(studio: Studio) -> None:
    """The page ``/calls``."""

    @kit.page("/calls")
    async def calls() -> None:
        user = access.require(studio)
        everyone = access.is_author(user)
        first = await run.io_bound(look, studio, None if everyone else user.name, Wanted(), STEP)
        first = first or Found()  # the app is stopping
        with frame(studio, "Calls"):
            calls_going_on(studio, user.name)
            with kit.tag("div", classes="rh-stack-tight"):
                kit.heading("Calls")
                if first.calls:
                    kit.muted("Everyone's calls, newest first." if everyone else "Newest first.")
            if everyone:
                _with_live_calls(studio, user, first)
            else:
                _List(studio, user.name).show(first)


@dataclass(frozen=True)
class Found:
    """The newest calls that are looked for, of ``number`` in all, and whose and with whom there
    are any; ``coached`` has the scores of those that a coach has changed, by call; ``trouble`` says
    in words why they cannot be read."""

    calls: "Sequence[Summary]" = ()
    number: int = 0
    people: Mapping[str, str] = field(default_factory=dict)
    customers: Sequence[str] = ()
    coached: Mapping[str, CoachedCard] = field(default_factory=dict)
    trouble: str = ""


def look(studio: Studio, user: str | None, wanted: Wanted, shown: int) -> Found:
    """The calls of that user, live ones too; None: everyone's that are over. One step more than
    are shown. Blocks."""
    archive, most = studio.archive, shown + STEP
    try:
        if user is not None:
            own = archive.list(user, most)
            return Found(own, coached=coached_scores(studio, own))
        people = {name: _display(studio, name) for name in archive.finished.users()}
        calls, number = archive.over(wanted.of(people), most)
        names = archive.finished.names()
        return Found(calls, number, people, names, coached_scores(studio, calls))
    except StoreError as error:
        return Found(trouble=str(error))


class _List:
    """The rows, in steps: of one user's calls, or of everyone's that the filters leave."""

    def __init__(
        self, studio: Studio, user: str | None, filters: CallsFilter | None = None
    ) -> None:
        self._studio = studio
        self._user = user
        self._filters = filters
        self._shown = STEP
        self._asked = 0
        self._box = kit.tag("div", classes="rh-contents")

    def renew(self, shown: int = STEP) -> None:
        """Look for what is wanted now, and show it; of several looks the last one counts."""
        self._shown = shown
        background_tasks.create(self._renew(), name="list of calls")

    async def _renew(self) -> None:
        self._asked += 1
        asked = self._asked
        wanted = replace(self._filters.wanted) if self._filters else Wanted()
        found = await run.io_bound(look, self._studio, self._user, wanted, self._shown)
        if found is not None and asked == self._asked and not self._box.is_deleted:
            self.show(found)

    def show(self, found: Found) -> None:
        """Draw these in place of what is there."""
        if self._filters:
            self._filters.offer(found.people, found.customers)
        self._box.clear()
        with self._box:
            if found.trouble:
                kit.message(found.trouble, "bad")
                return
            if found.people:
                with kit.tag("div", classes="rh-line-between"):
                    kit.heading("Over", 2)
                    number = kit.tag("p", words.count(found.number, "call"), "rh-muted rh-small")
                    number.props("role=status")
            if found.calls:
                self._rows(found)
            else:
                self._nothing(found)

    def _rows(self, found: Found) -> None:
        with kit.tag("ul", classes="rh-list"):
            for call in found.calls[: self._shown]:
                with kit.tag("li", classes="rh-call-row"):
                    who = "" if self._user else _display(self._studio, call.user)
                    said = self._studio.annotations.of(call.call)
                    written = any(each.by != call.user for each in said)
                    _row(call, who, found.coached.get(call.call), written=written)
                    if call.ended is not None:
                        delete_button(self._studio, call, self._deleted, small=True)
        if (rest := len(found.calls) - self._shown) > 0:
            more = kit.button(f"Show {rest} more", lambda: self.renew(self._shown + STEP))
            more.classes("rh-center")

    def _deleted(self) -> None:
        ui.notify("The call is deleted.", type="positive")
        self.renew(self._shown)

    def _nothing(self, found: Found) -> None:
        if self._filters and found.people:
            with kit.tag("div", classes="rh-empty"):
                kit.heading("No call fits that", 3)
                kit.button("Clear filters", self._filters.clear).mark("clear-filters")
        elif not self._user and self._studio.calls.live():
            kit.muted("No call is over yet.")
        else:
            _first_steps()


def _with_live_calls(studio: Studio, user: "User", first: Found) -> None:
    """What is going on, and below it what is over, also while calls begin and end."""
    GoingOn(studio, user, lambda: over.renew())
    waiting_list(studio)
    filters = CallsFilter(lambda: over.renew())
    over = _List(studio, None, filters)
    over.show(first)


def _first_steps() -> None:
    with kit.tag("section", classes="rh-empty"):
        kit.heading("No calls yet. Three steps to the first one:", 2)
        with kit.tag("ol"):
            for step in STEPS:
                kit.tag("li", step)
        kit.link_button("Choose a simulation", "/", kind="primary")


def _row(call: "Summary", who: str, by_coach: CoachedCard | None, *, written: bool = False) -> None:
    """``who`` is the trainee, "" for the own list; ``written``: a coach has said something."""
    with ui.link(target=f"/calls/{call.call}").classes("rh-row"):
        avatar(call.name, 44)
        with kit.tag("div", classes="rh-grow"):
            with kit.tag("p", classes="rh-line"):
                kit.tag("span", call.scenario, "rh-strong")
                if call.draft:
                    kit.tag("span", "Unsaved text", "rh-badge rh-badge-warn")
                if written:
                    kit.tag("span", "A coach wrote", "rh-badge").mark("written")
            kit.tag("p", call.name, "rh-muted rh-small")
        if who:
            kit.tag("p", who, "rh-row-who rh-small")
        with kit.tag("div", classes="rh-row-when rh-small rh-number"):
            kit.tag("p", words.when(call.started))
            details = words.end_in_short(call.reason, call.resolved, own=not who)
            if call.ended is not None:
                details = f"{words.length(call.duration)} · {details}"
            kit.tag("p", details, "rh-muted")
        result(call)
        if by_coach is not None and by_coach.score is not None:
            coached_score(by_coach.score, passed=bool(by_coach.passed))


def result(call: "Summary") -> None:
    """Score with pass or fail in words, or why there is none."""
    with kit.tag("div", classes="rh-row-score"):
        if call.ended is None:
            kit.tag("span", "Live", "rh-badge rh-badge-warn")
        elif call.score is None:
            kit.tag("span", "Not scored", "rh-badge")
        else:
            kit.tag("span", words.score(call.score), "rh-score-small rh-number")
            kind, word = ("good", "Passed") if call.passed else ("bad", "Not passed")
            kit.tag("span", word, f"rh-badge rh-badge-{kind}")


def _display(studio: Studio, name: str) -> str:
    user = studio.users.get(name)
    return user.display if user else name
