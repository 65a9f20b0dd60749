"""A server that speaks Gemini Live's protocol: scripted, recording, able to fail in every way."""

import asyncio
import base64
import json
import re
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

import numpy as np
import trustme
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.support.fakes.energy import Energy
from tests.support.fakes.served import Served
from tests.support.speech import Sound, sentence

RATE_IN, RATE_OUT = 16_000, 24_000
PIECE = 0.1
"""Seconds of sound in one message."""
TOKENS_A_SECOND = 25
MODELS = ("gemini-2.5-flash-native-audio-preview-12-2025", "gemini-3.8-live")

Fault = Literal[
    "",
    "wrong_key",
    "no_quota",
    "unknown_model",
    "region",
    "rate_limit",
    "too_many",
    "closed",
    "silent",
    "malformed",
]

_CLOSES: dict[str, tuple[int, str]] = {
    "wrong_key": (1007, "API key not valid. Please pass a valid API key."),
    "no_quota": (
        1011,
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "unknown_model": (
        1008,
        "models/x is not found for API version v1beta, or is not supported for "
        "bidiGenerateContent.",
    ),
    "region": (1007, "User location is not supported for the API use."),
    "rate_limit": (1011, "Resource has been exhausted (e.g. check quota)."),
}


@dataclass(frozen=True)
class Content:
    """One piece of text that the client put into the conversation."""

    role: str
    text: str
    complete: bool
    """Whether the model was to answer it."""


@dataclass
class Talk:
    """One connection: what was asked for, heard and said."""

    key: str
    setup: dict[str, Any] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)
    heard: float = 0.0
    """Seconds of sound received."""
    turns: int = 0
    """Spoken turns that were answered."""
    said: list[str] = field(default_factory=list)
    cut: int = 0
    """How often the model was interrupted."""
    first_audio: list[float] = field(default_factory=list)
    """When each answer's first sound was sent (``time.monotonic``)."""
    closed: bool = False
    resumable: bool = False
    """Whether the client was told how to go on with this conversation."""
    resumes: "Talk | None" = None
    """The connection whose conversation goes on here."""

    @property
    def model(self) -> str:
        """The name that was asked for, without its folder."""
        return str(self.setup.get("model", "")).removeprefix("models/")

    @property
    def instructions(self) -> str:
        """The instructions of the setup."""
        parts = self.setup.get("systemInstruction", {}).get("parts", [])
        return "".join(part.get("text", "") for part in parts)

    @property
    def voice(self) -> str:
        """The name of the voice."""
        return str(self._speech["voice_config"]["prebuilt_voice_config"]["voice_name"])

    @property
    def language(self) -> str:
        """The language tag."""
        return str(self._speech["language_code"])

    @property
    def texts(self) -> list[str]:
        """All texts that were put in, oldest first."""
        return [content.text for content in self.contents]

    @property
    def _speech(self) -> dict[str, Any]:
        # Google's interfaces take both spellings; the plugin sends a mixture.
        return dict(self.setup["generationConfig"]["speechConfig"])


Script = str | Callable[[Talk], str]
"""A line, or what makes one of all that the model was told."""


class FakeGemini(Served):
    """Answers on 127.0.0.1; a context manager.

    ``lines`` are said one after the other, ``hears`` are the words of the spoken turns; the last of
    each is repeated. ``fault`` makes it fail, so many ``times`` (None: always). ``patient`` keeps
    an answer open until it should have been played, as the 2.5 models do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.thoughts = 0
        self.lines: list[Script] = ["Hello, this is the customer."]
        self.hears: list[str] = ["Hello."]
        self.delay = 0.2
        """Seconds from the end of a turn to the first sound."""
        self.patient = True
        self.keys = {"test"}
        self.fault: Fault = ""
        self.times: int | None = None
        self.talks: list[Talk] = []
        self.said = self.understood = 0
        self.port = 0
        self._server: Server | None = None
        self._lines: set[_Line] = set()
        self._authority = trustme.CA()

    @property
    def url(self) -> str:
        """For ``GEMINI_BASE_URL``."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def talk(self) -> Talk:
        """The newest connection."""
        return self.talks[-1]

    def script(self, *lines: Script) -> None:
        """Begin anew: these lines, and no fault."""
        self.lines = list(lines)
        self.said = self.understood = 0
        self.fault, self.times = "", None
        self.talks.clear()

    def certificate(self, folder: Path) -> Path:
        """The authority's certificate in a file, for ``SSL_CERT_FILE``."""
        file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(file))
        return file

    def kill(self) -> None:
        """Break every connection, without a word."""
        self._do(self._break())

    def go_away(self) -> None:
        """Announce the end of every connection, as Google does after some ten minutes."""
        self._do(self._announce())

    def fails(self) -> bool:
        """Whether the present fault strikes now; counts it."""
        if not self.fault or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def next_line(self, talk: Talk) -> str:
        """The next line of the script."""
        script = self.lines[min(self.said, len(self.lines) - 1)]
        self.said += 1
        return script if isinstance(script, str) else script(talk)

    def next_words(self) -> str:
        """What the next spoken turn is understood as."""
        words = self.hears[min(self.understood, len(self.hears) - 1)]
        self.understood += 1
        return words

    async def _open(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("127.0.0.1").configure_cert(context)
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=context,
            process_request=self._process,
            compression=None,
            close_timeout=0.5,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def _shut(self) -> None:
        assert self._server is not None
        await self._break()
        self._server.close()
        await self._server.wait_closed()

    async def _break(self) -> None:
        for line in list(self._lines):
            line.socket.transport.abort()
        # What was broken is to be seen as such when this returns.
        for _ in range(100):
            if not self._lines:
                return
            await asyncio.sleep(0.01)

    async def _announce(self) -> None:
        for line in self._lines:
            await line.send({"goAway": {"timeLeft": "10s"}})

    def _process(self, socket: ServerConnection, request: Request) -> Response | None:
        if self.fault == "too_many" and self.fails():
            return socket.respond(HTTPStatus.TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED\n")
        return None

    async def _serve(self, socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None
        assert "BidiGenerateContent" in request.path
        talk = Talk(request.headers.get("x-goog-api-key", ""))
        line = _Line(self, socket, talk)
        self._lines.add(line)
        self.talks.append(talk)
        try:
            await line.run()
        except ConnectionClosed:
            pass
        finally:
            talk.closed = True
            self._lines.discard(line)
            await line.stop()


class _Line:
    """Serves one connection."""

    def __init__(self, fake: FakeGemini, socket: ServerConnection, talk: Talk) -> None:
        self.socket = socket
        self._fake = fake
        self._talk = talk
        self._answer: asyncio.Task[None] | None = None
        self._energy = Energy(RATE_IN)
        self._answering = False

    async def run(self) -> None:
        """Set up, then take what comes until the connection ends."""
        self._talk.setup = json.loads(await self.socket.recv())["setup"]
        refusal = self._refusal()
        if refusal:
            await self.socket.close(*_CLOSES[refusal])
            return
        handle = self._talk.setup.get("sessionResumption", {}).get("handle")
        if handle:
            self._talk.resumes = self._fake.talks[int(handle)]
        await self.send({"setupComplete": {}})
        async for message in self.socket:
            await self._take(json.loads(message))

    async def stop(self) -> None:
        """Nothing is said any more."""
        if self._answer is not None:
            self._answer.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await self._answer

    def _refusal(self) -> str:
        if self._talk.key not in self._fake.keys:
            return "wrong_key"
        if self._talk.model not in MODELS:
            return "unknown_model"
        return self._fake.fault if self._fake.fault in _CLOSES and self._fake.fails() else ""

    async def _take(self, message: dict[str, Any]) -> None:
        if "client_content" in message:
            await self._take_content(message["client_content"])
        for chunk in _audio(message.get("realtime_input", {})):
            await self._hear(np.frombuffer(chunk, dtype=np.int16))

    async def _take_content(self, content: dict[str, Any]) -> None:
        """As documented, any content interrupts an answer under way."""
        complete = bool(content.get("turnComplete", content.get("turn_complete", False)))
        turns = content.get("turns", [])
        for index, turn in enumerate(turns):
            if turn.get("role") not in ("user", "model"):
                await self.socket.close(1007, "Request contains an invalid argument.")
                return
            text = "".join(part.get("text", "") for part in turn.get("parts", []))
            last = complete and index == len(turns) - 1
            self._talk.contents.append(Content(turn["role"], text, last))
        await self._interrupt()
        if complete:
            self._begin("")

    async def _hear(self, sound: Sound) -> None:
        self._talk.heard += sound.size / RATE_IN
        for begins, _ in self._energy.hear(sound):
            if begins:
                await self._interrupt()
            else:
                self._talk.turns += 1
                self._begin(self._fake.next_words())

    async def _interrupt(self) -> None:
        if self._answering:
            await self.stop()
            self._answering = False
            self._talk.cut += 1
            await self._content(interrupted=True)
            await self._content(turnComplete=True)

    def _begin(self, heard: str) -> None:
        self._answering = True
        self._answer = asyncio.create_task(self._speak(heard))

    async def _speak(self, heard: str) -> None:
        await asyncio.sleep(self._fake.delay)
        fault = self._fake.fault if self._fake.fault not in _CLOSES and self._fake.fails() else ""
        if fault == "silent":
            return
        # Transcripts come in pieces, and the last one perhaps after the answer has begun.
        words = re.findall(r"\S+\s*", heard)
        for part in words[: len(words) // 2]:
            await self._content(inputTranscription={"text": " " + part.strip()})
        if fault == "closed":
            self.socket.transport.abort()
            return
        if fault == "malformed":
            await self.socket.send('{"serverContent": {"modelTurn"')
            return
        text = self._fake.next_line(self._talk)
        self._talk.said.append(text)
        sound = sentence(text, "en-us+f3", RATE_OUT)
        began = time.monotonic()
        self._talk.first_audio.append(began)
        size = int(PIECE * RATE_OUT)
        spoken = re.findall(r"\S+\s*", text)
        pieces = range(0, sound.size, size)
        for index, start in enumerate(pieces):
            await self._content(modelTurn=_model_turn(sound[start : start + size]))
            if index == 0:
                for part in words[len(words) // 2 :]:
                    await self._content(inputTranscription={"text": " " + part.strip()})
            # The transcript runs along with the sound, and ends with it.
            share = len(spoken) * index // len(pieces), len(spoken) * (index + 1) // len(pieces)
            for part in spoken[slice(*share)]:
                await self._content(outputTranscription={"text": part})
            await asyncio.sleep(PIECE / 10)
        await self._content(generationComplete=True)
        seconds = sound.size / RATE_OUT
        if self._fake.patient:
            await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
        self._answering = False
        await self.send(
            {"serverContent": {"turnComplete": True}, "usageMetadata": self._usage(seconds)}
        )
        handle = str(self._fake.talks.index(self._talk))
        await self.send({"sessionResumptionUpdate": {"newHandle": handle, "resumable": True}})
        self._talk.resumable = True

    def _usage(self, seconds: float) -> dict[str, Any]:
        asked = int(self._talk.heard * TOKENS_A_SECOND)
        said = int(seconds * TOKENS_A_SECOND)
        return {
            "promptTokenCount": asked,
            "responseTokenCount": said,
            "thoughtsTokenCount": self._fake.thoughts,
            "totalTokenCount": asked + said + self._fake.thoughts,
            "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": asked}],
            "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": said}],
        }

    async def _content(self, **content: Any) -> None:
        await self.send({"serverContent": content})

    async def send(self, message: dict[str, Any]) -> None:
        """One message."""
        await self.socket.send(json.dumps(message))


def _audio(given: dict[str, Any]) -> list[bytes]:
    chunks = [given["audio"]] if "audio" in given else given.get("mediaChunks", [])
    for chunk in chunks:
        mime = chunk.get("mimeType") or chunk.get("mime_type")
        assert mime == f"audio/pcm;rate={RATE_IN}"
    # Base64 as JSON has it in Google's interfaces: the alphabet for addresses is allowed.
    return [base64.b64decode(chunk["data"], altchars=b"-_") for chunk in chunks]


def _model_turn(sound: Sound) -> dict[str, Any]:
    data = base64.b64encode(sound.tobytes()).decode()
    part = {"inlineData": {"mimeType": f"audio/pcm;rate={RATE_OUT}", "data": data}}
    return {"role": "model", "parts": [part]}
