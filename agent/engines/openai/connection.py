"""The plugin's connection to OpenAI Realtime, made to fail clearly.

By itself the plugin connects again for ever where a socket opens but nothing works, goes on after
a failed response as if it had been answered, takes a refused message for trouble, keeps the text
of a refused handshake to itself, waits for ever for the end of a response that stalls, and does
not let a session close after its own failure. Here every failure that costs an answer ends the
connection with its reason; what follows is decided in one place for all engines,
``agent.worker.recovery``.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from typing import Any

import aiohttp
from livekit.agents import APIConnectionError, APIError, APIStatusError, llm
from livekit.plugins import openai
from openai.types.realtime import RealtimeError

log = logging.getLogger(__name__)

ASKING = 5.0
"""Seconds that asking for the reason of a refusal may take."""

CANCELLING = 1.0
"""Seconds in which a response that is cancelled must end, and what was sent before it must be
confirmed; a session closes only after both."""

_END = frozenset(
    (
        "access_not_enabled",
        "model_not_found",
        "rate_limit_exceeded",
        "session_expired",
        "unsupported_country_region_territory",
    )
)
"""Codes of ``error`` events after which no answer comes, beside those that the plugin knows."""


class Connection(openai.realtime.RealtimeSession):
    """One connection; whatever ends it is told once, as not recoverable."""

    _lost = False

    async def aclose(self) -> None:
        """Close; the error that ended it has been told already.

        Who waits for it may be cancelled, which ends the connection, and then close it again.
        """
        closing = asyncio.ensure_future(super().aclose())
        try:
            await asyncio.wait((closing,))
        finally:
            closing.cancel()
        if not closing.cancelled():
            closing.exception()

    async def update_chat_ctx(self, chat_ctx: llm.ChatContext) -> None:
        """Send the turns so far; over a connection that is lost there is nothing to wait for."""
        if not self._lost:
            await super().update_chat_ctx(chat_ctx)

    def interrupt(self) -> None:
        """Cancel the response under way."""
        super().interrupt()
        unconfirmed = tuple(self._chat_ctx_event_futures.values())
        asyncio.get_running_loop().call_later(
            CANCELLING, self._forget, self._current_generation, unconfirmed
        )

    def _forget(self, cancelled: object, unconfirmed: Iterable[asyncio.Future[Any]]) -> None:
        _give_up(unconfirmed, "no answer")
        if cancelled is not None and self._current_generation is cancelled:
            self._close_current_generation("no answer to its cancellation")

    def _is_fatal_error(self, error: object | None) -> bool:
        if not isinstance(error, RealtimeError):
            return True  # a response that failed
        return super()._is_fatal_error(error) or error.code in _END

    def _emit_error(self, error: Exception, recoverable: bool) -> None:
        if recoverable:
            # One message was refused, perhaps because it came too late; the talk goes on.
            log.warning("OpenAI refused a message: %s", getattr(error, "body", None) or error)
        else:
            self._lost = True
            _give_up(self._chat_ctx_event_futures.values(), "the connection is lost")
            super()._emit_error(error, recoverable)

    async def _create_ws_conn(self) -> aiohttp.ClientWebSocketResponse:
        try:
            return await super()._create_ws_conn()
        except APIConnectionError as error:
            refused = error.__cause__
            if isinstance(refused, aiohttp.WSServerHandshakeError):
                raise await self._reason(refused) from refused
            raise

    async def _reason(self, refused: aiohttp.WSServerHandshakeError) -> APIError:
        """Why: the handshake only tells a number, a request for the model tells it in words."""
        url = f"{self._opts.base_url.rstrip('/')}/models/{self._opts.model}"
        headers = {"Authorization": f"Bearer {self._opts.api_key}"}
        body: Any = None
        try:
            http = self._realtime_model._ensure_http_session()
            timeout = aiohttp.ClientTimeout(total=ASKING)
            async with http.get(url, headers=headers, timeout=timeout) as answer:
                if answer.status >= 400:
                    body = json.loads(await answer.text())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("no reason for the refused connection: %s", type(error).__name__)
        return APIStatusError(
            f"OpenAI refused the connection: {refused.message}",
            status_code=refused.status,
            body=body,
        )


def _give_up(unconfirmed: Iterable[asyncio.Future[Any]], why: str) -> None:
    """What was sent and never confirmed is waited for no longer."""
    for sent in unconfirmed:
        if not sent.done():
            sent.set_exception(llm.RealtimeError(why))


class Model(openai.realtime.RealtimeModel):
    """Makes such connections."""

    def session(self, *, turn_detection_disabled: bool = False) -> Connection:
        """A new connection."""
        made = Connection(self, turn_detection_disabled=turn_detection_disabled)
        self._sessions.add(made)
        return made
