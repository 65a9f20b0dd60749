"""What Deepgram's plugins would keep to themselves: why they were refused, and that they hear from
their provider."""

import ssl
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp

from agent.providers.tls import tls_context

LONGEST = 500
"""Characters of a refusal that are kept."""

Stream = TypeVar("Stream")


class ErrorReportingSession:
    """Gives the plugin behind it among a class's bases a web session of its own, which tells."""

    _web: aiohttp.ClientSession | None = None

    def _ensure_session(self) -> aiohttp.ClientSession:
        self._web = self._web or told_refusals(tls_context())
        return self._web

    async def aclose(self) -> None:
        """Close its connections, which are its own."""
        await super().aclose()  # type: ignore[misc]
        if self._web is not None:
            await self._web.close()


def overheard(stream: Stream, on_sign: Callable[[], None]) -> Stream:
    """That stream of a plugin's, telling of each message that it could read."""
    told: Any = stream
    take = told._process_stream_event

    def took(data: dict[Any, Any]) -> None:
        # A message that cannot be read is no sign of life: the plugin only logs it.
        take(data)
        on_sign()

    told._process_stream_event = took
    return stream


def told_refusals(authorities: ssl.SSLContext) -> aiohttp.ClientSession:
    """A web session in which a refused handshake fails with the provider's own words.

    Deepgram says in the header ``dg-error``, and again in the body, why it does not open a
    websocket (https://developers.deepgram.com/docs/stt-troubleshooting-websocket-data-and-net-errors);
    without it an unknown model could not be told from anything else that is wrong with a request.
    To be called on the loop that uses the session, and closed by its owner.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_read)
    return aiohttp.ClientSession(
        trust_env=True, connector=aiohttp.TCPConnector(ssl=authorities), trace_configs=[trace]
    )


async def _read(
    session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
) -> None:
    """Raises ``ClientResponseError``, of which the plugin passes status and message on."""
    response = end.response
    if response.status < 400:
        return
    said = response.headers.get("dg-error") or await response.text(errors="replace")
    response.close()
    # Not with the request's headers: the key is among them.
    asked = aiohttp.RequestInfo(response.url, response.method, response.headers, response.url)
    raise aiohttp.ClientResponseError(
        asked, (), status=response.status, message=said.strip()[:LONGEST] or "refused"
    )
