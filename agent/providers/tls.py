"""Whose certificates are trusted."""

import ssl
from functools import cache

import httpx2


@cache
def tls_context() -> ssl.SSLContext:
    """Read once: it takes 20 ms, which a job's loop has not got."""
    return httpx2.create_ssl_context()
