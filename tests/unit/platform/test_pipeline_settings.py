"""The pipeline's settings: who does what, what is missing, who gets what, and whose key."""

from pathlib import Path
from typing import Any

import pytest
from livekit.agents import llm

from agent.engines.ahead import plain
from agent.engines.pipeline.spec import SPEC
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings, SettingsError
from agent.providers.endpoints import NO_KEY, Endpoints, endpoints
from agent.simulation.acting.prompt import MARK
from personas.parse import examine
from tests.support.persona_text import PLAIN

LOCAL = {
    "STT_BASE_URL": "http://localhost:8000/v1",
    "LLM_BASE_URL": "http://127.0.0.1:11434/v1/",
    "TTS_BASE_URL": "http://[::1]:8880/v1",
    "LLM_MODEL": "llama3.2",
}
ALONE = {"LLM_BASE_URL": "http://127.0.0.1:11434/v1/", "LLM_MODEL": "llama3.2"}
"""A text model here and nothing else."""
KEYS = {"OPENAI_API_KEY": "sk-o", "GOOGLE_API_KEY": "g", "DEEPGRAM_API_KEY": "d"}


def found(folder: Path, environ: dict[str, str]) -> Endpoints:
    result = endpoints(Settings.load(folder, environ))
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize(
    ("environ", "whose"),
    [
        (KEYS, ("deepgram", "openai", "openai")),
        ({"OPENAI_API_KEY": "k"}, ("openai", "openai", "openai")),
        ({"GOOGLE_API_KEY": "k"}, ("google", "google", "google")),
        (
            {"GOOGLE_API_KEY": "k", "DEEPGRAM_API_KEY": "k"},
            ("deepgram", "google", "deepgram"),
        ),
        (
            {**KEYS, "STT_PROVIDER": "OpenAI", "LLM_PROVIDER": "google", "TTS_PROVIDER": "google"},
            ("openai", "google", "google"),
        ),
        (LOCAL, ("compatible", "compatible", "compatible")),
        (ALONE, ("local", "compatible", "local")),
        ({"DEEPGRAM_API_KEY": "k", **ALONE}, ("deepgram", "compatible", "deepgram")),
        (
            {**KEYS, "STT_PROVIDER": "local", "TTS_PROVIDER": "Local"},
            ("local", "openai", "local"),
        ),
        ({**KEYS, **LOCAL}, ("compatible", "compatible", "compatible")),
    ],
)
def test_each_stage_is_the_one_named_or_the_best_there_is(
    tmp_path: Path, environ: dict[str, str], whose: tuple[str, ...]
) -> None:
    result = found(tmp_path, environ)
    assert tuple(each.who for each in result) == whose
    assert all(each.model for each in result if each.who != "local")


def test_openais_key_goes_to_openai_only(tmp_path: Path) -> None:
    environ = {**KEYS, **LOCAL, "TTS_API_KEY": "own"}
    assert [each.api_key for each in found(tmp_path, environ)] == [NO_KEY, NO_KEY, "own"]
    for address in ("https://api.openai.com.example.org/v1", "http://api.openai.com/v1"):
        assert found(tmp_path, {**environ, "STT_BASE_URL": address}).stt.api_key == NO_KEY
    at_home = {**environ, "STT_BASE_URL": "https://api.openai.com/v1"}
    assert found(tmp_path, at_home).stt.api_key == "sk-o"


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, ("finding the words needs", "LLM_BASE_URL")),
        ({"DEEPGRAM_API_KEY": "k"}, ("finding the words needs OPENAI_API_KEY or GOOGLE_API_KEY",)),
        (
            {"OPENAI_API_KEY": "k", "STT_PROVIDER": "deepgram"},
            ("hearing needs DEEPGRAM_API_KEY in .env.local",),
        ),
    ],
)
def test_what_is_missing_is_named(
    tmp_path: Path, environ: dict[str, str], missing: tuple[str, ...]
) -> None:
    said = SPEC.missing(Settings.load(tmp_path, environ))
    assert all(each in said for each in missing)


@pytest.mark.parametrize(
    ("environ", "gone"),
    [
        (LOCAL, ""),
        (ALONE, ""),
        (
            {**KEYS, "TTS_BASE_URL": "http://10.1.2.3:8880/v1"},
            "the trainee's voice to Deepgram; what both say and the persona's text to OpenAI; "
            "the persona's lines to 10.1.2.3",
        ),
        (
            {**LOCAL, "DEEPGRAM_API_KEY": "k", "STT_BASE_URL": ""},
            "the trainee's voice to Deepgram",
        ),
        (
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://gate.example.org/v1"},
            "the trainee's voice, what both say and the persona's text, the persona's lines to "
            "gate.example.org",
        ),
    ],
)
def test_who_gets_what_is_said(tmp_path: Path, environ: dict[str, str], gone: str) -> None:
    assert SPEC.egress(Settings.load(tmp_path, environ)) == gone


def test_this_machine_understands_english_alone(tmp_path: Path) -> None:
    def hears(language: str, **environ: str) -> bool:
        return SPEC.hears(language, Settings.load(tmp_path, {**ALONE, **environ}))

    assert hears("en-GB")
    assert not hears("th-TH")
    assert hears("th-TH", STT_BASE_URL="http://localhost:8000/v1")
    assert not hears("en-GB", REHEARSAL_STT_MODEL_FOLDER="nowhere")
    assert hears("en-GB", STT_PROVIDER="deepgram", DEEPGRAM_API_KEY="k",
                 REHEARSAL_STT_MODEL_FOLDER="nowhere")  # fmt: skip


def test_auto_takes_it_between_openai_and_offline(tmp_path: Path) -> None:
    persona = examine(PLAIN, "ann-lee").persona
    assert persona is not None

    def chosen(**environ: str) -> str:
        return EngineRegistry().choose(persona, Settings.load(tmp_path, environ)).name

    assert chosen() == "offline"
    assert chosen(**LOCAL) == "pipeline"
    assert chosen(**LOCAL, OPENAI_API_KEY="k") == "openai"


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("STT_BASE_URL", {"STT_PROVIDER": "deepgram", "STT_BASE_URL": "http://x/v1"}),
        ("LLM_MODEL", {"LLM_BASE_URL": "http://localhost:11434/v1"}),
        ("TTS_API_KEY", {"TTS_API_KEY": "k"}),
    ],
)
def test_settings_that_contradict_each_other_are_named(
    tmp_path: Path, name: str, environ: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} ") as caught:
        Settings.load(tmp_path, environ)
    assert caught.value.names == (name,)


def test_keys_stay_out_of_repr(tmp_path: Path) -> None:
    environ = {**KEYS, **LOCAL, "LLM_API_KEY": "s3cret", "STT_API_KEY": "s3cret"}
    settings = Settings.load(tmp_path, environ)
    assert "s3cret" not in f"{settings!r} {endpoints(settings)!r}"


def _context(*messages: tuple[Any, str]) -> llm.ChatContext:
    context = llm.ChatContext.empty()
    for role, text in messages:
        context.add_message(role=role, content=text)
    return context


@pytest.mark.parametrize(
    ("messages", "shaped"),
    [
        ([("system", "S"), ("system", "D")], [("system", "S"), ("user", "D")]),
        (
            [("system", "S"), ("assistant", "A"), ("user", "U"), ("user", "V"), ("system", "D")],
            [
                ("system", "S"),
                ("user", f"{MARK} The agent has picked up."),
                ("assistant", "A"),
                ("user", "U\n\nV\n\nD"),
            ],
        ),
    ],
)
def test_plain_contexts_have_one_system_message_and_turns_in_alternation(
    messages: list[tuple[str, str]], shaped: list[tuple[str, str]]
) -> None:
    result = plain(_context(*messages)).messages()
    assert [(message.role, message.text_content) for message in result] == shaped
