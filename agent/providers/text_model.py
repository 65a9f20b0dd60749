"""A text model that answers one question with JSON of a given shape.

One client serves the calls of all jobs. It lives on a thread and loop of its own, so that its
connections stay open from call to call, and no job waits while it is made, which takes a while.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from agent.providers.endpoints import ProviderEndpoint
from agent.providers.line_failure import explain
from agent.providers.thinking import without_thinking
from data.records import ModelUse

TIMEOUT = 6.0
"""Seconds after which a request is given up, whoever still waits for it."""
CLOSING = 1.0
"""Seconds that the connections may take to close."""


class Reply(NamedTuple):
    """What the model wrote, and the tokens that it took; ``cached`` are part of ``asked``."""

    text: str
    asked: int = 0
    cached: int = 0
    written: int = 0


def model_use(engine: str, source: ProviderEndpoint, reply: Reply) -> ModelUse:
    """What that reply took of the model, beside the name of what it was asked for."""
    provider = "Gemini" if source.who == "google" else urlsplit(source.base_url).netloc
    return ModelUse(
        engine,
        "llm",
        provider,
        source.model,
        input_tokens=reply.asked,
        input_text=reply.asked,
        cached_tokens=reply.cached,
        cached_text=reply.cached,
        output_tokens=reply.written,
        output_text=reply.written,
    )


TRIES = 100
"""Braces at which the answer in a reply may begin."""


Shape = TypeVar("Shape", bound=BaseModel)


def answer_in(reply: str, shape: type[Shape]) -> Shape:
    """The answer of that shape in a reply: servers that do not hold a model to it let it think
    aloud before, in braces, too, and put fences and words around it.

    The last one counts, since whoever thinks aloud drafts. Raises ``ValidationError``.
    """
    text = without_thinking(reply)
    for found in reversed(list(_objects(text))):
        with suppress(ValidationError):
            return shape.model_validate_json(found)
    return shape.model_validate_json(text)


def _objects(text: str) -> Iterator[str]:
    """The JSON objects in a text, less those inside others."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(TRIES):
        if at < 0:
            return
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield text[at:end]
        at = text.find("{", end)


class _Client(Protocol):
    async def ask(self, system: str, user: str, shape: type[BaseModel]) -> Reply: ...

    async def aclose(self) -> None: ...


Paid = Callable[[Reply], object]
"""Hears of a reply what it took; what it raises is passed on."""


def for_nothing(reply: Reply) -> None:
    """For whoever counts nothing."""


class NoAnswer(Exception):
    """A model gave no answer: the remedy, in words."""


class TextModel:
    """Asks the model of ``source``; used by the loops of all jobs. ``timeout`` is in seconds."""

    def __init__(self, source: ProviderEndpoint, timeout: float = TIMEOUT) -> None:
        self.source = source
        self._timeout = timeout
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: _Client | None = None

    def preload(self) -> None:
        """Import the provider's package, on any thread; takes a second or two."""
        import_module("google.genai" if self.source.who == "google" else "openai")

    def warm(self) -> None:
        """Make the client, on any thread."""
        with self._lock:
            if self._client is not None:
                return
            self.preload()
            kind = _Google if self.source.who == "google" else _OpenAI
            client = kind(self.source, self._timeout)
            loop = self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(loop,), name="text-model")
            self._thread.daemon = True
            self._thread.start()
            self._client = client

    async def ask(self, system: str, user: str, shape: type[BaseModel]) -> Reply:
        """The model's reply; raises what the provider's package raises."""
        if self._client is None:
            await asyncio.to_thread(self.warm)
        assert self._client is not None
        assert self._loop is not None
        asking = self._client.ask(system, user, shape)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asking, self._loop))

    async def ask_once(
        self, system: str, user: str, shape: type[BaseModel], paid: Paid = for_nothing
    ) -> str:
        """The answer to the only question, within the time-out; closes behind it. Raises
        ``NoAnswer``."""
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self.ask(system, user, shape)
        except Exception as error:
            title = f"The text model {self.source.model}"
            failure = explain(title, "timeout" if isinstance(error, TimeoutError) else error)
            raise NoAnswer(failure.remedy) from error
        finally:
            await asyncio.to_thread(self.close)
        paid(reply)
        return reply.text

    def close(self) -> None:
        """End the connections and the thread; what is being asked is dropped."""
        with self._lock:
            loop, thread, client = self._loop, self._thread, self._client
            self._loop, self._thread, self._client = None, None, None
        if loop is None or thread is None or client is None:
            return
        end = asyncio.run_coroutine_threadsafe(_end(client), loop)
        with suppress(Exception):
            end.result(CLOSING)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSING)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()


async def _end(client: _Client) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await client.aclose()


class _OpenAI:
    """OpenAI, or any server that speaks its chat completions."""

    def __init__(self, source: ProviderEndpoint, timeout: float) -> None:
        import openai
        from livekit.agents.inference.llm import drop_unsupported_params, min_reasoning_effort

        self._model = source.model
        self._client = openai.AsyncOpenAI(
            api_key=source.api_key, base_url=source.base_url, timeout=timeout, max_retries=0
        )
        # As little thinking as the model can do, and the same answer to the same words.
        options: dict[str, Any] = {"temperature": 0}
        if effort := min_reasoning_effort(source.model):
            options["reasoning_effort"] = effort
        self._options = drop_unsupported_params(source.model, options)

    async def ask(self, system: str, user: str, shape: type[BaseModel]) -> Reply:
        schema = {
            "name": shape.__name__,
            "strict": True,
            "schema": _closed(shape.model_json_schema()),
        }
        # One mapping: what a model cannot take is left out, not sent empty.
        request: dict[str, Any] = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "response_format": {"type": "json_schema", "json_schema": schema},
            **self._options,
        }
        answer = await self._client.chat.completions.create(**request)
        text = (answer.choices[0].message.content or "") if answer.choices else ""
        usage = answer.usage
        cached = _count(getattr(usage, "prompt_tokens_details", None), "cached_tokens")
        asked, written = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
        return Reply(text, asked, cached, written)

    async def aclose(self) -> None:
        await self._client.close()


def _count(usage: object, name: str) -> int:
    """A number of tokens; servers of one's own may tell of none, or only of some."""
    value = getattr(usage, name, None)
    return value if isinstance(value, int) else 0


def _closed(schema: Any) -> Any:
    """The schema with no room for other names: OpenAI insists, Gemini refuses the word."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in closed else closed


class _Google:
    """Gemini by its own interface."""

    def __init__(self, source: ProviderEndpoint, timeout: float) -> None:
        from google import genai
        from google.genai import types

        self._model = source.model
        self._client = genai.Client(
            api_key=source.api_key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=source.base_url or None,
                timeout=int(1000 * timeout),
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )
        self._options = types.GenerateContentConfigDict(temperature=0)
        if thinking := _thinking(source.model):
            self._options["thinking_config"] = thinking

    async def ask(self, system: str, user: str, shape: type[BaseModel]) -> Reply:
        answer = await self._client.aio.models.generate_content(
            model=self._model,
            contents=user,
            config={
                **self._options,
                "system_instruction": system,
                "response_mime_type": "application/json",
                "response_schema": shape,
            },
        )
        usage = answer.usage_metadata
        if usage is None:
            return Reply(answer.text or "")
        written = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
        asked, cached = usage.prompt_token_count or 0, usage.cached_content_token_count or 0
        return Reply(answer.text or "", asked, cached, written)

    async def aclose(self) -> None:
        await self._client.aio.aclose()


def _thinking(model: str) -> Any:
    """As little thinking as that Gemini can do; nothing leaves it to the model."""
    if "gemini-2.5-flash" in model:
        return {"thinking_budget": 0}
    if "gemini-3" in model:
        return {"thinking_level": "MINIMAL" if "flash" in model else "LOW"}
    return {}
