"""Deepgram's Flux (``/v2/listen``): one stream that tells of turns, as its documentation has it.

https://developers.deepgram.com/docs/flux/state: an update for each 0.25 s of sound; what may be the
end of a turn is told earlier than its end, and taken back when somebody goes on.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

from tests.support.fakes.deepgram import LOUD, PIECE, RATE_IN, Utterance, Waits
from tests.support.speech import Sound

UPDATE = 0.25
SHORT = 0.2
"""Seconds of speech that are no turn."""


class Turns:
    """One stream; a turn is over ``delays.stt`` seconds of sound after its last word.

    A pause within an utterance may be its end, but is not: the model knows from the words.
    """

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
        self._heard = 0.0
        self._began: float | None = None
        self._last = 0.0
        self._eager = ""
        self._turn = self._sequence = 0

    async def run(self) -> None:
        """Hear until the client closes."""
        await self._send({"type": "Connected"})
        following = asyncio.create_task(self._follow())
        try:
            async for message in self._socket:
                if message.type == WSMsgType.BINARY and self._fault() != "silent":
                    self._hear(np.frombuffer(message.data, dtype=np.int16))
                elif message.type == WSMsgType.TEXT and "CloseStream" in message.data:
                    break
                if self._fault() == "closed":
                    await self._socket.close(code=1011, message=b"internal error")
        finally:
            following.cancel()
            with suppress(ConnectionError):
                await self._socket.close()

    def _hear(self, sound: Sound) -> None:
        self._heard += sound.size / RATE_IN
        self._rest = np.concatenate([self._rest, sound])
        while self._rest.size >= PIECE:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            if np.sqrt(np.mean(np.square(piece.astype(np.float64)))) > LOUD:
                self._last = self._heard - self._rest.size / RATE_IN
                self._began = self._last if self._began is None else self._began

    async def _follow(self) -> None:
        told = 0.0
        while True:
            await asyncio.sleep(0.01)
            if self._began is None or self._last - self._began < SHORT:
                if self._began is not None and self._heard - self._last > 1.0:
                    self._began = None
                continue
            text, whole = self._words(self._last - self._began)
            quiet = self._heard - self._last
            if not told:
                told = self._heard
                await self._tell("StartOfTurn", text)
            elif self._eager and quiet < self._delays.stt - self._delays.earlier:
                self._eager = ""
                await self._tell("TurnResumed", text)
            elif whole and self._eager == text and quiet >= self._delays.stt:
                await self._tell("EndOfTurn", text)
                if self._hears:
                    self._hears.popleft()
                self._began, self._eager, told = None, "", 0.0
                self._turn += 1
            elif text and not self._eager and quiet >= self._delays.stt - self._delays.earlier:
                self._eager = text
                await self._tell("EagerEndOfTurn", text)
            elif self._heard - told >= UPDATE and not self._eager:
                told = self._heard
                await self._tell("Update", text)

    def _words(self, spoken: float) -> tuple[str, bool]:
        """What has been said by then, and whether that is all."""
        if not self._hears:
            return "", True
        utterance = self._hears[0]
        if spoken >= 0.85 * utterance.seconds:
            return utterance.text, True
        words = utterance.text.split()
        return " ".join(words[: int(len(words) * spoken / utterance.seconds)]), False

    async def _tell(self, event: str, text: str) -> None:
        await self._send(
            {
                "type": "TurnInfo",
                "event": event,
                "turn_index": self._turn,
                "audio_window_start": 0.0,
                "audio_window_end": round(self._heard, 2),
                "transcript": text,
                "words": [{"word": word, "confidence": 0.99} for word in text.split()],
                "end_of_turn_confidence": 0.9 if event == "EndOfTurn" else 0.4,
            }
        )

    async def _send(self, message: dict[str, Any]) -> None:
        self._sequence += 1
        about = {"request_id": "turns-1", "sequence_id": self._sequence}
        with suppress(ConnectionError):
            await self._socket.send_str(json.dumps({**about, **message}))
