"""What each provider's answer means, over HTTP from a server on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.doctor.engines import ask_provider, groups, reader, reading, used, verdict
from agent.doctor.provider import Outcome
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.providers.endpoints import Provider
from agent.providers.provider_request import ProviderRequest
from agent.reader.weights import THRESHOLDS
from personas.parse import examine
from tests.support.studio import persona_text
from tests.support.untaught import save_untaught

ENGINES = EngineRegistry()
KEY = "sk-secret-of-the-tests"
GEMINI = "gemini-2.5-flash-native-audio-preview-12-2025"


class FakeProvider:
    """Answers as a test says, by the beginning of the path; remembers what it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.heard: list[web.Request] = []
        self.silent = False
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(request)
        if self.silent:
            await asyncio.sleep(30)
        found = [each for each in self.answers if request.path.startswith(each)]
        status, body = self.answers[max(found, key=len)] if found else (404, "not found")
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text)


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    made = FakeProvider()
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        made.url = str(server.make_url(""))
        yield made


def ask_of(provider: FakeProvider, who: Provider, model: str, **more: Any) -> ProviderRequest:
    url = provider.url.rstrip("/")
    base = url if who in ("google", "deepgram") else f"{url}/v1"
    titles = {"google": "Google", "openai": "OpenAI", "deepgram": "Deepgram"}
    title = titles.get(who, "The server")
    return ProviderRequest(who, title, base, KEY, model, "SOME_MODEL", **more)


def google_list(*names: str, can: str = "bidiGenerateContent") -> dict[str, Any]:
    return {
        "models": [
            {"name": f"models/{name}", "supportedGenerationMethods": [can]} for name in names
        ]
    }


def openai_list(*names: str) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}


# ---- keys and models that are fine ----


async def test_google_knows_key_and_model(provider: FakeProvider) -> None:
    provider.answers = {"/v1beta/models": (200, google_list(GEMINI))}
    ask = ask_of(provider, "google", GEMINI, able="bidiGenerateContent")
    assert (await ask_provider(ask)).code == ""
    [request] = provider.heard
    assert request.headers["x-goog-api-key"] == KEY
    assert KEY not in str(request.url), "addresses end up in logs"


async def test_openai_knows_key_and_model(provider: FakeProvider) -> None:
    provider.answers = {"/v1/models": (200, openai_list("gpt-4.1", "gpt-realtime"))}
    assert (await ask_provider(ask_of(provider, "openai", "gpt-realtime"))).code == ""
    [request] = provider.heard
    assert request.headers["Authorization"] == f"Bearer {KEY}"


async def test_deepgram_knows_key_and_model(provider: FakeProvider) -> None:
    models = {"stt": [{"name": "general", "canonical_name": "nova-3-general"}], "tts": []}
    provider.answers = {"/v1/projects": (200, {"projects": []}), "/v1/models": (200, models)}
    assert (await ask_provider(ask_of(provider, "deepgram", "nova-3"))).code == ""
    assert {each.headers["Authorization"] for each in provider.heard} == {f"Token {KEY}"}


async def test_ollama_lists_a_model_with_its_tag(provider: FakeProvider) -> None:
    provider.answers = {"/v1/models": (200, openai_list("llama3.2:latest"))}
    assert (await ask_provider(ask_of(provider, "compatible", "llama3.2"))).code == ""


async def test_another_name_of_a_model_is_no_unknown_one(provider: FakeProvider) -> None:
    provider.answers = {
        "/v1beta/models": (200, google_list("gemini-9")),
        "/v1beta/models/gemini-latest": (200, {"name": "models/gemini-9"}),
    }
    assert (await ask_provider(ask_of(provider, "google", "gemini-latest"))).code == ""


# ---- each way to fail ----

REGION = "User location is not supported for the API use."
FAILURES: dict[str, tuple[Provider, int, Any, str, str, str]] = {
    "Google: wrong key": (
        "google",
        400,
        {"error": {"status": "INVALID_ARGUMENT", "message": "API key not valid."}},
        "wrong_key",
        "refuses the key",
        "copy it again",
    ),
    "Google: region": (
        "google",
        400,
        {"error": {"status": "FAILED_PRECONDITION", "message": REGION}},
        "region",
        "refuses this country",
        "another engine",
    ),
    "Google: no quota": (
        "google",
        429,
        {"error": {"message": "You exceeded your current quota, please check your plan."}},
        "no_quota",
        "no quota left",
        "billing",
    ),
    "Google: too often": (
        "google",
        429,
        {"error": {"status": "RESOURCE_EXHAUSTED", "message": "Slow down."}},
        "rate_limit",
        "limits how often",
        "wait",
    ),
    "OpenAI: wrong key": (
        "openai",
        401,
        {"error": {"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}"}},
        "wrong_key",
        "refuses the key",
        "copy it again",
    ),
    "OpenAI: no quota": (
        "openai",
        429,
        {"error": {"code": "insufficient_quota", "message": "Check your billing details."}},
        "no_quota",
        "no quota left",
        "billing",
    ),
    "OpenAI: region": (
        "openai",
        403,
        {"error": {"code": "unsupported_country_region_territory", "message": "Not here."}},
        "region",
        "refuses this country",
        "another engine",
    ),
    "OpenAI: trouble of its own": (
        "openai",
        503,
        "upstream connect error",
        "down",
        "trouble of its own",
        "status page",
    ),
    "OpenAI: unknown model": (
        "openai",
        200,
        {"data": [{"id": "gpt-realtime"}, {"id": "gpt-4.1"}]},
        "unknown_model",
        "does not know the model gpt-realtimes",
        "SOME_MODEL to gpt-realtime in .env.local",
    ),
    "OpenAI: no list": ("openai", 200, "<html>", "malformed", "makes no sense", "address"),
    "OpenAI: another kind of list": ("openai", 200, [1], "malformed", "makes no sense", "address"),
    "own server: not under /v1": (
        "compatible",
        404,
        "404 page not found",
        "no_list",
        "no list of models",
        "/v1",
    ),
    "own server: wants a key": (
        "compatible",
        401,
        {"error": "Unauthorized"},
        "wrong_key",
        "refuses the key",
        "copy it again",
    ),
    "own server: lacks the model": (
        "compatible",
        200,
        {"data": [{"id": "mistral:latest"}]},
        "unknown_model",
        "does not know the model",
        "to mistral:latest in .env.local, and restart; or have that server fetch gpt-realtimes.",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_is_told_apart(provider: FakeProvider, name: str) -> None:
    who, status, body, code, said, remedy = FAILURES[name]
    list_path = "/v1beta/models" if who == "google" else "/v1/models"
    provider.answers = {list_path: (status, body)}
    if status == 200:
        provider.answers[f"{list_path}/"] = (404, "no such model")
    outcome = await ask_provider(ask_of(provider, who, "gpt-realtimes"))
    assert outcome.code == code
    assert said in outcome.found
    assert remedy in outcome.fix
    assert KEY not in outcome.found + outcome.fix


async def test_a_model_that_cannot_talk_live(provider: FakeProvider) -> None:
    provider.answers = {"/v1beta/models": (200, google_list("gemini-text", can="generateContent"))}
    ask = ask_of(provider, "google", "gemini-text", able="bidiGenerateContent")
    outcome = await ask_provider(ask)
    assert outcome.code == "unknown_model"
    assert "not for live talk" in outcome.found


async def test_deepgrams_key_is_tried_where_one_is_needed(provider: FakeProvider) -> None:
    """Its list of models is open to everyone."""
    models = {"stt": [{"name": "nova-3", "canonical_name": "nova-3"}]}
    refusal = {"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials."}
    provider.answers = {"/v1/projects": (401, refusal), "/v1/models": (200, models)}
    assert (await ask_provider(ask_of(provider, "deepgram", "nova-3"))).code == "wrong_key"


async def test_a_voice_that_is_not_listed_may_still_work(provider: FakeProvider) -> None:
    provider.answers = {"/v1/models": (200, openai_list("kokoro"))}
    outcome = await ask_provider(ask_of(provider, "compatible", "tts-1", sure=False))
    assert (outcome.code, outcome.harmless) == ("unlisted_model", True)


async def test_silence_ends_by_a_time_limit(provider: FakeProvider) -> None:
    provider.silent = True
    outcome = await ask_provider(ask_of(provider, "openai", "gpt-realtime"), limit=0.2)
    assert outcome.code == "unreachable"
    assert "does not answer in time" in outcome.found


async def test_nobody_listens(closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}/v1"
    ask = ProviderRequest("compatible", "The server", url, KEY, "llama3.2", "LLM_MODEL")
    outcome = await ask_provider(ask)
    assert "Nothing listens" in outcome.found
    assert "Start that server" in outcome.fix


# ---- what it means for calls ----


def settings(tmp_path: Path, **values: str) -> Settings:
    return Settings.load(tmp_path, values)


def test_every_engine_that_needs_a_provider_asks_it(tmp_path: Path) -> None:
    """Who adds an engine tells the doctor whom to ask."""
    keys = {"GOOGLE_API_KEY": "g", "OPENAI_API_KEY": "o", "DEEPGRAM_API_KEY": "d"}
    all_keys = settings(tmp_path, **keys)
    none = settings(tmp_path)
    for spec in ENGINES:
        assert bool(spec.requests(all_keys)) == bool(spec.missing(none)), spec.name


def test_the_pipeline_asks_who_does_each_stage(tmp_path: Path) -> None:
    mixed = settings(
        tmp_path,
        DEEPGRAM_API_KEY="d",
        LLM_BASE_URL="http://localhost:11434/v1",
        LLM_MODEL="llama3.2",
        TTS_BASE_URL="http://localhost:8880/v1",
        TTS_MODEL="kokoro",
    )
    stt, llm, tts = ENGINES["pipeline"].requests(mixed)
    assert (stt.who, stt.url) == ("deepgram", "https://api.deepgram.com/v1/models")
    assert (llm.who, llm.model, llm.url) == (
        "compatible",
        "llama3.2",
        "http://localhost:11434/v1/models",
    )
    assert (tts.model, tts.sure) == ("kokoro", False)


BAD = Outcome("wrong_key", "OpenAI refuses the key.", "Copy it again.")


def test_a_refused_key_of_the_engine_in_use_has_failed(tmp_path: Path) -> None:
    check = verdict(ENGINES["openai"], ENGINES, settings(tmp_path, OPENAI_API_KEY=KEY), [], [BAD])
    assert check.state == "failed"
    assert "go on with the offline engine" in check.found
    alone = settings(tmp_path, OPENAI_API_KEY=KEY, REHEARSAL_FALL_BACK="no")
    assert "offline" not in verdict(ENGINES["openai"], ENGINES, alone, [], [BAD]).found


def test_a_refused_key_that_no_call_uses_is_a_warning(tmp_path: Path) -> None:
    both = settings(tmp_path, OPENAI_API_KEY=KEY, GOOGLE_API_KEY="g")
    assert used(ENGINES, both, []) == {"gemini"}
    assert verdict(ENGINES["openai"], ENGINES, both, [], [BAD]).state == "warning"


def test_a_persona_that_names_its_engine_makes_it_used(tmp_path: Path) -> None:
    both = settings(tmp_path, OPENAI_API_KEY=KEY, GOOGLE_API_KEY="g")
    persona = examine(persona_text(), "ann-lee").persona
    assert persona is not None
    persona = replace(persona, engine="openai")
    assert verdict(ENGINES["openai"], ENGINES, both, [persona], [BAD]).state == "failed"


def test_an_engine_that_is_asked_for_without_its_key_is_a_warning(tmp_path: Path) -> None:
    asked = settings(tmp_path, REHEARSAL_ENGINE="gemini")
    check = verdict(ENGINES["gemini"], ENGINES, asked, [], [])
    assert check.state == "warning"
    assert "REHEARSAL_ENGINE asks for it" in check.found
    assert verdict(ENGINES["openai"], ENGINES, asked, [], []).state == "skipped"


async def test_each_engine_is_a_group_of_its_own(tmp_path: Path, provider: FakeProvider) -> None:
    provider.answers = {"/v1/models": (200, openai_list("gpt-realtime"))}
    url = provider.url.rstrip("/")
    openai = settings(
        tmp_path,
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL=f"{url}/v1",
        REHEARSAL_ENGINE="openai",
    )
    made = [
        (await group.make())[0]
        for group in groups(ENGINES, openai, [])
        if "openai" in str(group.titles)
    ]
    [check] = made
    assert (check.id, check.state) == ("engine-openai", "ok")
    assert "Calls use it" in check.found


LOCAL = {"LLM_BASE_URL": "http://127.0.0.1:11434/v1", "LLM_MODEL": "llama3.2"}


@pytest.mark.parametrize(
    ("language", "environ", "found"),
    [
        ("th-TH", {}, "This machine reads them."),
        ("en", LOCAL, "The text model llama3.2 reads them."),
        ("fr-FR", LOCAL, "The text model llama3.2 reads them."),
        ("fr-FR", {}, "Ann Lee (fr-FR) can be spoken to, but no rule of theirs is read."),
    ],
)
def test_a_persona_whose_language_nothing_reads_is_named(
    tmp_path: Path, language: str, environ: dict[str, str], found: str
) -> None:
    persona = examine(persona_text(language=language), "ann-lee").persona
    assert persona is not None
    check = reading(ENGINES, Settings.load(tmp_path, environ), [persona])
    assert check.found.endswith(found)
    assert check.state == ("warning" if "but no rule" in found else "ok")
    assert ("LLM_BASE_URL" in check.fix) == (check.state == "warning")


def test_a_persona_of_which_only_the_examples_are_read_is_named(tmp_path: Path) -> None:
    rule = '- Being told to calm down (+2): "Do not tell me to calm down!"'
    text = persona_text(language="fr-FR").replace(rule, f'{rule}\n  - like: "Calmez-vous."')
    persona = examine(text, "ann-lee").persona
    assert persona is not None
    check = reading(ENGINES, Settings.load(tmp_path, {}), [persona])
    assert check.state == "warning"
    assert "Of Ann Lee (fr-FR) only the examples in the file (like:) are read." in check.found
    assert "no rule" not in check.found


@pytest.mark.parametrize("harm", ["", "missing", "cut", "no thresholds"])
def test_what_is_wrong_with_the_trained_reader_is_said_with_the_remedy(
    tmp_path: Path, harm: str
) -> None:
    file = save_untaught(tmp_path / "reader.npz")
    if harm == "missing":
        file.unlink()
    elif harm == "no thresholds":
        file.with_name(THRESHOLDS).write_text("{}")
    elif harm:
        file.write_bytes(file.read_bytes()[:-100])
    check = reader(Settings.load(tmp_path, {}), file)
    assert check.state == ("warning" if harm else "ok")
    assert ("git checkout" in check.fix) == bool(harm)
    wrong = {"": "Its file is whole", "missing": "cannot be read", "cut": "is damaged"}
    wrong["no thresholds"] = "thresholds.json is damaged"
    assert wrong[harm] in check.found
    unwanted = Settings.load(tmp_path, {"REHEARSAL_OBSERVER": "lexical"})
    assert reader(unwanted, file).state == "skipped"
