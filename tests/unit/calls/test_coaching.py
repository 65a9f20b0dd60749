"""Who listens to a call and what they whisper; a call's job never learns of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from livekit import rtc

from agent.calls import coaching
from agent.calls.call_events import CallEvent, CoachingChanged
from agent.calls.coaching import LONGEST, Coaching, HintRefused
from agent.platform.server.tokens import MOST_LISTENERS
from agent.protocol.messages import End, TurnDone
from data.common.clock import CallClock
from data.records import Hint
from tests.support.clock import until
from tests.support.job_stage import Session, Stage, ended, joined, play
from tests.support.live_calls import Studio, said


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coaching, "PAUSE", -1.0)


def made(changed: Callable[[], None] = lambda: None) -> tuple[Coaching, list[Hint]]:
    kept: list[Hint] = []
    return Coaching(CallClock().now, kept.append, changed), kept


async def test_a_hint_is_told_and_kept_and_the_job_hears_nothing(
    studio: Studio, hurried: None
) -> None:
    call = (await studio.begin()).call
    told: list[int] = []
    events: list[type[CallEvent]] = []
    call.subscribe(lambda event: events.append(type(event)))
    call.subscribe(lambda event: told.append(len(call.coaching.hints)))
    first = call.whisper("author", "  Ask for the\naccount number. ")
    studio.send(said(call.id, 0, "Where is it?"))
    await until(lambda: call.turns)
    second = call.whisper("admin", "ขอโทษก่อน")
    assert [(hint.author, hint.text, hint.turn) for hint in (first, second)] == [
        ("author", "Ask for the account number.", 0),
        ("admin", "ขอโทษก่อน", 1),
    ]
    assert events == [CoachingChanged, TurnDone, CoachingChanged]
    assert told == [1, 1, 2]
    await asyncio.sleep(0.02)
    assert studio.jobs.commands[call.id] == []
    record = await studio.record(call.id)
    assert record.hints == (first, second)
    assert [turn.text for turn in record.turns] == ["Where is it?"]


async def test_nobody_whispers_into_an_exam(studio: Studio) -> None:
    call = (await studio.begin()).call
    call.persona = replace(call.persona, exam=True)
    with pytest.raises(HintRefused, match="This is an exam"):
        call.whisper("author", "Ask for the account number.")
    assert call.coaching.hints == []


async def test_nobody_whispers_into_a_call_that_is_over(studio: Studio) -> None:
    call = (await studio.begin()).call
    call.hang_up()
    await until(lambda: call.end)
    with pytest.raises(HintRefused, match="over"):
        call.whisper("author", "Too late")
    assert (await studio.record(call.id)).hints == ()


@pytest.mark.parametrize("text", ["", "  \n\t ", "\0\x07", "\ud83d"])
def test_an_empty_hint_is_none(text: str) -> None:
    one, kept = made()
    with pytest.raises(HintRefused, match="Write the hint"):
        one.whisper("author", text, 0)
    assert kept == one.hints == []


def test_a_long_hint_is_refused_with_the_limit() -> None:
    one, kept = made()
    with pytest.raises(HintRefused, match=f"{LONGEST} characters.*{LONGEST + 1}"):
        one.whisper("author", "x" * (LONGEST + 1), 0)
    one.whisper("author", "x" * LONGEST, 0)
    assert len(kept) == 1


def test_what_no_page_can_show_is_left_out() -> None:
    one, _ = made()
    hint = one.whisper("author", "<b>Stay</b>\0 calm\ud83d\r\n👩‍🚀", 0)
    assert hint.text == "<b>Stay</b> calm 👩‍🚀"


def test_hints_do_not_rain() -> None:
    one, kept = made()
    one.whisper("author", "One", 0)
    with pytest.raises(HintRefused, match="in a moment"):
        one.whisper("admin", "Two", 0)
    assert [hint.text for hint in kept] == ["One"]


def test_those_who_listen_come_and_go() -> None:
    told: list[tuple[str, ...]] = []
    one, _ = made(lambda: told.append(one.listeners))
    leave, again = one.listen("Ann"), one.listen("Ann")
    other = one.listen("Bob")
    leave()
    leave()
    assert one.listeners == ("Ann", "Bob"), "Ann has a second page"
    again()
    other()
    assert told == [("Ann",), ("Ann",), ("Ann", "Bob"), ("Ann", "Bob"), ("Bob",), ()]
    assert not one.listeners


def test_there_is_room_for_so_many() -> None:
    one, _ = made()
    leaves = [one.listen(f"user{n}") for n in range(MOST_LISTENERS)]
    assert one.is_full
    leaves[0]()
    assert not one.is_full


async def test_the_ear_s_ticket_is_hidden_and_nobody_s_name(studio: Studio) -> None:
    call = (await studio.begin()).call
    tickets = [studio.calls.admit_listener(call).token.split("|") for _ in range(2)]
    assert [ticket[0] for ticket in tickets] == [call.room] * 2
    assert [ticket[2] for ticket in tickets] == ["hidden"] * 2
    identities = {ticket[1] for ticket in tickets}
    assert len(identities) == 2
    assert not any(identity.startswith("trainee-") for identity in identities)


def test_a_job_hears_its_trainee_only_and_stays_whoever_comes_and_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a server would not hide somebody."""
    heard: list[str] = []
    begin = Session.start

    async def start(self: Session, agent: object, **options: Any) -> None:
        heard.append(options["room_options"].participant_identity)
        await begin(self, agent, **options)

    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.participant("connected", "listener-1")
        stage.participant("disconnected", "listener-1", rtc.DisconnectReason.CLIENT_INITIATED)
        await asyncio.sleep(1.0)
        assert not stage.running.done()
        stage.command(End("ended"))

    monkeypatch.setattr(Session, "start", start)
    stage = play(story)
    assert heard == ["trainee-ann"]
    assert ended(stage).reason == "ended"
