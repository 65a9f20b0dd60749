"""The shortcuts of the loop as an author meets them: begin later, go on from a turn, why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from agent.protocol.messages import Joined, Mood, TurnDone
from agent.protocol.scene import FROM_THE_TOP, Scene
from data.records import CallEnd, CallStart, Turn
from personas.parse import examine
from personas.persona_files import PersonaFiles
from tests.support.call_world import CallWorld, browser, click, note_methods
from tests.support.nasty import DIGITS
from tests.support.studio import log_in, persona_text, visit, visiting
from ui.call.voice_call import VoiceCall
from ui.studio.length import LengthLine, length_line

CALL = "0123456789abcdef"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)

    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@asynccontextmanager
async def author(world: CallWorld, path: str = "/call/ann-lee") -> AsyncIterator[User]:
    async with visiting(world, "author", path) as user:
        yield user


def choose(user: User, marker: str, value: object) -> None:
    with user:
        (select,) = ElementFilter(kind=ui.select, marker=marker)
        select.set_value(value)


async def begin(user: User, world: CallWorld) -> Scene:
    """Start the call; where it is wished to begin."""
    browser(user, "microphone", state="ok")
    await click(user, world, "Start Voice Call")
    return world.calls.options_asked[-1].scene


async def test_a_call_begins_at_the_beginning_unless_it_is_wished(world: CallWorld) -> None:
    async with author(world) as user:
        await user.should_see("Begin later in the call")
        assert await begin(user, world) == FROM_THE_TOP


async def test_a_phase_brings_an_intensity_that_fits_and_another_is_told(world: CallWorld) -> None:
    async with author(world) as user:
        choose(user, "begin-phase", "deescalation")
        await user.should_see("begins in phase 3, calming down, at 6 of 10. Its score is not")
        choose(user, "begin-intensity", 5)
        await user.should_see("At 5 of 10 Ann Lee is already at or below the threshold of 5, so")
        choose(user, "begin-intensity", 7)
        await user.should_see("begins in phase 3, calming down, at 7 of 10.")
        assert await begin(user, world) == Scene("deescalation", 7)


async def test_the_mood_shown_before_a_call_is_the_one_it_begins_with(world: CallWorld) -> None:
    call = world.finished_call()
    async with author(world) as user:
        await user.should_see("At the start")
        choose(user, "begin-phase", "resolution")
        await user.should_see("5 of 10")
        await user.should_see("Phase: Ready to agree")
        await user.should_see("The next call begins here.")
        choose(user, "begin-phase", "")
        await user.should_see("At the start")
        await user.open(f"/call/ann-lee?call={call}&turn=3")
        await user.should_see("9 of 10")  # the turn before has just angered her
        await user.should_see("Phase: Escalating")


async def test_back_to_the_start(world: CallWorld) -> None:
    async with author(world) as user:
        choose(user, "begin-phase", "resolution")
        choose(user, "begin-phase", "")
        await user.should_see("Practise a part")
        assert await begin(user, world) == FROM_THE_TOP


async def test_a_trainee_begins_at_the_beginning(world: CallWorld) -> None:
    call = world.finished_call()
    async with visiting(world, "trainee", f"/call/ann-lee?call={call}&turn=1") as user:
        await user.should_see("Start Voice Call")
        await user.should_not_see("Begin later in the call", retries=1)
        await user.should_not_see("Go on from an earlier call", retries=1)
        await user.open(f"/calls/{call}")
        await user.should_see("I am sorry about the parcel")
        await user.should_not_see("Change this and go on from here", retries=1)


async def test_a_turn_is_changed_and_gone_on_from(world: CallWorld) -> None:
    call = world.finished_call()
    async with author(world, f"/calls/{call}") as user:
        with user:
            (link,) = ElementFilter(kind=ui.link, marker="go-on-3")
        await user.open(link.props["href"])
        await user.should_see("Go on from an earlier call")
        await user.should_see("From turn 4 of")
        await user.should_see("What was said before: 3 turns")
        with user:
            (box,) = ElementFilter(kind=ui.textarea, marker="instead")
        assert box.value == "I am sorry about the parcel"
        box.set_value("  A refund is on its way. ")
        scene = await begin(user, world)
        assert [turn.text for turn in scene.turns][2:] == [
            "Do not tell me to calm down!", "A refund is on its way.",
        ]  # fmt: skip
        assert (scene.origin, len(scene.past)) == (call, 3)


async def test_a_call_of_a_former_name_goes_on_with_the_persona_under_its_present_one(
    world: CallWorld,
) -> None:
    call = world.finished_call()
    async with author(world, f"/calls/{call}") as user:
        persona_files = PersonaFiles(world.library)
        persona_files.rename("ann-lee", "ann-smith", author="author")
        persona_files.create("ann-lee", persona_text("Another Ann"), author="author")
        await user.open(f"/calls/{call}")
        with user:
            (link,) = ElementFilter(kind=ui.link, marker="go-on-3")
        assert link.props["href"] == f"/call/ann-smith?call={call}&turn=3"
        await user.open(link.props["href"])
        await user.should_see("Go on from an earlier call")
        scene = await begin(user, world)
        assert (scene.origin, len(scene.past)) == (call, 3)
        assert world.calls.begun[-1] == ("author", "ann-smith")


async def test_a_call_of_an_archived_persona_does_not_go_on_with_its_successor(
    world: CallWorld,
) -> None:
    call = world.finished_call()
    async with author(world, f"/calls/{call}") as user:
        persona_files = PersonaFiles(world.library)
        persona_files.archive("ann-lee", author="author")
        persona_files.create("ann-lee", persona_text("Another Ann"), author="author")
        await user.open(f"/calls/{call}")
        await user.should_see("I am sorry about the parcel")
        await user.should_not_see(marker="go-on-3", retries=1)
        await user.should_not_see("Practise again", retries=1)


async def test_going_on_can_be_left(world: CallWorld) -> None:
    call = world.finished_call()
    async with author(world, f"/call/ann-lee?call={call}&turn=1") as user:
        await user.should_see("Open in the studio")
        user.find(marker="forget").click()
        await user.should_see("Begin later in the call")
        assert await begin(user, world) == FROM_THE_TOP


@pytest.mark.parametrize(
    "asked",
    ["call=ffffffffffffffff&turn=1", f"call={CALL}&turn=2", f"call={CALL}&turn=99",
     f"call={CALL}&turn=-1", "call=../../x&turn=1", f"call={CALL}", "turn=1",
     f"call={CALL}&turn={DIGITS}"],
)  # fmt: skip
async def test_what_is_not_there_is_not_gone_on_from(world: CallWorld, asked: str) -> None:
    world.finished_call(call=CALL)
    async with author(world, f"/call/ann-lee?{asked}") as user:
        await user.should_see("Begin later in the call")
        await user.should_not_see("Go on from an earlier call", retries=1)


async def test_a_report_offers_nothing_to_go_on_with_when_the_persona_is_gone(
    world: CallWorld,
) -> None:
    call = world.finished_call()
    (world.personas / "ann-lee.md").unlink()
    async with author(world, f"/calls/{call}") as user:
        await user.should_see("I am sorry about the parcel")
        await user.should_not_see("Change this and go on from here", retries=1)


def partial(world: CallWorld, engine: str = "openai") -> str:
    """A finished call that began in phase 3 and took two turns from another."""
    text = persona_text()
    persona = examine(text, "ann-lee").persona
    assert persona is not None
    start = CallStart(
        CALL, "author", "ann-lee", "Ann Lee", "Returns", persona.version, engine, "en-US",
        1_790_000_000.0, phase="deescalation", intensity=6, origin="f" * 16, taken=2,
    )  # fmt: skip
    record = world.archive.open(start, text)
    first, second = persona.objectives
    for turn in (
        Turn(0, "persona", "My parcel is broken.", 0.0, version="old", replayed=True),
        Turn(1, "trainee", "I am sorry about the parcel.", 0.0, matched=(first.id,),
             quotes=("sorry",), phase="resolution", intensity=5, replayed=True),
        Turn(2, "trainee", "You get it on Friday.", 0.1, "typed", persona.version,
             matched=(second.id,), quotes=("Friday",), phase="resolution", intensity=5,
             cause="shown: names a day", observer="lexical"),
        Turn(3, "persona", "Well, thank you.", 2.0, version=persona.version,
             direction="You are tense (5/10)."),
    ):  # fmt: skip
        record.turn(turn)
    record.close(CallEnd(1_790_000_030.0, "ended"))
    return CALL


async def test_a_part_of_a_call_has_a_report_without_a_score(world: CallWorld) -> None:
    async with author(world, f"/calls/{partial(world)}") as user:
        for text in (
            "Begun in phase 3, calming down, at 6 of 10.",
            "Goes on from turn 3 of",
            "Not counted",
            "1 of 1 objective shown in the part that was played.",
            "Shown before",
            "turn 2 · from the earlier call",
            "Began at 6 of 10",
        ):
            await user.should_see(text)
        await user.should_not_see("Not passed", retries=1)
        await user.open("/calls")
        await user.should_see("No calls yet")  # what goes on from another counts as none


async def test_why_it_said_that_with_the_whole_prompt(world: CallWorld) -> None:
    async with author(world, f"/calls/{partial(world)}") as user:
        for text in (
            "You get it on Friday. (turn 3)",
            "Names a day for the refund, line ",
            "Shown: names a day. Ready to agree, tense (5 of 10)",
            "You are tense (5/10).",
            "the reply to: A sincere apology",
            "OpenAI Realtime, version old of the earlier call",
        ):
            await user.should_see(text)
        await user.should_not_see("Never play the agent", retries=1)  # not before it is asked for
        user.find(marker="prompt-3").click()
        await user.should_see("Never play the agent")
        await user.should_see("tokens.")


async def test_why_in_a_live_call_comes_from_its_record(world: CallWorld) -> None:
    done = partial(world, "offline")
    async with author(world) as user:
        browser(user, "microphone", state="ok")
        call = await click(user, world, "Start Voice Call")
        here = call.id
        call.receive(Joined(here))
        call.receive(Mood(here, "deescalation", 6, "begun in phase 3, calming down, at 6 of 10"))
        call.receive(TurnDone(here, Turn(0, "persona", "My parcel is broken.", 0, replayed=True)))
        call.receive(TurnDone(here, Turn(3, "persona", "Well, thank you.", 2.0)))
        await user.should_see("earlier call")
        call.id = done
        user.find(marker="why-3").click()
        await user.should_see("You are tense (5/10).")
        await user.should_see("No model was asked: the offline actor chose")
        user.find("Close").click()
        call.id = "e" * 16
        user.find(marker="why-3").click()
        await user.should_see("cannot be read just now")


async def test_a_trainee_cannot_ask_why(world: CallWorld) -> None:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        browser(user, "microphone", state="ok")
        call = await click(user, world, "Start Voice Call")
        call.receive(TurnDone(call.id, Turn(0, "persona", "My parcel is broken.", 1.0)))
        await user.should_see("My parcel is broken.")
        await user.should_not_see("Why?", retries=1)


async def test_the_length_grows_with_the_text_and_warns(world: CallWorld) -> None:
    studio = world.studio()
    lines: list[LengthLine] = []
    async with visit(studio) as make:

        @ui.page("/length-of-a-text")
        def page() -> None:
            lines.append(length_line(studio, "Hello, my friend."))

        user = make()
        await log_in(user, "author")
        await user.open("/length-of-a-text")
        await user.should_see("17 characters · 3 words · about")
        await user.should_see("Offline: no limit")
        await user.should_not_see("Too long", retries=1)
        lines[0].show("ก" * 200_000, "th-TH")
        await user.should_see("200,000 characters · about")
        await user.should_see(
            "Too long for any call: 585 KB, and a persona's text has 256 KB at most."
        )
        lines[0].show("# Persona: Ann\nHello.\n")
        await user.should_see("22 characters")
        plain = tokens_of(user)
        lines[0].show("# Persona: Ann\nHello.\n# Briefing\n" + "You work for a shop. " * 50)
        await user.should_see("1,083 characters")
        assert tokens_of(user) == plain  # no model reads a briefing
        lines[0].show("Hello.", "en-US")
        await user.should_not_see("Too long")


def tokens_of(user: User) -> str:
    """What the line says of the prompt."""
    with user:
        (line,) = ElementFilter(content="as a prompt")
    return str(getattr(line, "text", "")).rpartition(" · ")[2]
