"""What a trainee is asked or told of the recording before a call, and sees of it during one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from agent.calls.admission import CallOptions
from agent.calls.live_call import LiveCall
from agent.platform.settings import RecordMode
from agent.protocol.messages import Ended, RecordingEnded, RecordingPart, TurnDone
from agent.protocol.scene import Scene
from data.records import Turn
from personas.parse import examine
from tests.support.call_world import CallWorld, click, note_methods, start
from tests.support.studio import log_in, persona_text, visit, visiting
from ui.call.consent import asked
from ui.call.notices import LINGER
from ui.call.voice_call import VoiceCall

REFUSES = persona_text().replace("language:", "recording: no\nlanguage:")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)
    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@pytest.fixture
async def user(world: CallWorld) -> AsyncIterator[User]:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        yield user


def box(user: User) -> ui.checkbox:
    """The one that was built last."""
    with user:
        return list(ElementFilter(kind=ui.checkbox))[-1]


def recorded(call: LiveCall) -> None:
    """The first part of its recording has come."""
    call.receive(RecordingPart(call.id, 0, "T2dnUw=="))


@pytest.mark.parametrize(
    ("mode", "text", "origin", "question"),
    [
        ("no", persona_text(), "", "no"),
        ("ask", persona_text(), "", "ask"),
        ("yes", persona_text(), "", "yes"),
        ("ask", REFUSES, "", "no"),
        ("yes", REFUSES, "", "no"),
        ("yes", persona_text(), "4" * 16, "no"),
    ],
)
def test_nothing_is_asked_where_nothing_is_recorded(
    mode: RecordMode, text: str, origin: str, question: RecordMode
) -> None:
    persona = examine(text, "ann-lee").persona
    assert persona is not None
    assert asked(mode, persona, CallOptions(scene=Scene(origin=origin))) == question


async def test_who_does_not_agree_is_not_recorded(user: User, world: CallWorld) -> None:
    await user.should_see("Your voice and Ann's. You and your coaches can hear it in the report")
    await user.should_see("deleted after 30 days")
    assert box(user).value is False
    call = await start(user, world)
    assert world.calls.options_asked[-1].record is False
    assert call.recording is None
    await user.should_not_see(marker="recording")


async def test_what_one_answers_stands_for_one_s_next_calls(world: CallWorld) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        await user.open("/call/ann-lee")
        box(user).set_value(True)
        await user.open("/call/ann-lee")
        assert box(user).value is True
        call = await start(user, world)
        assert world.calls.options_asked[-1].record is True
        call.receive(Ended(call.id, "ended"))
        await user.should_see("Practise again")
        box(user).set_value(False)
        await click(user, world, "Practise again")
        assert world.calls.options_asked[-1].record is False
        await user.open("/call/ann-lee")
        assert box(user).value is False


async def test_the_answer_is_each_person_s_own(world: CallWorld) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        await user.open("/call/ann-lee")
        box(user).set_value(True)
        user.find(marker="log-out").click()
        await user.should_see(marker="demo-author")
        await log_in(user, "author")
        await user.open("/call/ann-lee")
        assert box(user).value is False


async def test_where_all_calls_are_recorded_one_is_told_and_may_type(world: CallWorld) -> None:
    world.configure(REHEARSAL_RECORD="yes", REHEARSAL_KEEP_RECORDINGS="1")
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        await user.should_see("This call is recorded")
        await user.should_see("deleted after 1 day.")
        await user.should_not_see(kind=ui.checkbox, retries=1)
        await click(user, world, "Start Typed Call")
        assert world.calls.options_asked[-1].record is True
        await user.should_not_see("This call is recorded")


async def test_who_types_anyhow_is_told_whose_voice_it_is(world: CallWorld) -> None:
    world.configure(REHEARSAL_RECORD="yes")
    async with visiting(world, "trainee", "/call/mali") as user:
        await user.should_see("Mali's voice, since you type.")
        await user.should_not_see("If you don't want that", retries=1)


@pytest.mark.parametrize(("mode", "text"), [("no", persona_text()), ("yes", REFUSES)])
async def test_without_a_recording_nothing_is_said_of_one(
    world: CallWorld, mode: str, text: str
) -> None:
    world.configure(REHEARSAL_RECORD=mode)
    world.write("ann-lee", text)
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        await user.should_see("Start Voice Call")
        await user.should_not_see(marker="consent", retries=1)
        await start(user, world)
        assert world.calls.options_asked[-1].record is False


async def test_the_red_dot_stands_as_long_as_it_records(user: User, world: CallWorld) -> None:
    box(user).set_value(True)
    call = await start(user, world)
    await user.should_not_see(marker="recording")
    recorded(call)
    await user.should_see(marker="recording")
    call.presence.go(call.presence, "lost")
    await user.open("/call/ann-lee")
    await click(user, world, "Go on with Ann")
    await user.should_see(marker="recording")
    call.receive(RecordingEnded(call.id, ""))
    await user.should_not_see(marker="recording")
    await user.should_not_see("The recording has ended", retries=1)


async def test_a_full_disk_ends_the_recording_with_a_word_that_goes(
    user: User, world: CallWorld
) -> None:
    box(user).set_value(True)
    call = await start(user, world)
    recorded(call)
    assert call.recording is not None
    call.recording.end("disk")
    await user.should_see("The disk of the server was full. The call goes on")
    await user.should_not_see(marker="recording")
    for index in range(LINGER + 1):
        call.receive(TurnDone(call.id, Turn(index, "trainee", f"Line {index}", 3.0)))
    await user.should_not_see("The recording has ended")
    assert call.is_on
