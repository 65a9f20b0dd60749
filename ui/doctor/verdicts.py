"""What the browser found out, in words: page, microphone, sound, way to the server; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from agent.doctor.check import Check, State, plain
from data.common.hosts import is_loopback
from ui.call.microphone_help import UNDO, WORDS, browser_of

Facts = Mapping[str, Any]

TITLES = {
    "browser": "Browser",
    "secure": "Secure page",
    "microphone": "Microphone",
    "playback": "Sound",
    "echo": "Echo test",
    "path": "Way to the LiveKit server",
    "ways": "Ways through firewalls",
}
QUIET = -55
"""dBFS: a microphone that stays below hears nobody."""
FAINT = -38
"""dBFS: below, speech is too soft to be understood well."""
SLOW = 0.25
"""Seconds there and back from which a talk feels slow."""

_PORTS = (
    "Open UDP 50000-60000 (or the server's rtc.udp_port, often 7882) and TCP 7881 from browsers to "
    "the LiveKit server, or switch its TURN server on with TLS on port 443."
)
_EXTERNAL = (
    "On the LiveKit server set rtc.use_external_ip: true, or rtc.node_ip to its public address, "
    "and restart it."
)


@dataclass(frozen=True, slots=True)
class Server:
    """The LiveKit server as browsers are sent to it."""

    url: str
    own: bool


def browser(facts: Facts) -> Check:
    """Whether this browser can make calls."""
    kind = browser_of(str(facts.get("agent", ""))).capitalize()
    version = re.search(r"(?:Chrome|Firefox|Version)/(\d+)", str(facts.get("agent", "")))
    name = f"{kind} {version[1]}" if version else kind
    missing = [str(each) for each in facts.get("missing", ())]
    if missing:
        fix = "Use a recent Chrome, Edge, Firefox or Safari."
        return _check("browser", "failed", f"{name} lacks {', '.join(missing)}.", fix)
    return _check("browser", "ok", f"{name} has all that a call needs.")


def secure(facts: Facts) -> Check:
    """Whether the browser gives this page the microphone at all."""
    if facts.get("secure"):
        return _check("secure", "ok", f"{facts.get('origin')} may use the microphone.")
    found = (
        f"{facts.get('origin')} is plain http from another machine (no secure context): the "
        "browser gives it no microphone."
    )
    fix = "Open Rehearsal as http://localhost on its own machine, or put it behind https."
    return _check("secure", "failed", found, fix)


def permission(facts: Facts, agent: str) -> Check | None:
    """What is known of the microphone before it is tried; None when it must be tried."""
    if facts.get("state") == "denied":
        return microphone({"state": "blocked"}, agent)
    return None


def microphone(facts: Facts, agent: str) -> Check:
    """What trying the microphone gave."""
    state, level = str(facts.get("state")), int(facts.get("level", -100))
    if state != "ok":
        title, words = WORDS.get(state, WORDS["error"])
        undo = UNDO[browser_of(agent)]
        detail = plain(str(facts.get("detail", "")))
        text = words.format(undo=undo, detail=detail, who="The persona")
        return _check("microphone", "failed", f"{title}.", text)
    label = str(facts.get("label") or "The microphone")
    if level <= QUIET:
        fix = "Is it muted on the headset or in the system, or is another microphone the right one?"
        found = f"{label} is open, but silent ({level} dBFS). Speak while it is tested."
        return _check("microphone", "warning", found, fix)
    if level < FAINT:
        fix = "Come closer, or raise its level in the system's sound settings."
        return _check("microphone", "warning", f"{label} is very soft ({level} dBFS).", fix)
    return _check("microphone", "ok", f"{label} hears you (peak {level} dBFS).")


def tone(facts: Facts) -> Check | None:
    """What playing a tone gave; None when only the user can say whether it was heard."""
    state = str(facts.get("state"))
    if state == "running":
        return None
    if state == "suspended":
        found = "The browser holds sound back until a click on the page (autoplay rule)."
        fix = "Press Play a tone again; if it stays so, allow sound for this site."
        return _check("playback", "failed", found, fix)
    fix = "Is a loudspeaker or headset plugged in and chosen in the system? Then try again."
    detail = plain(str(facts.get("detail", "")))
    return _check("playback", "failed", f"The browser cannot play: {detail}.", fix)


def heard(yes: bool) -> Check:
    """The tone, by the user's ear."""
    if yes:
        return _check("playback", "ok", "You heard the tone.")
    fix = (
        "Unmute this tab, raise the volume, and choose the right loudspeaker in the system's sound "
        "settings. Then play it again."
    )
    return _check("playback", "failed", "The browser played a tone, but you did not hear it.", fix)


def echo(facts: Facts, agent: str) -> Check | None:
    """What recording and playing back gave; None when only the user can say."""
    if facts.get("state") != "ok":
        found = microphone(facts, agent)
        return _check("echo", "failed", found.found, found.fix)
    if facts.get("detail"):
        detail = plain(str(facts["detail"]))
        return _check("echo", "failed", f"It could not be played back: {detail}.", "Try again.")
    if int(facts.get("level", -100)) <= QUIET:
        fix = "Speak during the two seconds; check the microphone above."
        return _check("echo", "warning", "Two seconds were recorded, but they are silent.", fix)
    return None


def echoed(yes: bool) -> Check:
    """The echo, by the user's ear."""
    if yes:
        return _check("echo", "ok", "You heard your own voice: microphone and sound both work.")
    fix = "Test the sound above first; then raise the microphone's level, and try again."
    found = "Your voice was recorded and played back, but you did not hear it."
    return _check("echo", "failed", found, fix)


def hindrance(page: Facts, server: Server) -> Check | None:
    """Why a browser on this page can never reach that server; None when it might."""
    host = str(page.get("hostname", ""))
    if server.own and not is_loopback(host.strip("[]")):
        found = "This machine's own LiveKit server listens to this machine only; you are elsewhere."
        fix = "For browsers on other machines set LIVEKIT_URL, its key and secret in .env.local."
        return _check("path", "failed", found, fix)
    url = urlsplit(server.url)
    plain_socket = url.scheme in ("ws", "http") and not is_loopback(url.hostname or "")
    if page.get("protocol") == "https:" and plain_socket:
        found = "This page is https, but LIVEKIT_URL is not: browsers block ws:// from there."
        fix = f"Set LIVEKIT_URL=wss://{url.netloc} and restart."
        return _check("path", "failed", found, fix)
    return None


def path(facts: Facts, server: Server) -> Check:
    """How sound would travel, or why it would not."""
    if facts.get("state") != "connected":
        return _check("path", "failed", *_no_path(facts, server))
    used = facts.get("used")
    if not used:
        return _check("path", "warning", "It is reached, but the browser does not say how.")
    way = str(used.get("protocol", "")).upper()
    rtt = used.get("rtt")
    told = f", {rtt * 1000:.0f} ms there and back" if isinstance(rtt, (int, float)) else ""
    if used.get("relay"):
        found = f"Sound goes through a relay (TURN over {way}){told}: no direct way is open."
        return _check("path", "warning", found, f"It works, with delay. {_PORTS}")
    if way == "TCP":
        found = f"Sound goes over TCP{told}: UDP is blocked, so a bad network makes it choppy."
        return _check("path", "warning", found, _PORTS)
    if isinstance(rtt, (int, float)) and rtt > SLOW:
        fix = "Use a LiveKit server, or a region of LiveKit Cloud, that is nearer."
        return _check("path", "warning", f"Sound goes over {way}, but slowly{told}.", fix)
    return _check("path", "ok", f"Sound goes directly over {way}{told}.")


def ways(facts: Facts, server: Server) -> Check:
    """Which other ways the server offers to browsers behind strict firewalls."""
    if facts.get("state") != "connected":
        return _check("ways", "skipped", "First the way to the server must be open.")
    if server.own:
        return _check("ways", "skipped", "Browser and server are on this machine.")
    tcp = any(each.get("protocol") == "tcp" for each in _offered(facts))
    relay = facts.get("relay")
    names = [*(["TCP"] if tcp else []), *(["a relay (TURN)"] if relay == "ok" else [])]
    if relay == "failed":
        found = f"The server offers a relay (TURN), but it does not work: {_relay(facts)}."
        fix = "Check turn.domain, its certificate, and that its ports (TCP 443 or 5349, UDP 3478) "
        return _check("ways", "warning", found, f"{fix}are open.")
    if names:
        return _check("ways", "ok", f"Beside UDP the server offers {' and '.join(names)}.")
    found = "The server offers UDP only: behind many company firewalls no call would work."
    fix = "On the LiveKit server set rtc.tcp_port: 7881, switch TURN on, and open their ports."
    return _check("ways", "warning", found, fix)


def _no_path(facts: Facts, server: Server) -> tuple[str, str]:
    reason, detail = str(facts.get("reason", "")), plain(str(facts.get("detail", "")))
    if reason == "SDK":
        found = f"The call software for the browser did not load: {detail}."
        return found, "Wait until the parts for calls are prepared, reload the page, look again."
    if reason == "NotAllowed" or facts.get("status") in (401, 403):
        if re.search(r"expired|not valid yet", detail):
            found = "The server refused the token because of its time (expired, or too early)."
            return found, "Let both machines set their clocks by themselves (NTP); look again."
        found = "The server refused the token of this browser."
        return found, "See “LiveKit key and secret”, mend that and restart."
    if facts.get("network") == "none":
        found = "This browser finds no network here, and without one it makes no call at all, not "
        fix = "Switch on Wi-Fi or plug in a network cable; it needs no internet. Then look again."
        return f"{found}even to this very machine.", fix
    if _peer_failed(reason, detail) and "offered" in facts:
        return _no_media(_offered(facts), server)
    found = f"The browser does not get through to {server.url}: {detail or reason}."
    if server.own:
        fix = "Wait some seconds: the server of this machine is restarted by itself. Look again."
        return found, fix
    return found, (
        "Is that address right, and reachable from this browser too (not only from the machine "
        "that Rehearsal runs on)? A firewall or proxy must let wss:// (TCP 443) through."
    )


def _peer_failed(reason: str, detail: str) -> bool:
    return bool(re.search(r"pc connection|peer ?connection|\bice\b", f"{reason} {detail}", re.I))


def _no_media(offered: Sequence[Facts], server: Server) -> tuple[str, str]:
    if server.own:
        found = "The server of this machine lets the browser in, but no sound gets through."
        return found, "Switch off add-ons of the browser that block WebRTC, and VPNs; look again."
    if not offered:
        found = "The server lets the browser in, but offers no address for sound."
        return found, f"{_EXTERNAL} {_PORTS}"
    private = all(_is_private(str(each.get("address", ""))) for each in offered)
    if private and not _is_near(server.url):
        shown = ", ".join(sorted({str(each.get("address")) for each in offered}))
        found = f"The server offers only addresses of its own network ({shown}) for sound."
        return found, _EXTERNAL
    found = "The server lets the browser in, but no sound gets through: UDP and TCP are blocked."
    return found, _PORTS


def _offered(facts: Facts) -> list[Facts]:
    return [each for each in facts.get("offered") or () if isinstance(each, Mapping)]


def _relay(facts: Facts) -> str:
    return plain(str(facts.get("relay_detail") or "no connection")).rstrip(".")


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def _is_near(url: str) -> bool:
    """Whether the server's name is one of a local network."""
    host = urlsplit(url).hostname or ""
    return _is_private(host) or "." not in host or host.endswith((".local", ".lan", ".internal"))


def _check(id: str, state: State, found: str, fix: str = "") -> Check:
    return Check(id, TITLES[id], state, found, fix)
