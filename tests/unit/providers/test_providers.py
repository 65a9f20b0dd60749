"""The pipeline's real plugins, each at a server that fails in each way: what is made of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, llm, utils

from agent.engines.pipeline.voices import voice_name
from agent.platform.pipeline_settings import Stage
from agent.protocol.messages import Event, Usage
from agent.providers.endpoints import Provider, ProviderEndpoint
from agent.providers.line_failure import explain
from agent.providers.plugins import make_llm, make_stt, make_tts
from agent.worker.usage import UsageMeter
from personas.model import Persona
from personas.parse import examine
from tests.support.fakes.gemini import MODELS, FakeGemini
from tests.support.fakes.google import USAGE, Google
from tests.support.fakes.models import Models
from tests.support.persona_text import PLAIN

pytestmark = [
    pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession"),
    pytest.mark.filterwarnings("ignore:ConnectionClosed.code"),
    pytest.mark.filterwarnings("ignore:Setting .LiveConnectConfig"),
]

ONCE = APIConnectOptions(max_retry=0, timeout=1.0)
REFUSALS = ("wrong_key", "no_quota", "unknown_model", "region", "rate_limit")
ALL = (*REFUSALS, "closed", "silent", "malformed")
HTTP: tuple[tuple[Stage, Provider], ...] = (
    *(("stt", "openai"), ("llm", "openai"), ("tts", "openai")),
    *(("stt", "compatible"), ("llm", "compatible"), ("tts", "compatible")),
    *(("llm", "google"), ("tts", "google")),
)
CASES = (
    *[(stage, who, f) for stage, who in HTTP for f in ALL if (stage, f) != ("tts", "silent")],
    *[("stt", "deepgram", fault) for fault in (*REFUSALS, "closed")],
    *[("tts", "deepgram", fault) for fault in (*REFUSALS, "closed", "malformed")],
    *[("stt", "google", fault) for fault in REFUSALS],
)
"""That a voice does not come, or a stream that hears all the time tells nothing or nonsense, is for
the call to notice: see ``test_pipeline``."""


@dataclass
class Servers:
    """What the plugins talk to, and how each is told to fail."""

    models: Models
    google: Google
    live: FakeGemini
    made: list[Any] = field(default_factory=list)

    def fail(self, stage: Stage, who: Provider, fault: Any) -> None:
        if who != "google":
            self.models.faults[stage] = fault
        elif stage == "stt":
            self.live.fault = fault
        else:
            self.google.fault = fault

    def source(self, stage: Stage, who: Provider) -> ProviderEndpoint:
        urls = {"google": self.google.url, "deepgram": self.models.deepgram_url}
        url = self.live.url if (stage, who) == ("stt", "google") else urls.get(who, self.models.url)
        model = {
            ("tts", "openai"): "gpt-4o-mini-tts",
            ("tts", "google"): "gemini-3.1-flash-tts-preview",
            ("stt", "google"): MODELS[0],
        }.get((stage, who), "m")
        return ProviderEndpoint(stage, who, url, model, "test")


class Told(Exception):
    """A failure's code, as the session's error event has it."""


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    with Models() as models, Google() as google, FakeGemini() as live:
        monkeypatch.setenv("SSL_CERT_FILE", str(live.certificate(tmp_path)))
        yield Servers(models, google, live)


def persona() -> Persona:
    found = examine(PLAIN, "ann").persona
    assert found is not None
    return found


@asynccontextmanager
async def closing(plugin: Any) -> AsyncIterator[Any]:
    """Raises what the session would be told, which has its reasons with it."""
    told: list[str] = []
    # At once, as a call does: on its way out, an exception loses where it came from.
    plugin.on("error", lambda event: told.append(explain("Pipeline", event.error).code))
    async with utils.http_context.open():
        try:
            yield plugin
        except Exception:
            if told:
                raise Told(told[0]) from None
            raise
        finally:
            await plugin.aclose()


async def ask(source: ProviderEndpoint) -> list[Any]:
    """Let that stage do its work once; raises what its plugin raises."""
    return await {"stt": _hear, "llm": _find_words, "tts": _speak}[source.stage](source)


async def _hear(source: ProviderEndpoint) -> list[Any]:
    silence = rtc.AudioFrame(bytes(32_000), 16_000, 1, 16_000)
    async with closing(make_stt(source, persona(), lambda: None)) as plugin:
        if not plugin.capabilities.streaming:
            return [await plugin.recognize([silence], conn_options=ONCE)]
        async with plugin.stream(conn_options=ONCE) as stream:
            for _ in range(3):
                stream.push_frame(silence)
            return [each async for each in stream]


async def _find_words(source: ProviderEndpoint) -> list[Any]:
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="Hello?")
    async with (
        closing(make_llm(source)) as plugin,
        plugin.chat(chat_ctx=context, conn_options=ONCE) as stream,
    ):
        return [each async for each in stream]


async def _speak(source: ProviderEndpoint) -> list[Any]:
    async with closing(make_tts(source, voice_name(source, persona(), ""))) as plugin:
        if not plugin.capabilities.streaming:
            async with plugin.synthesize("Hello there.", conn_options=ONCE) as whole:
                return [each async for each in whole]
        async with plugin.stream(conn_options=ONCE) as stream:
            stream.push_text("Hello there.")
            stream.end_input()
            return [each async for each in stream]


@pytest.mark.parametrize(("stage", "who", "fault"), CASES)
async def test_each_failure_of_each_stage_is_told_in_its_words(
    stage: Stage, who: Provider, fault: str, servers: Servers
) -> None:
    servers.fail(stage, who, fault)
    with pytest.raises(Told) as told:
        async with asyncio.timeout(8):
            await ask(servers.source(stage, who))
    assert str(told.value) == fault


@pytest.mark.parametrize(("stage", "who"), [("llm", "google"), ("llm", "openai")])
async def test_without_a_fault_there_is_an_answer(
    stage: Stage, who: Provider, servers: Servers
) -> None:
    assert await ask(servers.source(stage, who))


@pytest.mark.parametrize("stage", ["stt", "tts"])
async def test_a_refusal_of_deepgram_does_not_carry_the_key(
    stage: Stage, servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    servers.fail(stage, "deepgram", "unknown_model")
    with pytest.raises(Told):
        await ask(servers.source(stage, "deepgram"))
    assert "Token test" not in caplog.text


async def test_googles_plugin_tells_what_a_model_thought(servers: Servers) -> None:
    told: list[Event] = []
    meter = UsageMeter("c1", told.append)
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="Hello?")
    async with closing(make_llm(servers.source("llm", "google"))) as plugin:
        plugin.on("metrics_collected", lambda metrics: meter.think("pipeline", metrics))
        async with plugin.chat(chat_ctx=context, conn_options=ONCE) as stream:
            assert [each async for each in stream]
    meter.end_session()
    assert isinstance(told[0], Usage)
    assert told[0].models[0].thoughts == USAGE["thoughtsTokenCount"]
