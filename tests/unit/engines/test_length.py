"""How long prompts are, and what engines take."""

from pathlib import Path

import pytest

from agent.engines.gemini.spec import SPEC as GEMINI
from agent.engines.length import as_prompt, excess, measure, too_big
from agent.engines.limits import Limit, ModelLimit, limit_for
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.openai.spec import SPEC as OPENAI
from agent.engines.pipeline.spec import SPEC as PIPELINE
from agent.engines.registry import EngineRegistry
from agent.engines.spec import EngineSpec
from personas.source import LIMIT
from tests.support.booth import settings_of
from tests.support.places import ROOT

COUNTED = ROOT / "tests" / "support" / "counted"
THAI = (COUNTED / "thai.md").read_text(encoding="utf-8")
ENGLISH = (COUNTED / "english.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "language", "counted"),
    [
        ("", "en", (0, 0, 0)),
        ("Hello, my friend.", "en", (17, 3, 4)),
        ("สวัสดีค่ะ", "th-TH", (9, None, 4)),
        ("สวัสดีค่ะ", "en", (9, 1, 4)),
        ("你好世界", "zh-CN", (4, None, 3)),
        ("\x00<script>", "en", (9, 1, 2)),
    ],
)
def test_what_is_counted(text: str, language: str, counted: tuple[int, int | None, int]) -> None:
    length = measure(text, language)
    assert (length.characters, length.words, length.tokens) == counted


@pytest.mark.parametrize(("text", "tokens"), [(ENGLISH, 2_801), (THAI, 3_213)])
def test_the_estimate_is_near_what_openai_counts(text: str, tokens: int) -> None:
    """Counted once with o200k_base."""
    assert measure(text).tokens == pytest.approx(tokens, rel=0.1)
    assert as_prompt(text) > measure(text).tokens


GOOGLE = {"GOOGLE_API_KEY": "k"}
KEY = {"OPENAI_API_KEY": "k"}
OWN = {"LLM_BASE_URL": "http://127.0.0.1:11434/v1", "LLM_MODEL": "m"}


def limit_of(folder: Path, spec: EngineSpec, environ: dict[str, str]) -> Limit:
    """What that engine takes with these settings."""
    limit = spec.limit(settings_of(folder, environ))
    assert limit is not None
    return limit


@pytest.mark.parametrize(
    ("spec", "environ", "most", "basis"),
    [
        (OPENAI, {"OPENAI_REALTIME_MODEL": "gpt-realtime"}, 28_224, "RealtimeTruncation"),
        (OPENAI, {"OPENAI_REALTIME_MODEL": "gpt-realtime-2025-08-28"}, 28_224, "RealtimeTruncat"),
        (OPENAI, {"OPENAI_REALTIME_MODEL": "gpt-realtime-2.1-mini"}, 96_000, "gpt-realtime-2.1-"),
        (
            OPENAI,
            {"OPENAI_REALTIME_MODEL": "gpt-voice"},
            28_224,
            "as gpt-realtime, since gpt-voice is not in our table",
        ),
        (PIPELINE, {**KEY, "LLM_MODEL": "gpt-4.1-mini"}, 1_047_576, "gpt-4.1"),
        (PIPELINE, {**KEY, "LLM_MODEL": "gpt-4o-mini"}, 128_000, "gpt-4o"),
        (PIPELINE, {**KEY, "LLM_MODEL": "gpt-9"}, 128_000, "as gpt-4o, since gpt-9"),
        (PIPELINE, {**GOOGLE, "LLM_MODEL": "models/gemini-2.5-flash"}, 1_048_576, "ai.google.dev"),
        (
            PIPELINE,
            {**GOOGLE, "LLM_MODEL": "gemini-9"},
            1_048_576,
            "since gemini-9 is not in our table",
        ),
        (
            GEMINI,
            {"GEMINI_MODEL": "gemini-2.5-flash-native-audio-preview-12-2025"},
            128_000,
            "128k tokens",
        ),
        (
            GEMINI,
            {"GEMINI_MODEL": "gemini-3.8-live"},
            128_000,
            "since gemini-3.8-live is not in our table",
        ),
    ],
)
def test_a_limit_is_the_models_or_else_the_least_of_its_maker(
    spec: EngineSpec, environ: dict[str, str], most: int, basis: str, tmp_path: Path
) -> None:
    limit = limit_of(tmp_path, spec, environ)
    assert limit.most == most
    assert basis in limit.basis


def test_a_longer_name_counts_before_a_shorter_one() -> None:
    known = (ModelLimit("m", 10, "short"), ModelLimit("m-large", 20, "long"))
    assert limit_for(Limit("M"), known, "m-large-2").basis == "long"
    assert limit_for(Limit("M"), known, "m-small").basis == "short"


@pytest.mark.parametrize(
    ("spec", "environ"),
    [
        (GEMINI, {}),
        (OPENAI, {}),
        (PIPELINE, KEY),
        (PIPELINE, GOOGLE),
        (PIPELINE, OWN),
        (OFFLINE, {}),
    ],
)
def test_a_limit_has_a_source_and_words(
    spec: EngineSpec, environ: dict[str, str], tmp_path: Path
) -> None:
    limit = limit_of(tmp_path, spec, environ)
    assert limit.basis
    if limit.most is None:
        assert excess(10**9, limit) is None
        return
    assert limit.slow is not None
    assert excess(limit.slow, limit) is None
    slow, over = excess(limit.slow + 1, limit), excess(limit.most + 1, limit)
    assert slow is not None
    assert (slow.level, "answers come later" in slow.words) == ("warn", True)
    assert over is not None
    assert (over.level, limit.over in over.words) == ("bad", True)
    assert limit.title in slow.words


@pytest.mark.parametrize(
    ("environ", "title"),
    [
        ({"OPENAI_API_KEY": "k"}, "Pipeline with OpenAI"),
        ({"GOOGLE_API_KEY": "k"}, "Pipeline with Google"),
        (OWN, "Pipeline with a server of your own"),
        ({}, ""),
    ],
)
def test_the_pipeline_takes_what_its_text_model_takes(
    environ: dict[str, str], title: str, tmp_path: Path
) -> None:
    limit = PIPELINE.limit(settings_of(tmp_path, environ))
    assert (limit.title if limit else "") == title


def test_every_engine_has_a_limit(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, KEY)
    for spec in EngineRegistry():
        assert spec.limit(settings) is not None


def test_the_personas_that_come_with_the_app_are_short_enough(tmp_path: Path) -> None:
    limits = [limit_of(tmp_path, spec, KEY) for spec in EngineRegistry()]
    for path in (ROOT / "personas").glob("*.md"):
        tokens = as_prompt(path.read_text(encoding="utf-8"))
        assert [excess(tokens, limit) for limit in limits] == [None] * len(limits)


def test_what_no_call_takes() -> None:
    assert too_big("ก" * (LIMIT // 3)) is None
    found = too_big("ก" * (LIMIT // 3 + 1))
    assert found is not None
    assert "a persona's text has 256 KB at most" in found.words
