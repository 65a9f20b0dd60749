"""What is wrong with a LiveKit server, its address and its credentials; pure."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.doctor.check import Check, State, plain
from agent.doctor.http import Answer

if TYPE_CHECKING:
    from agent.doctor.livekit_seen import Seen

OLDEST = (1, 8)
"""Older servers lack what calls need."""
LEEWAY = 60.0
"""Seconds that a LiveKit server lets a token be too early or too late."""
UNSURE = 20.0
"""Seconds of difference between two clocks that are worth a word."""

TITLES = (
    ("livekit", "LiveKit server"),
    ("livekit-credentials", "LiveKit key and secret"),
    ("livekit-clock", "Clocks"),
    ("livekit-socket", "WebSocket to LiveKit"),
)
_NAMES = dict(TITLES)
_ENV = "in .env.local and restart"
_PROJECT = (
    f"Copy LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET of one and the same project {_ENV}."
)
_SYNC = "Let both machines set their clocks by themselves (NTP), then try again."


def verdicts(seen: "Seen", *, own: bool) -> list[Check]:
    """The four checks of one look."""
    return [
        _check("livekit", *_reached(seen, own)),
        _check("livekit-credentials", *_credentials(seen)),
        _check("livekit-clock", *_clock(seen, own)),
        _check("livekit-socket", *_socket(seen)),
    ]


def skipped(why: str, fix: str = "") -> list[Check]:
    """The four checks when there is no server to look at."""
    return [Check(id, title, "skipped", why, fix) for id, title in TITLES]


def _check(id: str, state: State, found: str, fix: str = "") -> Check:
    return Check(id, _NAMES[id], state, found, fix)


def _reached(seen: "Seen", own: bool) -> tuple[State, str, str]:
    url, root = seen.endpoint.url, seen.root
    where = "The server of this machine" if own else f"The server at {url}"
    if bad := _address(url):
        return bad
    if root.trouble:
        return _unreached(url, root, own)
    if _speaks_tls(root) and urlsplit(url).scheme in ("ws", "http"):
        fix = f"Set LIVEKIT_URL=wss://{urlsplit(url).netloc} {_ENV}."
        return "failed", f"{where} wants an encrypted connection, but LIVEKIT_URL has no “s”.", fix
    if (path := urlsplit(url).path.strip("/")) and not seen.socket.version:
        return _path(url, path)
    if root.status >= 300 and not seen.socket.version:
        fix = "Check LIVEKIT_URL: it must be the address of a LiveKit server, as wss://host."
        return "failed", f"{where} answers with {root.status}, which no LiveKit server does.", fix
    version = seen.socket.version
    if _old(version):
        fix = f"Update it to {OLDEST[0]}.{OLDEST[1]} or newer."
        return "warning", f"{where} runs version {version}; calls may fail with it.", fix
    kind = "started by Rehearsal" if own else "an external one"
    told = f", version {version}" if version else ""
    return "ok", f"{where} answers ({kind}{told}).", ""


def _address(url: str) -> tuple[State, str, str] | None:
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname:
        fix = f"Set LIVEKIT_URL=wss://your server {_ENV}."
        return "failed", "LIVEKIT_URL is no ws:// or wss:// address.", fix
    if parts.query or parts.fragment:
        fix = f"Set LIVEKIT_URL={parts.scheme}://{parts.netloc} {_ENV}."
        return "failed", "LIVEKIT_URL holds more than scheme, host and port.", fix
    return None


def _path(url: str, path: str) -> tuple[State, str, str]:
    parts = urlsplit(url)
    fix = f"Set LIVEKIT_URL={parts.scheme}://{parts.netloc} {_ENV}."
    return "failed", f"LIVEKIT_URL ends in /{path}, and no LiveKit server answers there.", fix


def _unreached(url: str, root: Answer, own: bool) -> tuple[State, str, str]:
    host = urlsplit(url).netloc
    if own:
        fix = "It is started again by itself; wait a few seconds. Its log is livekit-server.log."
        return "failed", "The LiveKit server of this machine does not answer.", fix
    words = {
        "dns": (
            f"No server of the name {urlsplit(url).hostname} is known, or there is no network.",
            f"Correct LIVEKIT_URL {_ENV}; in LiveKit Cloud it is under Settings, Project URL.",
        ),
        "refused": (
            f"Nothing listens at {host}.",
            "Start the LiveKit server, or correct host and port in LIVEKIT_URL (self-hosted: 7880, "
            "behind a proxy 443).",
        ),
        "timeout": (
            f"{host} does not answer in time: a firewall may be in between.",
            "Open its TCP port (443, self-hosted without a proxy 7880) in the firewall, or correct "
            "LIVEKIT_URL.",
        ),
        "certificate": (
            f"The certificate of {host} is not trusted.",
            "Give the server a certificate of a public authority for this name (a self-signed one "
            "does not do), and check this machine's date.",
        ),
        "no_tls": (
            f"{host} does not speak TLS, but LIVEKIT_URL begins with wss:// or https://.",
            f"Set LIVEKIT_URL=ws://{host} {_ENV}, or put TLS in front of the server.",
        ),
        "closed": (
            f"{host} hangs up on a plain connection: it may want TLS.",
            f"Try LIVEKIT_URL=wss://{host} {_ENV}.",
        ),
    }
    found, fix = words.get(
        root.trouble,
        (f"{host} cannot be reached: {plain(root.detail)}", "Check LIVEKIT_URL and the network."),
    )
    return "failed", found, fix


def _credentials(seen: "Seen") -> tuple[State, str, str]:
    ticket, said = seen.ticket, seen.ticket.text.lower()
    if ticket.trouble or ticket.status >= 500 or seen.root.trouble:
        return "skipped", "The server could not be asked.", ""
    if ticket.status == 200:
        return "ok", "The server takes our key and secret.", ""
    if swapped(seen.endpoint.key, seen.endpoint.secret):
        fix = f"Exchange the two values {_ENV}."
        return "failed", "LIVEKIT_API_KEY and LIVEKIT_API_SECRET are swapped.", fix
    if "invalid api key" in said:
        found = "The server does not know LIVEKIT_API_KEY: it is of another project or server."
        return "failed", found, _PROJECT
    if "signature" in said or "cryptographic" in said:
        found = "The server knows LIVEKIT_API_KEY, but LIVEKIT_API_SECRET is not the one of it."
        return "failed", found, _PROJECT
    if "expired" in said:
        found = "The server takes a fresh token for an expired one: our clock is behind its clock."
        return "failed", found, _SYNC
    if "not valid yet" in said or "nbf" in said:
        found = "The server says that our token is not valid yet: our clock is ahead of its clock."
        return "failed", found, _SYNC
    if ticket.status in (401, 403):
        return "failed", f"The server refuses our token: {plain(ticket.text)}", _PROJECT
    if 300 <= ticket.status < 400 or ticket.status in (400, 404):
        return "skipped", "No LiveKit server answered at that address.", ""
    return "warning", f"The server answered with {ticket.status}: {plain(ticket.text)}", _PROJECT


def swapped(key: str, secret: str) -> bool:
    """Whether the key looks like a secret and the secret like a key."""
    if secret.startswith("API") and not key.startswith("API"):
        return True
    return len(key) >= 32 > len(secret) and not key.startswith("API")


def _clock(seen: "Seen", own: bool) -> tuple[State, str, str]:
    if own:
        return "ok", "Server and worker run on the same machine and share its clock.", ""
    if seen.root.trouble:
        return "skipped", "The server could not be asked.", ""
    ahead = seen.root.ahead
    if ahead is None:
        return "skipped", "The server does not tell its time.", ""
    words = f"Our clock is {abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} the server's"
    refused = "expired" in seen.ticket.text or "not valid yet" in seen.ticket.text
    if refused or ahead < -LEEWAY:
        return "failed", f"{words}, and it takes no token that differs by a minute.", _SYNC
    if abs(ahead) > UNSURE:
        return "warning", f"{words}; from a minute on it refuses every token.", _SYNC
    return "ok", "Our clock and the server's agree.", ""


def _socket(seen: "Seen") -> tuple[State, str, str]:
    if seen.socket.version:
        return "ok", "A worker can sign on; the way that browsers join by is open.", ""
    if seen.root.trouble or seen.ticket.status != 200:
        return "skipped", "First the points above must be mended.", ""
    answer = seen.socket.answer
    if answer.status in (401, 403):
        found = f"The server lets trainees in, but refuses a worker ({answer.status})."
        return "failed", found, "Use a key with full rights, then restart."
    told = f"status {answer.status}" if answer.status else plain(answer.detail)
    fix = "Let the proxy in front of the server pass WebSockets (Upgrade and Connection headers)."
    return "failed", f"Plain requests arrive, but a WebSocket does not open ({told}).", fix


def _speaks_tls(root: Answer) -> bool:
    redirected = 300 <= root.status < 400 and root.location.startswith("https://")
    return redirected or (root.status == 400 and "https" in root.text.lower())


def _old(version: str) -> bool:
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) < OLDEST
