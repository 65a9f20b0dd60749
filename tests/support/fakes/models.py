"""One server with what a pipeline asks for: chat completions, transcription, speech, Deepgram.

It speaks OpenAI's HTTP interface, which many servers copy, and Deepgram's websockets beside it.
"""

import asyncio
import base64
import io
import json
import re
import struct
import time
import wave
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.support.fakes.deepgram import Listening, Utterance, speak
from tests.support.fakes.flux import Turns
from tests.support.fakes.served import Served, listening
from tests.support.speech import Sound, sentence

RATE = 24_000
VOICE = "en-us+f4"
Stage = Literal["stt", "llm", "tts"]
Fault = Literal[
    "", "wrong_key", "no_quota", "unknown_model", "not_pulled", "region", "rate_limit", "closed",
    "silent", "malformed",
]  # fmt: skip
Message = dict[str, str]

_REFUSALS: dict[str, tuple[int, str, str]] = {
    "wrong_key": (401, "invalid_api_key", "Incorrect API key provided."),
    "no_quota": (
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "unknown_model": (404, "model_not_found", "The model `x` does not exist."),
    "not_pulled": (404, "not_found_error", "model 'llama' not found"),
    "region": (
        403,
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    "rate_limit": (429, "rate_limit_exceeded", "Rate limit reached for requests."),
}


_DEEPGRAM: dict[str, tuple[int, str, str]] = {
    "wrong_key": (401, "INVALID_AUTH", "Invalid credentials."),
    "no_quota": (
        402,
        "ASR_PAYMENT_REQUIRED",
        "Project does not have enough credits for an ASR request and does not have an overage "
        "agreement.",
    ),
    "unknown_model": (
        400,
        "Bad Request",
        "Bad Request: No such model/language/tier combination found.",
    ),
    "region": (403, "FORBIDDEN", "This region is not supported."),
    "rate_limit": (429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later"),
}
"""How Deepgram refuses a websocket: https://developers.deepgram.com/docs/errors"""


@dataclass(frozen=True)
class Request:
    """One question to one stage; ``at`` is ``time.monotonic()``."""

    stage: Stage
    at: float
    key: str
    model: str
    text: str = ""
    """What was to be spoken; the last message of a chat."""
    messages: Sequence[Message] = ()
    voice: str = ""
    language: str = ""
    seconds: float = 0.0
    """Length of the sound that was to be heard."""

    @property
    def prompt(self) -> str:
        """All messages of a chat, one after the other."""
        return "\n".join(message["content"] for message in self.messages)


@dataclass
class Delays:
    """Seconds from a question to the first word of the answer, for each stage.

    With Deepgram's stream, that of ``stt`` counts from the end of the spoken words. ``earlier`` is
    from what may be the end of a turn to its end: the least of Flux's documented 150-250 ms.
    """

    stt: float = 0.0
    llm: float = 0.0
    tts: float = 0.0
    earlier: float = 0.15


@dataclass
class _Log:
    requests: list[Request] = field(default_factory=list)
    first_audio: list[float] = field(default_factory=list)


class Models(Served):
    """The server, on a thread of its own; a context manager.

    ``hears`` is the script of what was said, ``answers`` makes the reply to a chat's messages,
    ``structured`` the text of one that is not streamed; ``thought`` is sent before a reply, apart
    from it, as Ollama does with what a model thinks. ``faults`` makes a stage fail, ``fails``
    that many times (for ever when 0). With ``key``, others are refused.
    """

    def __init__(
        self,
        answers: Callable[[Sequence[Message]], str] | None = None,
        hears: Sequence[Utterance | str] = (),
        delays: Delays | None = None,
    ) -> None:
        super().__init__()
        self.answers = answers or (lambda messages: "I see. Please go on.")
        self.thought = ""
        self.structured: Callable[[Sequence[Message]], str] = lambda messages: "{}"
        self.hears: deque[Utterance] = deque(
            each if isinstance(each, Utterance) else Utterance(each) for each in hears
        )
        self.delays = delays or Delays()
        self.faults: dict[Stage, Fault] = {}
        self.fails = 0
        self.key = ""
        self.listenings: list[Listening] = []
        self._log = _Log()
        self._renderer = ThreadPoolExecutor(max_workers=1)
        self._over = asyncio.Event()
        self._runner: web.AppRunner
        self.port = 0

    @property
    def url(self) -> str:
        """The address of OpenAI's interface."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def deepgram_url(self) -> str:
        """The address of Deepgram's."""
        return f"http://127.0.0.1:{self.port}"

    def asked(self, stage: Stage) -> list[Request]:
        """What that stage was asked, oldest first."""
        return [request for request in self._log.requests if request.stage == stage]

    @property
    def first_audio(self) -> list[float]:
        """When each spoken line's first sound was sent (``time.monotonic``)."""
        return self._log.first_audio

    async def _open(self) -> None:
        app = web.Application(client_max_size=50_000_000)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        app.router.add_post("/v1/audio/speech", self._speak)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/listen", self._listen)
        app.router.add_get("/v2/listen", self._listen_for_turns)
        app.router.add_get("/v1/speak", self._speak_stream)
        self._runner, self.port = await listening(
            app, shutdown_timeout=0.5, handler_cancellation=True
        )

    async def _shut(self) -> None:
        self._over.set()
        await self._runner.cleanup()
        self._renderer.shutdown(wait=False)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [{"id": "x", "object": "model"}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        messages = [{"role": m["role"], "content": _text(m["content"])} for m in asked["messages"]]
        self._note(request, "llm", asked["model"], messages[-1]["content"], messages=messages)
        fault = self._fault("llm", request)
        if fault in ("closed", "malformed", "") and asked.get("stream"):
            return await self._stream_chat(request, asked, messages, fault)
        if fault:
            return await self._fail(request, fault)
        await asyncio.sleep(self.delays.llm)
        message = {"role": "assistant", "content": self.structured(messages)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return web.json_response({**_chunk(asked["model"]), "choices": [choice], "usage": _USAGE})

    async def _stream_chat(
        self, request: web.Request, asked: Any, messages: list[Message], fault: Fault
    ) -> web.StreamResponse:
        words = self.answers(messages).split(" ")
        await asyncio.sleep(self.delays.llm)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if fault == "malformed":
            await response.write(b'data: {"id": "1", "choices": [{"delta": \n\n')
            return response
        deltas = [{"content": "", "reasoning": f"{word} "} for word in self.thought.split()]
        deltas += [{"content": f" {word}" if n else word} for n, word in enumerate(words)]
        for told in deltas:
            delta = {"role": "assistant", **told}
            choice = {"index": 0, "delta": delta, "finish_reason": None}
            await response.write(_event({**_chunk(asked["model"]), "choices": [choice]}))
            if fault == "closed":
                _break(request)
                return response
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        await response.write(_event({**_chunk(asked["model"]), "choices": [end]}))
        await response.write(
            _event({**_chunk(asked["model"]), "choices": [], "usage": _USAGE}) + b"data: [DONE]\n\n"
        )
        return response

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form = _form(await request.read(), request.headers["Content-Type"])
        with wave.open(io.BytesIO(form["file"]), "rb") as sound:
            seconds = sound.getnframes() / sound.getframerate()
        language = form.get("language", b"").decode()
        self._note(request, "stt", form["model"].decode(), language=language, seconds=seconds)
        if fault := self._fault("stt", request):
            return await self._fail(request, fault)
        await asyncio.sleep(self.delays.stt)
        return web.json_response({"text": self._heard_in(seconds)})

    def _heard_in(self, seconds: float) -> str:
        """The words of so much sound: of less than the utterance takes to say, its beginning."""
        if not self.hears:
            return ""
        whole = self.hears[0]
        if seconds < 0.85 * whole.seconds:
            words = whole.text.split()
            return " ".join(words[: int(len(words) * seconds / whole.seconds)])
        return self.hears.popleft().text

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._note(request, "tts", asked["model"], asked["input"], voice=asked["voice"])
        fault = self._fault("tts", request)
        if fault and fault != "closed":
            return await self._fail(request, fault)
        sound = await self.sound(asked["input"])
        sse = asked.get("stream_format") == "sse" and asked["model"].startswith("gpt")
        kind = "text/event-stream" if sse else f"audio/{asked['response_format']}"
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        self._log.first_audio.append(time.monotonic())
        data = sound.tobytes()
        if asked["response_format"] == "wav":
            data = _wav_header(len(data)) + data
        for start in range(0, len(data), RATE):
            piece = data[start : start + RATE]
            await response.write(_audio_event(piece) if sse else piece)
            if fault == "closed":
                _break(request)
                return response
        if sse:
            usage = {"input_tokens": 10, "output_tokens": 20, "total_tokens": 30}
            await response.write(_event({"type": "speech.audio.done", "usage": usage}))
        return response

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        self._note(request, "stt", request.query["model"], language=request.query["language"])
        fault = self._fault("stt", request)
        if fault in _DEEPGRAM:
            return _refusal(fault)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        listening = Listening(socket, self.hears, self.delays, lambda: self.faults.get("stt", ""))
        self.listenings.append(listening)
        await listening.run()
        return socket

    async def _listen_for_turns(self, request: web.Request) -> web.StreamResponse:
        self._note(request, "stt", request.query["model"])
        fault = self._fault("stt", request)
        if fault in _REFUSALS:
            return await self._fail(request, fault)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await Turns(socket, self.hears, self.delays, lambda: self.faults.get("stt", "")).run()
        return socket

    async def _speak_stream(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault("tts", request)
        if fault in _DEEPGRAM:
            return _refusal(fault)
        socket = web.WebSocketResponse()
        await socket.prepare(request)

        async def render(text: str) -> Sound:
            self._note(request, "tts", request.query["model"], text)
            sound = await self.sound(text)
            self._log.first_audio.append(time.monotonic())
            return sound

        await speak(socket, render, lambda: self.faults.get("tts", ""))
        return socket

    async def sound(self, text: str) -> Sound:
        """A spoken line at 24 kHz, after the delay of that stage."""
        loop = asyncio.get_running_loop()
        making = loop.run_in_executor(self._renderer, sentence, text, VOICE, RATE)
        await asyncio.sleep(self.delays.tts)
        return await making

    def _note(
        self, request: web.Request, stage: Stage, model: str, text: str = "", **more: Any
    ) -> None:
        key = request.headers.get("Authorization", "").partition(" ")[2]
        self._log.requests.append(Request(stage, time.monotonic(), key, model, text, **more))

    def _fault(self, stage: Stage, request: web.Request) -> Fault:
        key = request.headers.get("Authorization", "").partition(" ")[2]
        if self.key and key != self.key:
            return "wrong_key"
        fault = self.faults.get(stage, "")
        if fault and self.fails:
            self.fails -= 1
            if not self.fails:
                del self.faults[stage]
        return fault

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault in _REFUSALS:
            status, code, message = _REFUSALS[fault]
            # Ollama's errors have a type only.
            named = None if fault == "not_pulled" else code
            error = {"message": message, "type": code, "code": named, "param": None}
            return web.json_response({"error": error}, status=status)
        if fault == "silent":
            await self._over.wait()
        if fault == "closed":
            _break(request)
        return web.Response(text="<html>Bad gateway", content_type="text/html")


_USAGE = {"prompt_tokens": 400, "completion_tokens": 20, "total_tokens": 420}


def _form(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields of a multipart form."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    fields = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'[ ;]name="([^"]+)"', head)
        assert name is not None
        fields[name.group(1).decode()] = content[:-2]
    return fields


def _refusal(fault: Fault) -> web.Response:
    """Deepgram's, in the header and in the body."""
    status, code, message = _DEEPGRAM[fault]
    body = {"err_code": code, "err_msg": message, "request_id": "listen-1"}
    return web.json_response(body, status=status, headers={"dg-error": message})


def _text(content: Any) -> str:
    """A message's text, which may come in parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return str(content or "")


def _chunk(model: str) -> dict[str, Any]:
    return {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": model}


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _audio_event(piece: bytes) -> bytes:
    return _event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})


def _wav_header(size: int) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
        + form
        + struct.pack("<4sI", b"data", size)
    )


def _break(request: web.Request) -> None:
    """Cut the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
