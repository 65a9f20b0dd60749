"""The observer by a text model: the real clients against a server that answers as one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from google.genai.types import ThinkingConfig, ThinkingLevel

from agent.engines.observer_choice import leaves, observes, text_source
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.providers.endpoints import ProviderEndpoint
from agent.providers.line_failure import explain
from agent.providers.model_observer import ModelObserver, judged, task
from agent.providers.text_model import TextModel
from agent.simulation.directing.certainty import decided
from agent.simulation.directing.director import AskedFact, Match, Observation
from agent.simulation.history import Said
from agent.simulation.language.said_words import as_said
from agent.simulation.observing.second_opinion import NotSeen
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.worker.engine_factory import EngineFactory
from personas.parse import examine
from tests.support.clock import PATIENCE, until
from tests.support.fakes.text_model import KEY, Asked, Fault, TextServer, verdict
from tests.support.persona_text import FULL

# Google's client inherits from a class of aiohttp that would rather be left alone.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

_found = examine(FULL, "sarah").persona
assert _found is not None
PERSONA = _found
CALM, APOLOGY = PERSONA.triggers[0].id, PERSONA.deescalations[0].id
REFUND = PERSONA.criteria[0].id
TURN = "I'm really sorry, Ms. Thompson. Please calm down; we'll refund it!"
PAST = (Said("persona", "I was charged twice!"), Said("trainee", "Oh."))


def source(server: TextServer, way: str, key: str = KEY) -> ProviderEndpoint:
    if way == "gemini":
        return ProviderEndpoint("llm", "google", server.base_url, "gemini-2.5-flash", key)
    return ProviderEndpoint("llm", "compatible", f"{server.base_url}/v1", "m", key)


@pytest.fixture(params=["openai", "gemini"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def server() -> AsyncIterator[TextServer]:
    with TextServer() as running:
        yield running


@pytest.fixture
async def model(server: TextServer, way: str) -> AsyncIterator[TextModel]:
    made = TextModel(source(server, way))
    yield made
    await asyncio.to_thread(made.close)


async def ask(model: TextModel, text: str = TURN) -> Any:
    return await asyncio.wait_for(ModelObserver(model).observe(PERSONA, text, PAST), PATIENCE)


async def failure(model: TextModel) -> NotSeen:
    with pytest.raises(NotSeen) as caught:
        await ask(model)
    return caught.value


# ---- asking ----


async def test_a_turn_is_seen_with_its_own_words(server: TextServer, model: TextModel) -> None:
    server.script = lambda asked: verdict(
        (APOLOGY, "i'm REALLY sorry", 0.9), (CALM, "please calm down", 0.8), question=True
    )
    view = await ask(model)
    assert view.observation == Observation(
        TURN,
        (
            Match(APOLOGY, "I'm really sorry", 0.9, "model"),
            Match(CALM, "Please calm down", 0.8, "model"),
        ),
        hostile=False,
        question=True,
        source="model",
    )


async def test_what_it_took_is_told(server: TextServer, model: TextModel, way: str) -> None:
    use = (await ask(model)).use
    assert (use.engine, use.kind) == ("observer", "llm")
    assert use.provider == ("Gemini" if way == "gemini" else server.base_url.partition("//")[2])
    assert (use.input_tokens, use.cached_tokens, use.output_tokens) == (500, 100, 40)


@pytest.mark.parametrize("way", ["openai"], indirect=True)
@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "completion_tokens": 40}])
async def test_a_server_that_counts_no_tokens_serves_as_well(
    server: TextServer, model: TextModel, usage: Any
) -> None:
    server.usage = usage
    use = (await ask(model)).use
    assert use.input_tokens == use.cached_tokens == 0
    assert use.output_tokens in (0, 40)


async def test_the_model_is_told_rules_turn_and_what_came_before(
    server: TextServer, model: TextModel
) -> None:
    await ask(model)
    (asked,) = server.asked
    assert asked.key == KEY
    assert asked.latest == TURN
    assert "I was charged twice!" in asked.user
    for rule in PERSONA.rules:
        assert f"{rule.id} ({rule.kind}" in asked.system
        assert rule.text in asked.system
    assert "th-TH" in asked.system
    assert "- Account\n" in asked.system
    assert "TC-88213" not in asked.system, "the name of a fact is enough"
    assert "(like)" not in asked.system


async def test_the_model_is_told_by_which_words_a_rule_is_meant(
    server: TextServer, model: TextModel
) -> None:
    marks = '\n  - like: "That one is on us."\n  - unlike: "Sorry, what was that?"'
    text = FULL.replace("- Owning the mistake", f"- Owning the mistake{marks}", 1)
    taught = examine(text, "sarah").persona
    assert taught is not None
    await asyncio.wait_for(ModelObserver(model).observe(taught, TURN, PAST), PATIENCE)
    (asked,) = server.asked
    owning = asked.system.partition("Owning the mistake\n")[2]
    assert owning.startswith('  like: "That one is on us."\n  unlike: "Sorry, what was that?"\n')
    assert "words that fulfil it (like)" in asked.system


async def test_the_facts_that_a_turn_asks_for_are_told_by_their_names(
    server: TextServer, model: TextModel
) -> None:
    server.script = lambda asked: verdict(facts=("account", "Account", "Shoe size"))
    view = await ask(model, "What do I find you under?")
    assert view.observation.facts == (AskedFact("Account"),)


def test_the_model_is_told_by_which_questions_a_fact_is_asked_for() -> None:
    text = FULL.replace("TC-88213", 'TC-88213\n  - asked: "What are you filed under?"', 1)
    persona = examine(text, "sarah").persona
    assert persona is not None
    assert '\n- Account\n  asked: "What are you filed under?"\n' in task(persona)


def test_a_verdict_without_facts_is_one() -> None:
    text = reply((APOLOGY, "really sorry", 0.9))
    assert '"facts": []' in text
    bare = text.replace(', "facts": []', "")
    assert judged(PERSONA, TURN, bare) == judged(PERSONA, TURN, text)


async def test_one_connection_serves_many_turns(server: TextServer, model: TextModel) -> None:
    await asyncio.gather(*(ask(model, f"turn {number}") for number in range(8)))
    assert sorted(asked.latest for asked in server.asked) == [f"turn {n}" for n in range(8)]


async def test_a_question_that_is_dropped_disturbs_no_other(
    server: TextServer, model: TextModel
) -> None:
    await ask(model)
    server.fault = "silent"
    dropped = asyncio.create_task(ask(model, "dropped"))
    await until(lambda: len(server.asked) == 2)
    server.fault, server.delay = "", 0.5
    kept = asyncio.create_task(ask(model, "kept"))
    await until(lambda: len(server.asked) == 3)
    dropped.cancel()
    assert (await kept).observation.text == "kept"
    with pytest.raises(asyncio.CancelledError):
        await dropped


async def test_a_closed_model_can_be_asked_again(server: TextServer, model: TextModel) -> None:
    await ask(model)
    await asyncio.to_thread(model.close)
    await asyncio.to_thread(model.close)
    assert (await ask(model)).observation.source == "model"


# ---- failing ----

CODES: dict[Fault, tuple[str, bool]] = {
    "wrong_key": ("wrong_key", False),
    "no_quota": ("no_quota", False),
    "unknown_model": ("unknown_model", False),
    "region": ("region", False),
    "rate_limit": ("rate_limit", True),
    "closed": ("closed", True),
    "malformed": ("malformed", True),
    "no_verdict": ("malformed", True),
    "empty": ("malformed", True),
}


@pytest.mark.parametrize("fault", CODES)
async def test_a_failure_has_a_name(
    server: TextServer, model: TextModel, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    server.fault = fault
    nothing = await failure(model)
    assert (nothing.code, nothing.retry) == CODES[fault]
    assert (nothing.use is not None) == (CODES[fault][0] == "malformed"), "read, so paid for"
    assert len(server.asked) == 1, "no second try: the words are there already"


async def test_a_server_that_fails_may_work_again(server: TextServer, model: TextModel) -> None:
    server.fault = "server_error"
    assert (await failure(model)).retry
    server.fault = ""
    assert (await ask(model)).observation.source == "model"


async def test_a_key_that_is_refused_is_in_no_word(
    server: TextServer, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "sk-secret-of-ours"
    made = TextModel(source(server, way, secret))
    nothing = await failure(made)
    await asyncio.to_thread(made.close)
    assert nothing.code == "wrong_key"
    assert secret not in f"{nothing}{caplog.text}{made.source!r}"


async def test_nobody_there_is_a_failure(way: str) -> None:
    with TextServer() as gone:
        place = source(gone, way)
    made = TextModel(place)
    assert (await failure(made)).retry
    await asyncio.to_thread(made.close)


def test_every_fault_of_the_fake_is_tried() -> None:
    tried = {*CODES, "", "server_error", "silent"}  # the silent one in test_revision.py
    assert set(get_args(Fault)) == tried
    assert explain("x", TimeoutError()).code == "silent"


# ---- believing ----


def reply(*matches: tuple[str, str, float], hostile: str = "") -> str:
    import json

    return json.dumps(verdict(*matches, hostile=hostile))


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        ([], []),
        ([(APOLOGY, "really sorry", 0.9)], [APOLOGY]),
        ([(APOLOGY, "Really, sorry...", 0.6)], [APOLOGY]),
        ([(APOLOGY, "really sorry", 0.49)], []),
        ([(CALM, "calm down", 0.69)], []),
        # What nobody said, or no rule of hers, beside what was said.
        ([(CALM, "calm down", 0.9), (APOLOGY, "I apologise sincerely", 1.0)], [CALM]),
        ([(CALM, "calm down", 0.9), ("d-00000000", "really sorry", 1.0)], [CALM]),
        ([(CALM, "calm down", 0.9), (APOLOGY, "", 1.0)], [CALM]),
        ([(CALM, "calm down", 0.9), (APOLOGY, "?!", 1.0)], [CALM]),
        ([(CALM, "calm down", 0.9), (APOLOGY, "really sorry", 95.0)], [CALM]),
        # Words that stand there, but not beside each other, or only as part of others.
        ([(CALM, "calm down", 0.9), (REFUND, "sorry we'll refund", 1.0)], [CALM]),
        ([(CALM, "calm down", 0.9), (REFUND, "fund it", 1.0)], [CALM]),
        ([(REFUND, "well refund it", 1.0)], [REFUND]),
    ],
)
def test_only_what_was_said_is_believed(
    claimed: list[tuple[str, str, float]], believed: list[str]
) -> None:
    seen = decided(PERSONA, judged(PERSONA, TURN, reply(*claimed)))
    assert [match.rule for match in seen.matches] == believed
    assert all(match.quote in TURN for match in seen.matches)
    assert all(match.source == "model" for match in seen.matches)


def test_a_model_that_takes_a_question_for_the_deed_is_not_believed() -> None:
    said = "Did you get your refund?"
    claimed = reply((REFUND, "get your refund", 1.0))
    seen = judged(PERSONA, said, claimed)
    assert seen.matches[0].asked
    assert decided(PERSONA, seen).matches == ()


@pytest.mark.parametrize(
    "claimed",
    [
        [(APOLOGY, "I apologise", 1.0)],
        [("d-00000000", "really sorry", 1.0)],
        [(APOLOGY, "I apologise", 1.0), ("t-1", "I hate you", 0.9)],
    ],
)
def test_a_reply_of_which_nothing_is_left_is_nonsense(
    claimed: list[tuple[str, str, float]],
) -> None:
    with pytest.raises(NotSeen) as caught:
        judged(PERSONA, TURN, reply(*claimed))
    assert caught.value.code == "invented"


@pytest.mark.parametrize(
    ("words", "hostile"), [("calm down", True), ("you idiot", False), ("", False)]
)
def test_hostility_needs_words_too(words: str, hostile: bool) -> None:
    text = reply(hostile=words).replace('"hostile": false', '"hostile": true')
    assert judged(PERSONA, TURN, text).hostile is hostile


FRAMES = [
    "{}",
    "```json\n{}\n```",
    "Here you are: {}",
    "{} That is {all}.",
    '<think>{"matches": [], "hostile": true}</think>\n{}',
    "<think>Is it {a rule}? <b>No.</think>```json\n{}\n```",
    "I look at {the rules}: none is met.</think>{}",
    "<|channel|>analysis<|message|>{x}<|end|><|start|>assistant<|channel|>final<|message|>{}",
    '{"matches": [], "hostile": false, "hostile_quote": "", "question": true} or rather {}',
    "{{{{{} {",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_verdict_counts_whatever_stands_around_it(frame: str) -> None:
    text = frame.replace("{}", reply((APOLOGY, "really sorry", 0.9)))
    assert [match.rule for match in judged(PERSONA, TURN, text).matches] == [APOLOGY]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "sorry",
        '{"matches": null}',
        '{"matches": [{"rule": 1}]}',
        f"<think>{reply()}",
        "{" * 5000,
        '{"a":' * 5000,
    ],
)
def test_what_is_no_verdict_is_no_observation(text: str) -> None:
    with pytest.raises(NotSeen) as caught:
        judged(PERSONA, TURN, text)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize(
    ("quote", "text", "said"),
    [
        ("I am sorry", "Well, I am sorry.", "I am sorry"),
        ("i AM, sorry!", "Well, I am sorry.", "I am sorry"),
        ("Im sorry", "I\u2019m sorry", "I\u2019m sorry"),
        ("follow up", "a follow-up call", "follow-up"),
        ("ขอโทษ", "ดิฉันขอโทษค่ะ", "ขอโทษ"),
        ("ขอโทษค่ะ!", "ดิฉัน ขอโทษ ค่ะ", "ขอโทษ ค่ะ"),
        ("GROSS", "groß", "groß"),
        ("straße", "Die STRASSE hier", "STRASSE"),
        ("sorry", "sorryful", ""),
        ("ry now", "sorry now", ""),
        ("sorry now", "sorry", ""),
        ("", "sorry", ""),
        ("...", "sorry...", ""),
        ("sorry", "", ""),
        ("a b", "a a b", "a b"),
    ],
)
def test_a_quote_is_found_by_its_words(quote: str, text: str, said: str) -> None:
    assert as_said(quote, text) == said


# ---- who is asked ----


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.load(tmp_path, environ)


LOCAL = {"LLM_BASE_URL": "http://127.0.0.1:11434/v1", "LLM_MODEL": "llama3.2"}
FAR = {"LLM_BASE_URL": "https://llm.example.org/v1", "LLM_MODEL": "m"}


@pytest.mark.parametrize(
    ("environ", "who", "model"),
    [
        ({}, None, ""),
        ({"DEEPGRAM_API_KEY": "d"}, None, ""),
        ({"GOOGLE_API_KEY": "g"}, "google", "gemini-3.8-flash"),
        ({"GOOGLE_API_KEY": "g", "OPENAI_API_KEY": "o"}, "openai", "gpt-4.1"),
        ({"GOOGLE_API_KEY": "g", "OPENAI_API_KEY": "o", **LOCAL}, "compatible", "llama3.2"),
        ({"OPENAI_API_KEY": "o", "LLM_MODEL": "gpt-5-mini"}, "openai", "gpt-5-mini"),
        ({"OPENAI_API_KEY": "o", "REHEARSAL_OBSERVER": "lexical"}, None, ""),
    ],
)
def test_whose_model_observes(
    tmp_path: Path, environ: dict[str, str], who: str | None, model: str
) -> None:
    found = text_source(settings(tmp_path, **environ))
    assert (found and found.who, found.model if found else "") == (who, model)


@pytest.mark.parametrize(
    ("environ", "engine", "looks", "gone"),
    [
        ({}, "offline", False, ""),
        ({"GOOGLE_API_KEY": "g"}, "gemini", True, "Google"),
        ({"OPENAI_API_KEY": "o"}, "openai", True, "OpenAI"),
        ({"OPENAI_API_KEY": "o"}, "offline", False, ""),
        ({"OPENAI_API_KEY": "o", "REHEARSAL_OBSERVER": "model"}, "offline", True, "OpenAI"),
        ({"OPENAI_API_KEY": "o", "REHEARSAL_OBSERVER": "lexical"}, "openai", False, ""),
        (LOCAL, "offline", True, ""),
        ({**LOCAL, "GOOGLE_API_KEY": "g"}, "gemini", True, ""),
        (FAR, "offline", False, ""),
        ({**FAR, "GOOGLE_API_KEY": "g"}, "gemini", True, "llm.example.org"),
    ],
)
def test_when_it_observes_and_what_leaves_the_machine(
    tmp_path: Path, environ: dict[str, str], engine: str, looks: bool, gone: str
) -> None:
    loaded = settings(tmp_path, **environ, REHEARSAL_CACHE=str(tmp_path))
    engines = EngineRegistry()
    assert observes(loaded, engines[engine]) is looks
    words = leaves(loaded, engines[engine])
    what = "what both say, the persona's rules and the names of its facts"
    assert words == (f"{what} go to {gone} as text" if gone else "")
    performers = EngineFactory(loaded, engines, SpeakerModels(tmp_path))
    assert (performers.turn_model(engine) is not None) is looks
    performers.close()


def test_a_model_without_a_key_is_told_of(tmp_path: Path) -> None:
    assert "OPENAI_API_KEY" in settings(tmp_path, REHEARSAL_OBSERVER="model").warnings[0]
    assert not settings(tmp_path, REHEARSAL_OBSERVER="model", GOOGLE_API_KEY="g").warnings


def test_the_task_is_the_same_for_the_same_persona() -> None:
    assert task(PERSONA) == task(PERSONA)


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("gpt-4.1", {"temperature": 0}),
        ("gpt-5-mini", {"reasoning_effort": "minimal"}),
        ("llama3.2", {"temperature": 0}),
    ],
)
async def test_a_model_gets_only_what_it_takes(
    server: TextServer, model: str, sent: dict[str, Any]
) -> None:
    made = TextModel(replace(source(server, "openai"), model=model))
    await ask(made)
    await asyncio.to_thread(made.close)
    body = server.asked[0].body
    assert {n: body[n] for n in ("temperature", "reasoning_effort") if n in body} == sent


def _thinking(asked: Asked) -> ThinkingConfig | None:
    sent = asked.body["generationConfig"].get("thinkingConfig")
    return ThinkingConfig.model_validate(sent) if sent else None


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("gemini-2.5-flash", ThinkingConfig(thinking_budget=0)),
        ("gemini-3.8-flash", ThinkingConfig(thinking_level=ThinkingLevel.MINIMAL)),
        ("gemini-3-pro-preview", ThinkingConfig(thinking_level=ThinkingLevel.LOW)),
        ("gemini-2.5-pro", None),
    ],
)
async def test_gemini_thinks_as_little_as_it_can(server: TextServer, model: str, sent: Any) -> None:
    made = TextModel(replace(source(server, "gemini"), model=model))
    await ask(made)
    await asyncio.to_thread(made.close)
    assert _thinking(server.asked[0]) == sent
