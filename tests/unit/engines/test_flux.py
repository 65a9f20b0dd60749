"""The pipeline with a recogniser that tells where turns end: the real plugin, a server like
Deepgram's."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from agent.engines.pipeline import engine as pipeline
from agent.protocol.messages import Usage
from agent.providers.flux import knows
from agent.simulation.acting.prompt import MARK
from tests.support.booth import Booth, booth, settings_of, timed
from tests.support.fakes.deepgram import Utterance
from tests.support.fakes.models import Fault, Message, Models, Request
from tests.support.persona_text import PLAIN, swap
from tests.support.speech import paused

# Imported here, since a call must not wait for it.
assert pipeline

OPENING = "Hello. My parcel is late."
QUESTION = "Could you tell me your account number please?"
PARTED = "Let me have a look at | your account before we start."
REPLY = "I see. And what now?"
RATE = 16_000
LATE = 40.0


@pytest.fixture
async def fake() -> AsyncIterator[Models]:
    async with Models(lambda messages: REPLY if _answered(messages) else OPENING) as server:
        server.delays.stt = 0.25
        yield server


def flux(fake: Models, model: str = "flux-general-en") -> dict[str, str]:
    """Words from OpenAI, hearing and speaking from Deepgram."""
    return {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": fake.url,
        "DEEPGRAM_API_KEY": "dg-test",
        "DEEPGRAM_BASE_URL": fake.deepgram_url,
        "TTS_PROVIDER": "deepgram",
        "STT_MODEL": model,
    }


def replies(fake: Models) -> list[Request]:
    """The questions for lines after the first."""
    asked = [each for each in fake.asked("llm") if MARK in each.prompt]
    return asked[1:]


def _answered(messages: Sequence[Message]) -> bool:
    return any(message["role"] == "assistant" for message in messages)


async def say(call: Booth, fake: Models, text: str, pause: float) -> None:
    """Speak, with a pause at the bar."""
    sound = paused(text, "en-us", pause, RATE)
    fake.hears.append(Utterance(text.replace("| ", ""), sound.size / RATE))
    call.sound = sound


async def test_a_turn_is_answered_and_its_reply_asked_for_where_it_may_end(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.delays.stt, fake.delays.earlier = 1.5, 1.3
    fake.hears.append(Utterance(QUESTION))
    async with booth("pipeline", settings_of(tmp_path, flux(fake)), PLAIN, monkeypatch) as call:
        assert await call.lines(1, LATE) == [OPENING]
        call.say(QUESTION)
        await call.wait(lambda: replies(fake), LATE)
        assert call.said("trainee") == []
        await call.lines(2, LATE)
    assert call.said() == [OPENING, QUESTION, REPLY]
    timed(call)
    assert len(replies(fake)) == 1
    assert fake.asked("stt")[0].model == "flux-general-en"


async def test_who_only_paused_is_answered_once_and_to_all_of_it(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.delays.llm = 0.3
    async with booth("pipeline", settings_of(tmp_path, flux(fake)), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        await say(call, fake, PARTED, 0.6)
        await call.lines(2, LATE)
    whole = PARTED.replace("| ", "")
    assert call.said() == [OPENING, whole, REPLY]
    timed(call)
    assert whole in replies(fake)[-1].prompt
    assert 2 <= len(replies(fake)) <= 4


async def test_a_reply_that_is_cut_short_is_in_the_cost(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.delays.llm = 1.5
    environ = {**flux(fake), "REHEARSAL_OBSERVER": "lexical"}
    async with booth("pipeline", settings_of(tmp_path, environ), PLAIN, monkeypatch) as call:
        await call.lines(1, LATE)
        await say(call, fake, PARTED, 0.6)
        await call.lines(2, LATE)
    used = [event for event in call.events if isinstance(event, Usage)][-1].models
    (words,) = [use for use in used if use.kind == "llm"]
    assert len(replies(fake)) > 1
    assert words.input_tokens == 400 * (1 + len(replies(fake)))


async def test_a_barge_in_cuts_the_line_and_is_answered(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.answers = lambda messages: REPLY if _answered(messages) else OPENING * 8
    fake.hears.append(Utterance(QUESTION))
    async with booth("pipeline", settings_of(tmp_path, flux(fake)), PLAIN, monkeypatch) as call:
        await call.speaking(LATE)
        call.say(QUESTION)
        await call.lines(2, LATE)
    opening, _, reply = call.turns()
    assert opening.interrupted
    assert len(opening.text) < len(OPENING * 8)
    assert reply.text == REPLY


async def test_a_language_that_it_does_not_know_is_heard_by_another_model(
    fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thai = swap("# Persona", "---\nlanguage: th-TH\n---\n# Persona", PLAIN)
    fake.hears.append(Utterance(QUESTION))
    async with booth("pipeline", settings_of(tmp_path, flux(fake)), thai, monkeypatch) as call:
        await call.lines(1, LATE)
        call.say(QUESTION)
        await call.lines(2, LATE)
    assert fake.asked("stt")[0].model == "nova-3"
    assert fake.asked("stt")[0].language == "th-TH"


@pytest.mark.parametrize("fault", ["wrong_key", "region"])
async def test_a_refusal_is_told_in_words(
    fault: Fault, fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.faults["stt"] = fault
    async with booth("pipeline", settings_of(tmp_path, flux(fake)), PLAIN, monkeypatch) as call:
        await call.wait(lambda: call.troubles, LATE)
    assert call.troubles[0] == fault


@pytest.mark.parametrize(
    ("model", "language", "known"),
    [
        ("flux-general-en", "en-GB", True),
        ("flux-general-en", "es-MX", False),
        ("flux-general-multi", "es-MX", True),
        ("flux-general-multi", "th-TH", False),
        ("nova-3", "en-US", False),
    ],
)
def test_what_it_knows(model: str, language: str, known: bool) -> None:
    assert knows(model, language) is known
