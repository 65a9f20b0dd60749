"""Progress: one's own scores over time; for authors and admins everyone's."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from nicegui import run, ui

from data.progress import RECENT, Course
from data.store import StoreError
from ui import kit
from ui.auth import access
from ui.call.own_calls import calls_going_on
from ui.coaching.in_lists import as_coached
from ui.context import Studio
from ui.kit import words
from ui.kit.avatar import avatar
from ui.kit.frame import frame
from ui.kit.persona_lists import personas_of
from ui.kit.problem import problem
from ui.progress.chart import score_chart

T = TypeVar("T")

STEP = 50
STOPPING = "Rehearsal is being stopped."
FORBIDDEN = ("You may see your own progress only", "It is under Progress in the menu.", 403)
MISSING = ("There is no such account", "It may have been written differently.", 404)
STEPS = (
    "Open Simulations and take a call with any customer.",
    "End it: its report gives it a score.",
    "Take it again. Your scores over time appear here.",
)


def register(studio: Studio) -> None:
    """The pages ``/progress`` and, for one user, ``/progress/{name}``."""

    @kit.page("/progress")
    async def progress() -> None:
        user = access.require(studio)
        if not access.is_author(user):
            await _one(studio, user.name, "Your progress")
            return
        everyone = await _look(partial(_newest, studio, STEP))
        with frame(studio, "Progress"):
            _Everyone(studio).show(everyone)

    @kit.page("/progress/{name}")
    async def progress_of(name: str) -> None:
        user = access.require(studio)
        if not access.may_see(user, name):
            problem(studio, *FORBIDDEN)
        elif studio.users.get(name) is None:
            problem(studio, *MISSING)
        else:
            own = name == user.name
            await _one(studio, name, "Your progress" if own else _display(studio, name))


class _Everyone:
    """Those who have taken calls, in steps."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._shown = STEP
        self._box = kit.tag("div", classes="rh-contents")

    def show(self, everyone: dict[str, Course] | str) -> None:
        """Draw these, one step more than is shown; or why there are none."""
        self._box.clear()
        with self._box:
            with kit.tag("div", classes="rh-stack-tight"):
                kit.heading("Progress")
                if everyone and not isinstance(everyone, str):
                    kit.muted("Everyone who has taken calls. Choose somebody to see their course.")
            if isinstance(everyone, str):
                kit.message(everyone, "bad")
            elif everyone:
                self._rows(list(everyone.items()))
            else:
                _first_steps()

    def _rows(self, everyone: list[tuple[str, Course]]) -> None:
        with kit.tag("ul", classes="rh-list"):
            for name, found in everyone[: self._shown]:
                with kit.tag("li"), ui.link(target=f"/progress/{name}").classes("rh-row"):
                    self._row(_display(self._studio, name), found)
        if (rest := len(everyone) - self._shown) > 0:
            kit.button(f"Show {rest} more", self._more).classes("rh-center")

    def _row(self, display: str, found: Course) -> None:
        avatar(display, 44)
        with kit.tag("div", classes="rh-grow"):
            kit.tag("p", display, "rh-strong")
            kit.tag("p", _calls(found), "rh-muted rh-small rh-number")
        kit.tag("p", _change(found), "rh-row-when rh-small rh-number")
        _score(found.lately, "average")

    async def _more(self) -> None:
        self._shown += STEP
        self.show(await _look(partial(_newest, self._studio, self._shown)))


def _newest(studio: Studio, shown: int) -> dict[str, Course]:
    """The courses of those with the newest calls; one step more than is shown."""
    found = studio.archive.finished.courses(shown + STEP)
    return {name: as_coached(studio, course) for name, course in found.items()}


async def _one(studio: Studio, name: str, title: str) -> None:
    found = await _look(partial(_courses, studio, name))
    with frame(studio, title):
        if name == access.require(studio).name:
            calls_going_on(studio, name)
        if isinstance(found, str):
            kit.message(found, "bad")
            return
        whole, customers = found
        with kit.tag("div", classes="rh-stack-tight"):
            kit.heading(title)
            if whole is not None:
                kit.muted(_calls(whole))
        if whole is None:
            _first_steps()
            return
        _overview(whole)
        _by_customer(customers)


def _courses(studio: Studio, name: str) -> tuple[Course | None, list[Course]]:
    """The course of all calls of that user, and those with each customer, the latest first."""
    finished = studio.archive.finished
    with_each = (finished.course(name, names) for names in personas_of(studio, name).values())
    customers = [as_coached(studio, course) for course in with_each if course is not None]
    customers.sort(key=lambda course: course.last.started, reverse=True)
    whole = finished.course(name)
    return as_coached(studio, whole) if whole is not None else None, customers


async def _look(ask: Callable[[], T]) -> T | str:
    """The answer, or in words why there is none."""
    try:
        answer = await run.io_bound(ask)
    except StoreError as error:
        return str(error)
    return STOPPING if answer is None else answer


def _overview(found: Course) -> None:
    with kit.tag("div", classes="rh-course-cards"):
        with kit.tag("section", classes="rh-card").props('aria-label="Scores over time"'):
            kit.heading("Scores over time", 2)
            score_chart(found.newest, found.scored, found.by_coach)
        with kit.tag("section", classes="rh-card") as last:
            last.props('aria-label="The last calls"')
            kit.heading(_average(found.scored), 2)
            if found.lately is None:
                kit.tag("p", "No call was scored yet.")
                kit.muted("End a call in which you have talked: its report has the first score.")
                return
            with kit.tag("p", classes="rh-score"):
                kit.tag("span", words.score(found.lately), "rh-score-big rh-number")
                kit.tag("span", "of 100", "rh-muted")
            kit.tag("p", _change(found))
            passed = f"{found.passed} of {words.count(found.scored, 'scored call')} passed."
            kit.tag("p", passed, "rh-muted rh-small")
            if found.by_coach:
                kit.tag("p", _counts(len(found.by_coach)), "rh-small").mark("by-coach")


def _counts(by_coach: int) -> str:
    calls = words.count(by_coach, "call")
    return f"In {calls} a coach changed the score: the coach's score counts here."


def _average(scored: int) -> str:
    """What the mean of the newest scores is called."""
    if scored < 2:
        return "The score so far" if scored else "The last calls"
    return f"Average of the last {min(scored, RECENT)} calls"


def _by_customer(customers: list[Course]) -> None:
    with kit.tag("section", classes="rh-stack").props('aria-label="By customer"'):
        kit.heading("By customer", 2)
        with kit.tag("ul", classes="rh-list"):
            for found in customers:
                with kit.tag("li"):
                    _customer(found)


def _customer(found: Course) -> None:
    """What became of the calls with one persona; the way to the newest report."""
    last = found.last
    with ui.link(target=f"/calls/{last.call}").classes("rh-row"):
        avatar(last.name, 44)
        with kit.tag("div", classes="rh-grow"):
            kit.tag("p", last.scenario, "rh-strong")
            kit.tag("p", f"{last.name} · {_calls(found)}", "rh-muted rh-small rh-number")
        several = found.scores[-RECENT:] if found.scored > 1 else ()  # one stands there alone
        shown = " → ".join(words.score(score) for score in several)
        kit.tag("p", shown, "rh-row-when rh-small rh-number")
        _result(found)


def _result(found: Course) -> None:
    if not found.newest:
        _score(None, "")
        return
    newest = found.newest[-1]
    coach = newest.call in found.by_coach
    _score(newest.score, "passed" if newest.passed else "not passed", coach=coach)


def _score(score: float | None, word: str, *, coach: bool = False) -> None:
    with kit.tag("div", classes="rh-row-score"):
        if coach:
            kit.tag("span", "Coach", "rh-muted rh-small")
        if score is None:
            kit.tag("span", "Not scored", "rh-badge")
            return
        kit.tag("span", words.score(score), "rh-score-small rh-number")
        kinds = {"passed": "rh-badge-good", "not passed": "rh-badge-bad"}
        kit.tag("span", word.capitalize(), f"rh-badge {kinds.get(word, '')}")


def _calls(found: Course) -> str:
    when = words.when_inside(found.last.started)
    number = found.number
    return f"1 call, {when}" if number == 1 else f"{number} calls, the last one {when}"


def _change(found: Course) -> str:
    """How the newest scores compare with those before them."""
    if found.change is None:
        more = words.count(RECENT + 1 - found.scored, "more scored call")
        return f"After {more} you see here whether the scores rise."
    points = round(found.change)
    if points == 0:
        return f"As high as in the {RECENT} calls before."
    way = "higher" if points > 0 else "lower"
    return f"{words.count(abs(points), 'point')} {way} than in the {RECENT} calls before."


def _first_steps() -> None:
    with kit.tag("section", classes="rh-empty"):
        kit.heading("No calls yet. Three steps to a first score:", 2)
        with kit.tag("ol"):
            for step in STEPS:
                kit.tag("li", step)
        kit.link_button("Choose a simulation", "/", kind="primary")


def _display(studio: Studio, name: str) -> str:
    user = studio.users.get(name)
    return user.display if user else name
