"""Drafts of a persona by a text model, against a server that speaks as the real ones do."""

import json
from pathlib import Path

import pytest

from agent.platform.settings import Settings
from agent.providers import drafting as module
from agent.providers.drafting import DraftFailed, Drafting, drafted, drafting
from personas.form_check import problems
from personas.form_text import written
from personas.parse import examine
from tests.support.fakes.text_model import Fault, TextServer
from tests.support.form_answer import FILLED, answer

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")


def settings(folder: Path, way: str, base_url: str) -> Settings:
    if way == "openai":
        environ = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{base_url}/v1"}
    else:
        environ = {"GOOGLE_API_KEY": "test", "GEMINI_BASE_URL": base_url}
    return Settings.load(folder, environ)


def of(folder: Path, way: str, base_url: str) -> Drafting:
    made = drafting(settings(folder, way, base_url))
    assert made is not None
    return made


@pytest.mark.parametrize("way", ["openai", "gemini"])
async def test_a_few_sentences_become_a_form(tmp_path: Path, way: str) -> None:
    with TextServer(answer) as server:
        form = await of(tmp_path, way, server.base_url).draft("A baker, oven broken", "en-GB")
    (asked,) = server.asked
    assert "A baker, oven broken" in asked.user
    assert "en-GB" in asked.system
    assert (form.name, form.language, form.angers[0].change) == ("Mira Holt", "en-GB", 3)
    assert form.threshold == 5  # from 9, the apology and its repeats lead no lower
    assert form.briefing == "You work for a maker of ovens.\nA new one can come on Monday."
    assert problems(form) == []
    assert examine(written(form), "mira").findings == ()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong_key", "refused the key"),
        ("no_quota", "no quota left"),
        ("server_error", "could not answer"),
        ("closed", "closed"),
        ("malformed", "sent no form"),
        ("no_verdict", "sent no form"),
        ("empty", "sent no form"),
    ],
)
async def test_each_failure_has_its_words(tmp_path: Path, fault: Fault, words: str) -> None:
    with TextServer(answer) as server:
        server.fault = fault
        with pytest.raises(DraftFailed, match=words):
            await of(tmp_path, "openai", server.base_url).draft("A baker", "en")


async def test_too_long_a_description_is_refused_and_not_cut(tmp_path: Path) -> None:
    with TextServer(answer) as server:
        with pytest.raises(DraftFailed, match="at most 4,000 characters"):
            await of(tmp_path, "openai", server.base_url).draft("x" * 4001, "en")
        assert server.asked == []


async def test_a_draft_has_a_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    with TextServer(answer) as server:
        server.fault = "silent"
        with pytest.raises(DraftFailed, match="did not answer in time"):
            await of(tmp_path, "openai", server.base_url).draft("A baker", "en")


def test_without_a_key_there_is_none(tmp_path: Path) -> None:
    assert drafting(Settings.load(tmp_path, {})) is None


def test_a_reply_between_fences_is_read() -> None:
    assert drafted(f"```json\n{json.dumps(FILLED)}\n```", "en").name == "Mira Holt"
    thought = f'<think>{{"name": "Bo"}} {json.dumps({**FILLED, "name": "Bo"})}</think>'
    assert drafted(thought + json.dumps(FILLED), "en").name == "Mira Holt"
