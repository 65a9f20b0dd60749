"""A server that answers as a text model: OpenAI's chat completions and Gemini's generateContent.

Both not streamed, with structured output. It refuses what the real ones refuse of a request, is
scripted, writes down what it was sent, and can fail in every way.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from google.genai.types import GenerateContentResponse
from openai.types.chat import ChatCompletion

from tests.support.fakes.served import Served, listening

KEY = "test"
Fault = Literal[
    "", "wrong_key", "no_quota", "rate_limit", "unknown_model", "region", "server_error", "closed",
    "silent", "malformed", "no_verdict", "empty",
]  # fmt: skip

_OPENAI: dict[str, tuple[int, str, str]] = {
    "wrong_key": (401, "invalid_api_key", "Incorrect API key provided: test."),
    "no_quota": (
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "rate_limit": (429, "rate_limit_exceeded", "Rate limit reached for requests."),
    "unknown_model": (404, "model_not_found", "The model `m` does not exist."),
    "region": (
        403,
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    "server_error": (500, "server_error", "The server had an error."),
}
GEMINI: dict[str, tuple[int, str, str]] = {
    "wrong_key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "no_quota": (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your "
                 "plan and billing details."),
    "rate_limit": (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted."),
    "unknown_model": (404, "NOT_FOUND", "models/m is not found for API version v1beta."),
    "region": (400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    "server_error": (500, "INTERNAL", "An internal error has occurred."),
}  # fmt: skip
_TEXTS = {"malformed": '{"matches": [{"rule": "', "no_verdict": '{"rules": "none"}', "empty": ""}
SILENCE = 60.0


@dataclass(frozen=True)
class Asked:
    """One question: ``system`` and ``user`` are its texts, ``latest`` the turn to be judged."""

    way: Literal["openai", "gemini"]
    key: str
    model: str
    system: str
    user: str
    body: Mapping[str, Any] = field(repr=False)

    @property
    def latest(self) -> str:
        """The turn to be judged."""
        return str(json.loads(self.user)["latest"])


Script = Callable[[Asked], Mapping[str, Any]]


def verdict(
    *matches: tuple[str, str, float],
    hostile: str = "",
    question: bool = False,
    facts: Sequence[str] = (),
) -> dict[str, Any]:
    """What a model answers: rule, quote and confidence of each match, the hostile words, the names
    of the facts that are asked for."""
    return {
        "matches": [{"rule": r, "quote": q, "confidence": c} for r, q, c in matches],
        "hostile": bool(hostile),
        "hostile_quote": hostile,
        "question": question,
        "facts": list(facts),
    }


class TextServer(Served):
    """The server, on a thread of its own; a context manager.

    ``script`` makes the verdict on a question; ``fault`` makes every answer fail, ``delay`` comes
    before each; ``usage`` is what the OpenAI interface tells of tokens.
    """

    def __init__(self, script: Script | None = None) -> None:
        super().__init__()
        self.script: Script = script or (lambda asked: verdict())
        self.fault: Fault = ""
        self.delay = 0.0
        self.usage: Any = TOKENS
        self.asked: list[Asked] = []
        self.base_url = ""
        self._runner: web.AppRunner

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/{version:v1|v1beta}/models/{call}", self._generate)
        self._runner, port = await listening(app, shutdown_timeout=0.1)
        self.base_url = f"http://127.0.0.1:{port}"

    async def _shut(self) -> None:
        await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        system, user = (message["content"] for message in body["messages"])
        asked = Asked("openai", key, body["model"], system, user, body)
        if refused := await self._receive(request, asked):
            return _refuse_openai(refused)
        if wrong := _not_strict(body["response_format"]["json_schema"]):
            return _refuse_openai((400, "invalid_request_error", wrong))
        completion = _completion(asked.model, self._text(asked))
        return _json({**completion, "usage": self.usage})

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        model, _, method = request.match_info["call"].partition(":")
        if method != "generateContent":
            raise web.HTTPNotFound
        key = request.headers.get("x-goog-api-key", "")
        system = body["systemInstruction"]["parts"][0]["text"]
        user = body["contents"][0]["parts"][0]["text"]
        asked = Asked("gemini", key, model, system, user, body)
        if refused := await self._receive(request, asked):
            return _refuse_gemini(refused)
        if wrong := _unknown_names(body["generationConfig"]["responseSchema"]):
            return _refuse_gemini((400, "INVALID_ARGUMENT", wrong))
        return _json(_content(self._text(asked)))

    async def _receive(self, request: web.Request, asked: Asked) -> tuple[int, str, str] | None:
        """Write the question down; the refusal of it, if it is to be refused."""
        self.asked.append(asked)
        fault: str = self.fault
        await asyncio.sleep(SILENCE if fault == "silent" else self.delay)
        if fault == "closed":
            assert request.transport is not None
            request.transport.abort()
        if asked.key != KEY:
            fault = "wrong_key"
        return (_OPENAI if asked.way == "openai" else GEMINI).get(fault)

    def _text(self, asked: Asked) -> str:
        return _TEXTS[self.fault] if self.fault in _TEXTS else json.dumps(self.script(asked))


TOKENS = {
    "prompt_tokens": 500,
    "completion_tokens": 40,
    "total_tokens": 540,
    "prompt_tokens_details": {"cached_tokens": 100},
}
"""What an answer took."""


def _completion(model: str, text: str) -> dict[str, Any]:
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": None},
            }
        ],
        "usage": TOKENS,
    }
    return ChatCompletion.model_validate(completion).model_dump()


def _content(text: str) -> dict[str, Any]:
    content = {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
        ],
        "usageMetadata": {
            "promptTokenCount": 500,
            "candidatesTokenCount": 40,
            "cachedContentTokenCount": 100,
            "totalTokenCount": 540,
        },
    }
    GenerateContentResponse.model_validate(content)
    return content


def _not_strict(format_: Mapping[str, Any]) -> str:
    """What OpenAI's strict mode finds wrong with a schema."""

    def look(schema: Any) -> str:
        if isinstance(schema, list):
            return next(filter(None, map(look, schema)), "")
        if not isinstance(schema, dict):
            return ""
        if schema.get("type") == "object":
            if schema.get("additionalProperties") is not False:
                return "Invalid schema: 'additionalProperties' is required to be false."
            if set(schema.get("required", ())) != set(schema["properties"]):
                return "Invalid schema: 'required' must include every key in properties."
        return next(filter(None, map(look, schema.values())), "")

    if format_.get("strict") is not True:
        return "Not strict."
    return look(format_["schema"])


def _unknown_names(schema: Any) -> str:
    """What Gemini's response schema does not know."""
    text = json.dumps(schema)
    for name in ("additionalProperties", "additional_properties", "$ref", "$defs", "$schema"):
        if f'"{name}"' in text:
            return (
                f'Invalid JSON payload received. Unknown name "{name}" at '
                "'generation_config.response_schema': Cannot find field."
            )
    return ""


def _refuse_openai(refusal: tuple[int, str, str]) -> web.Response:
    status, code, message = refusal
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return _json({"error": error}, status)


def _refuse_gemini(refusal: tuple[int, str, str]) -> web.Response:
    status, name, message = refusal
    return _json({"error": {"code": status, "message": message, "status": name}}, status)


def _json(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)
