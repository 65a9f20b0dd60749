"""Prices and the estimate of a call's cost, and how its usage is counted."""

from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from genai_prices.data_snapshot import get_snapshot
from livekit.agents import SessionUsageUpdatedEvent
from livekit.agents.metrics import (
    AgentSessionUsage,
    EOTModelUsage,
    LLMMetrics,
    LLMModelUsage,
    STTModelUsage,
    TTSModelUsage,
)
from livekit.agents.metrics.base import Metadata

from agent.engines.cost import Estimate, estimate, in_words
from agent.engines.openai.engine import TRANSCRIBER
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.protocol.messages import End, Ended, Event, Usage
from agent.providers import endpoints
from agent.providers.prices import LISTED, RATES, Price, PricesError, find_price, load_prices
from agent.worker.usage import EVERY, UsageMeter
from data.records import ModelUse
from tests.support.clock import until
from tests.support.job_stage import Stage, joined, play

DAY = date(2026, 11, 22)
PRICES = load_prices()
ENGINES = EngineRegistry()
LIVE = "gemini-2.5-flash-native-audio-preview-12-2025"


def of(*usage: ModelUse, engines: tuple[str, ...] = (), day: date = DAY) -> Estimate:
    return estimate(usage, PRICES, day, ENGINES, engines)


def gemini(**counts: int) -> ModelUse:
    return ModelUse("gemini", "llm", "Gemini", LIVE, **counts)


def test_tokens_of_each_kind_have_their_own_price() -> None:
    use = gemini(
        input_tokens=3_000_000, input_text=1_000_000, input_audio=2_000_000,
        output_tokens=1_500_000, output_text=500_000, output_audio=1_000_000,
    )  # fmt: skip
    assert of(use).cost == pytest.approx(0.50 + 2 * 3.00 + 0.5 * 2.00 + 12.00)


def test_cached_tokens_are_not_charged_twice() -> None:
    use = ModelUse(
        "openai", "llm", "api.openai.com", "gpt-realtime",
        input_tokens=2_000_000, input_text=1_000_000, input_audio=1_000_000,
        cached_tokens=1_200_000, cached_text=800_000, cached_audio=400_000,
    )  # fmt: skip
    assert of(use).cost == pytest.approx(0.2 * 4 + 0.6 * 32 + 0.8 * 0.4 + 0.4 * 0.4)


def test_a_text_model_s_cache_is_text() -> None:
    use = ModelUse(
        "pipeline", "llm", "api.openai.com", "gpt-4.1",
        input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000,
    )  # fmt: skip
    assert of(use).cost == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.1 * 8)


@pytest.mark.parametrize(
    ("use", "cost"),
    [
        (ModelUse("pipeline", "stt", "Deepgram", "nova-3", seconds=600), 0.048),
        (ModelUse("pipeline", "tts", "Deepgram", "aura-2-thalia-en", characters=2000), 0.06),
        (
            ModelUse("pipeline", "tts", "api.openai.com", "gpt-4o-mini-tts", seconds=120,
                     characters=999),
            0.03,
        ),
        (
            ModelUse("pipeline", "tts", "api.openai.com", "gpt-4o-mini-tts", seconds=120,
                     input_tokens=100_000, output_tokens=1_000_000),
            0.06 + 12,
        ),
        (
            ModelUse("openai", "stt", "api.openai.com", TRANSCRIBER, input_tokens=1_000_000,
                     input_audio=900_000, output_tokens=100_000),
            0.9 * 3 + 0.1 * 1.25 + 0.5,
        ),
        (ModelUse("pipeline", "tts", "api.openai.com", "tts-1", characters=2000), 0.03),
        (ModelUse("pipeline", "stt", "api.openai.com", "whisper-1", seconds=600), 0.06),
        (
            ModelUse("pipeline", "llm", "api.groq.com", "llama-3.3-70b-versatile",
                     input_tokens=1_000_000, output_tokens=1_000_000),
            0.59 + 0.79,
        ),
        (
            ModelUse("openai", "llm", "api.openai.com", "gpt-realtime-2-2026-05-07",
                     output_tokens=1_000_000, output_audio=1_000_000),
            64,
        ),
    ],
)  # fmt: skip
def test_hearing_and_speaking_are_charged_as_their_provider_counts(
    use: ModelUse, cost: float
) -> None:
    (line,) = of(use).lines
    assert line.cost == pytest.approx(cost)


def test_an_unknown_model_gets_no_made_up_figure() -> None:
    use = ModelUse("openai", "llm", "api.openai.com", "gpt-next", input_tokens=5_000)
    found = of(use)
    assert found.lines[0].cost is None
    assert in_words(found) == "No price known: OpenAI Realtime, 5,000 tokens"
    assert found.missing == ("No price known for gpt-next: 5,000 tokens.",)
    both = of(use, gemini(input_tokens=10_000, input_audio=10_000))
    assert in_words(both).startswith("At least 0.03 USD: OpenAI Realtime, 5,000 tokens; Gemini")


def test_a_model_known_by_name_elsewhere_is_not_the_same() -> None:
    use = ModelUse("pipeline", "llm", "localhost:8000", "gpt-4.1", input_tokens=5_000)
    assert of(use).lines[0].cost is None


def test_a_kind_of_token_without_a_price_is_told() -> None:
    use = ModelUse("openai", "llm", "api.openai.com", "gpt-4.1", input_tokens=10, input_audio=9)
    assert of(use).missing == ("gpt-4.1: no price known for 9 audio input tokens.",)
    assert of(use).lines[0].cost == pytest.approx(2e-6)


def test_what_has_no_stated_kind_is_told() -> None:
    use = gemini(input_tokens=522, input_text=332, input_audio=165, output_tokens=42)
    assert any("67 tokens of no stated kind" in note for note in of(use).notes)
    assert in_words(of(use)) == "Less than 0.01 USD: Gemini Live, 564 tokens"


def test_an_engine_that_reported_nothing_is_told() -> None:
    found = of(engines=("gemini", "offline"))
    assert found.missing == ("Gemini Live did not say what it used.",)
    assert in_words(found) == "No estimate"


def test_offline_costs_nothing() -> None:
    use = ModelUse("offline", "tts", "espeak-ng", "en-us", characters=900)
    assert in_words(of(use, engines=("offline",))) == "Free of charge (offline)"


def test_a_pipeline_s_parts_stand_in_one_line_and_a_silent_one_is_told() -> None:
    heard = ModelUse("pipeline", "stt", "Deepgram", "nova-3", seconds=120)
    words = ModelUse("pipeline", "llm", "api.openai.com", "gpt-4.1", 9000, output_tokens=300)
    found = of(heard, words, engines=("pipeline",))
    assert in_words(found).endswith("USD: Pipeline, hearing 2.0 minutes, 9,300 tokens")
    assert found.missing == ("Pipeline did not count what it spoke.",)


def test_a_price_holds_in_its_time_only() -> None:
    now, later = (find_price(PRICES, "Gemini", "gemini-3.8-flash", day)
                  for day in (DAY, date(2027, 1, 1)))  # fmt: skip
    assert now is not None
    assert later is not None
    assert (now.rates["input_text"], later.rates["input_text"]) == (0.75, 1.5)


PROVIDERS = {
    "openai": {"stt": "api.openai.com", "llm": "api.openai.com", "tts": "api.openai.com"},
    "google": {"stt": "google", "llm": "Gemini", "tts": "Gemini"},
    "deepgram": {"stt": "Deepgram", "tts": "Deepgram"},
}
"""What LiveKit's plugins call themselves, by stage."""


def default_models() -> list[tuple[str, str]]:
    """Provider and model of everything that is asked when nothing but a key is set."""
    settings = Settings.load(Path("nowhere"), {})
    found = [
        ("Gemini", settings.gemini_model),
        ("api.openai.com", settings.openai_realtime_model),
        ("api.openai.com", TRANSCRIBER),
    ]
    for name, parts in PROVIDERS.items():
        keys = {f"{name.upper()}_API_KEY": "a-key"}
        for stage, provider in parts.items():
            source = endpoints.endpoint(stage, Settings.load(Path("nowhere"), keys))  # type: ignore[arg-type]
            assert isinstance(source, endpoints.ProviderEndpoint)
            found.append((provider, source.model))
    return found


@pytest.mark.parametrize(("provider", "model"), default_models())
def test_every_default_model_has_a_price(provider: str, model: str) -> None:
    assert find_price(PRICES, provider, model, DAY) is not None


def test_ours_wins_over_the_list_and_the_report_says_where_a_price_comes_from() -> None:
    def price_of(*own: Price) -> Price:
        price = find_price(own, "api.openai.com", "gpt-4.1", DAY)
        assert price is not None
        return price

    fits = (("api.openai.com",), ("gpt-4*",))
    number, published = LISTED
    listed = price_of()
    assert (listed.rates["cached_text"], listed.read) == (0.5, published)
    assert listed.source.startswith(f"genai-prices {number}, after https://")
    tokens = Price(*fits, {"input_text": 1.0}, "ours", DAY)
    assert price_of(tokens) == tokens, "none of the list's prices for tokens beside ours"
    both = price_of(Price(*fits, {"minute": 0.5}, "ours", DAY))
    assert both.rates == {**listed.rates, "minute": 0.5}
    assert (both.source, both.read) == (f"ours; {listed.source}", published)
    noted = price_of(Price(*fits, {}, "", DAY, "so it is"))
    assert noted == replace(listed, note="so it is")
    assert find_price(PRICES, "Gemini", "gemini-3*-live", DAY) is None, "a note is no price"


def test_the_list_is_the_one_that_came_with_the_app() -> None:
    assert version("genai-prices") == LISTED[0]
    find_price((), "api.openai.com", "gpt-4.1", DAY)
    assert not get_snapshot().from_auto_update


def test_every_price_names_its_source_and_a_day() -> None:
    assert len(PRICES) > 10
    for price in PRICES:
        assert price.source, price.models
        assert price.read > date(2026, 1, 1), price.models
        assert price.since <= price.until


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("input_text = -1", "below 0"),
        ("", "no price"),
        ("input_txt = 1\nminute = 1", "input_txt"),
        ("minute = 1\nread = 'today'", "Cannot overwrite|today"),
        ("minute = ", "Invalid value"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(
        '[[price]]\nproviders = ["a"]\nmodels = ["b"]\nsource = "c"\nread = 2026-11-22\n' + line
    )
    with pytest.raises(PricesError, match=fault):
        load_prices(path)


def test_an_edited_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(
        '[[price]]\nproviders = ["box:*"]\nmodels = ["*"]\nminute = 0.5\nsource = "own"\n'
        "read = 2026-11-22\n"
    )
    prices = load_prices(path)
    assert prices == (Price(("box:*",), ("*",), {"minute": 0.5}, "own", DAY),)
    use = ModelUse("pipeline", "stt", "box:8000", "whisper", seconds=60)
    assert estimate([use], prices, DAY, ENGINES).cost == 0.5
    assert set(prices[0].rates) <= set(RATES)


def usage(tokens: int) -> AgentSessionUsage:
    """What a session says of its models: three that cost, and one that runs here."""
    return AgentSessionUsage(
        [
            LLMModelUsage(provider="Gemini", model=LIVE, input_tokens=tokens, input_audio_tokens=9),
            TTSModelUsage(provider="Deepgram", model="aura", characters_count=tokens),
            STTModelUsage(provider="Deepgram", model="nova-3", audio_duration=1.5),
            EOTModelUsage(provider="livekit", model="v1-mini", total_requests=3),
        ]
    )


def test_a_meter_adds_up_the_sessions_of_a_call() -> None:
    told: list[Event] = []
    meter = UsageMeter("c1", told.append)
    meter.take("gemini", usage(10))
    meter.take("gemini", usage(30))  # totals of the same session
    meter.end_session()
    meter.take("gemini", usage(5))
    meter.end_session()
    meter.end_session()
    assert [type(event) for event in told] == [Usage, Usage], "nothing new, nothing told"
    last = told[-1]
    assert isinstance(last, Usage)
    assert [(use.kind, use.input_tokens, use.characters, use.seconds) for use in last.models] == [
        ("llm", 35, 0, 0.0),
        ("tts", 0, 35, 0.0),
        ("stt", 0, 0, 3.0),
    ]
    assert last.models[0].input_audio == 18


def test_a_meter_tells_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("agent.worker.usage.time.monotonic", lambda: now[0])
    told: list[Event] = []
    meter = UsageMeter("c1", told.append)
    for tokens in (1, 2, 3, 4):
        now[0] += EVERY * 0.6
        meter.take("gemini", usage(tokens))
    assert [event.models[0].input_tokens for event in told if isinstance(event, Usage)] == [2, 4]


def test_a_job_tells_what_its_sessions_used_before_it_leaves() -> None:
    async def story(stage: Stage) -> None:
        await joined(stage)
        stage.engine.fake.emit("session_usage_updated", SessionUsageUpdatedEvent(usage=usage(10)))
        await stage.engine.fake.aclose()  # it breaks, and another session goes on
        await until(lambda: len(stage.engines) == 2 and stage.engines[1].fake.started, 100)
        second = SessionUsageUpdatedEvent(usage=usage(5))
        stage.engines[1].fake.emit("session_usage_updated", second)
        stage.command(End("ended"))

    told = [event for event in play(story).events if isinstance(event, Usage | Ended)]
    assert isinstance(told[-1], Ended)
    last = told[-2]
    assert isinstance(last, Usage)
    assert [use.input_tokens for use in last.models if use.kind == "llm"] == [15]


def test_what_google_counts_in_a_requests_total_only_are_thoughts() -> None:
    told: list[Event] = []
    meter = UsageMeter("c1", told.append)
    google = Metadata(model_name=LIVE, model_provider="Gemini")
    meter.take("gemini", usage(10))
    for provider in (google, Metadata(model_name="gpt-4.1", model_provider="api.openai.com"), None):
        meter.think("gemini", text_metrics(provider))
    meter.think("gemini", text_metrics(google))
    meter.think("gemini", "no metrics of a model")
    meter.end_session()
    last = told[-1]
    assert isinstance(last, Usage)
    assert len(last.models) == 3
    assert (last.models[0].output_tokens, last.models[0].thoughts) == (600, 600)


def text_metrics(metadata: Metadata | None) -> LLMMetrics:
    """A request of 100 tokens with an answer of 5, after 300 of thoughts."""
    return LLMMetrics(
        label="l", request_id="r", timestamp=0, duration=1, ttft=0.1, cancelled=False,
        completion_tokens=5, prompt_tokens=100, prompt_cached_tokens=0, total_tokens=405,
        tokens_per_second=5, metadata=metadata,
    )  # fmt: skip


def test_thoughts_are_paid_as_text_and_told() -> None:
    spoken = gemini(output_tokens=1_000_000, output_audio=1_000_000)
    thought = replace(spoken, output_tokens=3_000_000, output_text=2_000_000, thoughts=2_000_000)
    assert of(thought).cost - of(spoken).cost == pytest.approx(2 * 2.00)
    assert any("2,000,000 tokens of its thoughts" in note for note in of(thought).notes)
    assert any("its thoughts, if it had any, were not told" in note for note in of(spoken).notes)
    other = ModelUse("pipeline", "llm", "api.openai.com", "gpt-4.1", output_tokens=5)
    assert not any("thoughts" in note for note in of(other).notes)
