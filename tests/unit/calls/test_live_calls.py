"""Live calls: real library, records and link; the LiveKit server and the jobs only remember."""

import asyncio
import errno
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.calls import journal_writer, live_call, watchdog
from agent.calls.admission import CallOptions, Refused
from agent.calls.call_events import CallEvent, HungUp, PersonaMoved, Unwritten
from agent.calls.calls import Ticket
from agent.calls.live_call import TurnRefused
from agent.protocol.messages import (
    LONGEST_TURN,
    Caption,
    Edited,
    End,
    Ended,
    Event,
    Joined,
    Mood,
    NewPersona,
    PageAway,
    Restored,
    Status,
    Trouble,
    TurnDone,
)
from agent.protocol.scene import Scene
from data.calls import OpenCall, Summary
from data.endings import ending
from data.records import CallStart, Edit, Latency, Turn
from personas.entry import Entry
from tests.support.clock import PATIENCE, Times, until
from tests.support.live_calls import Studio, said
from tests.support.persona_text import PLAIN, swap
from ui.call.notices import Situation, notices
from ui.call.state import Browser
from ui.call.voice_call import Connection
from ui.watch.state import notices as watch_notices

EDITED = swap("- Lives in Leeds", "- Lives in York", PLAIN)


async def test_a_call_is_begun(studio: Studio) -> None:
    ticket = await studio.begin()
    call = ticket.call
    assert (call.user, call.slug, call.engine, call.status) == (
        "trainee", "ann", "offline", "listening",
    )  # fmt: skip
    assert ticket.room == call.room
    assert ticket.server_url == "ws://server"
    assert ticket.token == f"{call.room}|trainee-trainee|trainee"
    (brief,) = studio.jobs.sent
    assert (brief.call, brief.slug, brief.text) == (call.id, "ann", PLAIN)
    assert (brief.version, brief.trainee) == (call.persona.version, "trainee-trainee")
    assert studio.calls.get(call.id) is call
    assert studio.calls.live("ann") == [call]
    assert studio.calls.live("bob") == []
    assert studio.calls.health() == {"worker": "registered", "calls": {"live": 1, "most": 2}}


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("nobody", "There is no such persona"),
        ("../../etc/passwd", "There is no such persona"),
        ("gone", "There is no such persona"),
        ("broken", "has an error"),
    ],
)
async def test_no_call_with_a_persona_that_is_not_there(
    studio: Studio, slug: str, words: str
) -> None:
    studio.library.save("gone", PLAIN, base=None, author="author")
    (studio.personas / "gone.md").unlink()
    watching, stop = asyncio.Event(), asyncio.Event()
    studio.library.on_change(lambda change: watching.set())
    task = asyncio.create_task(studio.library.watch(stop))
    await asyncio.wait_for(watching.wait(), PATIENCE)
    stop.set()
    await task
    with pytest.raises(Refused, match=words):
        await studio.calls.begin("trainee", slug)
    assert (studio.calls.live(), studio.archive.list(), studio.jobs.sent) == ([], [], [])


async def test_no_call_while_something_is_missing(studio: Studio) -> None:
    studio.problem = "The voices are being loaded."
    assert studio.calls.problem() == studio.problem
    with pytest.raises(Refused, match="being loaded"):
        await studio.calls.begin("trainee", "ann")
    studio.problem = ""
    assert studio.calls.problem() == ""


async def test_a_machine_with_one_line_says_so(tmp_path: Path) -> None:
    studio = Studio(tmp_path, most=1)
    await studio.begin()
    assert "The one line of this machine is busy" in studio.calls.problem()
    await studio.calls.aclose()
    studio.store.close()


async def test_one_call_too_many_is_refused_until_a_line_is_free(studio: Studio) -> None:
    first, _ = await studio.begin(), await studio.begin("bob")
    assert "All 2 lines of this machine are busy" in studio.calls.problem()
    with pytest.raises(Refused, match="All 2 lines"):
        await studio.calls.begin("trainee", "ann")
    first.call.hang_up()
    await until(lambda: not studio.calls.problem())
    await studio.begin()


async def test_many_clicks_at_once_get_no_more_lines_than_there_are(studio: Studio) -> None:
    clicks = [studio.calls.begin(f"user{n}", "ann") for n in range(6)]
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(isinstance(answer, Ticket) for answer in answers) == 2
    assert sum(isinstance(answer, Refused) for answer in answers) == 4
    assert len(studio.calls.live()) == 2


async def test_one_account_leaves_lines_for_others(tmp_path: Path) -> None:
    studio = Studio(tmp_path, most=4, each=2)
    clicks = [studio.calls.begin("trainee", "ann") for _ in range(4)]
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [str(each).partition(".")[0] for each in refused] == [
        "With your account 2 calls are going on already"
    ] * 2
    await studio.begin(user="author")
    studio.calls.live()[0].hang_up()
    await until(lambda: len(studio.calls.live()) == 2)
    await studio.begin()
    await studio.calls.aclose()
    studio.store.close()


async def test_a_disk_that_is_full_refuses_and_keeps_the_line_free(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*values: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(studio.archive, "open", full)
        for _ in range(3):
            with pytest.raises(Refused, match="No space left on device"):
                await studio.calls.begin("trainee", "ann")
    assert studio.calls.problem() == ""
    await studio.begin()


async def test_a_server_that_admits_nobody_leaves_no_call(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*values: object) -> tuple[str, str]:
        raise RuntimeError("the voice service is not up")

    monkeypatch.setattr(studio.jobs, "trainee_access", refuse)
    with pytest.raises(Refused, match="cannot be joined just now"):
        await studio.calls.begin("trainee", "ann")
    assert (studio.calls.live(), studio.archive.list()) == ([], [])


async def test_a_call_whose_record_is_opened_while_the_app_stops_is_refused(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, go_on = threading.Event(), threading.Event()
    opens = studio.archive.open

    def slow(start: CallStart, text: str) -> OpenCall:
        opening.set()
        assert go_on.wait(PATIENCE)
        return opens(start, text)

    monkeypatch.setattr(studio.archive, "open", slow)
    begun = asyncio.create_task(studio.calls.begin("trainee", "ann"))
    await until(opening.is_set)
    closing = asyncio.create_task(studio.calls.aclose())
    await until(lambda: bool(studio.calls.problem()))
    go_on.set()
    with pytest.raises(Refused, match="being stopped"):
        await begun
    await closing
    assert (studio.calls.live(), studio.jobs.sent) == ([], [])


async def test_the_records_of_other_calls_do_not_wait_while_one_is_scored_and_listed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, go_on = threading.Event(), threading.Event()
    put = studio.archive.finished.put

    def slow(summaries: list[Summary]) -> None:
        listing.set()
        assert go_on.wait(PATIENCE)
        put(summaries)

    monkeypatch.setattr(studio.archive.finished, "put", slow)
    first, second = (await studio.begin()).call, (await studio.begin("bob")).call
    studio.jobs.leave(first.id, "ended")
    await until(listing.is_set)
    try:
        studio.send(said(second.id, 0, "Are you there?"))
        path = studio.store.folder / "calls" / f"{second.id}.jsonl"
        await until(lambda: b"Are you there?" in path.read_bytes())
        assert studio.archive.finished.ids() == set()
    finally:
        go_on.set()
    await until(lambda: studio.archive.finished.ids() == {first.id})


async def test_what_the_job_tells_is_shown_and_recorded(studio: Studio) -> None:
    ticket = await studio.begin()
    call = ticket.call
    heard: list[CallEvent] = []
    call.subscribe(heard.append)
    turn = Turn(1, "trainee", "Sorry!", 2.0, matched=("d-1",), quotes=("Sorry!",), cause="-1")
    events: list[Event] = [
        Mood(call.id, "opening", 7, ""),
        Status(call.id, "speaking"),
        Caption(call.id, "persona", "Where is", final=False),
        said(call.id, 0, "Where is my parcel?"),
        Caption(call.id, "trainee", "Sorr", final=False),
        TurnDone(call.id, turn),
        Mood(call.id, "deescalation", 6, "-1: an apology", matched=("d-1",)),
    ]
    studio.send(*events)
    await until(lambda: len(heard) == len(events))
    assert heard == events
    assert [t.index for t in call.turns] == [0, 1]
    assert call.captions == {}
    assert (call.status, call.mood) == ("speaking", events[-1])
    seen = replace(turn, matched=(), quotes=(), cause="nothing matched", observer="model")
    studio.send(
        Caption(call.id, "trainee", "And", final=False),
        TurnDone(call.id, seen),  # told again: it replaces the first
    )
    await until(lambda: "trainee" in call.captions and call.turns[1] == seen)
    assert [t.index for t in call.turns] == [0, 1]
    call.latency(0.61234)
    studio.send(said(call.id, 2, "Hm."))
    await until(lambda: len(call.turns) == 3)
    studio.jobs.leave(call.id, "ended", resolved=True)
    await until(lambda: call.end is not None)
    record = await studio.record(call.id)
    assert record.turns == tuple(call.turns)
    assert record.latencies == (Latency(2, 0.612),)
    assert [(m.phase, m.intensity, m.cause) for m in record.moods] == [
        ("opening", 7, ""),
        ("deescalation", 6, "-1: an apology"),
    ]
    assert record.persona_text == PLAIN
    assert record.end is not None
    assert (record.end.reason, record.end.resolved) == ("resolved", True)
    assert record.scorecard is not None
    assert record.start.user == "trainee"


@pytest.mark.parametrize(
    ("reason", "resolved"), [("goodbye", True), ("silence", True), ("hung_up", False)]
)
async def test_why_the_customer_hung_up_is_kept_beside_what_came_of_the_call(
    studio: Studio, reason: str, resolved: bool
) -> None:
    call = (await studio.begin()).call
    studio.jobs.leave(call.id, reason, resolved=resolved)
    await until(lambda: call.end is not None)
    assert call.end is not None
    assert (call.end.reason, call.end.resolved) == (reason, resolved)


async def test_the_answer_time_stands_at_the_answer_in_the_order_of_models_that_reply(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    studio.send(said(call.id, 0, "Hello?"), Status(call.id, "speaking"))
    await until(lambda: call.status == "speaking")
    call.latency(0.61)  # the answer sounds; what it answers has not been told
    studio.send(TurnDone(call.id, Turn(1, "trainee", "Sorry!", 0.0, end=0.0)))
    studio.send(said(call.id, 2, "Hm."), Status(call.id, "listening"))
    await until(lambda: call.status == "listening")
    record = await studio.record(call.id)
    assert record.latencies == (Latency(2, 0.61),)
    assert [record.answer_time(turn) for turn in record.turns] == [None, None, 0.61]


async def test_a_measure_that_comes_when_a_short_line_is_over_is_that_line_s(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    studio.send(said(call.id, 0, "No."), Status(call.id, "listening"))
    await until(lambda: call.turns)
    call.latency(0.5)
    assert (await studio.record(call.id)).latencies == (Latency(0, 0.5),)


async def test_an_answer_of_which_no_word_was_heard_gives_its_time_to_nobody(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    studio.send(Status(call.id, "speaking"))
    await until(lambda: call.status == "speaking")
    call.latency(0.4)
    late = Turn(1, "persona", "Well?", call.clock.now() + 5.0)
    studio.send(TurnDone(call.id, Turn(0, "trainee", "Sorry!", 0.0)), TurnDone(call.id, late))
    await until(lambda: len(call.turns) == 2)
    assert (await studio.record(call.id)).latencies == ()


async def test_a_clock_that_is_set_in_mid_call_changes_no_time(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = Times(monkeypatch)
    call = (await studio.begin()).call
    times.pass_by(5)
    call.whisper("author", "Say sorry.")
    times.set_ahead(-3600)
    times.pass_by(5)
    call.whisper("author", "Name a day.")
    call.refuse_persona("v2", "no name")
    studio.send(
        Mood(call.id, "opening", 7, "", at=9.5), Restored(call.id, "offline", 0, "silent", 9.75)
    )
    await until(lambda: call.restored)
    times.pass_by(2)
    assert call.length == 12.0
    call.receive(Ended(call.id, "ended"))
    times.set_ahead(7200)
    assert call.length == 12.0
    record = await studio.record(call.id)
    assert [hint.at for hint in record.hints] == [5.0, 10.0]
    assert [edit.at for edit in record.edits] == [10.0]
    assert [mood.at for mood in record.moods] == [9.5]
    assert [use.at for use in record.engines] == [9.75]
    assert record.duration == 12.0
    assert studio.archive.list()[0].duration == 12.0


@pytest.mark.parametrize("seconds", [-0.1, 60.0, 1e9, float("nan")])
async def test_a_latency_that_cannot_be_is_left_out(studio: Studio, seconds: float) -> None:
    ticket = await studio.begin()
    ticket.call.latency(seconds)
    assert (await studio.record(ticket.call.id)).latencies == ()


def save(studio: Studio, text: str, slug: str = "ann") -> Entry:
    """Save that persona, and tell the calls of it."""
    before = studio.library.get(slug)
    base = before.version if before else None
    entry = studio.library.save(slug, text, base=base, author="kim")
    studio.calls.file_changed(entry)
    return entry


def rename(studio: Studio, slug: str, other: str) -> None:
    """Move a file and tell of both ends, in the order of the library: the new name first."""
    (studio.personas / f"{slug}.md").rename(studio.personas / f"{other}.md")
    for name in (other, slug):
        entry = studio.library.look(name, author="kim")
        assert entry is not None
        studio.calls.file_changed(entry)


async def test_an_edit_reaches_only_that_persona_s_live_calls(studio: Studio) -> None:
    ann, bob = await studio.begin("ann"), await studio.begin("bob")
    entry = save(studio, EDITED)
    await until(lambda: studio.jobs.commands[ann.call.id])
    told = NewPersona(EDITED, entry.version)
    assert studio.jobs.commands == {ann.call.id: [told], bob.call.id: []}


@pytest.mark.parametrize("outcome", ["applied", "rebuilt", "refused", "overtaken"])
async def test_the_outcome_of_an_edit_is_recorded_with_its_text(
    studio: Studio, outcome: str
) -> None:
    call = (await studio.begin()).call
    version = save(studio, EDITED).version
    took = outcome in ("applied", "rebuilt")
    edit = Edit(version, outcome, "" if took else "line 1: no", 0, 1.0)
    studio.send(Edited(call.id, edit))
    await until(lambda: call.edits)
    record = await studio.record(call.id)
    assert (call.edits, record.edits) == ([edit], (edit,))
    assert record.edited_text == (EDITED if took else "")


async def test_a_text_that_was_overtaken_and_comes_again_is_recorded(studio: Studio) -> None:
    call = (await studio.begin()).call
    first, other = save(studio, EDITED).version, save(studio, PLAIN + "- More\n").version
    save(studio, EDITED)
    for outcome, version in (("overtaken", first), ("overtaken", other), ("applied", first)):
        studio.send(Edited(call.id, Edit(version, outcome, "", 0, 1.0)))
    await until(lambda: len(call.edits) == 3)
    assert (await studio.record(call.id)).edited_text == EDITED


async def test_the_texts_of_overtaken_edits_are_not_kept(studio: Studio) -> None:
    call = (await studio.begin()).call
    versions = [save(studio, f"{EDITED}- Note {n}\n").version for n in range(3)]
    assert len(call._updates._unanswered) == 3
    for version, outcome in zip(versions, ("overtaken", "overtaken", "applied"), strict=True):
        studio.send(Edited(call.id, Edit(version, outcome, "", 0, 1.0)))
    await until(lambda: len(call.edits) == 3)
    assert len(call._updates._unanswered) == 0


async def test_an_edit_of_a_call_that_waits_for_its_persona_is_not_lost(studio: Studio) -> None:
    studio.jobs.come = False
    call = (await studio.begin()).call
    first, newest = save(studio, PLAIN + "- More\n"), save(studio, EDITED)
    studio.jobs.arrive(call.id)
    await until(lambda: studio.jobs.commands[call.id])
    assert studio.jobs.commands[call.id] == [NewPersona(EDITED, newest.version)]
    assert [(e.version, e.outcome) for e in call.edits] == [(first.version, "overtaken")]


async def test_a_broken_save_is_told_to_each_call_and_changes_none(studio: Studio) -> None:
    call = (await studio.begin()).call
    entry = save(studio, PLAIN.replace("# Constraints", "# Limits"))
    (edit,) = call.edits
    assert (edit.version, edit.outcome, edit.turn) == (entry.version, "refused", 0)
    assert "no section 'Constraints'" in edit.reason
    save(studio, PLAIN)
    await until(lambda: studio.jobs.commands[call.id])
    assert [c.text for c in studio.jobs.commands[call.id] if isinstance(c, NewPersona)] == [PLAIN]


async def test_a_deleted_persona_goes_on_in_its_call_and_its_author_is_told(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    told: list[CallEvent] = []
    call.subscribe(told.append)
    file = studio.personas / "ann.md"
    file.unlink()
    entry = studio.library.look("ann", author="")
    assert entry is not None
    # What is on disk for a moment only is told once, however often it is looked at.
    studio.calls.file_changed(entry)
    studio.calls.file_changed(entry)
    assert told == [PersonaMoved(call.id, "ann", False)]
    assert (call.orphaned, call.end, call.trouble) == (True, None, None)
    file.write_text(PLAIN)
    entry = studio.library.look("ann", author="")
    assert entry is not None
    studio.calls.file_changed(entry)
    assert told[1:] == [PersonaMoved(call.id, "ann", True)]
    assert studio.jobs.commands[call.id] == []
    save(studio, EDITED)
    await until(lambda: studio.jobs.commands[call.id])


async def test_a_call_follows_its_file_under_another_name_and_back(studio: Studio) -> None:
    call = (await studio.begin()).call
    told: list[CallEvent] = []
    call.subscribe(told.append)
    rename(studio, "ann", "ann-lee")
    assert (call.slug, call.orphaned) == ("ann-lee", False)
    rename(studio, "ann-lee", "ann")
    assert told == [PersonaMoved(call.id, "ann-lee", True), PersonaMoved(call.id, "ann", True)]
    assert studio.jobs.commands[call.id] == []
    rename(studio, "ann", "ann-lee")
    save(studio, EDITED, "ann-lee")
    await until(lambda: studio.jobs.commands[call.id])


async def test_a_file_that_vanishes_first_and_has_another_name_later_is_followed(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    (studio.personas / "ann.md").unlink()
    gone = studio.library.look("ann", author="")
    assert gone is not None
    studio.calls.file_changed(gone)
    assert call.orphaned
    save(studio, PLAIN, "ann-lee")
    assert (call.slug, call.orphaned) == ("ann-lee", False)


async def test_a_call_that_cannot_be_told_of_its_file_costs_no_other_the_news(
    studio: Studio, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [(await studio.begin()).call for _ in range(2)]
    monkeypatch.setattr(first, "change_persona", lambda *values: 1 / 0)
    entry = save(studio, EDITED)
    await until(lambda: studio.jobs.commands[second.id])
    assert studio.jobs.commands[second.id] == [NewPersona(EDITED, entry.version)]
    assert first.id in caplog.text


async def test_a_draft_s_call_does_not_hear_of_the_file(studio: Studio) -> None:
    ticket = await studio.calls.begin("kim", "ann", CallOptions(draft=PLAIN + "- More\n"))
    await until(ticket.call.persona_in.is_set)
    save(studio, EDITED)
    (studio.personas / "ann.md").unlink()
    entry = studio.library.look("ann", author="")
    assert entry is not None
    studio.calls.file_changed(entry)
    assert (studio.jobs.commands[ticket.call.id], ticket.call.orphaned) == ([], False)


async def test_typed_turns_go_to_the_job(studio: Studio) -> None:
    call = (await studio.begin()).call
    for text in ("  Hello \n", "", "   "):
        call.say(text)
    await until(lambda: studio.jobs.commands[call.id])
    assert studio.said(call.id) == ["Hello"]
    assert call.trouble is None


async def test_typing_to_nobody_is_answered(studio: Studio) -> None:
    studio.jobs.come = False
    call = (await studio.begin()).call
    with pytest.raises(TurnRefused, match="not on the line yet"):
        call.say("Hello?")


async def test_a_typed_turn_has_a_limit_which_is_told(studio: Studio) -> None:
    call = (await studio.begin()).call
    with pytest.raises(TurnRefused, match="2,000 characters; this one has 2,001"):
        call.say("x" * (LONGEST_TURN + 1))
    call.say(" " * 9 + "x" * LONGEST_TURN + " " * 9)
    await until(lambda: studio.jobs.commands[call.id])
    assert studio.said(call.id) == ["x" * LONGEST_TURN]


async def test_a_turn_to_go_on_from_has_the_same_limit(studio: Studio) -> None:
    long = Scene(turns=(Turn(0, "trainee", "x" * (LONGEST_TURN + 1), 0.0),))
    with pytest.raises(Refused, match="2,000 characters; the one to go on from has 2,001"):
        await studio.calls.begin("author", "ann", CallOptions(scene=long))
    assert studio.calls.live() == []


@pytest.mark.parametrize("come", [True, False])
async def test_hanging_up_ends_the_call_once_and_frees_everything(
    studio: Studio, come: bool
) -> None:
    studio.jobs.come = come
    call = (await studio.begin()).call
    heard: list[CallEvent] = []
    call.subscribe(heard.append)
    call.hang_up()
    call.hang_up("lost")
    await until(lambda: studio.jobs.closed)
    assert (call.status, studio.calls.live(), studio.jobs.closed) == ("ended", [], [call.room])
    asked = [HungUp(call.id)] if come else []
    assert heard == [*asked, Ended(call.id, "ended")]
    assert call.end is not None
    assert call.end.reason == "ended"
    assert studio.calls.get(call.id) is None


async def test_a_page_that_closed_while_the_call_was_set_up_keeps_no_line(studio: Studio) -> None:
    """It hangs up before anything of the call had a turn on the loop."""
    for _ in range(3):
        ticket = await studio.calls.begin("trainee", "ann")
        ticket.call.hang_up()
        assert ticket.call.end is not None
    await until(lambda: len(studio.jobs.closed) == 3)
    assert (studio.calls.live(), studio.calls.problem()) == ([], "")
    assert studio.jobs.sent == []


class Page:
    """A page that a call is taken in; ``dismissed``: another one has taken it."""

    def __init__(self, ticket: Ticket) -> None:
        self.dismissed = False
        ticket.call.presence.take(self, self.dismiss)

    def dismiss(self) -> None:
        self.dismissed = True


@pytest.mark.parametrize("reason", ["left", "lost"])
async def test_a_call_whose_page_is_gone_goes_on_for_a_while(tmp_path: Path, reason: str) -> None:
    studio = Studio(tmp_path, reconnect_timeout=0.2)
    call = (ticket := await studio.begin()).call
    page = Page(ticket)
    call.presence.go(page, reason)
    call.presence.go(page, "lost")  # its websocket follows
    commands = studio.jobs.commands[call.id]
    await until(lambda: commands)
    assert (call.end, commands) == (None, [PageAway(True)])
    await until(lambda: call.end)
    assert call.end is not None
    assert call.end.reason == reason
    await studio.calls.aclose()
    studio.store.close()


async def test_a_page_that_is_back_in_time_has_its_call(studio: Studio) -> None:
    call = (ticket := await studio.begin()).call
    page = Page(ticket)
    call.presence.go(page, "lost")
    assert call.presence.left < call.presence.seconds
    call.presence.back(page)
    assert call.presence.left == call.presence.seconds
    commands = studio.jobs.commands[call.id]
    await until(lambda: commands == [PageAway(True), PageAway(False)])


async def test_another_page_takes_the_call_and_the_first_one_ends_nothing_any_more(
    studio: Studio,
) -> None:
    call = (ticket := await studio.begin()).call
    first = Page(ticket)
    call.presence.go(first, "left")
    again = studio.calls.resume("trainee", call.id)
    second = Page(again)
    assert (again.call, again.room, again.token) == (call, ticket.room, ticket.token)
    assert (first.dismissed, second.dismissed, call.presence.away) == (True, False, False)
    call.presence.gone(first)
    call.presence.go(first, "lost")
    assert not call.presence.away
    call.presence.gone(second)
    await until(lambda: call.end)
    assert call.end is not None
    assert call.end.reason == "left"


async def test_the_job_that_comes_while_the_page_is_away_is_told(studio: Studio) -> None:
    studio.jobs.come = False
    call = (ticket := await studio.begin()).call
    call.presence.go(Page(ticket), "lost")
    studio.jobs.arrive(call.id)
    await until(lambda: studio.jobs.commands[call.id] == [PageAway(True)])


async def test_only_the_own_call_that_goes_on_can_be_taken_up(studio: Studio) -> None:
    call = (await studio.begin()).call
    assert studio.calls.of("trainee") == [call]
    assert studio.calls.of("author") == []
    for user, wanted in (("author", call.id), ("trainee", "0" * 16)):
        with pytest.raises(Refused, match="over"):
            studio.calls.resume(user, wanted)
    studio.jobs.silent = True
    call.hang_up()
    assert call.end is None, "its job is still leaving"
    assert studio.calls.of("trainee") == []
    with pytest.raises(Refused, match="over"):
        studio.calls.resume("trainee", call.id)


async def test_a_job_that_does_not_answer_ends_after_the_limit(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_call, "LEAVE", 0.1)
    studio.jobs.silent = True
    call = (await studio.begin()).call
    studio.send(Mood(call.id, "resolution", 2, "agreed", resolved=True))
    await until(lambda: call.mood)
    call.hang_up()
    assert call.end is None
    await until(lambda: studio.jobs.closed)
    assert call.end is not None
    assert (call.end.reason, call.end.resolved) == ("resolved", True)
    assert studio.calls.live() == []


async def test_a_job_that_leaves_in_time_ends_it_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_call, "LEAVE", 0.05)
    call = (await studio.begin()).call
    heard: list[CallEvent] = []
    call.subscribe(heard.append)
    call.hang_up()
    await until(lambda: call.end)
    await asyncio.sleep(0.1)
    assert heard == [HungUp(call.id), Ended(call.id, "ended")]


async def test_a_subscriber_that_raises_keeps_nothing_from_the_others(studio: Studio) -> None:
    call = (await studio.begin()).call
    heard: list[CallEvent] = []

    def fail(event: CallEvent) -> None:
        raise RuntimeError("a page that is gone")

    call.subscribe(fail)
    call.subscribe(heard.append)
    studio.send(said(call.id, 0))
    studio.jobs.leave(call.id, "ended")
    await until(lambda: studio.jobs.closed)
    assert [type(event) for event in heard] == [TurnDone, Ended]
    assert studio.calls.live() == []


async def test_a_subscriber_may_leave_while_it_is_told(studio: Studio) -> None:
    call = (await studio.begin()).call
    heard: list[str] = []

    def leave(event: CallEvent) -> None:
        heard.append("first")
        stop()

    stop = call.subscribe(leave)
    call.subscribe(lambda event: heard.append("second"))
    studio.send(said(call.id, 0), said(call.id, 1))
    await until(lambda: len(call.turns) == 2)
    stop()
    assert heard == ["first", "second", "second"]


async def test_events_after_the_end_are_ignored(studio: Studio) -> None:
    call = (await studio.begin()).call
    studio.send(said(call.id, 0))
    studio.jobs.leave(call.id, "lost")
    studio.send(said(call.id, 1), Status(call.id, "speaking"), Ended(call.id, "resolved"))
    await until(lambda: studio.jobs.closed)
    call.receive(said(call.id, 2))
    call.change_persona(EDITED, "v2")
    assert (call.status, len(call.turns)) == ("ended", 1)
    record = await studio.record(call.id)
    assert len(record.turns) == 1
    assert record.end is not None
    assert record.end.reason == "lost"


async def test_a_job_that_comes_after_the_end_is_sent_away(studio: Studio) -> None:
    studio.jobs.come = False
    call = (await studio.begin()).call
    await until(lambda: studio.jobs.sent)
    call.hang_up()
    await until(lambda: studio.jobs.closed)
    studio.jobs.arrive(call.id)
    await until(lambda: studio.jobs.commands[call.id])
    await asyncio.sleep(0.02)
    assert studio.jobs.commands[call.id] == [End("ended")]


async def test_events_of_calls_that_never_were_do_no_harm(studio: Studio) -> None:
    studio.send(Joined("nobody"), Ended("nobody", "ended"))
    await asyncio.sleep(0.02)
    assert studio.calls.live() == []


async def test_a_persona_that_never_comes_frees_the_line(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "PATIENCE", 0.01)
    monkeypatch.setattr(watchdog, "LATE", 0.01)
    studio.jobs.come = False
    call = (await studio.begin()).call
    await until(lambda: studio.jobs.closed)
    assert len(studio.jobs.sent) == watchdog.TRIES
    assert call.end is not None
    assert call.end.reason == "no_persona"


async def test_a_job_of_another_release_says_so_and_nobody_else_is_sent_for(
    studio: Studio,
) -> None:
    studio.jobs.come = False
    call = (await studio.begin()).call
    await until(lambda: studio.jobs.sent)
    words = "A worker speaks version 0.9. Update that worker."
    studio.send(Trouble(call.id, "protocol", words), Ended(call.id, "protocol"))
    await until(lambda: studio.jobs.closed)
    assert call.trouble is not None
    assert call.trouble.words == words
    assert call.end is not None
    assert "another release" in ending(call.end.reason).words
    assert len(studio.jobs.sent) == 1


async def test_a_watchdog_that_fails_frees_the_line(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    studio.jobs.fault = KeyError("a fault of ours")
    call = (await studio.calls.begin("trainee", "ann")).call
    await until(lambda: studio.jobs.closed)
    assert call.end is not None
    assert call.end.reason == "failed"
    assert studio.calls.live() == []
    assert "a fault of ours" in caplog.text


@pytest.mark.parametrize("come", [True, False])
async def test_closing_ends_every_call_and_writes_its_record(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, come: bool
) -> None:
    monkeypatch.setattr("agent.calls.calls.LAST", 0.05)
    studio.jobs.come, studio.jobs.silent = come, True
    calls = [(await studio.begin(slug)).call for slug in ("ann", "bob")]
    studio.send(Mood(calls[0].id, "resolution", 2, "agreed", resolved=True))
    await until(lambda: calls[0].mood)
    await studio.calls.aclose()
    for call, resolved in zip(calls, (True, False), strict=True):
        record = studio.archive.get(call.id)
        assert record is not None
        assert record.end is not None
        assert (record.end.reason, record.end.resolved) == ("interrupted", resolved)
    assert sorted(studio.jobs.closed) == sorted(call.room for call in calls)
    assert studio.archive.recover() == 0
    assert len(asyncio.all_tasks()) == 1


async def test_a_slow_disk_does_not_hold_the_loop(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = (await studio.begin()).call
    go, threads = threading.Event(), set[str]()

    def slow(*values: Any) -> None:
        threads.add(threading.current_thread().name)
        go.wait(PATIENCE)

    monkeypatch.setattr(call._record, "turn", slow)
    studio.send(said(call.id, 0), said(call.id, 1))
    await until(lambda: len(call.turns) == 2)
    go.set()
    await studio.calls.aclose()
    assert threads == {"records_0"}


async def test_a_record_that_cannot_be_written_does_not_cost_the_call(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    call = (await studio.begin()).call
    heard: list[CallEvent] = []
    call.subscribe(heard.append)

    def full(*values: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call._record, "turn", full)
    studio.send(said(call.id, 0))
    await until(lambda: heard)
    call.hang_up()
    await until(lambda: studio.jobs.closed)
    await studio.calls.aclose()
    assert "No space left on device" in caplog.text
    record = studio.archive.get(call.id)
    assert record is not None
    assert record.end is not None


async def test_what_the_disk_refuses_waits_and_is_written_when_there_is_room(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal_writer, "AGAIN", 0.01)
    call = (await studio.begin()).call
    write, full = os.write, True

    def to_disk(descriptor: int, data: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    heard: list[CallEvent] = []
    call.subscribe(heard.append)
    with monkeypatch.context() as patch:
        patch.setattr("os.write", to_disk)
        studio.send(said(call.id, 0), said(call.id, 1))
        await until(lambda: call.unwritten)
        assert Unwritten(call.id, "No space left on device") in heard
        (notice,) = notices(call, Browser(), Situation("Ann"))
        (coach,) = watch_notices(call, Connection("connected"), playback=True, trainee="Mai")
        assert "kept in memory" in notice.words
        assert (notice.remedy, coach.code, bool(coach.remedy)) == ("", "unwritten", True)
        call.whisper("Kim", "Name a day.")
        studio.jobs.leave(call.id, "ended")
        await until(lambda: studio.jobs.closed)
        (waiting,) = studio.archive.list()
        assert (waiting.reason, waiting.turns, waiting.score) == ("ended", 2, None)
        full = False
        await until(lambda: studio.archive.list()[0].versions)
    record = await studio.record(call.id)
    assert ([turn.index for turn in record.turns], len(record.hints)) == ([0, 1], 1)
    assert record.scorecard is not None
    assert not call.unwritten
    assert f"call {call.id}: its record cannot be written" in caplog.text
    caplog.clear()


async def test_a_record_that_is_none_costs_only_itself_and_is_told(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    call = (await studio.begin()).call
    odd = replace(said(call.id, 0).turn, matched=(object(),))  # type: ignore[arg-type]
    studio.send(TurnDone(call.id, odd), said(call.id, 1))
    record = await studio.record(call.id)
    assert [turn.index for turn in record.turns] == [1]
    assert f"call {call.id}: a turn is not recorded" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("silent", [True, False])
async def test_what_is_being_said_when_the_app_stops_is_kept_as_far_as_it_was_heard(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    monkeypatch.setattr("agent.calls.calls.LAST", 0.05)
    studio.jobs.silent = silent
    call = (await studio.begin()).call
    studio.send(
        said(call.id, 0),
        Caption(call.id, "trainee", "hm", final=False),
        Caption(call.id, "persona", "I have been", final=False),
        Caption(call.id, "persona", "I have been waiting for", final=False),
        Caption(call.id, "trainee", "I am so", final=False),
        Caption(call.id, "trainee", "I am so sorry", final=False),
    )
    await until(lambda: call.captions.get("trainee", None) and len(call.captions) == 2)
    await until(lambda: call.captions["trainee"].text == "I am so sorry")
    record = await studio.record(call.id)
    assert record.end is not None
    assert record.end.reason == "interrupted"
    first, *kept = record.turns
    assert not first.interrupted
    assert [(turn.index, turn.speaker, turn.text, turn.interrupted) for turn in kept] == [
        (1, "persona", "I have been waiting for", True),
        (2, "trainee", "I am so sorry", True),
    ]
    assert kept[0].begin <= kept[1].begin
    assert all(turn.end == record.end.at for turn in kept)


async def test_what_is_cut_off_after_a_text_was_taken_back_is_the_one_s_that_spoke(
    studio: Studio,
) -> None:
    call = (await studio.begin()).call
    version = save(studio, EDITED).version
    edits = (Edit(version, outcome, "", 0, 1.0) for outcome in ("applied", "refused"))
    studio.send(*(Edited(call.id, edit) for edit in edits))
    studio.send(Caption(call.id, "persona", "I have been", final=False))
    await until(lambda: call.captions)
    record = await studio.record(call.id)
    assert [turn.version for turn in record.turns] == [call.start.version]


async def test_the_stop_of_the_app_waits_for_what_the_job_has_still_to_tell(studio: Studio) -> None:
    studio.jobs.silent = True
    call = (await studio.begin()).call
    studio.send(Caption(call.id, "persona", "I have", final=False))
    closing = asyncio.create_task(studio.calls.aclose())
    await until(lambda: studio.jobs.commands[call.id])
    line = replace(said(call.id, 0, "I have been waiting").turn, interrupted=True)
    studio.send(TurnDone(call.id, line))
    studio.jobs.leave(call.id, "interrupted")
    await closing
    record = await studio.record(call.id)
    assert [(turn.text, turn.interrupted) for turn in record.turns] == [
        ("I have been waiting", True)
    ]
    with pytest.raises(Refused, match="being stopped"):
        await studio.begin("bob")
