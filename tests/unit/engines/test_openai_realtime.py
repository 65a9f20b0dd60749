"""Calls with the real OpenAI plugin against a fake of OpenAI Realtime, without a room."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.openai.connection import Model
from agent.protocol.messages import NewPersona, Say
from agent.simulation.acting.prompt import MARK
from tests.support import solved_call
from tests.support.booth import booth, settings_of, timed
from tests.support.clock import PATIENCE, until
from tests.support.fakes.openai_realtime import KEY, Failure, OpenAIRealtimeFake, Session
from tests.support.persona_text import PLAIN, swap

LONG = "I have been waiting for this parcel for three weeks now, and nobody tells me where it is."
APOLOGY = "I am so sorry about that."
CALMABLE = swap("- An apology", "- A sincere apology", PLAIN)
THAI = swap("gemini: Kore", "openai: cedar")
"""Offline there is no recogniser in Thai, so that a call which goes on offline needs none."""


@pytest.fixture
async def fake() -> AsyncIterator[OpenAIRealtimeFake]:
    async with OpenAIRealtimeFake() as running:
        yield running
    assert not running.problems


@pytest.fixture
def call(
    fake: OpenAIRealtimeFake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Makes a call with the ``openai`` engine; variables may be given."""
    monkeypatch.setattr("agent.worker.recovery.PAUSES", (0.1, 0.2, 0.3))

    def make(text: str = CALMABLE, **environ: str) -> Any:
        settings = settings_of(tmp_path, {**fake.environ, **environ})
        return booth("openai", settings, text, monkeypatch)

    return make


async def test_the_persona_speaks_first_hears_and_answers(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.lines.extend(["Where is my parcel?", "Well, thank you."])
    fake.heard.append(APOLOGY)
    fake.words_late = 0.6
    async with call() as line:
        await line.lines(1)
        line.say(APOLOGY)
        await line.lines(2)
        line.command(Say("What is your name?"))
        await line.lines(3)
    assert line.said() == [
        "Where is my parcel?",
        APOLOGY,
        "Well, thank you.",
        "What is your name?",
        "This is line 3.",
    ]
    assert [turn.source for turn in line.turns("trainee")] == ["voice", "typed"]
    assert line.turns()[1].intensity < line.turns()[0].intensity
    session = fake.session
    assert (session.model, session.voice, session.refused) == ("gpt-realtime", "marin", [])
    transcription = session.config["audio"]["input"]["transcription"]
    assert transcription == {"model": "gpt-4o-mini-transcribe", "language": "en"}
    assert session.audio_seconds > 3
    assert session.texts("user") == [APOLOGY, "What is your name?"]
    assert session.texts("assistant") == line.said("persona")
    first, after_the_apology, typed_turn = session.played_by
    assert "The parcel is late." in first
    assert "You speak first" in first
    assert MARK not in after_the_apology.partition("Your file")[2]
    assert typed_turn.count(f"\n{MARK} You are") == 1
    assert (line.troubles, fake.handshakes[0]["Authorization"]) == ([], "Bearer test")
    timed(line)


async def test_the_model_is_told_what_to_keep_what_has_changed_and_when_it_hangs_up(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    async with call(solved_call.TEXT) as line:
        directions = await solved_call.played(line, PATIENCE)
    solved_call.check(directions, line.end)
    played_by = fake.session.played_by[1:]
    assert [each.rpartition(f"{MARK} ")[2].strip() for each in played_by] == directions
    assert '- "Account": only after "A sincere apology"' in played_by[0]
    assert "the line is closed then" in played_by[0]


async def test_a_direction_reaches_the_line_after_the_turn(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.heard.extend([APOLOGY, "It will arrive tomorrow."])
    async with call() as line:
        await line.lines(1)
        line.say(APOLOGY)
        await line.lines(2)
        line.say("It will arrive tomorrow.")
        await line.lines(3)
    assert "This just happened: a sincere apology" in fake.session.played_by[2]
    assert "a sincere apology" in line.turns("persona")[2].direction


async def test_a_barge_in_cuts_the_line_where_it_was_heard(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.lines.append(LONG)
    fake.heard.append("One moment please.")
    async with call() as line:
        await line.heard("I have been")
        line.say("One moment please.")
        await line.lines(2)
        await line.wait(lambda: fake.session.truncated)
    cut, heard, answered = line.turns()
    assert cut.interrupted
    assert LONG.startswith(cut.text)
    assert cut.text != LONG
    assert (heard.text, answered.text) == ("One moment please.", "This is line 2.")
    (truncated,) = fake.session.truncated
    assert 0 < truncated["audio_end_ms"] < 4000
    assert set(fake.session.refused) <= {"response_cancel_not_active"}
    assert line.troubles == []
    timed(line)


async def test_a_typed_turn_stops_the_line_under_way(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.lines.append(LONG)
    async with call() as line:
        await line.heard("I have been")
        line.command(Say("What is your name?"))
        await line.lines(2)
    assert [turn.interrupted for turn in line.turns("persona")] == [True, False]
    assert LONG.startswith(line.said()[0])
    assert line.said()[1:] == ["What is your name?", "This is line 2."]


async def test_a_silence_is_broken(fake: OpenAIRealtimeFake, call: Callable[..., Any]) -> None:
    async with call("---\npatience: 1\n---\n" + CALMABLE) as line:
        await line.lines(2)
    assert "nothing for 1 seconds" in fake.session.played_by[1]
    assert len(fake.sessions) == 1


async def test_an_edit_is_played_from_the_next_line_on(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.reply = lives_in
    async with call() as line:
        await line.lines(1)
        line.command(NewPersona(swap("Leeds", "York", CALMABLE), "v2"))
        await line.wait(lambda: line.edits == ["applied"])
        line.command(Say("Where do you live?"))
        await line.lines(2)
        line.say("And where do you live, please?")
        await line.lines(3)
    assert line.said("persona") == ["I live in Leeds.", "I live in York.", "I live in York."]
    assert len({turn.version for turn in line.turns("persona")}) == 2
    assert len(fake.sessions) == 1


async def test_another_voice_needs_another_connection(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.reply = lives_in
    async with call() as line:
        await line.lines(1)
        line.command(Say("Where do you live?"))
        await line.lines(2)
        edited = "---\nvoice: {openai: cedar}\n---\n" + swap("Leeds", "York", CALMABLE)
        line.command(NewPersona(edited, "v2"))
        await line.wait(lambda: line.edits == ["rebuilt"])
        line.say("And where do you live, please?")
        await line.lines(3)
    assert line.said("persona")[-1] == "I live in York."
    first, second = fake.sessions
    await until(lambda: not first.open)
    assert (first.voice, second.voice) == ("marin", "cedar")
    assert second.texts("user")[:1] == ["Where do you live?"]
    assert second.texts("assistant") == ["I live in Leeds.", "I live in Leeds.", "I live in York."]
    assert (second.refused, line.troubles) == ([], [])


async def test_twenty_edits_drop_no_call_and_the_newest_speaks(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    """Every fifth one has another voice, so that it needs another connection."""
    fake.reply = lives_in
    fake.lines.append(LONG)
    async with call() as line:
        await line.heard("I have been")
        for number in range(20):
            voice = "cedar" if number % 5 == 4 else "coral"
            town = "York" if number == 19 else f"town {number}"
            edited = f"---\nvoice: {{openai: {voice}}}\n---\n" + swap("Leeds", town, CALMABLE)
            line.command(NewPersona(edited, f"v{number}"))
            await asyncio.sleep(0.1)
        await line.wait(lambda: len(line.edits) == 20)
        line.command(Say("Where do you live?"))
        await line.lines(2)
    assert line.said() == [LONG, "Where do you live?", "I live in York."]
    assert line.edits[-1] in ("applied", "rebuilt")
    assert set(line.edits) <= {"applied", "rebuilt", "overtaken"}
    assert (fake.sessions[-1].voice, line.troubles, line.engines) == ("cedar", [], ["openai"])
    await until(lambda: not any(session.open for session in fake.sessions))


async def test_a_voice_that_openai_does_not_have_costs_nothing_else(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    async with call("---\nvoice: {openai: Kore}\n---\n" + CALMABLE) as line:
        await line.lines(1)
    assert (fake.session.voice, fake.session.refused) == ("marin", [])


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("wrong_key", "wrong_key"),
        ("region", "region"),
        ("no_access", "wrong_key"),
        ("no_quota", "no_quota"),
        ("unknown_model", "unknown_model"),
    ],
)
async def test_what_cannot_get_better_goes_on_offline_at_once(
    fake: OpenAIRealtimeFake, call: Callable[..., Any], failure: Failure, code: str
) -> None:
    fake.fail = failure
    async with call(THAI) as line:
        await line.lines(1)
        line.command(Say("Hello?"))
        await line.lines(2)
    assert line.engines == ["openai", OFFLINE.name]
    assert line.troubles == [code]
    assert [(event.engine, event.reason) for event in line.restored] == [(OFFLINE.name, code)]


async def test_a_key_that_is_really_wrong_is_told(call: Callable[..., Any]) -> None:
    async with call(REHEARSAL_FALL_BACK="no", OPENAI_API_KEY="sk-other") as line:
        await line.wait(lambda: line.end)
    assert (line.troubles, line.end, line.engines) == (["wrong_key"], "engine", ["openai"])


async def test_a_model_that_is_really_unknown_is_told(call: Callable[..., Any]) -> None:
    async with call(REHEARSAL_FALL_BACK="no", OPENAI_REALTIME_MODEL="gpt-nothing") as line:
        await line.wait(lambda: line.end)
    assert (line.troubles, line.end) == (["unknown_model"], "engine")


async def test_a_server_that_is_not_there_is_tried_again_then_left(
    call: Callable[..., Any], closed_port: int
) -> None:
    async with call(THAI, OPENAI_BASE_URL=f"http://127.0.0.1:{closed_port}/v1") as line:
        await line.lines(1)
    assert line.engines == ["openai"] * 4 + [OFFLINE.name]
    assert set(line.troubles) == {"closed"}


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("rate_limit", "rate_limit"),
        ("server_error", "fault"),
        ("malformed", "malformed"),
        ("closed", "closed"),
        ("silence", "silent"),
        ("stalled", "silent"),
    ],
)
async def test_what_may_get_better_is_tried_again_with_the_turns_so_far(
    fake: OpenAIRealtimeFake,
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    failure: Failure,
    code: str,
) -> None:
    if code == "silent":
        monkeypatch.setattr("agent.worker.engine_session.ANSWER", 5.0)
        monkeypatch.setattr("agent.worker.playback.STALL", 5.0)
    fake.lines.extend(["Where is my parcel?", LONG])
    async with call() as line:
        await line.lines(1)
        fake.fail, fake.times = failure, 1
        line.command(Say("One moment, please."))
        await line.wait(lambda: line.troubles)
        fake.fail = ""
        await line.wait(lambda: line.restored)
        await line.wait(lambda: line.status == "listening")
        line.command(Say("Are you there?"))
        await line.wait(lambda: "Are you there?" in line.said())
        count = len(line.said("persona"))
        await line.lines(count + 1)
    assert line.troubles == [code]
    assert line.engines == ["openai", "openai"]
    assert line.said()[:2] == ["Where is my parcel?", "One moment, please."]
    first, second = fake.sessions
    assert second.texts("assistant")[0] == "Where is my parcel?"
    assert "One moment, please." in second.texts("user")
    await until(lambda: not first.open)


async def test_a_provider_that_confirms_nothing_does_not_hold_a_call(
    fake: OpenAIRealtimeFake, call: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with call() as line:
        await line.lines(1)
        fake.fail = "silence"
        line.command(Say("One moment, please."))
        await line.wait(lambda: len(fake.session.items) == 2)
    assert line.end == "ended"
    await until(lambda: not fake.session.open)
    assert "did not close" not in caplog.text


async def test_a_connection_whose_closing_was_cancelled_can_be_closed_again(
    fake: OpenAIRealtimeFake,
) -> None:
    async def cancel_after(steps: int, http: aiohttp.ClientSession) -> None:
        connection = Model(base_url=fake.url, api_key=KEY, http_session=http).session()
        await until(lambda: len(fake.sessions) == steps + 1)
        closing = asyncio.create_task(connection.aclose())
        for _ in range(steps):
            await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait((closing,))
        await connection.aclose()

    async with aiohttp.ClientSession() as http:
        for steps in range(8):
            await cancel_after(steps, http)
    await until(lambda: not any(session.open for session in fake.sessions))


async def test_an_answer_that_was_cut_off_by_the_line_is_kept(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.lines.extend(["Where is my parcel?", LONG])
    async with call() as line:
        await line.lines(1)
        fake.fail = "stalled"  # so that the cut comes in the midst of it
        line.command(Say("One moment, please."))
        await line.heard("I have been")
        fake.fail = ""  # it may have come before the stall, which would meet the next line
        fake.cut()
        await line.wait(lambda: line.restored)
        await line.lines(3)
    kept = line.said()[2]
    assert LONG.startswith(kept)
    assert line.turns()[2].interrupted
    assert f'up to: "{kept}"' in fake.session.played_by[0]
    assert fake.session.texts("assistant")[-2] == kept


async def test_a_line_under_way_at_the_end_of_the_call_is_kept(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.lines.append(LONG)
    async with call() as line:
        await line.heard("I have been")
    (kept,) = line.turns()
    assert LONG.startswith(kept.text)
    assert (kept.interrupted, line.end) == (True, "ended")


async def test_a_provider_that_is_gone_is_not_waited_for(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    async with call(THAI) as line:
        await line.lines(1)
        line.command(Say("Hello?"))
        await line.lines(2)
        fake.fail = "region"
        fake.cut()
        await line.wait(lambda: line.engines[-1] == OFFLINE.name, 4)
        line.command(Say("Are you there?"))
        await line.lines(3)
    assert line.engines == ["openai", "openai", OFFLINE.name]
    assert line.troubles == ["closed", "region"]


async def test_a_spoken_turn_that_was_lost_is_answered_by_the_next_connection(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    fake.heard.append(APOLOGY)
    fake.thinks = 1.5
    async with call() as line:
        await line.lines(1)
        fake.fail, fake.times = "rate_limit", 1
        line.say(APOLOGY)
        await line.lines(2)
    assert line.said()[1] == APOLOGY
    assert line.troubles == ["rate_limit"]
    assert fake.sessions[1].texts("user") == [APOLOGY]


async def test_a_failure_that_stays_is_tried_three_times(
    fake: OpenAIRealtimeFake, call: Callable[..., Any]
) -> None:
    async with call(REHEARSAL_FALL_BACK="no") as line:
        await line.lines(1)
        fake.fail = "rate_limit"
        line.command(Say("Hello?"))
        await line.wait(lambda: line.end)
    assert line.engines == ["openai"] * 4
    assert (line.end, line.said()[-1]) == ("engine", "Hello?")
    assert len(fake.sessions) == 4


async def test_a_refused_message_is_no_trouble(
    fake: OpenAIRealtimeFake, call: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with call() as line:
        await line.lines(1)
        fake.complain("invalid_value", "Audio content of 900ms is already shorter than 1000ms")
        line.command(Say("Hello?"))
        await line.lines(2)
    assert (line.troubles, len(fake.sessions)) == ([], 1)
    assert "already shorter" in caplog.text


def lives_in(session: Session, instructions: str) -> str:
    """What the persona's file says at the moment."""
    return f"I live in {'York' if 'York' in instructions else 'Leeds'}."
