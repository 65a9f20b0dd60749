"""What all calls together tell: whoever follows them hears of each change, and need not look."""

from pathlib import Path

import pytest

from agent.calls.admission import Refused
from agent.calls.call_events import (
    AnswerTimed,
    Archived,
    Begun,
    BrowserJoined,
    CallEvent,
    CoachingChanged,
    HungUp,
    PageChanged,
)
from agent.protocol.messages import Ended, Joined, Mood, Status, TurnDone
from tests.support.clock import until
from tests.support.live_calls import Studio, said


async def test_a_call_is_told_from_its_beginning_to_its_report(studio: Studio) -> None:
    told: list[CallEvent] = []
    studio.calls.subscribe(told.append)
    call = (await studio.begin()).call
    studio.send(Status(call.id, "listening"), said(call.id, 0), Mood(call.id, "opening", 7, ""))
    await until(lambda: call.mood)
    call.browser_joined()
    call.latency(0.8)
    call.whisper("author", "Ask for the number.")
    page = object()
    call.presence.take(page, lambda: None)
    call.presence.go(page, "lost")
    call.presence.back(page)
    call.hang_up()
    await until(lambda: any(isinstance(event, Archived) for event in told))
    assert {event.call for event in told} == {call.id}
    assert [type(event) for event in told] == [
        Begun, Joined, Status, TurnDone, Mood, BrowserJoined, AnswerTimed, CoachingChanged,
        PageChanged, PageChanged, HungUp, Ended, Archived,
    ]  # fmt: skip


async def test_a_call_that_has_ended_is_none_of_the_live_ones(studio: Studio) -> None:
    going_on: list[tuple[type[CallEvent], int, bool]] = []

    def look(event: CallEvent) -> None:
        if isinstance(event, Begun | HungUp | Ended | Archived):
            known = studio.archive.list()
            over = any(each.ended is not None for each in known)
            going_on.append((type(event), len(studio.calls.live()), over))

    studio.calls.subscribe(look)
    call = (await studio.begin()).call
    call.hang_up()
    await until(lambda: len(going_on) == 4)
    assert [each[:2] for each in going_on] == [(Begun, 1), (HungUp, 1), (Ended, 0), (Archived, 0)]
    assert going_on[-1][2], "what is archived stands in the lists"


async def test_a_follower_that_fails_costs_no_other_its_events(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[CallEvent] = []

    def fail(event: CallEvent) -> None:
        raise RuntimeError("a page that is gone")

    studio.calls.subscribe(fail)
    stop = studio.calls.subscribe(told.append)
    call = (await studio.begin()).call
    assert [type(event) for event in told] == [Begun, Joined]
    assert f"an observer of call {call.id} failed" in caplog.text
    stop()
    call.browser_joined()
    assert len(told) == 2


async def test_whether_calls_can_be_made_is_told_as_it_changes(tmp_path: Path) -> None:
    studio = Studio(tmp_path, most=1)
    problems: list[str] = []
    studio.calls.on_availability(lambda: problems.append(studio.calls.problem()))
    studio.problem = "The voices are being loaded."
    studio.calls.availability_changed()
    studio.problem = ""
    studio.calls.availability_changed()
    assert problems == ["The voices are being loaded.", ""]
    call = (await studio.begin()).call
    assert problems[2:] == ["The one line of this machine is busy. Try again when another call has "
                            "ended."]  # fmt: skip
    with pytest.raises(Refused, match="busy"):
        await studio.calls.begin("other", "ann")
    assert len(problems) == 3, "a refusal changes nothing for others"
    call.hang_up()
    await until(lambda: len(problems) == 4)
    assert problems[3] == ""
    await studio.calls.aclose()
    assert problems[4] == "Rehearsal is being stopped."
    studio.store.close()
