"""What replies cost that were asked for early and in vain."""

import asyncio
from typing import Any

from livekit.agents import APIConnectOptions, llm
from livekit.agents.metrics import LLMMetrics

from agent.engines.ahead import Ahead
from tests.support.clock import until

ONCE = APIConnectOptions(max_retry=0)


class Model(llm.LLM[Any]):
    """Tells what a reply cost at once, and never ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.tells = True

    def chat(self, **options: Any) -> llm.LLMStream:
        known = ("chat_ctx", "conn_options")
        return _Stream(self, tools=[], **{name: options[name] for name in known})


class _Stream(llm.LLMStream):
    async def _run(self) -> None:
        model = self._llm
        assert isinstance(model, Model)
        if model.tells:
            usage = llm.CompletionUsage(completion_tokens=5, prompt_tokens=100, total_tokens=105)
            self._event_ch.send_nowait(llm.ChatChunk(id="told", usage=usage))
        model.begun += 1
        await asyncio.Event().wait()


def context(text: str) -> llm.ChatContext:
    asked = llm.ChatContext.empty()
    asked.add_message(role="user", content=text)
    return asked


async def test_a_late_count_of_a_dropped_reply_is_not_the_next_one_s() -> None:
    model, early = Model(), Model()
    counted: list[LLMMetrics] = []
    ahead = Ahead(model, early, ONCE)
    usual = LLMMetrics(
        label="l", request_id="usual", timestamp=0, duration=1, ttft=0.1, cancelled=False,
        completion_tokens=5, prompt_tokens=100, prompt_cached_tokens=0, total_tokens=105,
        tokens_per_second=5,
    )  # fmt: skip
    model.emit("metrics_collected", usual)
    model.on("metrics_collected", counted.append)
    ahead.ask(context("I am"))
    await until(lambda: early.begun == 1)
    early.tells = False
    ahead.ask(context("I am sorry"))  # the first is dropped, and tells its count only now
    await until(lambda: early.begun == 2)
    await asyncio.gather(*ahead._closing)
    assert [each.request_id for each in counted] == [""], "it was reckoned: once is enough"
    ahead.drop()
    assert [each.request_id for each in counted] == ["", ""], "so is the second"
    await ahead.aclose()
    await model.aclose()
