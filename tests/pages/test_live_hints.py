"""What to do next, told during a call to who wants it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui.testing import User

from agent.calls.live_call import LiveCall
from agent.protocol.messages import Mood, TurnDone
from data.records import Turn
from personas.parse import examine
from tests.support.call_world import CallWorld, note_methods, start
from tests.support.studio import persona_text, visiting
from ui.call.live_hints import STANDS, next_hint
from ui.call.voice_call import VoiceCall

FIRST = "Hint: | Apologise for the broken parcel."
SECOND = "Hint: | Name a day for the refund."
PERSONA = examine(persona_text(), "ann-lee").persona
assert PERSONA is not None
ONE, OTHER = PERSONA.objectives


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)
    made.write("exam", persona_text().replace("language:", "exam: yes\nlanguage:"))
    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@pytest.fixture
async def user(world: CallWorld) -> AsyncIterator[User]:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        yield user


def hint(user: User) -> str:
    """The line as it is read out, its parts apart."""
    (line,) = user.find(marker="live-hint").elements
    return " | ".join(part.text for part in line if hasattr(part, "text"))


def says(call: LiveCall, *indices: int) -> None:
    for index in indices:
        call.receive(TurnDone(call.id, Turn(index, "trainee", "Well, well", 3.0)))


def test_a_hint_stands_until_it_is_met_or_has_stood_for_long() -> None:
    both = (ONE, OTHER)
    assert next_hint(both, "", 0) == ONE
    assert next_hint(both, ONE.id, STANDS - 1) == ONE
    assert next_hint(both, ONE.id, STANDS) == OTHER
    assert next_hint(both, OTHER.id, STANDS) == ONE
    assert next_hint((OTHER,), ONE.id, 1) == OTHER
    assert next_hint((OTHER,), OTHER.id, 9) == OTHER
    assert next_hint((), OTHER.id, 1) is None


async def test_who_wants_it_is_told_what_is_still_to_be_done(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    assert hint(user) == "", "nobody has asked for it"
    user.find(marker="live-hints").click()
    assert hint(user) == FIRST
    says(call, 0, 1)
    assert hint(user) == FIRST
    says(call, 2)
    assert hint(user) == SECOND
    call.receive(Mood(call.id, "opening", 7, "", shown=(OTHER.id,)))
    assert hint(user) == FIRST
    call.receive(Mood(call.id, "opening", 7, "", shown=(ONE.id, OTHER.id)))
    assert hint(user) == ""
    call.receive(Mood(call.id, "opening", 7, "", shown=(ONE.id,)))
    assert hint(user) == SECOND
    call.receive(Mood(call.id, "resolution", 2, "met: a refund", resolved=True))
    assert hint(user) == ""


async def test_the_switch_is_remembered_and_an_exam_has_none(user: User, world: CallWorld) -> None:
    user.find(marker="live-hints").click()
    await user.open("/call/ann-lee")
    await start(user, world)
    assert hint(user) == FIRST
    assert world.calls.options_asked[-1].live_hints is True
    await user.open("/call/exam")
    await user.should_see("This is an exam.")
    await user.should_not_see(marker="live-hints", retries=1)
    await start(user, world)
    assert hint(user) == ""
