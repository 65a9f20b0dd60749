"""The job of one call, with a room and a session that do what the test says, and no waiting."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc
from livekit.agents import JobContext, StopResponse, llm

from agent.engines.base import Engine
from agent.engines.gemini.spec import SPEC as GEMINI
from agent.engines.pipeline.spec import SPEC as PIPELINE
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.brief import Brief
from agent.protocol.messages import (
    Edited,
    End,
    Ended,
    NewPersona,
    PageAway,
    Restored,
    Say,
    Status,
    Trouble,
    TurnDone,
)
from agent.providers.line_failure import failure_words
from agent.simulation.directing.director import Observation
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver
from agent.worker.engine_session import ANSWER
from agent.worker.job import Job
from agent.worker.participant_presence import ANSWER as SERVER_ANSWER
from agent.worker.participant_presence import LEAVING
from agent.worker.recovery import PAUSES
from agent.worker.session_io import CLOSING
from personas.model import Persona
from personas.parse import examine
from tests.support.clock import now, until
from tests.support.job_stage import (
    Context,
    Notes,
    Stage,
    ended,
    joined,
    play,
)
from tests.support.persona_text import PLAIN, swap

EDITED = swap("- Lives in Leeds", "- Lives in York", PLAIN)
Names = rtc.DisconnectReason


def test_the_persona_comes_speaks_and_leaves_when_told() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.command(End("ended"))

    stage = play(story)
    assert [what for _, what in stage.engine.asked] == ["open"]
    assert ended(stage).reason == "ended"
    assert stage.engine.fake.closed


@pytest.mark.parametrize(("leave_time", "after"), [(0.3, 0.3), (500.0, LEAVING)])
def test_the_room_is_left_before_the_end_is_told(leave_time: float, after: float) -> None:
    hung_up = []

    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.context.room.leave_time = leave_time
        hung_up.append(now())
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    assert stage.told[-1][0] == pytest.approx(hung_up[0] + after, abs=0.05)


@pytest.mark.parametrize("reason", ["ended", "no_persona"])
def test_an_end_does_not_wait_for_a_room_that_cannot_be_joined(reason: str) -> None:
    async def story(stage: Stage) -> None:
        stage.context.connect_time = 500.0
        await asyncio.sleep(0.5)
        stage.command(End(reason))

    stage = play(story)
    assert ended(stage).reason == reason
    assert stage.told[-1][0] < 1.0
    assert stage.engine.asked == []


@pytest.mark.parametrize("stays", [False, True])
def test_a_customer_that_is_insulted_at_its_worst_hangs_up_once_it_has_said_so(stays: bool) -> None:
    text = swap("patience: 12", f"hang_up: {'no' if stays else 'yes'}")

    async def story(stage: Stage) -> None:
        await joined(stage)
        for asked in (2, 3):
            stage.command(Say("You are an idiot."))
            await until(partial(lambda count: len(stage.engine.asked) == count, asked))
        await asyncio.sleep(1.0)
        assert not any(isinstance(event, Ended) for event in stage.events)
        stage.engine.handles[-1]._mark_done()
        await asyncio.sleep(1.0)
        if stays:
            stage.command(End("ended"))

    stage = play(story, text)
    assert ended(stage).reason == ("ended" if stays else "hung_up")


def test_what_is_typed_before_the_persona_has_come_is_answered_then() -> None:
    async def story(stage: Stage) -> None:
        stage.prepare = lambda engine: setattr(engine.fake, "start_time", 2.0)
        await asyncio.sleep(0.5)
        stage.command(Say("Hello?"))
        stage.command(Say("Is anybody there?"))
        await joined(stage)
        await asyncio.sleep(0.1)
        stage.command(End("ended"))

    stage = play(story)
    assert [what for _, what in stage.engine.asked] == ["open", "Hello?", "Is anybody there?"]
    assert ended(stage).reason == "ended"


def test_what_comes_while_the_persona_is_learnt_off_the_loop_is_not_lost() -> None:
    threads: list[int] = []

    async def story(stage: Stage) -> None:
        def learn(persona: Persona) -> LexicalObserver:
            threads.append(threading.get_ident())
            if len(threads) == 1:
                stage.command(NewPersona(EDITED, "v2"))
                stage.command(Say("Hello?"))
            return LexicalObserver(persona)

        stage.observer = learn
        await joined(stage)
        await until(lambda: any(isinstance(event, Edited) for event in stage.events))
        await asyncio.sleep(0.1)
        stage.command(End("ended"))

    stage = play(story)
    assert threads[0] != threading.get_ident()
    assert ended(stage).reason == "ended"
    assert "Hello?" in [what for _, what in stage.engine.asked]
    assert [e.edit.outcome for e in stage.events if isinstance(e, Edited)] == ["applied"]


def test_an_engine_that_cannot_be_interrupted_costs_no_turn(caplog: Any) -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.fault = RuntimeError("cannot be interrupted")
        stage.command(Say("Anybody?"))
        stage.command(Say("Hello?"))
        stage.command(NewPersona(EDITED, "v2"))
        await until(lambda: any(isinstance(event, Edited) for event in stage.events))
        await until(lambda: len(stage.engines) > 1 and stage.engines[1].asked)
        stage.command(End("ended"))

    stage = play(story)
    turns = [event.turn.text for event in stage.events if isinstance(event, TurnDone)]
    assert turns == ["Anybody?", "Hello?"]
    assert [what for _, what in stage.engines[1].asked] == ["Hello?"]
    assert ended(stage).reason == "ended"
    assert "cannot be interrupted" in caplog.text


@pytest.mark.parametrize("part", ["persona", "engine"])
def test_a_job_that_cannot_start_says_that_it_has_ended(part: str) -> None:
    async def story(stage: Stage) -> None:
        def fail(engine: Notes) -> None:
            raise ValueError("no engine")

        stage.prepare = fail
        stage.context.connect_time = 500.0

    stage = play(story, "no persona" if part == "persona" else PLAIN, ValueError)
    assert ended(stage) == Ended("c1", "failed")


def test_a_call_for_which_no_session_starts_ends_by_its_engine() -> None:
    async def story(stage: Stage) -> None:
        stage.prepare = lambda engine: setattr(engine.fake, "fault", ValueError("no session"))

    stage = play(story)
    assert ended(stage) == Ended("c1", "engine")
    assert len(stage.engines) > 1


def test_an_engine_that_cannot_be_made_is_told_of_and_another_plays() -> None:
    """As with a worker elsewhere that lacks a key which the app has."""

    async def story(stage: Stage) -> None:
        def lacking(name: str, persona: Persona, history: History) -> Engine:
            if name != "offline":
                raise ValueError("finding the words needs OPENAI_API_KEY")
            return make(name, persona, history)

        make, stage.make = stage.make, lacking  # type: ignore[method-assign]
        await joined(stage)
        stage.engine.fake.state("speaking")
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    (trouble,) = [event for event in stage.events if isinstance(event, Trouble)]
    assert trouble.code == "unusable"
    assert trouble.words == failure_words("unusable")
    assert "OPENAI_API_KEY" in trouble.remedy
    (back,) = [event for event in stage.events if isinstance(event, Restored)]
    assert (back.engine, back.turn, back.reason) == ("offline", 0, "unusable")


@pytest.mark.parametrize("way", ["hangs", "fails", "its engine hangs", "its connection is cut"])
def test_a_session_that_does_not_close_does_not_hold_the_line(way: str) -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        if way == "hangs":
            stage.engine.fake.close_time = 500.0
        elif way == "its engine hangs":
            stage.engine.close_time = 500.0
        elif way == "its connection is cut":
            stage.engine.cut = True
        else:
            stage.engine.fake.close_fault = RuntimeError("it is stuck")
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    assert stage.told[-1][0] <= CLOSING + 0.1


def test_a_second_job_of_the_call_leaves_and_disturbs_nothing() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        second = Context(stage.context.job.metadata)
        await Job(cast(JobContext, second), stage.board, stage.make, LexicalObserver).run()
        assert second.ended == ["second dispatch"]
        assert (len(stage.engines), len(stage.context.ended)) == (1, 0)
        stage.command(End("ended"))

    assert ended(play(story)).reason == "ended"


def test_a_job_that_is_cancelled_says_that_it_has_ended() -> None:
    """As the framework does with the jobs of a worker that stops."""

    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.running.cancel()

    assert ended(play(story, error=asyncio.CancelledError)) == Ended("c1", "worker")


@pytest.mark.parametrize(
    ("leaves", "reason", "after"),
    [
        ([("disconnected", "trainee-ann", Names.CLIENT_INITIATED)], "left", RECONNECT_TIMEOUT),
        ([("disconnected", "trainee-ann", Names.STATE_MISMATCH)], "lost", RECONNECT_TIMEOUT),
        ([("disconnected", "watcher", Names.CLIENT_INITIATED)], "stopped", 100.0),
        (
            [
                ("disconnected", "trainee-ann", Names.STATE_MISMATCH),
                ("connected", "watcher", 0),
            ],
            "lost",
            RECONNECT_TIMEOUT,
        ),
        (
            [
                ("disconnected", "trainee-ann", Names.STATE_MISMATCH),
                ("disconnected", "trainee-ann", Names.STATE_MISMATCH),
                ("connected", "trainee-ann", 0),
            ],
            "stopped",
            100.0,
        ),
    ],
)
def test_a_trainee_who_leaves(
    leaves: list[tuple[str, str, int]], reason: str, after: float
) -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        for what, identity, why in leaves:
            stage.participant(what, identity, why)
        await asyncio.wait([stage.running], timeout=100.0)
        stage.board.command("c1", End("stopped"))

    stage = play(story)
    assert ended(stage).reason == reason
    assert stage.told[-1][0] == pytest.approx(after, abs=0.1)


def test_a_trainee_who_comes_from_another_page_is_there() -> None:
    """LiveKit lets the new one in before it tells that the old one has gone."""

    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.participant("connected", sid="PA_1")
        stage.participant("connected", sid="PA_2")
        stage.participant("disconnected", reason=Names.DUPLICATE_IDENTITY, sid="PA_1")
        await asyncio.wait([stage.running], timeout=100.0)
        stage.command(End("stopped"))

    assert ended(play(story)).reason == "stopped"


def test_how_long_a_trainee_is_waited_for_is_told_in_the_brief() -> None:
    brief = Brief("c1", "ann", PLAIN, "v1", "notes", "trainee-ann", reconnect=7)
    assert Brief.load(brief.dump()).reconnect == 7

    async def story(stage: Stage) -> None:
        stage.context.job.metadata = brief.dump()
        await joined(stage)
        stage.participant("disconnected", reason=Names.STATE_MISMATCH)

    stage = play(story)
    assert ended(stage).reason == "lost"
    assert stage.told[-1][0] == pytest.approx(7, abs=0.1)


def test_a_room_that_ends_by_itself_ends_the_call() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.context.room.emit("disconnected", Names.SERVER_SHUTDOWN)

    assert ended(play(story)).reason == "server"


def test_a_session_that_ends_by_itself_is_followed_by_one_that_answers_what_was_left() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.command(Say("Hello?"))
        await asyncio.sleep(0.1)
        await stage.engine.fake.aclose()
        await asyncio.sleep(5)
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    first, second = stage.engines
    assert [what for _, what in first.asked] == ["open", "Hello?"]
    assert [what for _, what in second.asked] == ["Hello?"]
    told = [event for event in stage.events if isinstance(event, Trouble | Restored)]
    assert [type(event) for event in told] == [Trouble, Restored]
    assert (told[0].code, told[1].reason) == ("closed", "closed")  # type: ignore[union-attr]


def test_a_session_that_cannot_be_started_again_ends_the_call_after_both_engines() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)

        def prepare(engine: Notes) -> None:
            engine.fake.fault = RuntimeError("connection refused")

        stage.prepare = prepare
        await stage.engine.fake.aclose()

    stage = play(story)
    assert ended(stage).reason == "engine"
    own, offline = 1 + len(PAUSES), 1 + len(PAUSES)
    assert len(stage.engines) == own + offline


def test_an_engine_that_says_nothing_for_10_seconds_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent.worker.engine_session.ANSWER", ANSWER)

    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.speaks = False
        stage.command(Say("Hello?"))
        await asyncio.sleep(ANSWER + 2)
        stage.command(End("ended"))

    stage = play(story)
    assert [event.code for event in stage.events if isinstance(event, Trouble)] == ["silent"]
    assert [what for _, what in stage.engines[1].asked] == ["Hello?"]


def test_a_silence_is_broken_and_no_nudge_comes_after_the_end() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.state("speaking")
        stage.engine.fake.state("listening")
        await asyncio.sleep(30)
        stage.engine.fake.state("listening")
        stage.command(End("ended"))

    stage = play(story)
    assert [what for _, what in stage.engine.asked] == ["open", "nudge"]
    statuses = [event for event in stage.events if isinstance(event, Status)]
    assert [event.status for event in statuses][:3] == ["speaking", "speaking", "listening"]


def gone(stage: Stage, absent: bool) -> None:
    stage.participant("disconnected" if absent else "connected", reason=Names.STATE_MISMATCH)


def cut_off(stage: Stage, absent: bool) -> None:
    stage.context.room.emit("reconnecting" if absent else "reconnected")


def page_away(stage: Stage, absent: bool) -> None:
    stage.command(PageAway(absent))


def poor(stage: Stage, absent: bool) -> None:
    Quality = rtc.ConnectionQuality
    quality = Quality.QUALITY_LOST if absent else Quality.QUALITY_POOR
    person = SimpleNamespace(identity="trainee-ann")
    stage.context.room.emit("connection_quality_changed", person, quality)


def silent_server(stage: Stage, absent: bool) -> None:
    stage.context.room.is_silent = absent


@pytest.mark.parametrize("absence", [gone, cut_off, page_away, poor, silent_server])
def test_nobody_is_asked_whether_he_is_there_while_he_cannot_hear(
    absence: Callable[[Stage, bool], None],
) -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.state("speaking")
        absence(stage, True)
        stage.engine.fake.state("listening")
        await asyncio.sleep(RECONNECT_TIMEOUT - 1)
        asked.extend(what for _, what in stage.engine.asked)
        absence(stage, False)
        await asyncio.sleep(patience + SERVER_ANSWER + 1)
        stage.command(End("ended"))

    patience = examine(PLAIN, "ann").persona.patience  # type: ignore[union-attr]
    asked: list[str] = []
    stage = play(story)
    assert asked == ["open"]
    assert "nudge" in [what for _, what in stage.engine.asked], "the silence counts again"


def test_what_was_said_last_is_recorded_although_the_call_ends_while_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = LexicalObserver.observe

    def slowly(observer: LexicalObserver, text: str) -> Observation:
        time.sleep(0.2)  # in a thread, while the job comes to its end
        return read(observer, text)

    monkeypatch.setattr(LexicalObserver, "observe", slowly)

    async def story(stage: Stage) -> None:
        await joined(stage)
        agent = stage.engine.fake.agent
        assert agent is not None
        said = llm.ChatMessage(role="user", content=["I am so sorry."])
        with suppress(StopResponse):
            await agent.on_user_turn_completed(llm.ChatContext.empty(), said)
        stage.command(End("ended"))

    (done,) = [event for event in play(story).events if isinstance(event, TurnDone)]
    assert (done.turn.text, done.turn.speaker) == ("I am so sorry.", "trainee")


def test_a_turn_that_is_still_read_stands_before_the_line_that_answers_it() -> None:
    def replying(engine: Notes) -> None:
        engine.spec = GEMINI

    async def story(stage: Stage) -> None:
        stage.prepare = replying
        await joined(stage)
        heard = SimpleNamespace(item_id="1", transcript="I am so sorry.", is_final=True)
        stage.engine.fake.emit("user_input_transcribed", heard)
        item = llm.ChatMessage(role="assistant", content=["Well."], interrupted=False)
        stage.engine.fake.emit("conversation_item_added", SimpleNamespace(item=item))
        stage.command(End("ended"))

    turns = [event.turn for event in play(story).events if isinstance(event, TurnDone)]
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("trainee", "I am so sorry."),
        ("persona", "Well."),
    ]


@pytest.mark.parametrize(
    ("finals", "ends", "foreseen"),
    [
        (["I am so sorry."], False, ["I am so sorry."]),
        (["I am so", "sorry."], False, ["I am so sorry."]),  # only what is said by then
        (["I am so sorry."], True, []),  # the turn was over first
    ],
)
def test_words_are_foreseen_once_they_are_read_unless_the_turn_has_gone_on(
    finals: list[str], ends: bool, foreseen: list[str]
) -> None:
    asked: list[str] = []

    def ahead(engine: Notes) -> None:
        engine.spec = PIPELINE
        engine.foresee = lambda text, step: asked.append(text)  # type: ignore[method-assign]

    async def story(stage: Stage) -> None:
        stage.prepare = ahead
        await joined(stage)
        for words in finals:
            heard = SimpleNamespace(item_id=None, transcript=words, is_final=True)
            stage.engine.fake.emit("user_input_transcribed", heard)
        agent = stage.engine.fake.agent
        assert agent is not None
        if ends:
            said = llm.ChatMessage(role="user", content=[" ".join(finals)])
            with suppress(StopResponse):
                await agent.on_user_turn_completed(llm.ChatContext.empty(), said)
        await asyncio.sleep(1)
        stage.command(End("ended"))

    play(story)
    assert asked == foreseen


def test_a_line_that_was_heard_is_told() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        for role, text in (("user", "Not mine"), ("assistant", "Where is it?")):
            item = llm.ChatMessage(role=cast(Any, role), content=[text], interrupted=True)
            stage.engine.fake.emit("conversation_item_added", SimpleNamespace(item=item))
        stage.command(End("ended"))

    (done,) = [event for event in play(story).events if isinstance(event, TurnDone)]
    assert (done.turn.text, done.turn.interrupted) == ("Where is it?", True)


def test_a_line_stands_where_it_sounded_although_the_time_of_day_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """LiveKit tells times of the day; the call's clock is the job's loop here."""
    ahead = [1_795_000_000.0]
    monkeypatch.setattr("data.common.clock.steady", lambda: asyncio.get_running_loop().time())
    monkeypatch.setattr("time.time", lambda: asyncio.get_running_loop().time() + ahead[0])

    async def story(stage: Stage) -> None:
        await joined(stage)
        began = now()
        for step in (0.0, 3600.0, -3600.0):
            started = time.time()
            await asyncio.sleep(2)
            ahead[0] += step
            await asyncio.sleep(1)
            item = llm.ChatMessage(role="assistant", content=["Where is it?"])
            item.metrics = {"started_speaking_at": started, "stopped_speaking_at": time.time()}
            stage.engine.fake.emit("conversation_item_added", SimpleNamespace(item=item))
        await asyncio.sleep(0.1)
        assert [each - began for each in spans(stage)] == pytest.approx([0, 3, 3, 6, 6, 9])
        stage.command(End("ended"))

    def spans(stage: Stage) -> list[float]:
        done = [event.turn for event in stage.events if isinstance(event, TurnDone)]
        return [moment for turn in done for moment in (turn.begin, turn.over)]

    play(story)


THAI = swap("# Persona", "---\nlanguage: th-TH\n---\n# Persona", PLAIN)


def test_another_language_gets_another_engine_which_answers_what_is_typed_meanwhile() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.close_time = 1.0
        stage.command(NewPersona(THAI, "v2"))
        await until(lambda: len(stage.engines) > 1)
        stage.command(Say("Hello?"))
        await until(lambda: any(isinstance(event, Edited) for event in stage.events))
        await asyncio.sleep(0.1)
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    first, second = stage.engines
    assert (first.language, second.language) == ("en", "th-TH")
    assert first.closed
    assert [what for _, what in second.asked][-1] == "Hello?"
    assert [e.edit.outcome for e in stage.events if isinstance(e, Edited)] == ["rebuilt"]
    assert not [event for event in stage.events if isinstance(event, Trouble | Restored)]


def test_what_is_typed_while_the_old_engine_closes_is_answered_by_the_next_one() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.close_time = 1.0
        stage.command(NewPersona(THAI, "v2"))
        await until(lambda: stage.engine.fake.closing)
        stage.command(Say("Hello?"))
        await asyncio.sleep(3)
        stage.command(End("ended"))

    stage = play(story)
    assert [what for _, what in stage.engines[1].asked][-1] == "Hello?"


def test_nothing_more_is_expected_of_an_engine_that_was_replaced_while_somebody_typed(
    caplog: Any,
) -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.command(NewPersona(THAI, "v2"))
        stage.command(Say("Hello?"))
        await until(lambda: len(stage.engines) > 1 and stage.engines[1].asked)
        await asyncio.sleep(ANSWER + 1)
        stage.command(End("ended"))

    stage = play(story)
    assert [what for _, what in stage.engines[1].asked][-1] == "Hello?"
    assert not caplog.records


def test_an_engine_for_another_language_that_does_not_start_is_recovered_from() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)

        def prepare(engine: Notes) -> None:
            if len(stage.engines) == 1:
                engine.fake.fault = RuntimeError("connection refused")

        stage.prepare = prepare
        stage.command(NewPersona(THAI, "v2"))
        await until(lambda: any(isinstance(event, Edited) for event in stage.events))
        await asyncio.sleep(1)
        stage.command(End("ended"))

    stage = play(story)
    assert ended(stage).reason == "ended"
    assert [e.edit.outcome for e in stage.events if isinstance(e, Edited)] == ["rebuilt"]
    assert stage.engines[-1].language == "th-TH"
