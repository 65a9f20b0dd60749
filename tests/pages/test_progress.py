"""Scores over time: what they come to, and the pages that show them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from data.progress import course, courses
from data.records import CallEnd, CallStart, Edit
from data.summary import Summary
from tests.support.studio import World, log_in, turns, visit
from ui.progress.chart import in_words

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


def test_lately_are_the_newest_five_and_the_change_is_against_the_five_before() -> None:
    scores = [20, 40, 40, 40, 40, 40, 60, 60, 60, 60, 60]
    found = course(reversed([call(n, score) for n, score in enumerate(scores)]))
    assert found is not None
    assert found.scores == tuple(scores)
    assert (found.lately, found.change) == (60.0, 20.0)
    assert found.last.started == 10 * DAY


@pytest.mark.parametrize(("scores", "lately"), [([], None), ([30.0] * 5, 30.0)])
def test_few_scores_have_no_change(scores: list[float], lately: float | None) -> None:
    found = course([call(99, None), *(call(n, score) for n, score in enumerate(scores))])
    assert found is not None
    assert (found.lately, found.change) == (lately, None)


def test_live_calls_and_drafts_are_no_part_of_a_course() -> None:
    live, draft = call(1, None, ended=None), call(2, 90.0, draft=True)
    assert course([live, draft]) is None
    assert courses([live, draft, call(3, 50.0)], lambda each: each.user)["trainee"].passed == 0


def test_courses_stand_by_their_newest_call() -> None:
    made = [call(1, 10.0, user="ann"), call(2, 10.0, user="bob"), call(3, 10.0, user="ann")]
    assert list(courses(made, lambda each: each.user)) == ["ann", "bob"]


def test_the_drawing_is_told_in_words() -> None:
    scored = [call(1, 20.0), call(2, 80.0), call(3, 70.0)]
    assert in_words(scored) == "20 in the first of 3 calls, 70 in the last, 80 at best."


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


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
