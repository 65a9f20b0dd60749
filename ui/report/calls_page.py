"""The list of calls: one's own, or everyone's for authors and admins."""

from typing import TYPE_CHECKING

from nicegui import ui

from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit import words
from ui.kit.avatar import avatar
from ui.kit.frame import frame
from ui.report.calls_filter import CallsFilter
from ui.watch.going_on import GoingOn

if TYPE_CHECKING:
    from data.calls import Summary
    from data.users import User

STEP = 50
STEPS = (
    "Open Simulations and press Start Practice on any customer.",
    "Press Start Voice Call and allow the microphone. You can also type.",
    "Talk. When you end the call, its report appears here.",
)


def register(studio: Studio) -> None:
    """The page ``/calls``."""

    @ui.page("/calls")
    def calls() -> None:
        with frame(studio, "Calls"):
            user = access.require(studio)
            everyone = access.is_author(user)
            found = _found(studio, None if everyone else user.name)
            with kit.tag("div", classes="rh-stack-tight"):
                kit.heading("Calls")
                if found:
                    kit.muted("Everyone's calls, newest first." if everyone else "Newest first.")
            if everyone:
                _with_live_calls(studio, user)
            elif found:
                _list(studio, found, everyone)
            else:
                _first_steps()


def _found(studio: Studio, name: str | None) -> "list[Summary]":
    """The calls of that user, live ones too; None: everyone's that are over."""
    found = studio.archive.list(name)
    return found if name is not None else [call for call in found if call.ended is not None]


def _with_live_calls(studio: Studio, user: "User") -> None:
    """What is going on, and below it what is over, also while calls begin and end."""

    @ui.refreshable
    def over() -> None:
        calls = _found(studio, None)
        filters.offer(calls, lambda name: _display(studio, name))
        wanted = filters.wanted
        found = [call for call in calls if wanted.fits(call, _display(studio, call.user))]
        if calls:
            with kit.tag("div", classes="rh-line-between"):
                kit.heading("Over", 2)
                number = kit.tag("p", words.count(len(found), "call"), "rh-muted rh-small")
                number.props("role=status")
        if found:
            _list(studio, found, everyone=True)
        elif calls:
            with kit.tag("div", classes="rh-empty"):
                kit.heading("No call fits that", 3)
                kit.button("Clear filters", filters.clear).mark("clear-filters")
        elif studio.calls.live():
            kit.muted("No call is over yet.")
        else:
            _first_steps()

    def changed() -> None:
        over.refresh()

    GoingOn(studio, user, changed)
    filters = CallsFilter(changed)
    over()


def _first_steps() -> None:
    with kit.tag("section", classes="rh-empty"):
        kit.heading("No calls yet. Three steps to the first one:", 2)
        with kit.tag("ol"):
            for step in STEPS:
                kit.tag("li", step)
        kit.link_button("Choose a simulation", "/", kind="primary")


def _list(studio: Studio, calls: "list[Summary]", everyone: bool) -> None:
    shown = STEP

    @ui.refreshable
    def rows() -> None:
        with kit.tag("ul", classes="rh-list"):
            for call in calls[:shown]:
                with kit.tag("li"):
                    _row(call, _display(studio, call.user) if everyone else "")
        if len(calls) > shown:
            kit.button(f"Show {min(STEP, len(calls) - shown)} more", more).classes("rh-center")

    def more() -> None:
        nonlocal shown
        shown += STEP
        rows.refresh()

    rows()


def _row(call: "Summary", who: str) -> None:
    with ui.link(target=f"/calls/{call.call}").classes("rh-row"):
        avatar(call.name, 44)
        with kit.tag("div", classes="rh-grow"):
            with kit.tag("p", classes="rh-line"):
                kit.tag("span", call.scenario, "rh-strong")
                if call.draft:
                    kit.tag("span", "Unsaved text", "rh-badge rh-badge-warn")
            kit.tag("p", call.name, "rh-muted rh-small")
        if who:
            kit.tag("p", who, "rh-row-who rh-small")
        with kit.tag("div", classes="rh-row-when rh-small rh-number"):
            kit.tag("p", words.when(call.started))
            details = words.reason(call.reason)
            if call.ended is not None:
                details = f"{words.length(call.duration)} · {details}"
            kit.tag("p", details, "rh-muted")
        result(call)


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
