"""One HTTP request with a time limit; whatever happens comes back as a value."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit

import aiohttp

from data.common.hosts import is_loopback

Trouble = Literal["", "dns", "refused", "timeout", "certificate", "no_tls", "closed", "other"]

LIMIT = 5.0
"""Seconds for a request."""
LONGEST = 2_000_000
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` and ``text`` of what came, or the ``trouble`` why nothing came and its detail.

    ``ahead`` is how many seconds the server's clock is ahead of ours, None when it does not say;
    the header knows whole seconds only.
    """

    status: int = 0
    text: str = ""
    trouble: Trouble = ""
    detail: str = ""
    ahead: float | None = None
    location: str = ""


async def ask(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    limit: float = LIMIT,
) -> Answer:
    """GET that address; redirects are not followed."""
    try:
        async with asyncio.timeout(limit), session(url) as client:
            began = time.time()
            async with client.get(
                url, headers=headers, params=params, allow_redirects=False
            ) as answer:
                ahead = _ahead(answer.headers.get("Date", ""), (began + time.time()) / 2)
                body = await answer.content.read(LONGEST)
                while not answer.content.at_eof() and len(body) < LONGEST:
                    body += await answer.content.read(LONGEST)
                text = body.decode("utf-8", "replace")
                location = answer.headers.get("Location", "")
                return Answer(answer.status, text, ahead=ahead, location=location)
    except Exception as error:
        trouble, detail = trouble_of(error)
        return Answer(trouble=trouble, detail=detail)


def session(url: str) -> aiohttp.ClientSession:
    """A client that takes the system's proxy, except to this machine."""
    return aiohttp.ClientSession(trust_env=not is_loopback(urlsplit(url).hostname or ""))


def trouble_of(error: BaseException) -> tuple[Trouble, str]:
    """What kept a connection from being made, and the system's words for it."""
    detail = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        return "timeout", "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns", detail
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)):
        return "certificate", detail
    if isinstance(error, aiohttp.ClientSSLError):
        return _of_tls(error), detail
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = isinstance(error.os_error, ConnectionRefusedError)
        return ("refused" if refused else "other"), detail
    if isinstance(error, (aiohttp.ServerDisconnectedError, ConnectionResetError)):
        return "closed", detail
    return "other", detail


def _of_tls(error: aiohttp.ClientSSLError) -> Trouble:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "certificate"
    # What a server without TLS answers is no TLS record, or it hangs up.
    said = str(cause).upper().replace(" ", "_")
    marks = ("WRONG_VERSION", "RECORD_LAYER", "PACKET_LENGTH", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
    return "no_tls" if any(mark in said for mark in marks) else "other"


def _ahead(date: str, ours: float) -> float | None:
    try:
        # The header cuts the fraction off: half a second is the best guess for it.
        return parsedate_to_datetime(date).timestamp() + 0.5 - ours
    except (TypeError, ValueError):
        return None
