"""A moment of an own call, tried again: from the report to both endings and what becomes of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from agent.calls.admission import CallOptions
from data.journal import CallRecord
from data.records import CallEnd, Turn
from personas.persona_files import PersonaFiles
from tests.support.call_world import CallWorld, browser, click, note_methods
from tests.support.clock import until
from tests.support.nasty import DIGITS
from tests.support.studio import log_in, persona_text, turns, visit, visiting
from ui.call.voice_call import VoiceCall

CALL, TRY = "0123456789abcdef", "f" * 16


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)
    note_methods(monkeypatch, made.told, VoiceCall)
    return made


def record_of(world: CallWorld, call: str) -> CallRecord:
    record = world.archive.get(call)
    assert record is not None
    return record


def tried(world: CallWorld, *, user: str = "trainee") -> str:
    """A try of the first moment of that call, which went better."""
    old = record_of(world, CALL)
    start = replace(
        old.start, call=TRY, user=user, origin=CALL, taken=0, pinned=True, started=1_790_000_900.0
    )
    apology = turns_of(world)[3]
    attempt = world.archive.open(start, old.persona_text)
    attempt.turn(replace(old.turns[0]))
    attempt.turn(replace(apology, index=1, text="I am sorry about the parcel", intensity=5))
    attempt.close(CallEnd(1_790_000_930.0, "goodbye", resolved=True))
    return TRY


def turns_of(world: CallWorld) -> tuple[Turn, ...]:
    persona = world.library.get("ann-lee")
    assert persona is not None
    assert persona.persona is not None
    return turns(persona.persona)


def link(user: User, marker: str) -> str:
    with user:
        found = list(ElementFilter(kind=ui.link, marker=marker))
    return str(found[0].props["href"])


async def begun(user: User, world: CallWorld) -> CallOptions:
    """What the call of that page is asked to be."""
    browser(user, "microphone", state="ok")
    await click(user, world, "Start Voice Call")
    return world.calls.options_asked[-1]


async def test_the_worst_moment_is_two_clicks_away(world: CallWorld) -> None:
    world.finished_call()
    async with visiting(world, "trainee", f"/calls/{CALL}") as user:
        await user.should_see(marker="worst-moment")
        await user.open(link(user, "try-1"))  # the first click
        for text in (
            "Try this moment again",
            "Turn 2 of",
            "Ann Lee says once more:",
            "My parcel is broken.",
            "You have to calm down",
            "This try counts as no call",
        ):
            await user.should_see(text)
        asked = await begun(user, world)  # the second one
        assert (asked.scene.line, asked.scene.origin) == ("My parcel is broken.", CALL)
        assert asked.past_text == persona_text()
        assert world.calls.begun[-1] == ("trainee", "ann-lee")


async def test_any_turn_can_be_tried_and_what_was_judged_stays_so(world: CallWorld) -> None:
    world.finished_call()
    async with visiting(world, "trainee", f"/calls/{CALL}/try/3") as user:
        await user.should_see("What was said before: 2 turns")
        asked = await begun(user, world)
        assert asked.scene.turns[1].cause == "+2: told to calm down"
        assert asked.scene.line == "Do not tell me to calm down!"


async def test_a_persona_that_was_changed_or_put_away_since_is_named_so(world: CallWorld) -> None:
    world.finished_call()
    async with visiting(world, "trainee", f"/calls/{CALL}/try/1") as user:
        await user.should_not_see(marker="since", retries=1)
        changed = persona_text().replace("My parcel is broken.", "My parcel is late.")
        entry = world.library.get("ann-lee")
        assert entry is not None
        world.library.save("ann-lee", changed, base=entry.version, author="author")
        await user.open(f"/calls/{CALL}/try/1")
        await user.should_see("was changed after your call")
        PersonaFiles(world.library).archive("ann-lee", author="author")
        await user.open(f"/calls/{CALL}/try/1")
        await user.should_see("was put away after your call")
        assert (await begun(user, world)).past_text == persona_text()


async def test_the_last_moment_of_two_hours_is_tried_as_quickly_as_any(world: CallWorld) -> None:
    """The page draws the last turns before it, and the call is told all of them."""
    world.studio()
    said = [replace(turns_of(world)[1 - index % 2], index=index) for index in range(1200)]
    start = replace(record_of(world, world.finished_call(call="e" * 16)).start, call=CALL)
    record = world.archive.open(start, persona_text())
    for turn in said:
        record.turn(turn)
    record.close(CallEnd(1_790_007_200.0, "ended"))
    async with visiting(world, "trainee", f"/calls/{CALL}/try/1198") as user:
        await user.should_see("What was said before: 1197 turns")
        await user.should_see("The 1157 turns before these")
        assert len((await begun(user, world)).scene.turns) == 1197


@pytest.mark.parametrize(
    ("path", "name", "status", "text"),
    [
        (f"/calls/{CALL}/try/1", "author", 403, "moments of your own calls only"),
        (f"/calls/{CALL}/try/4", "trainee", 404, "This moment cannot be tried again"),
        (f"/calls/{CALL}/try/x", "trainee", 404, "This moment cannot be tried again"),
        (f"/calls/{CALL}/try/{DIGITS}", "trainee", 404, "This moment cannot be tried again"),
        ("/calls/eeeeeeeeeeeeeeee/try/1", "trainee", 404, "There is no such call"),
    ],
)
async def test_what_cannot_be_tried_is_said(
    world: CallWorld, path: str, name: str, status: int, text: str
) -> None:
    world.finished_call()
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, name)
        answer = await user.http_client.get(path)
        assert (answer.status_code, text in answer.text) == (status, True)


async def test_both_endings_stand_beside_each_other_and_the_try_is_kept(world: CallWorld) -> None:
    world.finished_call()
    world.studio()
    tried(world)
    async with visiting(world, "trainee", f"/calls/{TRY}") as user:
        for text in (
            "Both endings",
            "The first time",
            "This time",
            "Solved this time; the first time it was not.",
            "The mood ended at 5 of 10 (tense) instead of 7 of 10 (angry): calmer by 2.",
            "Keep this try, or throw it away?",
            "Tried again from turn 2 of ",
        ):
            await user.should_see(text)
        user.find(marker="keep").click()
        await user.should_see("You keep this try.")
        assert record_of(world, TRY).kept
        await user.open(f"/calls/{CALL}")
        await user.should_see("Moments tried again")
        await user.should_see("Try 1, from turn 2 on")  # as the page of the try says it
        await user.should_see("Kept")
        await user.open("/progress")
        await user.should_see("1 call, ")


async def test_a_try_is_thrown_away_and_leaves_nothing(world: CallWorld) -> None:
    world.finished_call()
    world.studio()
    tried(world)
    async with visiting(world, "trainee", f"/calls/{TRY}") as user:
        user.find(marker="throw-away").click()
        await until(lambda: world.archive.get(TRY) is None)
        await user.should_see("What to do next time")
        await user.should_not_see("Moments tried again", retries=1)


async def test_a_try_whose_call_is_gone_stands_alone(world: CallWorld) -> None:
    world.finished_call()
    world.studio()
    tried(world)
    (world.settings.data_dir / "calls" / f"{CALL}.jsonl").unlink()
    async with visiting(world, "trainee", f"/calls/{TRY}") as user:
        await user.should_see("only the new ending is left")
        await user.should_not_see("The first time", retries=1)


async def test_nobody_decides_on_the_try_of_another(world: CallWorld) -> None:
    world.finished_call()
    world.studio()
    tried(world)
    async with visiting(world, "author", f"/calls/{TRY}") as user:
        await user.should_see("Both endings")
        await user.should_not_see(marker="throw-away", retries=1)
