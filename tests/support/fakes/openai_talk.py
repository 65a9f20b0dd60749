"""One connection of the fake of OpenAI's Realtime API: what it is told, and what it answers.

Its ears are an energy detector and a script, its mouth is espeak. What goes out is checked
against the types of OpenAI's own client library, so that it cannot drift from the protocol.
"""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from aiohttp import WSMsgType, web
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from tests.support.fakes.energy import Energy
from tests.support.speech import sentence

if TYPE_CHECKING:
    from tests.support.fakes.openai_realtime import OpenAIRealtimeFake

RATE = 24_000
VOICE = "en"
"""Of espeak; a caller who listens need not tell OpenAI's voices apart."""
VOICES = frozenset(
    ("alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse")
)
PIECE = 0.2
"""Seconds of sound in one delta; each is sent four times faster than it sounds."""

Failure = Literal[
    "",
    "wrong_key",
    "region",
    "no_access",
    "no_quota",
    "unknown_model",
    "rate_limit",
    "server_error",
    "closed",
    "stalled",
    "silence",
    "malformed",
]

_RESPONSE_ERRORS = {
    "no_quota": (
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "unknown_model": (
        "invalid_request_error",
        "model_not_found",
        "The model `{model}` does not exist or you do not have access to it.",
    ),
    "rate_limit": (
        "invalid_request_error",
        "rate_limit_exceeded",
        "Rate limit reached for {model} in organization org-1 on tokens per min (TPM): "
        "Limit 40000, Used 40000, Requested 1. Please try again in 1.5s.",
    ),
    "server_error": (
        "server_error",
        None,
        "The server had an error while processing your request. Sorry about that!",
    ),
}

_EVENTS: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


@dataclass
class Session:
    """What one connection was told, and what it did."""

    model: str
    instructions: str = ""
    voice: str = "alloy"
    config: dict[str, Any] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    """The conversation, in its order."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The ``response`` of each ``response.create``."""
    played_by: list[str] = field(default_factory=list)
    """The instructions that each response was made by."""
    audio_seconds: float = 0.0
    truncated: list[dict[str, Any]] = field(default_factory=list)
    cancelled: int = 0
    refused: list[str] = field(default_factory=list)
    """Codes of the error events that were sent."""
    open: bool = True

    def texts(self, role: str) -> list[str]:
        """The words of all items of that role."""
        return [
            part.get("text") or part.get("transcript") or ""
            for item in self.items
            if item.get("role") == role
            for part in item.get("content", [])
        ]


Reply = Callable[[Session, str], str]
"""What the persona says: given the session and the instructions of this response."""


class Talk:
    """One connection."""

    def __init__(
        self,
        fake: "OpenAIRealtimeFake",
        session: Session,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
    ) -> None:
        self._fake = fake
        self._session = session
        self._socket = socket
        self._transport = transport
        self._ears = Energy(RATE)
        self._turn = ""
        self._response: asyncio.Task[None] | None = None
        self._response_id = ""
        self._reason = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._durations: dict[str, float] = {}

    async def run(self) -> None:
        """Until the socket closes."""
        await self.send("session.created", session=self._described())
        async for message in self._socket:
            if message.type == WSMsgType.TEXT:
                await self._take(json.loads(message.data))

    def abort(self) -> None:
        """Break the connection as a network does."""
        if self._transport is not None:
            self._transport.abort()

    async def stop(self) -> None:
        """End what is still being said."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send(self, kind: str, **values: Any) -> None:
        """A server event; checked, but for sound."""
        event = {"type": kind, "event_id": self._id("event"), **values}
        if kind != "response.output_audio.delta":
            _EVENTS.validate_python(event)
        if self._fake.fail != "silence":
            await self._socket.send_json(event)

    async def error(
        self, kind: str, code: str | None, message: str, event_id: str | None = None
    ) -> None:
        """An ``error`` event."""
        self._session.refused.append(code or kind)
        error = {"type": kind, "code": code, "message": message, "event_id": event_id}
        await self.send("error", error=error)

    async def _take(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        method = getattr(self, "_on_" + kind.replace(".", "_"), None)
        if method is None:
            message = f"Invalid value: '{kind}'."
            await self.error("invalid_request_error", "invalid_value", message)
        else:
            await method(event)

    async def _on_session_update(self, event: dict[str, Any]) -> None:
        change = event["session"]
        self._session.updates.append(change)
        voice = change.get("audio", {}).get("output", {}).get("voice")
        if voice is not None and voice not in VOICES:
            message = f"Invalid value: '{voice}'."
            await self.error("invalid_request_error", "invalid_value", message, event["event_id"])
            return
        if voice not in (None, self._session.voice) and self._session.played_by:
            message = "Cannot update a conversation's voice if assistant audio is present."
            code = "cannot_update_voice"
            await self.error("invalid_request_error", code, message, event["event_id"])
            return
        self._session.voice = voice or self._session.voice
        self._session.instructions = change.get("instructions", self._session.instructions)
        _merge(self._session.config, change)
        await self.send("session.updated", session=self._described())

    async def _on_conversation_item_create(self, event: dict[str, Any]) -> None:
        item = {"status": "completed", "object": "realtime.item", **event["item"]}
        ids = [each["id"] for each in self._session.items]
        if item["id"] in ids:
            message = f"Item with item_id already exists: {item['id']}"
            code = "item_create_duplicate_item_id"
            await self.error("invalid_request_error", code, message, event.get("event_id"))
            return
        before = event.get("previous_item_id")
        after = ids.index(before) + 1 if before in ids else len(ids)
        await self._add(item, 0 if before == "root" else after)

    async def _on_conversation_item_delete(self, event: dict[str, Any]) -> None:
        self._session.items = [i for i in self._session.items if i["id"] != event["item_id"]]
        await self.send("conversation.item.deleted", item_id=event["item_id"])

    async def _on_conversation_item_truncate(self, event: dict[str, Any]) -> None:
        has = 1000 * self._durations.get(event["item_id"], 0.0)
        asked = event["audio_end_ms"]
        if asked > has + 1:
            message = f"Audio content of {has:.0f}ms is already shorter than {asked}ms"
            await self.error("invalid_request_error", "invalid_value", message)
            return
        self._session.truncated.append(event)
        names = ("item_id", "content_index", "audio_end_ms")
        await self.send("conversation.item.truncated", **{name: event[name] for name in names})

    async def _on_input_audio_buffer_append(self, event: dict[str, Any]) -> None:
        sound = np.frombuffer(base64.b64decode(event["audio"]), dtype=np.int16)
        self._session.audio_seconds += sound.size / RATE
        if self._config("turn_detection") is None:
            return
        for began, at in self._ears.hear(sound):
            await (self._speech_started(at) if began else self._speech_stopped(at))

    async def _on_input_audio_buffer_clear(self, event: dict[str, Any]) -> None:
        await self.send("input_audio_buffer.cleared")

    async def _on_input_audio_buffer_commit(self, event: dict[str, Any]) -> None:
        await self._commit(self._id("item"))

    async def _on_response_create(self, event: dict[str, Any]) -> None:
        if self._response is not None:
            message = (
                f"Conversation already has an active response in progress: {self._response_id}. "
                "Wait until the response is finished before creating a new one."
            )
            code = "conversation_already_has_active_response"
            await self.error("invalid_request_error", code, message, event.get("event_id"))
            return
        wanted = event.get("response") or {}
        self._session.asked.append(wanted)
        self._respond(wanted)

    async def _on_response_cancel(self, event: dict[str, Any]) -> None:
        if self._response is None:
            message = "Cancellation failed: no active response found"
            await self.error("invalid_request_error", "response_cancel_not_active", message)
            return
        self._session.cancelled += 1
        await self._break_off("client_cancelled")

    async def _speech_started(self, at: float) -> None:
        self._turn = self._id("item")
        await self.send(
            "input_audio_buffer.speech_started", audio_start_ms=int(at * 1000), item_id=self._turn
        )
        detection = self._config("turn_detection") or {}
        if self._response is not None and detection.get("interrupt_response", True):
            await self._break_off("turn_detected")

    async def _speech_stopped(self, at: float) -> None:
        await self.send(
            "input_audio_buffer.speech_stopped", audio_end_ms=int(at * 1000), item_id=self._turn
        )
        await self._commit(self._turn)
        detection = self._config("turn_detection") or {}
        if detection.get("create_response", True) and self._response is None:
            self._respond({})

    async def _commit(self, item_id: str) -> None:
        before = self._session.items[-1]["id"] if self._session.items else None
        await self.send("input_audio_buffer.committed", item_id=item_id, previous_item_id=before)
        item = {
            "id": item_id,
            "object": "realtime.item",
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        await self._add(item, len(self._session.items))
        if self._config("transcription") is not None:
            words = self._fake.heard.popleft() if self._fake.heard else "Hello?"
            self._begin(self._transcribe(item, words))

    async def _transcribe(self, item: dict[str, Any], words: str) -> None:
        parts = words.split(" ")
        place = {"item_id": item["id"], "content_index": 0}
        name = "conversation.item.input_audio_transcription"
        for index, part in enumerate(parts):
            await asyncio.sleep(self._fake.words_late / len(parts))
            delta = part if index == 0 else f" {part}"
            await self.send(f"{name}.delta", **place, delta=delta)
        item["content"][0]["transcript"] = words
        usage = {"type": "tokens", "input_tokens": 20, "output_tokens": 8, "total_tokens": 28}
        await self.send(f"{name}.completed", **place, transcript=words, usage=usage)

    def _respond(self, wanted: dict[str, Any]) -> None:
        self._response_id = self._id("resp")
        self._reason = ""
        self._response = self._begin(self._speak(self._response_id, wanted))
        self._response.add_done_callback(self._spoken)

    def _spoken(self, task: asyncio.Task[None]) -> None:
        if self._response is task:
            self._response = None

    async def _break_off(self, reason: str) -> None:
        task, self._reason = self._response, reason
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            self._response = None

    async def _speak(self, response_id: str, wanted: dict[str, Any]) -> None:
        instructions = wanted.get("instructions") or self._session.instructions
        response: dict[str, Any] = {
            "id": response_id,
            "object": "realtime.response",
            "status": "in_progress",
            "output": [],
            "metadata": wanted.get("metadata"),
        }
        line = _Spoken(self._id("item"), instructions)
        try:
            await asyncio.sleep(self._fake.thinks)
            await self.send("response.created", response=response)
            if not await self._failed(response):
                await self._say(response, line)
        except asyncio.CancelledError:
            if not self._reason:
                raise
            details = {"type": "cancelled", "reason": self._reason}
            await self._done(response, line, "cancelled", details)

    async def _failed(self, response: dict[str, Any]) -> bool:
        failure = self._fake.failing(
            "no_quota", "unknown_model", "rate_limit", "server_error", "malformed"
        )
        if not failure and self._session.model not in self._fake.models:
            failure = "unknown_model"
        if not failure:
            return False
        if failure == "malformed":
            await self._socket.send_str('{"type": "response.output_audio.delta", "delta": ')
            return True
        kind, code, message = _RESPONSE_ERRORS[failure]
        error = {"type": kind, "code": code, "message": message.format(model=self._session.model)}
        failed = {"status": "failed", "status_details": {"type": "failed", "error": error}}
        await self.send("response.done", response={**response, **failed})
        if failure == "no_quota":
            await self._socket.close(code=1000)
        return True

    async def _say(self, response: dict[str, Any], line: "_Spoken") -> None:
        self._session.played_by.append(line.instructions)
        if self._fake.lines:
            line.text = self._fake.lines.popleft()
        else:
            line.text = self._fake.reply(self._session, line.instructions)
        sound = await asyncio.to_thread(sentence, line.text, VOICE, RATE)
        item = line.item("in_progress")
        place = {"response_id": response["id"], "output_index": 0}
        await self.send("response.output_item.added", **place, item=item)
        await self._add(item, len(self._session.items))
        part = {**place, "item_id": line.id, "content_index": 0}
        await self.send("response.content_part.added", **part, part={"type": "audio"})
        pieces = np.array_split(sound, max(1, round(sound.size / RATE / PIECE)))
        words = line.text.split(" ")
        given = 0
        for index, piece in enumerate(pieces):
            upto = len(words) * (index + 1) // len(pieces)
            if upto > given:
                delta = (" " if given else "") + " ".join(words[given:upto])
                given = upto
                line.said += delta
                await self.send("response.output_audio_transcript.delta", **part, delta=delta)
            coded = base64.b64encode(piece.tobytes()).decode()
            line.seconds += piece.size / RATE
            self._durations[line.id] = line.seconds
            await self.send("response.output_audio.delta", **part, delta=coded)
            await self._break_in_mid_line(index, len(pieces))
            await asyncio.sleep(piece.size / RATE / 4)
        await self.send("response.output_audio.done", **part)
        await self.send("response.output_audio_transcript.done", **part, transcript=line.said)
        whole = {"type": "audio", "transcript": line.said}
        await self.send("response.content_part.done", **part, part=whole)
        await self._done(response, line, "completed", None)

    async def _break_in_mid_line(self, index: int, pieces: int) -> None:
        if index != pieces // 2:
            return
        if self._fake.failing("closed"):
            self.abort()
            raise ConnectionResetError
        if self._fake.failing("stalled"):
            await asyncio.sleep(3600)

    async def _done(
        self, response: dict[str, Any], line: "_Spoken", status: str, details: Any
    ) -> None:
        output = []
        if line.text:
            item = line.item("completed" if status == "completed" else "incomplete")
            for kept in self._session.items:
                if kept["id"] == line.id:
                    kept.update(item)
            place = {"response_id": response["id"], "output_index": 0}
            await self.send("response.output_item.done", **place, item=item)
            output = [item]
        end = {"status": status, "status_details": details, "output": output}
        usage = _usage(line, self._session)
        await self.send("response.done", response={**response, **end, "usage": usage})

    async def _add(self, item: dict[str, Any], place: int) -> None:
        before = self._session.items[place - 1]["id"] if place else None
        self._session.items.insert(place, item)
        for kind in ("conversation.item.added", "conversation.item.done"):
            await self.send(kind, previous_item_id=before, item=item)

    def _config(self, name: str) -> Any:
        return self._session.config.get("audio", {}).get("input", {}).get(name)

    def _described(self) -> dict[str, Any]:
        return {
            "object": "realtime.session",
            "id": "sess_1",
            "type": "realtime",
            **self._session.config,
            "model": self._session.model,
            "instructions": self._session.instructions,
        }

    def _begin(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            error = task.exception()
            if error is not None and not isinstance(error, ConnectionError):
                self._fake.problems.append(repr(error))

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._fake.ids):05d}"


@dataclass
class _Spoken:
    """A line as far as it has been made."""

    id: str
    instructions: str
    text: str = ""
    said: str = ""
    seconds: float = 0.0

    def item(self, status: str) -> dict[str, Any]:
        """As an item of the conversation."""
        content = [{"type": "output_audio", "transcript": self.said}] if self.said else []
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }


def _merge(kept: dict[str, Any], change: dict[str, Any]) -> None:
    for name, value in change.items():
        if isinstance(value, dict) and isinstance(kept.get(name), dict):
            _merge(kept[name], value)
        else:
            kept[name] = value


def _usage(line: _Spoken, session: Session) -> dict[str, Any]:
    """As OpenAI counts: a token for 4 letters, 10 for a second heard, 20 for one spoken."""
    text_in, audio_in = len(line.instructions) // 4, int(session.audio_seconds * 10)
    text_out, audio_out = len(line.said) // 4, int(line.seconds * 20)
    return {
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0},
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }
