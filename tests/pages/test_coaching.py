"""A coach's word on a call: in its report, on the list of what waits, and over many calls."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from data.annotations import Annotation
from data.records import CallEnd, CallStart, Turn
from personas.parse import examine
from tests.support.clock import until
from tests.support.studio import Make, World, log_in, persona_text, visit

CALL = "1" * 16
PAGE = f"/calls/{CALL}"
PERSONA = examine(persona_text(), "ann-lee").persona
assert PERSONA is not None
APOLOGISES, NAMES_A_DAY = (rule.id for rule in PERSONA.objectives)
TURNS = (
    Turn(0, "persona", "My parcel is broken.", 1.0, end=4.0),
    Turn(1, "trainee", "I am so sorry about that parcel.", 5.0, end=8.0, phase="deescalation",
         intensity=5, matched=(APOLOGISES,), quotes=("I am so sorry about that parcel",),
         confidences=(0.9,), cause="shown: apologises for the broken parcel"),
    Turn(2, "persona", "And now?", 9.0, end=10.0),
    Turn(3, "trainee", "You have it back by Friday.", 11.0, end=14.0, phase="deescalation",
         intensity=5, unsure=(NAMES_A_DAY,), unsure_quotes=("You have it back by Friday",),
         unsure_confidences=(0.4,)),
)  # fmt: skip


def finish(
    world: World,
    call: str = CALL,
    *,
    user: str = "trainee",
    turns: Sequence[Turn] = TURNS,
    started: float | None = None,
) -> None:
    started = started or 1_790_000_000.0 + int(call[:4], 16)
    start = CallStart(
        call, user, "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", started
    )
    record = world.archive.open(start, persona_text())
    for turn in turns:
        record.turn(turn)
    record.close(CallEnd(started + 60, "ended", at=60.0))


def said(world: World) -> list[tuple[str, str, bool | None, int | None]]:
    return [(a.kind, a.by, a.yes, a.turn) for a in world.annotations.of(CALL)]


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    finish(world)
    async with visit(world.studio()) as made:
        yield made


async def enter(make: Make, name: str, page: str = PAGE) -> User:
    user = make()
    await log_in(user, name)
    await user.open(page)
    return user


def text_of(user: User, marker: str) -> str:
    with user:
        (element,) = ElementFilter(marker=marker)
        parts = [str(getattr(e, "text", "")) for e in element.descendants(include_self=True)]
    return " ".join(part for part in parts if part)


async def test_a_claim_waits_and_a_coach_s_answer_changes_the_score(
    world: World, make: Make
) -> None:
    trainee = await enter(make, "trainee")
    await trainee.should_see("67")
    await trainee.should_not_see("Score again")
    await trainee.should_not_see(marker=f"judge-{NAMES_A_DAY}")
    trainee.find(marker=f"claim-{NAMES_A_DAY}").click()
    await trainee.should_see("A coach looks at it and decides.")
    trainee.find(marker="do-it").click()
    await until(lambda: bool(said(world)))
    await trainee.should_see("A coach will look at it.")
    await trainee.should_not_see(marker=f"claim-{NAMES_A_DAY}")

    coach = await enter(make, "author", "/calls")
    await coach.should_see("Waits for a coach")
    await coach.should_see("Names a day for the refund")
    await coach.open(PAGE)
    await coach.should_see("Waits for you.")
    assert not text_of(coach, "score-why").startswith("Enough was shown")
    assert "Name a day for the refund" in text_of(coach, "coached-taught-advice")
    coach.find(marker=f"judge-{NAMES_A_DAY}").click()
    await coach.should_see("It was read as not shown.")
    with coach:
        (turn,) = ElementFilter(kind=ui.select, marker="judge-turn")
        turn.set_value(3)
    coach.find(marker="do-it").click()
    await until(lambda: len(said(world)) == 2)
    assert said(world)[1] == ("objective", "author", True, 3)
    await coach.should_see("of 100 with the coach's word")
    assert "100" in text_of(coach, "score-with-coach")
    await coach.should_see("67 is how Rehearsal read the call.")
    await coach.should_see("Enough was shown to pass, but")  # without another look
    assert "Name a day for the refund" not in text_of(coach, "coached-taught-advice")
    await coach.should_see(marker=f"teach-like-{NAMES_A_DAY}")
    await coach.open("/calls")
    await coach.should_not_see("Waits for a coach")
    await trainee.open("/calls")
    await trainee.should_see(marker="coached-100")
    await trainee.open(PAGE)
    await trainee.should_see("of 100 with the coach's word")
    assert "Coach: shown" in text_of(trainee, f"settled-{NAMES_A_DAY}")
    await trainee.should_not_see(marker=f"teach-like-{NAMES_A_DAY}")


async def test_a_page_left_with_a_dialog_open_is_no_fault(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    trainee = await enter(make, "trainee")
    trainee.find(marker=f"claim-{NAMES_A_DAY}").click()
    await trainee.should_see("A coach looks at it and decides.")
    client = trainee.client
    assert client is not None
    client.delete()
    for _ in range(3):  # the click's own task has to end
        await asyncio.sleep(0)
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


async def test_words_without_a_turn_become_no_example_and_it_is_said_why(make: Make) -> None:
    coach = await enter(make, "author")
    coach.find(marker=f"judge-{NAMES_A_DAY}").click()
    await coach.should_see("With a turn, its words can become an example")
    coach.find(marker="do-it").click()
    await coach.should_see("No turn is named for it, so no words can become an example.")
    await coach.should_not_see(marker=f"teach-like-{NAMES_A_DAY}")


async def test_who_said_nothing_claims_nothing(world: World, make: Make) -> None:
    finish(world, "2" * 16, turns=TURNS[:1])
    trainee = await enter(make, "trainee", f"/calls/{'2' * 16}")
    await trainee.should_see("My parcel is broken.")
    await trainee.should_not_see("I did say that", retries=1)


async def test_an_unsure_turn_is_settled_and_taken_back(world: World, make: Make) -> None:
    coach = await enter(make, "author")
    coach.find(marker=f"settle-3-{NAMES_A_DAY}-True").click()
    await coach.should_see("of 100 with the coach's word")
    assert said(world) == [("turn", "author", True, 3)]
    link = f"/studio/ann-lee?try={CALL}&turn=3&as=like&rule={NAMES_A_DAY}"
    with coach:
        teach = list(ElementFilter(kind=ui.link, marker=f"teach-like-{NAMES_A_DAY}"))
    assert {each.props["href"] for each in teach} == {link}
    coach.find(marker=f"take-back-{NAMES_A_DAY}").click()
    await coach.should_not_see("of 100 with the coach's word")
    await coach.should_see(marker=f"settle-3-{NAMES_A_DAY}-False")


async def test_a_turn_is_claimed_and_settled_turns_are_told_in_the_trainee_s_words(
    world: World, make: Make
) -> None:
    trainee = await enter(make, "trainee")
    trainee.find(marker="claim-at-3").click()
    await trainee.should_see("What did you do?")
    with trainee:
        (which,) = ElementFilter(kind=ui.select, marker="claim-rule")
        (turn,) = ElementFilter(kind=ui.select, marker="claim-turn")
        assert turn.value == 3
        assert which.options == {NAMES_A_DAY: "Name a day for the refund"}
        which.set_value(NAMES_A_DAY)
    trainee.find(marker="note").type("Friday is a day.")
    trainee.find(marker="do-it").click()
    await trainee.should_see("Friday is a day.")
    await trainee.should_not_see(marker="claim-at-1")
    assert said(world) == [("claim", "trainee", None, 3)]
    coach = await enter(make, "author")
    coach.find(marker=f"settle-3-{NAMES_A_DAY}-True").click()
    await until(lambda: len(said(world)) == 2)
    await trainee.open(PAGE)
    await trainee.should_see("counts for")
    await trainee.should_not_see("A coach will look at it.")
    assert "Enough was shown to pass, but" in text_of(trainee, "score-why"), "it follows the coach"
    await trainee.open("/progress")
    await trainee.should_see("In 1 call a coach changed the score: the coach's score counts here.")
    await trainee.should_see("1 of 1 scored call passed.")
    await trainee.open(PAGE)
    export = await trainee.http_client.get(f"/api/calls/{CALL}.json")
    assert export.json()["coach"]["score"] == 100
    assert export.json()["scorecard"]["score"] == 67
    text = await trainee.http_client.get(f"/api/calls/{CALL}.txt")
    assert "100 of 100, passed" in text.text


async def test_a_comment_reaches_the_trainee_with_name_and_can_be_deleted(
    world: World, make: Make
) -> None:
    coach = await enter(make, "author")
    coach.find(marker="comment-3").click()
    await coach.should_see(marker="comment-text")
    coach.find(marker="comment-text").type("Say <b>which</b> Friday.")
    coach.find(marker="do-it").click()
    await coach.should_see(marker="commented-3")
    trainee = await enter(make, "trainee", "/calls")
    await trainee.should_see("A coach wrote")
    await trainee.open(PAGE)
    await trainee.should_see("Say <b>which</b> Friday.")
    author = world.users.get("author")
    assert author is not None
    assert author.display in text_of(trainee, "commented-3")
    coach.find(kind=ui.button, content="Delete").click()
    await until(lambda: not said(world))
    await coach.should_not_see(marker="commented-3")


async def test_nothing_is_kept_of_a_call_that_was_deleted_meanwhile(
    world: World, make: Make
) -> None:
    coach = await enter(make, "author")
    coach.find(marker="comment-3").click()
    await coach.should_see(marker="comment-text")
    coach.find(marker="comment-text").type("Which Friday?")
    world.archive.delete([CALL])
    coach.find(marker="do-it").click()
    await coach.should_see("This call was deleted, so nothing can be kept of it.")
    assert world.annotations.of(CALL) == ()


async def test_who_is_no_coach_any_more_says_nothing(world: World, make: Make) -> None:
    coach = await enter(make, "author")
    await coach.should_see(marker=f"agree-{NAMES_A_DAY}")
    world.users.change("author", role="trainee", display="Dana")
    coach.find(marker=f"agree-{NAMES_A_DAY}").click()
    await coach.should_see("Load the page again")
    assert not said(world)


async def test_an_author_is_the_coach_of_an_own_call(world: World) -> None:
    finish(world, user="author")
    async with visit(world.studio()) as make:
        user = await enter(make, "author")
        await user.should_see(marker=f"agree-{NAMES_A_DAY}")
        await user.should_not_see("I did say that")
        user.find(marker=f"agree-{NAMES_A_DAY}").click()
        await user.should_see("the score stays")


async def test_a_call_is_scored_again_by_today_s_rules(world: World, make: Make) -> None:
    text = persona_text().replace("- Names a day for the refund\n", "- Says goodbye politely\n")
    coach = await enter(make, "author")
    coach.find(marker="score-again").click()
    await coach.should_see("By today's rules: ")
    assert "then: 67). The score of then stays." in text_of(coach, "scored-again")
    world.write("ann-lee", text)
    world.library.look("ann-lee", author="author")
    coach.find(marker="score-again").click()
    await coach.should_see("No longer in the text")
    await coach.should_see("Says goodbye politely")
    world.write("ann-lee", "no persona")
    world.library.look("ann-lee", author="author")
    (world.personas / "ann-lee.md").unlink()
    world.library.look("ann-lee", author="author")
    coach.find(marker="score-again").click()
    await coach.should_see("Ann Lee is no longer here, so there are no rules of today.")
    await coach.should_see("67")


async def test_a_call_of_today_is_named_inside_a_sentence(world: World, make: Make) -> None:
    call, now = "3" * 16, time.time()
    finish(world, call, started=now)
    record = world.archive.get(call)
    assert record is not None
    word = Annotation("objective", "author", now, NAMES_A_DAY, "Names a day", 3, True, False)
    world.annotations.add(record.start, word)
    author = await enter(make, "author", "/studio/ann-lee/objectives")
    assert re.search("Call of (today|yesterday) ", text_of(author, f"objective-{NAMES_A_DAY}"))


async def test_an_author_sees_by_whom_an_objective_is_not_shown_and_how_well_it_is_read(
    world: World, make: Make
) -> None:
    finish(world, "2" * 16, user="admin")
    record = world.archive.get(CALL)
    assert record is not None
    word = Annotation(
        "objective", "author", 1_790_000_100.0, NAMES_A_DAY, "Names a day", 3, True, False
    )
    world.annotations.add(record.start, word)
    agreed = replace(word, rule=APOLOGISES, words="Apologises", yes=True, reader=True)
    world.annotations.add(record.start, agreed)
    author = await enter(make, "author", "/studio/ann-lee/objectives")
    day = text_of(author, f"objective-{NAMES_A_DAY}")
    assert "1 of 2" in day, "in one of the two calls by the coach's word"
    admin = world.users.get("admin")
    assert admin is not None
    assert f"Not shown by: {admin.display}." in day
    assert "agree in 0 of 1 call: kappa 0.00" in day
    assert "shown, read as not shown" in day
    apology = text_of(author, f"objective-{APOLOGISES}")
    assert "2 of 2" in apology
    assert "Both always said the same thing" in apology
    missing = await author.http_client.get("/studio/nobody/objectives")
    assert missing.status_code == 404
    trainee = await enter(make, "trainee")
    refused = await trainee.http_client.get("/studio/ann-lee/objectives")
    assert refused.status_code == 403
