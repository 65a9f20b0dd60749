"""Scores over time: what they come to, and the pages that show them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from data.call_index import DRAWN, CallIndex
from data.records import CallEnd, CallStart, Edit
from data.renames import Name
from data.store import Store
from data.summary import Summary
from tests.support.studio import World, log_in, turns, visit
from ui.progress.chart import in_words
from ui.progress.page import STEP

DAY = 86_400.0


def call(number: int, score: float | None, **values: object) -> Summary:
    """The summary of the call on that day."""
    known: dict[str, object] = {
        "call": f"{number:016x}", "user": "trainee", "persona": "ann-lee", "name": "Ann Lee",
        "scenario": "Returns", "version": "v1", "engine": "offline", "language": "en-US",
        "started": number * DAY, "ended": number * DAY + 60, "score": score,
        "passed": None if score is None else score >= 70,
    }  # fmt: skip
    return Summary(**{**known, **values})  # type: ignore[arg-type]


@pytest.fixture
def finished(tmp_path: Path) -> Iterator[CallIndex]:
    store = Store(tmp_path)
    yield CallIndex(store.database)
    store.close()


def test_lately_are_the_newest_five_and_the_change_is_against_the_five_before(
    finished: CallIndex,
) -> None:
    scores = [20, 40, 40, 40, 40, 40, 60, 60, 60, 60, 60]
    finished.put(reversed([call(n, score) for n, score in enumerate(scores)]))
    found = finished.course("trainee")
    assert found is not None
    assert found.scores == tuple(scores)
    assert (found.lately, found.change) == (60.0, 20.0)
    assert (found.number, found.scored, found.passed) == (11, 11, 0)
    assert found.last.started == 10 * DAY
    assert finished.courses()["trainee"].change == 20.0


@pytest.mark.parametrize(("scores", "lately"), [([], None), ([30.0] * 5, 30.0)])
def test_few_scores_have_no_change(
    finished: CallIndex, scores: list[float], lately: float | None
) -> None:
    finished.put([call(99, None), *(call(n, score) for n, score in enumerate(scores))])
    found = finished.course("trainee")
    assert found is not None
    assert (found.lately, found.change) == (lately, None)
    assert (found.number, found.scored) == (len(scores) + 1, len(scores))


@pytest.mark.parametrize(
    ("by_coach", "scores", "passed", "changed"),
    [
        ({1: (90, True)}, (30.0, 90.0, 80.0), 2, {1}),
        ({2: (40, False)}, (30.0, 50.0, 40.0), 0, {2}),
        ({0: (20, False), 2: (75, True)}, (20.0, 50.0, 75.0), 1, {0, 2}),
        ({7: (90, True)}, (30.0, 50.0, 80.0), 1, set()),
    ],
)
def test_the_score_of_a_coach_counts_where_there_is_one(
    finished: CallIndex,
    by_coach: dict[int, tuple[int, bool]],
    scores: tuple[float, ...],
    passed: int,
    changed: set[int],
) -> None:
    finished.put([call(n, score) for n, score in enumerate((30.0, 50.0, 80.0))])
    course = finished.course("trainee")
    assert course is not None
    found = course.corrected({f"{n:016x}": score for n, score in by_coach.items()})
    assert (found.scores, found.passed, found.scored) == (scores, passed, 3)
    assert found.by_coach == {f"{n:016x}" for n in changed}


def test_drafts_are_no_part_of_a_course(finished: CallIndex) -> None:
    finished.put([call(2, 90.0, draft=True)])
    assert finished.course("trainee") is None
    assert finished.courses() == {}
    finished.put([call(3, 50.0)])
    assert finished.courses()["trainee"].passed == 0


def test_courses_stand_by_their_newest_call(finished: CallIndex) -> None:
    finished.put([call(1, 10.0, user="ann"), call(2, 10.0, user="bob"), call(3, 10.0, user="ann")])
    assert list(finished.courses()) == ["ann", "bob"]


def test_a_course_with_one_customer_is_of_the_names_that_it_had_then(finished: CallIndex) -> None:
    finished.put(
        [
            call(1, 80.0, persona="ann"),
            call(2, 40.0, persona="ann-lee"),
            call(3, 60.0, persona="ann"),  # another one's by then
            call(4, 20.0, persona="ann-lee", user="bob"),
            call(5, None, persona="ann-lee", draft=True),
        ]
    )
    names = (Name("ann-lee", since=2 * DAY), Name("ann", until=2 * DAY))
    found = finished.course("trainee", names)
    assert found is not None
    assert (found.scores, found.number, found.passed) == ((80.0, 40.0), 2, 1)
    assert found.last.call == f"{2:016x}"
    last, scored = (finished.last("trainee", names, scored=scored) for scored in (False, True))
    assert (last and last.call, scored and scored.call) == (f"{5:016x}", f"{2:016x}")


def test_a_long_course_holds_its_newest_scores_and_counts_all(finished: CallIndex) -> None:
    finished.put([call(n, 80.0) for n in range(DRAWN + 5)])
    found = finished.course("trainee")
    assert found is not None
    assert (len(found.scores), found.scored, found.passed) == (DRAWN, DRAWN + 5, DRAWN + 5)
    assert found.newest[0].started == 5 * DAY


def test_the_drawing_is_told_in_words() -> None:
    scored = [call(1, 20.0), call(2, 80.0), call(3, 70.0)]
    assert in_words(scored) == "20 in the first of 3 calls, 70 in the last, 80 at best."


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visit(world.studio()) as make:
        yield make()


def finish(world: World, number: int, user: str = "trainee", *, draft: bool = False) -> None:
    """A call of that user with Ann Lee, in the archive."""
    text = (world.personas / "ann-lee.md").read_text("utf-8")
    persona = world.library.entries()[0].persona
    assert persona is not None
    start = CallStart(
        f"{number:016x}", user, "ann-lee", "Ann Lee", "<b>Returns", "aaaa", "offline", "en-US",
        1_790_000_000.0 + number * DAY, draft=draft,
    )  # fmt: skip
    record = world.archive.open(start, text)
    for turn in turns(persona):
        record.turn(turn)
    record.edit(Edit("bbbb00000000", "applied", "", 2, 12.0))
    record.close(CallEnd(start.started + 60, "ended"))


async def test_without_calls_the_page_teaches_the_way_to_a_score(user: User) -> None:
    await log_in(user)
    await user.open("/progress")
    await user.should_see("Three steps to a first score")
    await user.should_see("Choose a simulation")


async def test_a_trainee_sees_the_own_course_only(world: World, user: User) -> None:
    for number in range(3):
        finish(world, number)
    finish(world, 9, "author")
    await log_in(user)
    await user.open("/progress")
    for words in ("Your progress", "3 calls", "Scores over time", "By customer", "Ann Lee"):
        await user.should_see(words)
    await user.should_see("After 3 more scored calls you see here whether the scores rise.")
    with user:
        drawing = next(each.content for each in ElementFilter(kind=ui.html))
    assert drawing.count("rh-dot-failed") == 3
    assert "&lt;b&gt;Returns" in drawing
    answer = await user.http_client.get("/progress/author")
    assert answer.status_code == 403
    assert "You may see your own progress only" in answer.text


async def test_everyone_comes_in_steps(world: World, user: User) -> None:
    world.archive.finished.put(
        call(n, 50.0, user=f"user-{n:02}", reason="ended") for n in range(STEP + 3)
    )
    await log_in(user, "author")
    await user.open("/progress")
    await user.should_see("user-03")
    await user.should_not_see("user-02", retries=3)
    user.find("Show 3 more").click()
    await user.should_see("user-00")


async def test_authors_see_everyone_and_each_course(world: World, user: User) -> None:
    finish(world, 1)
    finish(world, 2, "admin")
    finish(world, 3, "author", draft=True)
    await log_in(user, "author")
    await user.open("/progress")
    await user.should_see("Demo trainee")
    await user.should_see("Demo admin")
    await user.open("/progress/trainee")
    await user.should_see("Demo trainee")
    await user.should_see("By customer")
    answer = await user.http_client.get("/progress/nobody")
    assert answer.status_code == 404
