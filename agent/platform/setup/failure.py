"""Why a part could not be prepared, in words that name the remedy."""

import errno
import shutil
from pathlib import Path

from agent.platform.process.command import CommandFailed

_NETWORK = (
    "dial tcp",
    "no such host",
    "i/o timeout",
    "connection refused",
    "connection reset",
    "network is unreachable",
    "tls handshake timeout",
    "proxyconnect",
    "failed to fetch",
    "error sending request",
    "dns error",
    "enotfound",
    "eai_again",
    "econnrefused",
    "econnreset",
    "etimedout",
    "enetunreach",
    "socket timeout",
)
_DISK = (
    "no space left on device",
    "enospc",
    "disk quota exceeded",
    "not enough space on the disk",
    "disk full",
)
_TAMPERED = ("checksum mismatch", "security error", "eintegrity", "hash mismatch")
_LEAST_FREE = 50_000_000  # bytes; with less, whatever failed failed for that


class PartFailed(Exception):
    """A part could not be prepared: what happened, and what a person can do about it."""

    def __init__(self, error: str, remedy: str) -> None:
        super().__init__(f"{error} {remedy}")
        self.error = error
        self.remedy = remedy


def explain(what: str, source: str, failed: CommandFailed, log: Path) -> PartFailed:
    """Words for a command that failed while it made ``what`` out of things from ``source``."""
    said = "\n".join(failed.tail).lower()
    if any(sign in said for sign in _DISK) or _full(log.parent):
        return disk_full(what, log.parent)
    if any(sign in said for sign in _TAMPERED):
        return PartFailed(
            f"What was downloaded for {what} is not what was published, so it was not used.",
            f"Try another network, then press Retry. Details are in {log}.",
        )
    if any(sign in said for sign in _NETWORK):
        return PartFailed(
            f"Could not reach {source} to get {what}.",
            "Connect this computer to the internet (or set HTTPS_PROXY), then press Retry.",
        )
    if failed.why != "code":
        return PartFailed(
            f"Getting {what} was given up: {failed}.",
            "Check the internet connection, close busy programs, then press Retry. "
            f"Details are in {log}.",
        )
    last = next((line for line in reversed(failed.tail) if line.strip()), "it said nothing")
    return PartFailed(
        f"Getting {what} failed: {last}", f"Press Retry. If it fails again, details are in {log}."
    )


def of_system(what: str, folder: Path, error: OSError) -> PartFailed:
    """Words for an error of the operating system on the cache folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(what, folder)
    return PartFailed(
        f"Could not keep {what} in {folder}: {error.strerror or error}.",
        "Make the folder writable, or name another one in REHEARSAL_CACHE, then start again.",
    )


def disk_full(what: str, folder: Path) -> PartFailed:
    """Words for a disk without room."""
    return PartFailed(
        f"The disk is full, so {what} could not be made.",
        f"Free about 2 GB on the disk of {folder}, then press Retry.",
    )


def _full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_FREE
    except OSError:
        return False
