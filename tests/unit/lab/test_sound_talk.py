"""When the lab's trainee speaks: a customer of these tests, on a loop whose clock jumps."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

from agent.lab.line_sound import Sound
from agent.lab.play import BrokenOff
from agent.lab.sound_call import SoundCall
from agent.lab.sound_talk import ANSWER, GAP, LINE, UNHEARD, CallOver, SoundTalk
from agent.protocol.messages import Ended, Restored, Status, Trouble, TurnDone
from data.records import Turn
from personas.script_model import TurnSound
from tests.support.clock import JumpingLoop, now
from tests.support.scripts import TEXT
from tests.support.talk import persona_of

PERSONA = persona_of(TEXT)
PLAIN = TurnSound()


class _Room:
    """The customer at the other end, and the trainee's microphone: each line lasts two seconds."""

    def __init__(self, stop: Callable[[], str] = str) -> None:
        self.call = SoundCall(PERSONA)
        self.talk = SoundTalk(self.call, "offline", now, stop)
        self.said: list[float] = []
        self.hears = True

    async def say(self, sound: Sound, around: Sound | None = None) -> None:
        self.said.append(now())
        await asyncio.sleep(2)
        if self.hears:
            self.turn("trainee", now() - 2)
            self.soon(self.answers())

    def surround(self, around: Sound | None) -> None:
        pass

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.create_task(work)

    async def answers(self, after: float = 0.5, seconds: float = 3.0) -> None:
        await asyncio.sleep(after)
        self.status("speaking")
        began = now()
        await asyncio.sleep(seconds)
        self.turn("persona", began)
        self.status("listening")

    def status(self, status: str) -> None:
        self.talk.take(Status("call", status))

    def turn(self, speaker: Any, began: float) -> None:
        index = len(self.call.turns)
        self.talk.take(TurnDone("call", Turn(index, speaker, "Words.", began, end=now())))

    async def line(self, how: TurnSound = PLAIN, *, first: bool = False) -> None:
        await self.talk.wait_for(how, first=first)
        await self.talk.say("Words.", np.ones(10, np.int16), self, None)


def played(work: Callable[[_Room], Coroutine[Any, Any, None]], **room: Any) -> _Room:
    made: list[_Room] = []

    async def play() -> None:
        made.append(_Room(**room))
        await work(made[0])

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(play())
    return made[0]


async def _two(room: _Room, second: TurnSound) -> None:
    room.soon(room.answers())
    await room.line(first=True)
    await room.line(second)


@pytest.mark.parametrize(
    ("second", "begins"),
    [
        (PLAIN, 9.3 + GAP),  # the first line began at 3.5 + GAP, and was answered from 6.3 to 9.3
        (TurnSound(waits=4), 9.3 + 4),
        (TurnSound(interrupts=1.5), 6.3 + 1.5),
        (TurnSound(interrupts=0), 6.3),
    ],
)
def test_the_trainee_speaks_when_the_script_says(second: TurnSound, begins: float) -> None:
    room = played(lambda room: _two(room, second))
    assert room.said == pytest.approx([3.5 + GAP, begins], abs=0.1)
    assert [line.turns for line in room.call.lines] == [
        1,
        2 if second.interrupts is not None else 3,
    ]


def test_a_line_that_is_not_heard_is_followed_by_the_next() -> None:
    async def work(room: _Room) -> None:
        room.soon(room.answers())
        room.hears = False
        await room.line(first=True)
        await room.line()

    room = played(work)
    assert room.said[1] - room.said[0] == pytest.approx(2 + UNHEARD + GAP, abs=0.6)


def test_it_hangs_up_after_the_last_answer() -> None:
    async def work(room: _Room) -> None:
        room.soon(room.answers())
        await room.line(first=True)
        with pytest.raises(CallOver) as over:
            await room.talk.leave(lambda: room.talk.take(Ended("call", "ended")))
        room.talk.finish(over.value.reason)

    assert played(work).call.ended == "trainee"


@pytest.mark.parametrize("reason", ["hung_up", "goodbye", "silence"])
def test_a_customer_who_hangs_up_ends_it(reason: str) -> None:
    async def work(room: _Room) -> None:
        room.soon(room.answers())
        await room.line(first=True)
        room.talk.take(Ended("call", reason))
        with pytest.raises(CallOver) as over:
            await room.line()
        room.talk.finish(over.value.reason)

    assert played(work).call.ended == "customer"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("worker", "the worker that played the customer was lost"),
        ("server", "the LiveKit server was lost"),
        ("no_persona", "never came to the phone"),
    ],
)
def test_what_broke_the_call_off_is_named(reason: str, words: str) -> None:
    async def work(room: _Room) -> None:
        room.talk.take(Trouble("call", "key", "It is out of order.", "Set the key."))
        with pytest.raises(BrokenOff, match=r"Set the key\.") as broken:
            room.talk.finish(reason)
        assert words in str(broken.value)

    played(work)


def test_another_engine_that_steps_in_is_no_run_of_this_one() -> None:
    async def work(room: _Room) -> None:
        room.talk.take(Trouble("call", "key", "Its key is wrong."))
        room.talk.take(Restored("call", "other", 0, "key"))
        with pytest.raises(BrokenOff, match="other went on instead"):
            await room.line(first=True)

    played(work)


def test_it_goes_on_when_the_same_engine_has_mended_itself() -> None:
    async def work(room: _Room) -> None:
        room.talk.take(Restored("call", "offline", 0, "timeout"))
        room.soon(room.answers())
        await room.line(first=True)

    assert len(played(work).said) == 1


def test_a_customer_who_never_answers_ends_the_wait() -> None:
    async def work(room: _Room) -> None:
        room.status("thinking")
        with pytest.raises(BrokenOff, match=f"after {ANSWER + LINE:.0f} seconds"):
            await room.line(first=True)

    played(work)


def test_it_stops_when_it_is_told_to() -> None:
    async def work(room: _Room) -> None:
        with pytest.raises(BrokenOff, match="nobody wants it"):
            await room.line(first=True)

    played(work, stop=lambda: "nobody wants it")
