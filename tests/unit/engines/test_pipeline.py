"""The pipeline in whole calls: the real job and plugins, servers that speak the protocols."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from livekit.agents import APIConnectOptions

from agent.engines.offline import engine as offline
from agent.engines.pipeline import engine as pipeline
from agent.protocol.messages import Caption, NewPersona, Say
from agent.simulation.acting.prompt import MARK
from tests.support import solved_call
from tests.support.booth import booth, settings_of, timed
from tests.support.fakes.deepgram import Utterance
from tests.support.fakes.models import Fault, Message, Models, Stage
from tests.support.persona_text import PLAIN, swap

# Imported here, since a call must not wait for them.
assert offline
assert pipeline

OPENING = "Hello. My parcel is late."
QUESTION = "Could you tell me your account number please?"
SPOKEN = 2.4
"""Seconds that it takes at least to say the question: a pause in it is not its end."""
THAI = swap("# Persona", "---\nlanguage: th-TH\n---\n# Persona", PLAIN)
Cast = Callable[..., dict[str, str]]
LATE = 40.0


def customer(messages: Sequence[Message]) -> str:
    """Opens, and afterwards answers with the trainee's first word."""
    last = messages[-1]["content"]
    if last.startswith(MARK):
        last = messages[-2]["content"] if messages[-2]["role"] == "user" else ""
    word = last.split()[0] if last else ""
    return f"You said {word}. And what now?" if word else OPENING


@pytest.fixture
async def fake() -> AsyncIterator[Models]:
    async with Models(customer) as server:
        yield server


def own(fake: Models, **more: str) -> dict[str, str]:
    """Everything from servers of one's own."""
    urls = {f"{stage}_BASE_URL": fake.url for stage in ("STT", "LLM", "TTS")}
    return {**urls, "LLM_MODEL": "llama", **more}


def openai(fake: Models, **more: str) -> dict[str, str]:
    """Everything from OpenAI."""
    return {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": fake.url, **more}


def mixed(fake: Models, **more: str) -> dict[str, str]:
    """Words from OpenAI, hearing and speaking from Deepgram."""
    own = {"DEEPGRAM_API_KEY": "dg-test", "DEEPGRAM_BASE_URL": fake.deepgram_url}
    return openai(fake, TTS_PROVIDER="deepgram", **own, **more)


@pytest.mark.parametrize(
    ("cast", "keys", "language"),
    [
        (own, ("none", "none", "none"), "en"),
        (openai, ("sk-test", "sk-test", "sk-test"), "en"),
        (mixed, ("dg-test", "sk-test", "dg-test"), "en"),
    ],
)
async def test_a_spoken_turn_is_heard_directed_and_answered(
    cast: Cast,
    keys: tuple[str, ...],
    language: str,
    fake: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake.hears.append(Utterance(QUESTION, SPOKEN))
    async with booth("pipeline", settings_of(tmp_path, cast(fake)), PLAIN, monkeypatch) as call:
        assert await call.lines(1, LATE) == [OPENING]
        call.say(QUESTION)
        await call.lines(2, LATE)
    assert call.said() == [OPENING, QUESTION, "You said Could. And what now?"]
    assert call.troubles == []
    timed(call)
    trainee, reply = call.turns()[1:]
    assert trainee.source == "voice"
    asked = fake.asked("llm")
    assert len(asked) == 2, "what was asked ahead of the turn's end is taken"
    assert "customer on the phone" in asked[1].messages[0]["content"]
    assert asked[1].messages[0]["role"] == "system"
    assert QUESTION in asked[1].prompt
    assert reply.direction
    assert asked[1].text.endswith(f"{MARK} {reply.direction}")
    assert " ".join(each.text for each in fake.asked("tts")).startswith(OPENING)
    assert tuple(fake.asked(stage)[-1].key for stage in ("stt", "llm", "tts")) == keys
    assert fake.asked("stt")[-1].language == language


async def test_the_model_is_told_what_to_keep_what_has_changed_and_when_it_hangs_up(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, own(fake))
    async with booth("pipeline", settings, solved_call.TEXT, monkeypatch) as call:
        directions = await solved_call.played(call, LATE)
    solved_call.check(directions, call.end)
    asked = [each for each in fake.asked("llm") if MARK in each.text][1:]
    assert [each.text.rpartition(f"{MARK} ")[2] for each in asked] == directions
    for each in asked:
        assert '- "Account": only after "A sincere apology"' in each.messages[0]["content"]
        assert "Account: closed today" in each.messages[0]["content"]
        assert "the line is closed then" in each.messages[0]["content"]


async def test_strict_templates_get_one_system_message_and_turns_in_alternation(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth("pipeline", settings_of(tmp_path, own(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(Say("Hello?"))
        await call.lines(2, LATE)
        call.command(Say("Wait."))
        await call.lines(3, LATE)
    roles = [[message["role"] for message in each.messages] for each in fake.asked("llm")]
    assert roles[0] == ["system", "user"]
    assert roles[2] == ["system", "user", "assistant", "user", "assistant", "user"]


async def test_a_typed_turn_is_answered(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(Say("Hello?"))
        await call.lines(2, LATE)
    assert call.said() == [OPENING, "Hello?", "You said Hello?. And what now?"]
    assert call.turns()[1].source == "typed"


THOUGHT = "<think>The user {is} *angry*.\n\n- be brief</think>\n"
WRITTEN = THOUGHT + '**Ann:** "*sighs* **No.** See [our page](https://example.com/x) 😀"'
SPOKEN_ALOUD = "No. See our page"


async def test_what_is_not_to_be_spoken_is_neither_heard_nor_captioned_nor_remembered(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.answers = lambda messages: WRITTEN
    async with booth("pipeline", settings_of(tmp_path, own(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(Say("Hello?"))
        await call.lines(2, LATE)
    assert call.said("persona") == [SPOKEN_ALOUD, SPOKEN_ALOUD]
    assert call.troubles == []
    captions = [e.text for e in call.events if isinstance(e, Caption) and e.speaker == "persona"]
    assert captions
    assert all(SPOKEN_ALOUD.startswith(caption) for caption in captions)
    spoken = "".join(each.text for each in fake.asked("tts")).replace(" ", "")
    assert spoken == (SPOKEN_ALOUD * 2).replace(" ", "")
    remembered = [m["content"] for m in fake.asked("llm")[1].messages if m["role"] == "assistant"]
    assert remembered == [SPOKEN_ALOUD]


async def test_what_a_server_keeps_apart_as_thinking_is_not_spoken(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.thought = "The user is angry, so be brief."
    async with booth("pipeline", settings_of(tmp_path, own(fake)), PLAIN, monkeypatch) as call:
        assert await call.lines(1, LATE) == [OPENING]
    assert call.troubles == []
    assert "angry" not in "".join(each.text for each in fake.asked("tts"))


async def test_a_server_of_ones_own_has_time_to_load_its_model_for_the_first_answer_only(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is given up meanwhile stops loading, and begins anew at the next request."""
    monkeypatch.setattr("agent.worker.engine_session.ANSWER", 2.0)
    patience = APIConnectOptions(max_retry=1, retry_interval=0.2, timeout=1.0)
    settings = settings_of(tmp_path, own(fake))
    fake.delays.llm = 5.0
    async with booth("pipeline", settings, PLAIN, monkeypatch, patience) as call:
        assert await call.lines(1, LATE) == [OPENING]
        assert len(fake.asked("llm")) == 1
        assert (call.engines, call.troubles) == (["pipeline"], ["getting_ready"])
        assert [each.reason for each in call.restored] == ["getting_ready"]
        call.command(Say("Hello?"))
        await call.wait(lambda: "silent" in call.troubles, LATE)


@pytest.mark.parametrize("answer", ["<think>I should", "*sighs*", "😀", ""])
async def test_an_answer_of_which_nothing_is_left_is_none(
    answer: str, fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth("pipeline", settings_of(tmp_path, own(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        fake.answers = lambda messages: answer
        call.command(Say("Hello?"))
        await call.wait(lambda: call.troubles, LATE)
        fake.answers = customer
        await call.lines(2, LATE)
    assert call.troubles[0] == "wordless"
    assert set(call.engines) == {"pipeline"}
    assert call.said() == [OPENING, "Hello?", "You said Hello?. And what now?"]


async def test_a_barge_in_cuts_the_line_and_is_answered(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.answers = lambda messages: (
        customer(messages) if any(m["role"] == "assistant" for m in messages) else OPENING * 8
    )
    fake.hears.append(Utterance(QUESTION, SPOKEN))
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), PLAIN, monkeypatch) as call:
        await call.speaking(LATE)
        call.be_silent(0.5)  # as somebody who has heard what they break into
        call.say(QUESTION)
        await call.lines(2, LATE)
    opening, _, reply = call.turns()
    assert opening.interrupted
    assert len(opening.text) < len(OPENING * 8)
    assert reply.text == "You said Could. And what now?"
    timed(call)


@pytest.mark.parametrize("cast", [own, openai, mixed])
async def test_an_edit_is_heard_in_the_next_line_in_its_own_voice(
    cast: Cast, fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = "aura-2-apollo-en" if cast is mixed else "nova"
    edited = swap("# Persona", f"---\nvoice: {{pipeline: {voice}}}\n---\n# Persona", PLAIN)
    edited = swap("Lives in Leeds", "Lives in York", edited)
    async with booth("pipeline", settings_of(tmp_path, cast(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(NewPersona(edited, "v2"))
        await call.wait(lambda: call.edits, LATE)
        call.command(Say("Hello?"))
        await call.lines(2, LATE)
    assert call.edits == ["applied"]
    assert call.turns()[-1].version != call.turns()[0].version
    first, second = fake.asked("llm")
    assert "Leeds" in first.prompt
    assert "York" in second.prompt
    assert "Leeds" not in second.prompt
    assert OPENING in second.prompt
    spoken = fake.asked("tts")[-1]
    assert voice in (spoken.voice, spoken.model)


async def test_the_model_is_asked_before_the_end_of_the_turn_is_sure(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Thai, the end of a turn is a long silence."""
    fake.hears.append(Utterance(QUESTION, SPOKEN))
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), THAI, monkeypatch) as call:
        await call.lines(1, LATE)
        call.say(QUESTION)
        await call.wait(lambda: len(fake.asked("llm")) > 1, LATE)
        assert call.said("trainee") == []
        await call.lines(2, LATE)
    assert len(fake.asked("llm")) == 2
    assert fake.asked("stt")[0].language == "th-TH"


async def test_a_reply_to_half_a_turn_is_dropped(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.delays.llm = 0.3
    fake.hears.extend([Utterance("First half."), Utterance("And the rest.")])
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), THAI, monkeypatch) as call:
        await call.lines(1, LATE)
        call.say("I will have a look.")
        await call.wait(lambda: len(fake.asked("llm")) > 1, LATE)
        call.be_silent(0.1)
        call.say("It is no trouble at all.")
        await call.lines(2, LATE)
    assert call.said("trainee") == ["First half. And the rest."]
    assert "First half. And the rest." in fake.asked("llm")[-1].prompt
    assert len(call.said("persona")) == 2
    timed(call)


async def test_an_early_question_that_fails_is_none_of_the_calls_failures(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.hears.append(Utterance(QUESTION, SPOKEN))
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), THAI, monkeypatch) as call:
        await call.lines(1, LATE)
        fake.fails, fake.faults["llm"] = 1, "wrong_key"
        call.say(QUESTION)
        await call.lines(2, LATE)
    assert len(fake.asked("llm")) == 3
    assert call.said() == [OPENING, QUESTION, "You said Could. And what now?"]
    assert call.troubles == []


LASTING: list[tuple[Cast, Stage, Fault, str]] = [
    (openai, "llm", "wrong_key", "wrong_key"),
    (openai, "llm", "no_quota", "no_quota"),
    (openai, "llm", "unknown_model", "unknown_model"),
    (openai, "llm", "region", "region"),
    (own, "llm", "not_pulled", "unknown_model"),
    (openai, "tts", "wrong_key", "wrong_key"),
    (openai, "tts", "unknown_model", "unknown_model"),
    (openai, "stt", "wrong_key", "wrong_key"),
    (openai, "stt", "no_quota", "no_quota"),
    (mixed, "stt", "unknown_model", "unknown_model"),
    (mixed, "tts", "no_quota", "no_quota"),
]


@pytest.mark.parametrize(("cast", "stage", "fault", "code"), LASTING)
async def test_what_will_not_pass_is_told_and_the_call_goes_on_offline(
    cast: Cast,
    stage: Stage,
    fault: Fault,
    code: str,
    fake: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake.hears.append(Utterance(QUESTION, SPOKEN))
    fake.faults[stage] = fault
    async with booth("pipeline", settings_of(tmp_path, cast(fake)), PLAIN, monkeypatch) as call:
        if stage == "stt" and cast is openai:
            await call.lines(1, LATE)
            call.say(QUESTION)
        await call.wait(lambda: call.restored, LATE)
    assert call.troubles[-1] == code
    assert call.engines == ["pipeline", "offline"]
    assert (call.restored[-1].engine, call.restored[-1].reason) == ("offline", code)


PASSING: list[tuple[Cast, Stage, Fault, str]] = [
    (openai, "llm", "rate_limit", "rate_limit"),
    (openai, "llm", "closed", "closed"),
    (openai, "llm", "silent", "silent"),
    (openai, "llm", "malformed", "malformed"),
    (openai, "tts", "rate_limit", "rate_limit"),
    (openai, "tts", "silent", "silent"),
    (openai, "tts", "malformed", "malformed"),
    (openai, "stt", "silent", "silent"),
    (openai, "stt", "malformed", "malformed"),
    (mixed, "tts", "silent", "silent"),
    (mixed, "tts", "closed", "closed"),
    (mixed, "stt", "closed", "closed"),
]


@pytest.mark.parametrize(("cast", "stage", "fault", "code"), PASSING)
async def test_what_may_pass_is_told_and_survived_with_the_same_engine(
    cast: Cast,
    stage: Stage,
    fault: Fault,
    code: str,
    fake: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault == "silent":
        monkeypatch.setattr("agent.worker.engine_session.ANSWER", 5.0)
    async with booth("pipeline", settings_of(tmp_path, cast(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        fake.faults[stage] = fault
        fake.fails = 0
        fake.hears.extend([Utterance(QUESTION, SPOKEN), Utterance(QUESTION, SPOKEN)])
        call.say(QUESTION)
        await call.wait(lambda: len(call.engines) > 1, LATE)
        fake.faults.clear()
        await call.wait(lambda: call.restored, LATE)
        if stage == "stt":
            call.say(QUESTION)
        await call.lines(2, LATE)
    assert code in call.troubles
    assert set(call.engines) == {"pipeline"}
    assert call.restored[-1].engine == "pipeline"
    # Where the trainee has to wait for long, the persona asks again before.
    said = [text for text in call.said() if text != OPENING]
    line = "You said Could. And what now?"
    if (stage, fault) == ("tts", "closed") and said[1:2] != [line]:
        # A line that was cut off in the middle is kept as far as it was heard, and not said again.
        assert said[1]
        line = line[: len(said[1])]
    assert said[:2] == [QUESTION, line]


async def test_a_recogniser_that_falls_silent_is_noticed(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.engines.pipeline.engine.DEAF", 5.0)
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        fake.faults["stt"] = "silent"
        call.say(QUESTION)
        await call.wait(lambda: call.troubles, LATE)
        fake.faults.clear()
        await call.wait(lambda: call.restored, LATE)
    assert call.troubles[0] == "silent"
    assert set(call.engines) == {"pipeline"}


LONG = "I have been waiting for this parcel for three weeks now, and nobody tells me where it is."


async def test_a_line_that_was_cut_off_by_the_connection_is_taken_up(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(messages: Sequence[Message]) -> str:
        return (
            "The line was bad. Where is it?" if "line went bad" in messages[-1]["content"] else LONG
        )

    fake.answers = answers
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), PLAIN, monkeypatch) as call:
        fake.faults["tts"] = "closed"
        await call.wait(lambda: call.troubles, LATE)
        fake.faults.clear()
        await call.lines(2, LATE)
    cut, taken_up = call.turns()
    assert LONG.startswith(cut.text)
    assert cut.text != LONG
    assert cut.interrupted
    assert taken_up.text == "The line was bad. Where is it?"
    assert f'up to: "{cut.text}"' in fake.asked("llm")[-1].text
    assert cut.text in fake.asked("llm")[-1].prompt.partition("line went bad")[0]
    assert call.restored[-1].engine == "pipeline"


async def test_another_language_is_heard_and_spoken_by_a_rebuilt_pipeline_with_the_turns_so_far(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thai = THAI.replace("language: th-TH", "language: th-TH\nvoice: {pipeline: aura-2-apollo-en}")
    async with booth("pipeline", settings_of(tmp_path, mixed(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(NewPersona(thai, "v2"))
        await call.wait(lambda: call.edits, LATE)
        fake.hears.append(Utterance(QUESTION, SPOKEN))
        call.say(QUESTION)
        await call.lines(2, LATE)
        call.command(NewPersona(PLAIN, "v3"))
        await call.wait(lambda: len(call.edits) == 2, LATE)
        await call.wait(lambda: len(fake.asked("stt")) == 3, LATE)
    assert call.edits == ["rebuilt", "rebuilt"]
    assert call.said() == [OPENING, QUESTION, "You said Could. And what now?"]
    assert [asked.language for asked in fake.asked("stt")] == ["en", "th-TH", "en"]
    assert fake.asked("tts")[-1].model == "aura-2-apollo-en"
    prompt = fake.asked("llm")[-1].prompt
    assert "th-TH" in prompt
    assert OPENING in prompt
    assert (call.troubles, call.end) == ([], "ended")


@pytest.mark.parametrize("cast", [own, openai, mixed])
async def test_twenty_edits_drop_no_call_and_the_newest_speaks(
    cast: Cast, fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth("pipeline", settings_of(tmp_path, cast(fake)), PLAIN, monkeypatch) as call:
        await call.speaking(LATE)
        for number in range(20):
            call.command(NewPersona(swap("in Leeds", f"in town {number}.", PLAIN), f"v{number}"))
            await asyncio.sleep(0.1)
        await call.wait(lambda: len(call.edits) == 20, LATE)
        call.command(Say("Hello?"))
        await call.lines(2, LATE)
    assert call.edits[-1] == "applied"
    assert set(call.edits) <= {"applied", "overtaken"}
    assert (call.engines, call.troubles) == (["pipeline"], [])
    prompt = fake.asked("llm")[-1].prompt
    assert "in town 19." in prompt
    assert prompt.count("in town") == 1
    assert "Leeds" not in prompt


async def test_with_a_text_model_alone_this_machine_hears_and_speaks(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"LLM_BASE_URL": fake.url, "LLM_MODEL": "llama"}
    async with booth("pipeline", settings_of(tmp_path, environ), PLAIN, monkeypatch) as call:
        assert await call.lines(1, LATE) == [OPENING]
        call.say("I am so sorry about that.")
        await call.lines(2, LATE)
    _, heard, answer = call.said()[:3]
    assert "sorry" in heard
    assert answer == f"You said {heard.split()[0]}. And what now?"
    assert call.troubles == []
    assert not fake.asked("stt")
    assert not fake.asked("tts")


async def test_a_language_that_is_not_heard_here_is_typed(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"LLM_BASE_URL": fake.url, "LLM_MODEL": "llama"}
    async with booth("pipeline", settings_of(tmp_path, environ), THAI, monkeypatch) as call:
        await call.lines(1, LATE)
        call.command(Say("Hello?"))
        assert (await call.lines(2, LATE))[1] == "You said Hello?. And what now?"
    assert call.troubles == []


async def test_a_server_of_ones_own_hears_the_language_that_this_machine_does_not(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"LLM_BASE_URL": fake.url, "LLM_MODEL": "llama", "STT_BASE_URL": fake.url}
    fake.hears.append(Utterance("สวัสดีค่ะ", SPOKEN))
    async with booth("pipeline", settings_of(tmp_path, environ), THAI, monkeypatch) as call:
        await call.lines(1, LATE)
        call.say(QUESTION)
        await call.lines(2, LATE)
    assert call.said()[1] == "สวัสดีค่ะ"
    assert call.troubles == []
    assert fake.asked("stt")[-1].language == "th"
    assert not fake.asked("tts")
