"""What pages subscribe to: each event of a call in its order, and a burst as one."""

import asyncio

import pytest

from agent.calls.call_events import AnswerTimed, Archived, Begun, CallEvent
from agent.protocol.messages import Caption, Ended, Status, TurnDone
from data.records import Turn
from tests.support.clock import at_once
from tests.support.studio import FakeCalls, FakeLiveCall
from ui.call_events import FRAME, CallEvents

CALL = "c1"


def words(text: str, call: str = CALL) -> Caption:
    return Caption(call, "trainee", text, final=False)


def test_a_burst_of_captions_costs_one_update() -> None:
    async def play() -> None:
        calls, told = FakeCalls(), list[CallEvent]()
        followed = CallEvents(calls).of(CALL)  # type: ignore[arg-type]
        followed.subscribe(told.append)
        for number in range(50):
            calls.followers.tell(words(f"{number}"))
            calls.followers.tell(words("of another call", "c2"))
        await asyncio.sleep(FRAME)
        assert told == [words("49")]
        calls.followers.tell(words("and on"))
        await asyncio.sleep(FRAME)
        assert told == [words("49"), words("and on")]

    at_once(play())


def test_what_is_no_caption_is_told_at_once_and_after_the_words_before_it() -> None:
    async def play() -> None:
        calls, told = FakeCalls(), list[CallEvent]()
        followed = CallEvents(calls).of(CALL)  # type: ignore[arg-type]
        followed.subscribe(told.append)
        turn = TurnDone(CALL, Turn(0, "trainee", "I am sorry.", 1.0))
        for event in (words("I am"), words("I am so"), turn, words("and"), Status(CALL, "hearing")):
            calls.followers.tell(event)
        assert told == [words("I am so"), turn, words("and"), Status(CALL, "hearing")]
        await asyncio.sleep(2 * FRAME)
        assert len(told) == 4

    at_once(play())


def test_lists_are_told_once_of_what_happens_together() -> None:
    async def play() -> None:
        calls, looks, archived = FakeCalls(), list[int](), list[str]()
        events = CallEvents(calls)  # type: ignore[arg-type]
        events.changed.subscribe(lambda: looks.append(len(calls.live())))
        events.archived.subscribe(archived.append)
        for number in range(20):
            calls.goes_on(FakeLiveCall(f"{number}", "trainee", "ann-lee"))
        calls.words = "All lines are busy."
        await asyncio.sleep(FRAME)
        assert looks == [20]
        for event in (Status("1", "speaking"), AnswerTimed("1"), words("a", "1"), Archived("1")):
            calls.followers.tell(event)
        assert archived == ["1"]
        await asyncio.sleep(2 * FRAME)
        assert looks == [20], "lists show none of it"
        calls.are_over()
        await asyncio.sleep(FRAME)
        assert looks == [20, 0]

    at_once(play())


def test_one_that_fails_keeps_nothing_from_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def play() -> None:
        calls, told = FakeCalls(), list[CallEvent]()
        followed = CallEvents(calls).of(CALL)  # type: ignore[arg-type]

        def fail(event: CallEvent) -> None:
            raise RuntimeError("a page that is gone")

        followed.subscribe(fail)
        followed.subscribe(told.append)
        calls.followers.tell(Begun(CALL))
        calls.followers.tell(Ended(CALL, "ended"))
        assert told == [Begun(CALL), Ended(CALL, "ended")]

    at_once(play())
    assert "a page that is gone" in caplog.text


def test_a_call_that_nobody_follows_is_not_kept() -> None:
    async def play() -> None:
        calls = FakeCalls()
        events = CallEvents(calls)  # type: ignore[arg-type]
        events.of(CALL)
        calls.followers.tell(Begun(CALL))
        assert not events._of

    at_once(play())
