"""The call page as a trainee meets it, in NiceGUI's simulation; the browser's part is told."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from agent.calls.admission import Refused
from agent.calls.live_call import LiveCall
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.messages import (
    LONGEST_TURN,
    Caption,
    End,
    Ended,
    Joined,
    Mood,
    PageAway,
    Status,
    Trouble,
    TurnDone,
)
from data.records import CallEnd, CallStart, Turn
from data.users import Users
from tests.support.call_world import (
    CallWorld,
    browser,
    click,
    note_methods,
    start,
)
from tests.support.clock import until
from tests.support.studio import log_in, persona_text, visit, visiting
from ui.auth import session
from ui.call import controller
from ui.call import notices as call_notices
from ui.call.voice_call import SDK_PATH, VoiceCall


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)

    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@pytest.fixture
async def user(world: CallWorld) -> AsyncIterator[User]:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        yield user


async def test_it_says_who_calls_and_what_to_show(user: User) -> None:
    for words in ("Ann Lee", "Returns", "Angry", "7 of 10", "A customer who has waited too long."):
        await user.should_see(words)
    await user.should_see("Apologise for the broken parcel")
    await user.should_see("Nothing leaves this machine")
    await user.should_not_see("TC-1")  # a fact is told only when asked


async def test_the_click_joins_the_room_of_a_new_call(user: User, world: CallWorld) -> None:
    await start(user, world)
    assert world.calls.begun == [("trainee", "ann-lee")]
    assert ("connect", "ws://127.0.0.1:7880", "token", world.calls.call.id, False) in world.told
    assert world.calls.call.browser_in
    await user.should_see("Your turn")


@pytest.mark.parametrize(
    ("asked", "site", "record", "begins"),
    [
        ("?begin=now", "same-origin", "ask", True),
        ("?begin=now", "cross-site", "ask", False),
        ("?begin=now", "none", "ask", False),
        ("?begin=later", "same-origin", "ask", False),
        ("", "same-origin", "ask", False),
        ("?begin=now", "same-origin", "yes", False),  # that has to be told before
    ],
)
async def test_a_call_begins_by_itself_when_our_own_link_asks_for_it(
    world: CallWorld, asked: str, site: str, record: str, begins: bool
) -> None:
    world.configure(REHEARSAL_RECORD=record)
    async with visiting(world, "trainee", "/") as user:
        user.http_client.headers["sec-fetch-site"] = site
        await user.open(f"/call/ann-lee{asked}")
        with user:
            (voice,) = ElementFilter(kind=VoiceCall)
        assert bool(voice.props.get("at_once")) is begins
        browser(user, "microphone", state="ok")
        user.find(kind=VoiceCall).trigger("at_once")
        if begins:
            await until(lambda: world.calls.begun)
        else:
            await user.should_see("Ready")
        assert bool(world.calls.begun) is begins


async def test_no_second_call_begins_by_itself_beside_one_that_goes_on(
    user: User, world: CallWorld
) -> None:
    await start(user, world)
    await user.open("/call/ann-lee?begin=now")
    with user:
        (voice,) = ElementFilter(kind=VoiceCall)
    assert not voice.props.get("at_once")


async def test_every_state_has_its_words(user: User, world: CallWorld) -> None:
    await user.should_see("Ready")
    await click(user, world, "Start Voice Call")
    await user.should_see("Connecting")
    browser(user, "connection", state="connected")
    await user.should_see("Waiting for Ann")
    call = world.calls.call
    call.receive(Joined(call.id))
    browser(user, "first_sound", ms=700)
    for status, words in (
        ("speaking", "Ann is speaking"),
        ("hearing", "Ann hears you"),
        ("thinking", "Ann is thinking"),
        ("listening", "Your turn"),
    ):
        call.receive(Status(call.id, status))
        await user.should_see(words)
    browser(user, "quality", quality="excellent")
    await user.should_see("Connection: excellent")
    browser(user, "connection", state="reconnecting")
    await user.should_see("Reconnecting")
    await user.should_not_see("Connection: excellent")
    browser(user, "connection", state="reconnected")
    call.receive(Ended(call.id, "ended"))
    await user.should_see("Call ended")


async def test_solved_is_said_as_long_as_it_stands(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    await user.should_not_see(marker="solved")
    accepted = Mood(call.id, "resolution", 2, "met: a refund", resolved=True)
    call.receive(accepted)
    await user.should_see(marker="solved")
    await user.should_see("Ann is content, and hangs up after your goodbye.")
    await user.should_not_see("Phase: Ready to agree")
    call.receive(Status(call.id, "speaking"))
    await user.should_see(marker="solved")
    call.receive(replace(accepted, phase="escalation", intensity=5, resolved=False))
    await user.should_not_see(marker="solved")
    await user.should_see("Phase: ")


async def test_a_customer_that_stays_on_the_line_is_left_by_the_button(
    user: User, world: CallWorld
) -> None:
    call = await start(user, world)
    call.persona = replace(call.persona, hang_up=False)
    call.receive(Mood(call.id, "resolution", 2, "met: a refund", resolved=True))
    await user.should_see("Ann is content. Say goodbye, then press End Call.")


@pytest.mark.parametrize(
    ("reason", "solved", "title", "why", "next_step"),
    [
        ("goodbye", True, "Solved", "the customer hung up after your goodbye", "your best moment"),
        ("silence", True, "Solved", "hung up after your long silence", "your best moment"),
        ("ended", True, "Solved", "Solved; you hung up", "your best moment"),
        ("hung_up", False, "The customer hung up", "had enough of insults", "made Ann so angry"),
    ],
)
async def test_the_end_says_who_hung_up_and_why_and_what_to_do_now(
    user: User, world: CallWorld, reason: str, solved: bool, title: str, why: str, next_step: str
) -> None:
    call = await start(user, world)
    call.receive(Ended(call.id, reason, solved))
    await user.should_see(title)
    await user.should_see(why)
    await user.should_see(next_step)
    await user.should_see("Practise again")
    await user.should_not_see(marker="solved")  # the title says so by now


async def test_captions_grow_in_place_and_become_firm(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    call.receive(Caption(call.id, "trainee", "i am so", final=False))
    await user.should_see("i am so")
    assert len(lines(user)) == 1
    assert "rh-interim" in lines(user)[0].classes
    call.receive(Caption(call.id, "trainee", "i am so sorry", final=False))
    call.receive(TurnDone(call.id, Turn(0, "trainee", "i am so sorry for that", 3.0)))
    await user.should_see("i am so sorry for that")
    assert len(lines(user)) == 1
    assert "rh-interim" not in lines(user)[0].classes
    call.receive(TurnDone(call.id, Turn(1, "persona", "Well.", 4.0, interrupted=True)))
    await user.should_see("interrupted")
    assert len(lines(user)) == 2


async def test_words_that_were_no_turn_go_when_the_customer_goes_on(
    user: User, world: CallWorld
) -> None:
    """The next turn then stands where it was said."""
    call = await start(user, world)
    call.receive(Caption(call.id, "trainee", "Mhm", final=True))
    await user.should_see("Mhm")
    call.receive(Caption(call.id, "persona", "Hello?", final=False))
    await user.should_see("Hello?")
    call.receive(Caption(call.id, "trainee", "I see.", final=False))
    await user.should_see("I see.")
    assert ["rh-caption-persona" in line.classes for line in lines(user)] == [True, False]
    await user.should_not_see("Mhm")


async def test_a_turn_that_is_told_again_stays_one_caption(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    turn = Turn(0, "trainee", "I see why.", 3.0, phase="opening", intensity=8)
    call.receive(TurnDone(call.id, turn))
    call.receive(Caption(call.id, "trainee", "and now", final=False))
    call.receive(TurnDone(call.id, replace(turn, phase="deescalation", intensity=6)))
    await user.should_see("and now")
    assert len(lines(user)) == 2
    assert [line.classes.count("rh-interim") for line in lines(user)] == [0, 1]
    assert [t.intensity for t in call.turns] == [6]
    call.receive(TurnDone(call.id, Turn(1, "trainee", "and now this.", 5.0)))
    await user.should_see("and now this.")
    assert len(lines(user)) == 2


def lines(user: User) -> list[ui.element]:
    with user:
        return [each for each in ElementFilter() if "rh-caption" in each.classes]


async def test_the_mood_is_a_gauge_with_its_cause(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    shown = tuple(rule.id for rule in call.persona.objectives[:1])
    cause = "+2: told to calm down"
    call.receive(Mood(call.id, "escalation", 9, cause, shown=shown))
    for words in ("Furious", "9 of 10", "Phase: Escalating", "Angrier by 2: told to calm down"):
        await user.should_see(words)
    with user:
        meter = next(each for each in ElementFilter() if each.props.get("role") == "meter")
    assert meter.props["aria-valuetext"] == "furious, 9 of 10"


async def test_a_typed_turn_is_said(user: User, world: CallWorld) -> None:
    await start(user, world)
    user.find(marker="typed").type("  I am sorry ").trigger("keydown.enter")
    user.find(marker="typed").trigger("keydown.enter")  # nothing is not a turn
    assert world.calls.said == ["I am sorry"]
    assert not next(iter(user.find(marker="typed").elements)).value  # type: ignore[attr-defined]


async def test_a_turn_that_cannot_be_said_stays_to_be_mended(user: User, world: CallWorld) -> None:
    await start(user, world)
    box = user.find(marker="typed")
    field = cast(ui.input, next(iter(box.elements)))
    field.set_value("x" * (LONGEST_TURN + 1))
    box.trigger("keydown.enter")
    assert str(field.error).startswith("A turn may have 2,000 characters; this one has 2,001.")
    assert (len(field.value), world.calls.commands) == (LONGEST_TURN + 1, [])
    field.set_value("I am sorry")
    box.trigger("keydown.enter")
    assert (field.error, field.value) == (None, "")
    assert world.calls.said == ["I am sorry"]


async def test_mute_is_asked_of_the_browser_and_shown_when_it_has_done_it(
    user: User, world: CallWorld
) -> None:
    await start(user, world)
    user.find(marker="mute").click()
    assert world.told[-1] == ("set_muted", True)
    browser(user, "muted", muted=True)
    await user.should_see("You are muted")
    await user.should_see("Unmute")


async def test_the_end_leads_to_the_report_and_to_another_try(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    call.receive(TurnDone(call.id, Turn(0, "trainee", "sorry", 3.0)))
    call.receive(Mood(call.id, "deescalation", 4, "-3: a sincere apology"))
    user.find(marker="end").click()
    assert ("disconnect",) in world.told
    call.receive(Ended(call.id, "ended"))
    await user.should_see("You hung up")
    await user.should_see("tense (4 of 10) at the end")
    report = next(iter(user.find(marker="report").elements))
    assert report.props["href"] == f"/calls/{call.id}"
    await click(user, world, "Practise again")  # without a second click
    await user.should_see("Connecting")
    assert len(world.calls.begun) == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused("All 2 lines of this machine are busy."), "All 2 lines of this machine are busy."),
        (RuntimeError("the voice service is not up"), "Something went wrong on our side."),
    ],
)
async def test_a_call_that_is_not_given_says_why(
    user: User, world: CallWorld, error: Exception, words: str
) -> None:
    world.calls.refusal = error
    user.find(marker="start").click()
    await user.should_see(words)
    await user.should_see("Ready")
    assert world.told[-1] == ("disconnect",)  # or the microphone would stay open
    world.calls.refusal = None
    await click(user, world, "Start Voice Call")
    await user.should_see("Connecting")
    await user.should_not_see(words)


async def test_without_the_recognisers_package_calls_are_typed(
    user: User, world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.speech.hearing.model_folder._lacks", lambda own: "not installed")
    await user.open("/call/ann-lee")
    await user.should_see("Voice recognition isn't available on this machine")
    await user.should_not_see("Check my microphone")
    browser(user, "microphone", state="blocked", detail="")
    await user.should_not_see("Start Voice Call")
    await click(user, world, "Start Typed Call")
    await user.should_see("Connecting")


async def test_where_no_voice_is_recognised_the_trainee_types(user: User, world: CallWorld) -> None:
    await user.open("/call/mali")
    await user.should_see("Voice recognition isn't available offline in Thai")
    await user.should_see("Mali calls as soon as you start, and speaks; you type.")
    await user.should_not_see("Start Voice Call")
    await user.should_not_see("Check my microphone")
    browser(user, "microphone", state="blocked", detail="")
    await user.should_not_see("Microphone blocked")
    await click(user, world, "Start Typed Call")
    await user.should_see("Connecting")
    browser(user, "connection", state="connected")
    world.calls.call.receive(Joined(world.calls.call.id))
    browser(user, "first_sound", ms=700)
    await user.should_see("Type what you say")


async def test_a_blocked_microphone_says_how_to_undo_it(user: User, world: CallWorld) -> None:
    browser(user, "microphone", state="blocked", detail="Permission denied")
    await user.should_see("Microphone blocked")
    await user.should_see("set Microphone to Allow")
    user.find(marker="start").click()
    assert world.calls.begun == []
    await click(user, world, "Start without a microphone")
    await user.should_see("Meanwhile you can type your turns.")
    assert world.calls.begun == [("trainee", "ann-lee")]
    browser(user, "microphone", state="ok", detail="")
    await user.should_not_see("Microphone blocked")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("none", "No microphone found"),
        ("busy", "Another program holds it."),
        ("dismissed", "Microphone not allowed yet"),
        ("blocked_by_system", "privacy settings"),
        ("insecure", "Open Rehearsal as http://localhost"),
        ("unsupported", "Use a recent Chrome, Edge, Firefox or Safari."),
        ("error", "The browser says: odd"),
    ],
)
async def test_a_microphone_that_fails_is_told(user: User, state: str, words: str) -> None:
    browser(user, "microphone", state=state, detail="odd")
    await user.should_see(words)
    await user.should_see("Or make the call by typing.")


async def test_a_silent_microphone_is_no_matter_to_who_types(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    browser(user, "microphone", state="silent", detail="")
    await user.should_see("Your microphone is silent")
    call.receive(TurnDone(call.id, Turn(0, "trainee", "Hello.", 1.0, "typed")))
    await user.should_not_see("Your microphone is silent")
    call.receive(TurnDone(call.id, Turn(1, "persona", "At last.", 2.0)))
    await user.should_not_see("Your microphone is silent")
    call.receive(TurnDone(call.id, Turn(2, "trainee", "I am listening.", 3.0)))
    await user.should_see("Your microphone is silent")


async def test_held_playback_offers_enable_audio(user: User, world: CallWorld) -> None:
    await start(user, world)
    browser(user, "playback", allowed=False)
    await user.should_see("Enable Audio")
    browser(user, "playback", allowed=True)
    await user.should_not_see("Enable Audio")


async def test_nobody_comes(
    ticking: None, user: User, world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That somebody waits too long is told by time alone."""
    monkeypatch.setattr(call_notices, "PATIENCE", 600.0)
    await click(user, world, "Start Voice Call")
    await user.should_see("Connecting")
    browser(user, "connection", state="connected")
    first = world.calls.call
    first.receive(Trouble(first.id, "no_persona", "The worker is not there."))
    await user.should_see("The worker is not there.")
    await user.should_not_see("No voice from Ann yet")
    await until(lambda: world.call_events._due is None)  # nothing more is told
    monkeypatch.setattr(call_notices, "PATIENCE", 0.0)
    await user.should_see("No voice from Ann yet")
    await user.should_see("The worker is not there. Your line is open.")
    await click(user, world, "Try again")
    await user.should_see("Connecting")
    assert len(world.calls.begun) == 2
    assert world.calls.call is not first


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("NotAllowed", "token invalid"),
        ("ServerUnreachable", "Can't connect to the call's room"),
        ("TypeError", "did not load"),
    ],
)
async def test_a_room_that_is_not_reached_is_told(
    user: User, world: CallWorld, reason: str, words: str
) -> None:
    await click(user, world, "Start Voice Call")
    await user.should_see("Connecting")
    browser(user, "connection", state="failed", reason=reason, status=401)
    await user.should_see(words)
    await user.should_see("Ready")
    await user.should_see("Try again")


async def test_another_server_s_settings_are_named(tmp_path: Path) -> None:
    from ui.call.notices import Situation, notices
    from ui.call.state import Browser
    from ui.call.voice_call import Connection

    far = Situation("Ann", own_server=False)
    for reason, name in (("NotAllowed", "LIVEKIT_API_SECRET"), ("Timeout", "LIVEKIT_URL")):
        found = notices(None, Browser(connection=Connection("failed", reason)), far)
        assert name in found[0].words


@pytest.mark.parametrize(
    ("kind", "data"), [("quality", {"quality": "poor"}), ("choppy", {"choppy": True})]
)
async def test_choppy_sound_is_told(
    user: User, world: CallWorld, kind: str, data: dict[str, Any]
) -> None:
    await start(user, world)
    browser(user, kind, **data)
    await user.should_see("Your connection is poor")
    await user.should_see("Check your internet connection")


async def test_a_room_that_is_cut_off_is_joined_anew_while_there_is_time(
    user: User, world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "AGAIN", 0.0)
    call = await start(user, world)
    world.told.clear()
    browser(user, "connection", state="disconnected", reason="SERVER_SHUTDOWN")
    await user.should_see("Reconnecting")
    again = ("connect", "ws://127.0.0.1:7880", "another token", call.id, True)
    await until(lambda: world.told == [again])
    browser(user, "connection", state="connecting")
    browser(user, "connection", state="failed", reason="ServerUnreachable")
    await until(lambda: world.told == [again, again])
    await user.should_see("Reconnecting")
    browser(user, "connection", state="connected")
    await user.should_see("Your turn")
    assert world.calls.commands == []


@pytest.mark.parametrize(
    ("why", "reason", "words"),
    [
        ("SIGNAL_CLOSE", "lost", "The connection was lost"),
        ("SERVER_SHUTDOWN", "server", "The LiveKit server was lost"),
    ],
)
async def test_a_room_that_is_cut_off_for_too_long_ends_the_call_as_lost(
    user: User, world: CallWorld, why: str, reason: str, words: str
) -> None:
    call = await start(user, world)
    call.presence.seconds = -1
    browser(user, "connection", state="disconnected", reason=why)
    assert world.calls.commands == [End(reason)]
    call.receive(Ended(call.id, reason))
    await user.should_see(words)


async def test_the_measured_answer_is_recorded_unless_it_cut_in(
    user: User, world: CallWorld
) -> None:
    call = await start(user, world)
    call.receive(TurnDone(call.id, Turn(0, "trainee", "sorry", 3.0)))
    browser(user, "latency", seconds=0.61234, cut=False, speech=1.2)
    browser(user, "latency", seconds=0.01, cut=True, speech=1.2)
    call.receive(TurnDone(call.id, Turn(1, "persona", "Well.", 0.0)))
    seconds = [record.seconds for kind, record in world.calls.record.written if kind == "latency"]
    assert seconds == [0.612]


async def test_what_is_prepared_becomes_ready_without_a_reload(
    user: User, world: CallWorld
) -> None:
    sdk, world.preparation.sdk = world.preparation.sdk, None
    world.calls.words = "The LiveKit server is being built."
    await user.open("/call/ann-lee")
    await user.should_see("Not ready yet")
    await user.should_see("The LiveKit server is being built.")
    assert (await user.http_client.get(SDK_PATH)).status_code == 503
    user.find(marker="start").click()
    assert world.calls.begun == []
    world.preparation.sdk, world.calls.words = sdk, ""
    await user.should_not_see("Not ready yet")
    await user.should_see("Ready")
    answer = await user.http_client.get(SDK_PATH)
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_the_microphones_can_be_chosen(user: User, world: CallWorld) -> None:
    browser(user, "microphone", state="ok", detail="")
    devices = [{"id": "a", "label": "Headset"}, {"id": "b", "label": "Camera"}]
    browser(user, "devices", devices=devices, device="a")
    await user.should_see(marker="microphone")
    picker = next(iter(user.find(marker="microphone").elements))
    assert picker.value == "a"  # type: ignore[attr-defined]
    picker.set_value("b")  # type: ignore[attr-defined]
    assert world.told[-1] == ("set_microphone", "b")


async def test_a_loudspeaker_can_be_chosen_and_one_that_is_away_is_named(
    user: User, world: CallWorld
) -> None:
    devices = [{"id": "default", "label": "Default"}]
    browser(user, "loudspeakers", devices=devices, device="default", missing="")
    await user.should_see(marker="loudspeaker")
    devices.append({"id": "b", "label": "Desk"})
    browser(user, "loudspeakers", devices=devices, device="default", missing="Headset")
    picker = next(iter(user.find(marker="loudspeaker").elements))
    assert isinstance(picker, ui.select)
    assert isinstance(picker.options, dict)
    assert picker.options[picker.value] == "Headset (not connected)"
    assert picker.props["hint"] == "Not connected. Meanwhile: Default"
    picker.set_value("default")  # to do without it
    assert world.told[-1] == ("set_loudspeaker", "default")
    browser(user, "loudspeakers", devices=devices, device="b", missing="")
    assert picker.value == "b"
    assert "hint" not in picker.props
    assert len(world.told) == 1


async def test_where_no_loudspeaker_can_be_chosen_none_is_offered(
    user: User, world: CallWorld
) -> None:
    browser(user, "microphone", state="ok", detail="")
    browser(user, "devices", devices=[{"id": "a", "label": "Headset"}], device="a")
    await user.should_see(marker="microphone")
    await user.should_not_see(marker="loudspeaker")


async def test_a_device_that_is_back_is_told_quietly(user: User, world: CallWorld) -> None:
    await start(user, world)
    browser(user, "returned", label="Headset")
    await user.should_see("Back again: Headset")
    browser(user, "returned", label="")
    await user.should_not_see("Back again")


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("none", "not even one on this very machine"),
        ("barred", "a policy, a VPN or an add-on bars WebRTC"),
    ],
)
async def test_a_browser_without_a_network_is_told_so(
    user: User, world: CallWorld, network: str, words: str
) -> None:
    await click(user, world, "Start Voice Call")
    await user.should_see("Connecting")
    browser(user, "network", state=network)
    browser(user, "connection", state="failed", reason="InternalError")
    await user.should_see(words)
    await user.should_see("Then press Try again.")
    await user.should_not_see("The LiveKit server on this machine does not answer")


async def test_a_network_that_goes_in_mid_call_is_named_until_it_is_back(
    user: User, world: CallWorld
) -> None:
    await start(user, world)
    browser(user, "connection", state="reconnecting")
    browser(user, "network", state="none")
    await user.should_see("No network on this machine")
    await user.should_see("The call then comes back by itself.")
    browser(user, "network", state="found")
    await user.should_not_see("No network on this machine")


async def test_leaving_the_page_hangs_up(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    assert user.client is not None
    user.client.delete()
    assert [type(command).__name__ for command in world.calls.commands] == ["End"]
    assert not world.call_events.of(call.id).callbacks


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda users: users.change("author", role="author", display="", disabled=True),
            "disabled",
        ),
        (lambda users: users.change("author", role="trainee", display=""), "signed_out"),
        (lambda users: users.set_password("author", "a password of its own"), "signed_out"),
    ],
    ids=["disabled", "another role", "another password"],
)
async def test_who_may_no_longer_see_the_page_loses_the_call_with_the_reason(
    world: CallWorld,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[Users], None],
    reason: str,
) -> None:
    monkeypatch.setattr(session, "STAYS", 1.0)  # the end of the call comes first
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        client = await user.open("/call/ann-lee")
        call = await start(user, world)
        change(world.users)
        await until(lambda: world.calls.commands)
        assert world.calls.commands == [End(reason)]
        call.receive(Ended(call.id, reason))
        await until(lambda: client.is_deleted)
        client.delete()  # as NiceGUI does when the browser is gone for good
        assert world.calls.commands == [End(reason)]
        assert not caplog.records


async def test_a_page_that_is_left_has_time_to_come_back(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    browser(user, "connection", state="disconnected", reason="PAGE_LEFT")
    assert world.calls.commands == [PageAway(True)]
    call.presence.gone(page_of(call))
    assert world.calls.commands[-1] == End("left")


async def test_a_websocket_that_is_lost_ends_no_call(user: User, world: CallWorld) -> None:
    await start(user, world)
    cut(user)
    assert world.calls.commands == [PageAway(True)]
    await come_back(user)
    assert world.calls.commands == [PageAway(True), PageAway(False)]
    await user.should_see("Your turn")


async def test_a_page_gives_its_call_all_the_time_that_is_set(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    assert user.client is not None
    assert user.client.page.resolve_reconnect_timeout() == RECONNECT_TIMEOUT
    assert user.find(kind=VoiceCall).elements.pop().props["reconnect_timeout"] == RECONNECT_TIMEOUT
    assert call.presence.seconds == RECONNECT_TIMEOUT


async def test_a_page_that_is_opened_anew_goes_on_with_the_call(
    user: User, world: CallWorld
) -> None:
    call = await start(user, world)
    call.receive(TurnDone(call.id, Turn(0, "persona", "My parcel is broken.", 3.0)))
    call.receive(Mood(call.id, "deescalation", 4, "-3: a sincere apology"))
    first = user.client
    assert first is not None
    cut(user)
    await user.open("/call/ann-lee")
    await user.should_see("Ann is waiting")
    await user.should_see("It waits for you for another")
    await user.should_not_see(marker="start")
    await click(user, world, "Go on with Ann")
    assert world.told[-1] == ("connect", "ws://127.0.0.1:7880", "another token", call.id, False)
    browser(user, "connection", state="connected")
    await user.should_see("Your turn")
    await user.should_see("My parcel is broken.")
    await user.should_see("4 of 10")
    first.delete()
    assert world.calls.commands == [PageAway(True), PageAway(False)]
    assert len(world.calls.begun) == 1


@pytest.mark.parametrize("left", [True, False])
async def test_a_reload_goes_on_by_itself_unless_another_page_has_the_call(
    user: User, world: CallWorld, left: bool
) -> None:
    call = await start(user, world)
    if left:
        cut(user)
    await user.open("/call/ann-lee")
    assert user.find(kind=VoiceCall).elements.pop().props["waiting"] == call.id
    await user.should_see("Your call with Ann Lee goes on")
    if not left:
        await user.should_see("It is open in another tab")
        await user.should_see(marker="start")
    world.told.clear()
    browser(user, "left_behind", call=call.id)
    assert world.told[-1][0] == ("connect" if left else "disconnect")


async def test_a_page_whose_call_is_taken_up_in_another_one_lets_it_go(
    user: User, world: CallWorld
) -> None:
    call = await start(user, world)
    call.presence.take(other := object(), lambda: None)
    assert world.told[-1] == ("disconnect",)
    browser(user, "connection", state="disconnected", reason="CLIENT_INITIATED")
    await user.should_see("It is open in another tab")
    cut(user)
    assert call.presence.is_with(other)
    assert world.calls.commands == []


async def test_a_call_that_waited_in_vain_is_told_with_its_report(
    user: User, world: CallWorld
) -> None:
    call = await start(user, world)
    cut(user)
    await user.open("/call/ann-lee")
    await user.should_see("Ann is waiting")
    call.receive(Ended(call.id, "left"))
    await user.should_see("You left the page of the call")
    assert report_links(user) == [f"/calls/{call.id}"]
    await click(user, world, "Start Voice Call")
    await user.should_not_see("You left the page")


@pytest.mark.parametrize(
    ("reason", "ago", "words"),
    [
        ("left", 60, "You left the page of the call"),
        ("lost", 60, "The connection was lost"),
        ("interrupted", 60, "Cut off when Rehearsal stopped"),
        ("left", 6000, ""),
        ("ended", 60, ""),
    ],
)
async def test_what_became_of_the_last_call_is_said(
    user: User, world: CallWorld, reason: str, ago: float, words: str
) -> None:
    text, ended_at = persona_text(), time.time() - ago
    head = CallStart(
        "a" * 16, "trainee", "ann-lee", "Ann Lee", "Returns", "v", "offline", "en-US", ended_at - 60
    )
    world.archive.open(head, text).close(CallEnd(ended_at, reason))
    await user.open("/call/ann-lee")
    if words:
        await user.should_see(words)
        assert report_links(user) == [f"/calls/{head.call}"]
    else:
        await user.should_see("Ready")
        await user.should_not_see(marker="broken-off")


async def test_other_pages_lead_back_to_the_call(user: User, world: CallWorld) -> None:
    call = await start(user, world)
    world.write("bob-ray", persona_text("Bob Ray"))
    for page in ("/calls", "/progress", "/"):
        await user.open(page)
        await user.should_see("Your call with Ann Lee goes on")
    link = user.find(marker="to-call").elements.pop()
    assert link.props["href"] == "/call/ann-lee"
    call.follow("bob-ray")
    await until(lambda: user.find(marker="to-call").elements.pop().props["href"] == "/call/bob-ray")
    await user.open("/call/mali")
    await user.should_see("Your call with Ann Lee goes on")
    await user.should_see(marker="start")
    call.receive(Ended(call.id, "ended"))
    await user.should_not_see("goes on")


@pytest.mark.parametrize("leave", [True, False])
async def test_a_link_asks_before_the_call_is_left(
    user: User, world: CallWorld, leave: bool
) -> None:
    await start(user, world)
    browser(user, "leaving", target="/progress")
    await user.should_see("End the call?")
    await user.should_see("Ann is still on the line.")
    user.find(marker="leave" if leave else "stay").click()
    if leave:
        await until(lambda: world.calls.commands == [End("ended")])
        assert ("disconnect",) in world.told
        await until(lambda: user.back_history[-1] == "/progress")
    else:
        with user:
            dialogs = [d for d in ElementFilter(kind=ui.dialog) if d.value]
        assert (dialogs, world.calls.commands) == ([], [])


def cut(user: User) -> None:
    """The page's websocket is gone."""
    assert user.client is not None
    for socket in list(user.client._socket_to_document_id):
        user.client.handle_disconnect(socket)


async def come_back(user: User) -> None:
    """The page has a websocket again."""
    client = user.client
    assert client is not None
    assert client._pinned_tab_id is not None
    await client.handle_handshake("test-again", client._pinned_tab_id, None, "document", None)


def page_of(call: LiveCall) -> object:
    """The page that has the call."""
    return call.presence._page


def report_links(user: User) -> list[str]:
    """Where the page leads to reports."""
    with user:
        links = [link.props.get("href", "") for link in ElementFilter(kind=ui.link)]
    return [link for link in links if link.startswith("/calls/")]


async def test_a_persona_that_is_not_there_leads_back(user: User, world: CallWorld) -> None:
    await user.open("/call/nobody")
    await user.should_see("There is no customer at this address")
