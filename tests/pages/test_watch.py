"""Listening to a call: a trainee on the call page and an author on the page that follows it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from agent.calls import coaching
from agent.calls.call_events import Archived
from agent.calls.listeners import ListenerTicket
from agent.calls.live_call import LiveCall
from agent.protocol.messages import (
    Caption,
    Edited,
    Ended,
    Joined,
    Mood,
    Restored,
    Status,
    Trouble,
    TurnDone,
)
from data.records import CallEnd, CallStart, Edit, Hint, Turn
from tests.support.call_world import Calls, CallWorld, browser, note_methods, start
from tests.support.clock import until
from tests.support.studio import World, log_in, persona_text, visit
from ui.call.coach import DOES, MAY
from ui.call.voice_call import VoiceCall
from ui.watch.listening import Listening


class HeardCalls(Calls):
    """Live calls that can be found and listened to."""

    tickets = 0
    down = False

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.open: set[str] = set()

    def get(self, call_id: str) -> Any:
        return next((call for call in self.live() if call.id == call_id), None)

    def live(self, slug: str | None = None) -> list[Any]:
        calls: list[LiveCall] = getattr(self, "calls", [])
        return [call for call in calls if call.end is None and slug in (None, call.slug)]

    def admit_listener(self, call: LiveCall) -> ListenerTicket:
        if self.down:
            raise RuntimeError("the voice service is not up")
        self.tickets += 1
        ticket = f"hidden-{self.tickets}"
        self.open.add(ticket)
        return ListenerTicket("wss://livekit.example", ticket, lambda: self.open.discard(ticket))


class WatchWorld(CallWorld):
    """A world in which calls can be listened to; ``asked`` is what those pages' browsers were."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.calls: HeardCalls = HeardCalls(self)
        self.asked: list[tuple[Any, ...]] = []


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WatchWorld:
    made = WatchWorld(tmp_path)
    note_methods(monkeypatch, made.told, VoiceCall)
    note_methods(monkeypatch, made.asked, Listening)
    monkeypatch.setattr(coaching, "PAUSE", -1.0)
    return made


@pytest.fixture
async def people(world: WatchWorld) -> AsyncIterator[tuple[User, User, LiveCall]]:
    """A trainee in a call, an author on the page that follows it, and the call."""
    async with visit(world.studio()) as make:
        trainee, author = make(), make()
        await log_in(author, "author")  # first: a page that runs scripts takes ui.navigate over
        await log_in(trainee)
        await trainee.open("/call/ann-lee")
        call = await start(trainee, world)
        await author.open(f"/calls/{call.id}/watch")
        yield trainee, author, call
        await asyncio.sleep(0.05)  # a page's outbox that is busy just then takes 2 s to stop


def heard(user: User, kind: str, **data: Any) -> None:
    """What the browser of one who listens would tell."""
    user.find(kind=Listening).trigger("voice", {"kind": kind, **data})


def words_of(user: User, style: str) -> list[str]:
    """The text of the elements of that class, by line."""
    with user:
        found = [each for each in ElementFilter() if style in each.classes]
    return [" ".join(_texts(each)) for each in found]


def _texts(element: ui.element) -> list[str]:
    parts = [element, *element.descendants()]
    return [text for each in parts if (text := getattr(each, "text", ""))]


async def test_an_author_finds_the_call_in_the_list(world: WatchWorld) -> None:
    async with visit(world.studio()) as make:
        trainee, author = make(), make()
        await log_in(trainee)
        await log_in(author, "author")
        await author.open("/calls")
        await author.should_see("Nobody is in a call")
        await trainee.open("/call/ann-lee")
        call = await start(trainee, world)
        await author.should_see("with Ann Lee, Returns")
        link = next(iter(author.find(marker="listen-in").elements))
        assert link.props["href"] == f"/calls/{call.id}/watch"
        await trainee.open("/calls")
        await trainee.should_not_see("Listen in")
        call.receive(Ended(call.id, "ended"))
        await author.should_see("Nobody is in a call")
        world.finished_call()
        await author.should_not_see("Not passed")
        world.calls.followers.tell(Archived(call.id))
        await author.should_see("Not passed")


async def test_an_author_s_own_call_is_not_to_be_listened_to(world: WatchWorld) -> None:
    async with visit(world.studio()) as make:
        author = make()
        await log_in(author, "author")
        await author.open("/call/ann-lee")
        call = await start(author, world)
        answer = await author.http_client.get(f"/calls/{call.id}/watch")
        assert (answer.status_code, "This is your own call" in answer.text) == (403, True)
        assert not call.coaching.listeners
        await author.open("/calls")
        await author.should_see("Your own call")
        await author.should_not_see("Listen in")


async def test_who_may_not_listen_and_what_cannot_be_listened_to(world: WatchWorld) -> None:
    over = world.finished_call()
    async with visit(world.studio()) as make:
        trainee, other, author, admin = (make() for _ in range(4))
        await log_in(author, "author")
        await log_in(admin, "admin")
        await log_in(trainee)
        await trainee.open("/call/ann-lee")
        call = await start(trainee, world)
        for path in (call.id, over, "0" * 16, "nothing"):
            answer = await trainee.http_client.get(f"/calls/{path}/watch")
            assert answer.status_code == 403
            assert "Only authors and admins may listen" in answer.text
        answer = await other.http_client.get(f"/calls/{call.id}/watch")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/login?next=%2Fcalls%2F{call.id}%2Fwatch",
        )
        for path, words in (
            (over, "This call is over"),
            ("0" * 16, "There is no such call"),
            ("..%2F..%2Fetc", ""),
        ):
            answer = await author.http_client.get(f"/calls/{path}/watch")
            assert answer.status_code == 404
            assert words in answer.text
        assert f"/calls/{over}" in (await author.http_client.get(f"/calls/{over}/watch")).text
        await admin.open(f"/calls/{call.id}/watch")
        await admin.should_see("Trainee: Demo trainee")


async def test_the_page_follows_the_call(people: tuple[User, User, LiveCall]) -> None:
    trainee, author, call = people
    persona = call.persona
    apology, criterion, objective = (
        persona.deescalations[0], persona.criteria[0], persona.objectives[0],
    )  # fmt: skip
    await author.should_see("Trainee: Demo trainee")
    await author.should_see("Demo trainee's turn")
    await author.should_see("Nothing leaves this machine")
    for status, text in (
        ("speaking", "Ann is speaking"),
        ("hearing", "Demo trainee is speaking"),
        ("thinking", "Ann is thinking"),
    ):
        call.receive(Status(call.id, status))
        await author.should_see(text)
    call.receive(Caption(call.id, "trainee", "i am so", final=False))
    await author.should_see("i am so")
    turn = Turn(
        0, "trainee", "I am so sorry.", 3.0, phase="deescalation", intensity=5,
        matched=(apology.id,), quotes=("so sorry",), cause="-2: a sincere apology",
    )  # fmt: skip
    call.receive(TurnDone(call.id, turn))
    mood = Mood(call.id, "deescalation", 5, turn.cause, (apology.id,), (criterion.id,))
    call.receive(replace(mood, shown=(objective.id,)))
    for text in (
        "I am so sorry.", "Tense", "5 of 10", "Objectives: 1 of 2 shown",
        "What the customer waits for: 1 of 1 met", "so sorry",
    ):  # fmt: skip
        await author.should_see(text)
    assert words_of(author, "rh-moves") == [
        "0:03 Calmer by 2: a sincere apology  → 5 of 10 so sorry What was read"
    ]
    assert "Objective" not in " ".join(words_of(trainee, "rh-h2"))
    browser(trainee, "latency", seconds=0.84, cut=False, speech=1.2)
    await author.should_see("Last answer after 0.8 s.")
    call.receive(Trouble(call.id, "rate_limit", "The service is busy.", "Raise the limit."))
    await author.should_see("Trouble on Demo trainee's line")
    await author.should_see("For you as an author: Raise the limit.")
    call.receive(Restored(call.id, "offline", 1, "rate_limit"))
    await author.should_not_see("The service is busy.")


async def test_a_text_that_was_taken_back_is_not_shown_as_played(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    _, author, call = people
    text = persona_text().replace("Threshold: 5", "Threshold: 3")
    entry = world.library.save(call.slug, text, base=call.persona.version, author="author")
    assert entry.persona is not None
    saved = entry.persona.version
    for outcome, shown in (("overtaken", 5), ("applied", 3), ("refused", 5)):
        call.receive(Edited(call.id, Edit(saved, outcome, "no", 0, 1.0)))
        await author.should_see(f"Accepts a solution at {shown} of 10 or lower.")


async def test_who_comes_later_reads_what_was_said(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    _, author, call = people
    call.receive(TurnDone(call.id, Turn(0, "persona", "My parcel is broken.", 1.0)))
    call.receive(Caption(call.id, "trainee", "which parcel", final=False))
    call.whisper("admin", "Ask for the order number.")
    await author.open(f"/calls/{call.id}/watch")
    for text in ("My parcel is broken.", "which parcel", "Ask for the order number."):
        await author.should_see(text)
    assert len(words_of(author, "rh-caption")) == 2


async def test_the_browser_hears_the_room_once_the_trainee_is_there(world: WatchWorld) -> None:
    async with visit(world.studio()) as make:
        trainee, author = make(), make()
        await log_in(author, "author")
        await log_in(trainee)
        await trainee.open("/call/ann-lee")
        trainee.find("Start Voice Call").click()
        await until(lambda: world.told)
        call = world.calls.call
        call.receive(Joined(call.id))
        await author.open(f"/calls/{call.id}/watch")
        await author.should_see("Waiting for Demo trainee")
        await asyncio.sleep(0.6)
        assert world.asked == []
        browser(trainee, "connection", state="connected")
        await until(lambda: world.asked)
        assert world.asked == [("connect", "wss://livekit.example", "hidden-1")]


async def test_what_keeps_the_sound_away_is_said(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    _, author, _ = people
    await until(lambda: world.asked)
    heard(author, "connection", state="connected")
    heard(author, "playback", allowed=False)
    await author.should_see("Sound is off")
    await author.should_see("Enable Audio")
    heard(author, "playback", allowed=True)
    await author.should_not_see("Sound is off")
    heard(author, "connection", state="reconnecting")
    await author.should_see("Your sound broke off")
    world.calls.down = True
    for state in ("disconnected", "failed"):
        heard(author, "connection", state=state, reason="ServerUnreachable")
        await author.should_see("You cannot hear the call")
        author.find("Try again").click()
    await author.should_see("the voice service is not up")
    world.calls.down = False
    author.find("Try again").click()
    await until(lambda: world.asked[-1] == ("connect", "wss://livekit.example", "hidden-2"))
    await author.should_not_see("You cannot hear the call")


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("none", "No network on this machine"),
        ("barred", "Your browser keeps calls off the network"),
    ],
)
async def test_without_a_network_the_page_says_what_helps(
    world: WatchWorld, people: tuple[User, User, LiveCall], network: str, words: str
) -> None:
    _, author, _ = people
    await until(lambda: world.asked)
    heard(author, "connection", state="connected")
    heard(author, "network", state=network)
    await author.should_not_see(words)
    heard(author, "connection", state="reconnecting")
    await author.should_see(words)
    await author.should_see("Your sound then comes back. The call itself goes on")
    await author.should_not_see("Your sound broke off")
    heard(author, "connection", state="failed", reason="NoNetwork")
    await author.should_see("Then press Try again. The call itself goes on")
    await author.should_not_see("You cannot hear the call")
    heard(author, "network", state="found")
    await author.should_see("You cannot hear the call")


async def test_the_trainee_is_told_before_and_during_a_call(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    trainee, author, call = people
    await trainee.should_see(DOES)
    await author.should_see("page says that a coach is listening")
    assert call.coaching.listeners == ("Demo author",)
    assert world.calls.open == {"hidden-1"}
    assert author.client is not None
    author.client.delete()
    assert world.calls.open == set(), "who listens goes with the page"
    await trainee.should_see(MAY)
    await trainee.should_not_see(DOES)
    assert call.end is None
    assert world.calls.commands == [], "nobody's coming and going reaches the persona"
    await trainee.open("/call/ann-lee")
    await trainee.should_see(MAY)


async def test_a_page_that_was_only_fetched_does_not_listen(
    people: tuple[User, User, LiveCall],
) -> None:
    _, author, call = people
    before = call.coaching.listeners
    answer = await author.http_client.get(f"/calls/{call.id}/watch")
    assert answer.status_code == 200
    assert call.coaching.listeners == before
    assert len(call.coaching._listeners) == 1


async def test_several_listen_and_know_of_each_other(world: WatchWorld) -> None:
    async with visit(world.studio()) as make:
        trainee, author, admin = (make() for _ in range(3))
        await log_in(author, "author")
        await log_in(admin, "admin")
        await log_in(trainee)
        await trainee.open("/call/ann-lee")
        call = await start(trainee, world)
        for user in (author, admin):
            await user.open(f"/calls/{call.id}/watch")
        await author.should_see("Demo admin listens, too.")
        await admin.should_see("Demo author listens, too.")
        await until(lambda: len(world.asked) == 2)
        assert {ticket for *_, ticket in world.asked} == {"hidden-1", "hidden-2"}
        admin.find(marker="whisper").type("Say a name.").trigger("keydown.enter")
        await author.should_see("admin whispered: ")
        await trainee.should_see("Say a name.")


async def test_a_full_house_is_refused(
    people: tuple[User, User, LiveCall], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, author, call = people
    monkeypatch.setattr(coaching, "MOST_LISTENERS", 1)
    answer = await author.http_client.get(f"/calls/{call.id}/watch")
    assert (answer.status_code, "Too many people listen" in answer.text) == (503, True)


async def test_a_whisper_reaches_the_trainee_s_eyes_only(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    trainee, author, call = people
    author.find(marker="whisper").type("  Ask for <b>the</b> number. ").trigger("keydown.enter")
    await trainee.should_see("Hint from your coach")
    await trainee.should_see("Ask for <b>the</b> number.")
    await author.should_see("You whispered: ")
    with trainee:
        region = next(iter(ElementFilter(marker="hints")))
    assert (region.props["role"], region.props["aria-live"]) == ("log", "polite")
    assert words_of(trainee, "rh-caption") == words_of(author, "rh-caption") == []
    assert world.calls.commands == []
    assert [value for kind, value in world.calls.record.written if kind == "hint"] == [
        Hint("author", "Ask for <b>the</b> number.", call.coaching.hints[0].at, 0)
    ]
    trainee.find(marker="got-it").click()
    await trainee.should_not_see("Hint from your coach")
    assert not next(iter(author.find(marker="whisper").elements)).value  # type: ignore[attr-defined]


async def test_the_newest_hints_stand_on_top_and_old_ones_make_room(
    people: tuple[User, User, LiveCall],
) -> None:
    trainee, _, call = people
    for text in ("One", "Two", "Three"):
        call.whisper("author", text)
    await trainee.should_see("Three")
    assert set(words_of(trainee, "rh-hint-text")) == {"Three", "Two"}
    with trainee:
        (box,) = (each for each in ElementFilter(marker="hints"))
    assert [_texts(card)[1] for card in box] == ["Three", "Two"]
    trainee.find(marker="end").click()
    call.receive(Ended(call.id, "ended"))
    await trainee.should_not_see("Three")


async def test_a_hint_that_is_refused_stays_in_the_field(
    people: tuple[User, User, LiveCall], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainee, author, call = people
    author.find(marker="send-whisper").click()
    await author.should_see("Write the hint first.")
    call.whisper("admin", "One")
    monkeypatch.setattr(coaching, "PAUSE", 60.0)
    author.find(marker="whisper").type("Two").trigger("keydown.enter")
    await author.should_see("The last hint is being read.")
    assert next(iter(author.find(marker="whisper").elements)).value == "Two"  # type: ignore[attr-defined]
    await trainee.should_not_see("Two")


async def test_an_edit_that_was_applied_changes_what_is_awaited(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    _, author, call = people
    text = persona_text().replace("- A refund is confirmed", "- A new parcel is sent")
    entry = world.library.save("ann-lee", text, base=call.persona.version, author="author")
    assert entry.persona is not None
    call.receive(Edited(call.id, Edit(entry.persona.version, "applied", "", 0, 1.0)))
    await author.should_see("A new parcel is sent")
    await author.should_not_see("A refund is confirmed")


async def test_who_watches_reads_whether_it_is_solved_and_who_hung_up(
    people: tuple[User, User, LiveCall],
) -> None:
    _, author, call = people
    await author.should_not_see(marker="solved")
    call.receive(Mood(call.id, "resolution", 2, "met: a refund", resolved=True))
    await author.should_see(marker="solved")
    await author.should_see("Has accepted a solution.")
    call.receive(Ended(call.id, "goodbye", True))
    await author.should_see("Solved; the customer hung up after the trainee's goodbye.")
    await author.should_not_see(marker="solved")


async def test_the_end_is_said_and_leads_to_the_report(
    world: WatchWorld, people: tuple[User, User, LiveCall]
) -> None:
    _, author, call = people
    await until(lambda: world.asked)
    call.receive(Ended(call.id, "ended"))
    await author.should_see("The call is over")
    await author.should_see("Ended by the trainee")
    assert world.asked[-1] == ("disconnect",)
    report = next(iter(author.find(marker="report").elements))
    assert report.props["href"] == f"/calls/{call.id}"
    await author.should_not_see("Whisper a hint")
    heard(author, "connection", state="disconnected", reason="CLIENT_INITIATED")
    await author.should_not_see("You cannot hear the call")


@pytest.mark.parametrize(("reader", "whose"), [("trainee", "A coach"), ("author", "author")])
async def test_the_report_has_the_hint_at_its_place(
    world: WatchWorld, reader: str, whose: str
) -> None:
    head = CallStart(
        "3" * 16, "trainee", "ann-lee", "Ann Lee", "Returns", "a", "offline", "en-US", 1_790_000_000
    )
    record = world.archive.open(head, persona_text())
    record.turn(Turn(0, "persona", "My parcel is broken.", 1.0))
    record.hint(Hint("author", "Say <i>sorry</i>.", 2.5, 1))
    record.turn(Turn(1, "trainee", "I am sorry.", 4.0))
    record.close(CallEnd(1_790_000_060.0, "ended"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, reader)
        await user.open(f"/calls/{head.call}")
        await user.should_see("Say <i>sorry</i>.")
        page = " ".join(words_of(user, "rh-turns"))
        assert page.index("parcel is broken") < page.index("Say <i>") < page.index("I am sorry.")
        assert f"{whose} whispered to" in page


async def test_an_author_reads_what_was_unsure_and_finds_the_way_to_the_editor(
    people: tuple[User, User, LiveCall],
) -> None:
    trainee, author, call = people
    rule = call.persona.deescalations[0].id
    turn = Turn(
        0, "trainee", "That sounds like a lot.", 3.0, phase="opening", intensity=7,
        cause="nothing matched", unsure=(rule,), unsure_quotes=("a lot",),
        unsure_confidences=(0.41,), observer="reader",
    )  # fmt: skip
    call.receive(TurnDone(call.id, turn))
    await author.should_see("Unsure, moved nothing:")
    await author.should_see("(41 % sure)")
    author.find(marker="read-0").click()
    await author.should_see("41 % sure, by the reader")
    [link] = author.find(marker=f"teach-like-{rule}").elements
    assert link.props["href"] == f"/studio/ann-lee?try={call.id}&turn=0&as=like&rule={rule}"
    assert link.props["target"] == "_blank"  # the page goes on listening
    await trainee.should_see("That sounds like a lot.")
    for words in ("Unsure", "What was read", "% sure"):
        await trainee.should_not_see(words, retries=1)
