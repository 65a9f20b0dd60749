"""Deepgram's refusals, which its plugin would keep to itself."""

import ssl
from types import SimpleNamespace

import aiohttp

LONGEST = 500
"""Characters of a refusal that are kept."""


def told_refusals(trusted: ssl.SSLContext) -> aiohttp.ClientSession:
    """A web session in which a refused handshake fails with the provider's own words.

    Deepgram says in the header ``dg-error``, and again in the body, why it does not open a
    websocket (https://developers.deepgram.com/docs/stt-troubleshooting-websocket-data-and-net-errors);
    without it an unknown model could not be told from anything else that is wrong with a request.
    To be called on the loop that uses the session, and closed by its owner.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_read)
    return aiohttp.ClientSession(
        trust_env=True, connector=aiohttp.TCPConnector(ssl=trusted), trace_configs=[trace]
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
