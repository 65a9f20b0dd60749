"""Deepgram's two websockets: one hears while somebody speaks, one speaks while text comes."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from aiohttp import WSMsgType, web

from tests.support.speech import Sound

RATE_IN = 16_000
PIECE = 320
"""Samples that are loud or not, 20 ms."""
LOUD = 300.0
QUIET = 0.25
"""Seconds of silence that a segment ends with, at least."""
SIGN = 1.0
"""Seconds between two results while nothing is said."""


@dataclass(frozen=True)
class Utterance:
    """What is heard next; ``seconds`` is how long it takes to say, so that a pause in it is no
    end (0 when it does not matter)."""

    text: str
    seconds: float = 0.0


class Waits(Protocol):
    """Something with the delay of hearing, and how much earlier the end of a turn is foretold."""

    stt: float
    earlier: float


class Listening:
    """One stream of ``/v1/listen``: words come so much later than they were spoken."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        hears: deque[Utterance],
        delays: Waits,
        fault: Callable[[], str],
    ) -> None:
        self._socket = socket
        self._hears = hears
        self._delays = delays
        self._fault = fault
        self._rest = np.zeros(0, dtype=np.int16)
        self._began = 0.0
        self._last = 0.0
        self._spoken = False
        self._shown = False
        self._sign = 0.0
        self._timer: asyncio.Task[None] | None = None
        self.seconds = 0.0
        """Sound received."""
        self.finals: list[tuple[float, str]] = []
        """When each text was told (``time.monotonic``)."""

    async def run(self) -> None:
        """Hear until the client closes."""
        try:
            async for message in self._socket:
                if message.type == WSMsgType.BINARY:
                    await self._hear(np.frombuffer(message.data, dtype=np.int16))
                elif message.type == WSMsgType.TEXT:
                    kind = json.loads(message.data)["type"]
                    if kind == "CloseStream":
                        break
                if self._socket.closed:
                    break
        finally:
            if self._timer is not None:
                self._timer.cancel()
            with suppress(ConnectionError):
                await self._socket.close()

    async def _hear(self, sound: Sound) -> None:
        now = time.monotonic()
        self.seconds += sound.size / RATE_IN
        fault = self._fault()
        if fault == "silent":
            return
        if fault == "closed":
            await self._socket.close(code=1011, message=b"internal error")
            return
        if fault == "malformed":
            await self._socket.send_str('{"type": "Results", "channel": ')
            return
        self._rest = np.concatenate([self._rest, sound])
        while self._rest.size >= PIECE:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            behind = self._rest.size / RATE_IN
            if np.sqrt(np.mean(np.square(piece.astype(np.float64)))) > LOUD:
                self._speech(now - behind)
        if self._spoken and not self._shown and self._hears and self._last - self._began > 0.5:
            self._shown = True
            words = self._hears[0].text.split()
            await self._tell(" ".join(words[: max(1, len(words) // 2)]), final=False)
        elif not self._spoken and self.seconds - self._sign > SIGN:
            self._sign = self.seconds
            await self._tell("", final=True)

    def _speech(self, at: float) -> None:
        if not self._spoken:
            self._began, self._spoken, self._shown = at, True, False
        self._last = at
        if self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._end())

    async def _end(self) -> None:
        """Tell the words once the silence has lasted."""
        while True:
            wait = self._last + max(self._delays.stt, QUIET) - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            spoken = self._last - self._began
            if not self._hears or spoken >= 0.85 * self._hears[0].seconds:
                break
            await asyncio.sleep(0.02)
        self._spoken = False
        if spoken > 0.2:
            text = self._hears.popleft().text if self._hears else ""
            self.finals.append((time.monotonic(), text))
            with suppress(ConnectionError):
                await self._tell(text, final=True)

    async def _tell(self, text: str, *, final: bool) -> None:
        words = [
            {"word": word.lower(), "punctuated_word": word, "start": 0.1, "end": 0.2,
             "confidence": 0.99}
            for word in text.split()
        ]  # fmt: skip
        alternative = {"transcript": text, "confidence": 0.99, "words": words}
        result: dict[str, Any] = {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": 1.0,
            "start": 0.0,
            "is_final": final,
            "speech_final": final,
            "channel": {"alternatives": [alternative]},
            "metadata": {"request_id": "listen-1"},
        }
        await self._socket.send_str(json.dumps(result))


async def speak(
    socket: web.WebSocketResponse,
    render: Callable[[str], Awaitable[Sound]],
    fault: Callable[[], str],
) -> None:
    """One stream of ``/v1/speak``: text comes word by word, sound goes out at each flush."""
    text = ""
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        asked = json.loads(message.data)
        if asked["type"] == "Speak":
            text += asked["text"]
        elif asked["type"] == "Close":
            break
        elif asked["type"] == "Flush" and fault() != "silent":
            if fault() == "malformed":
                await socket.send_str('{"type": ')
                continue
            if text.strip():
                data = (await render(text.strip())).tobytes()
                for start in range(0, len(data), 4800):
                    await socket.send_bytes(data[start : start + 4800])
                    if fault() == "closed":
                        await socket.close(code=1011, message=b"internal error")
                        return
            text = ""
            await socket.send_str(json.dumps({"type": "Flushed", "sequence_id": 0}))
    await socket.close()
