"""What a browser may find out, and the line and the remedy that it leads to."""

from typing import Any

import pytest

from agent.doctor.check import Check
from ui.doctor import verdicts
from ui.doctor.verdicts import Server

CHROME = "Mozilla/5.0 Chrome/150.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 Gecko/20100101 Firefox/140.0"
CLOUD = Server("wss://voice.example.com", own=False)
OWN = Server("ws://127.0.0.1:7880", own=True)
PAGE = {
    "secure": True,
    "protocol": "https:",
    "hostname": "rehearsal.example.com",
    "origin": "https://rehearsal.example.com",
    "missing": [],
    "agent": CHROME,
}
PEER = {
    "state": "failed",
    "reason": "InternalError",
    "detail": "could not establish pc connection",
    "offered": [{"protocol": "udp", "address": "1.2.3.4", "port": 50123, "type": "host"}],
}
UDP = {"protocol": "udp", "address": "1.2.3.4", "port": 50123, "type": "host"}
TCP = {**UDP, "protocol": "tcp", "port": 7881}
JOINED: dict[str, Any] = {
    "state": "connected",
    "offered": [UDP, TCP],
    "used": {"protocol": "udp", "relay": False, "address": "1.2.3.4", "rtt": 0.03},
    "relay": "ok",
}


def joined_by(**used: Any) -> dict[str, Any]:
    return {**JOINED, "used": {**JOINED["used"], **used}}


def hindrance(page: dict[str, Any], server: Server) -> Check:
    check = verdicts.hindrance({**PAGE, **page}, server)
    assert check is not None
    return check


FAILURES: dict[str, tuple[Check | None, str, str, str]] = {
    "an http page of another machine": (
        verdicts.secure({**PAGE, "secure": False, "origin": "http://10.0.0.5:3000"}),
        "failed",
        "no secure context",
        "https",
    ),
    "an https page and a ws:// server": (
        hindrance({}, Server("ws://voice.example.com", own=False)),
        "failed",
        "browsers block ws://",
        "LIVEKIT_URL=wss://voice.example.com",
    ),
    "another machine and our own server": (
        hindrance({"protocol": "http:", "hostname": "10.0.0.5"}, OWN),
        "failed",
        "this machine only",
        "LIVEKIT_URL",
    ),
    "no network at all": (
        verdicts.path({**PEER, "network": "none"}, OWN),
        "failed",
        "finds no network",
        "Switch on Wi-Fi",
    ),
    "UDP and TCP blocked": (
        verdicts.path(PEER, CLOUD),
        "failed",
        "UDP and TCP are blocked",
        "Open UDP 50000-60000",
    ),
    "a server that tells its inner address": (
        verdicts.path({**PEER, "offered": [{**UDP, "address": "10.1.2.3"}]}, CLOUD),
        "failed",
        "only addresses of its own network (10.1.2.3)",
        "rtc.use_external_ip: true, or rtc.node_ip",
    ),
    "a server that tells no address": (
        verdicts.path({**PEER, "offered": []}, CLOUD),
        "failed",
        "offers no address",
        "rtc.use_external_ip",
    ),
    "UDP blocked, TCP open": (
        verdicts.path(joined_by(protocol="tcp"), CLOUD),
        "warning",
        "UDP is blocked, so a bad network makes it choppy",
        "Open UDP",
    ),
    "only the relay is open": (
        verdicts.path(joined_by(relay=True), CLOUD),
        "warning",
        "through a relay (TURN",
        "Open UDP",
    ),
    "choppy: a server far away": (
        verdicts.path(joined_by(rtt=0.4), CLOUD),
        "warning",
        "400 ms there and back",
        "nearer",
    ),
    "a relay that does not work": (
        verdicts.ways({**JOINED, "relay": "failed", "relay_detail": "no answer"}, CLOUD),
        "warning",
        "does not work: no answer",
        "turn.domain",
    ),
    "no way but UDP": (
        verdicts.ways({**JOINED, "offered": [UDP], "relay": "none"}, CLOUD),
        "warning",
        "UDP only",
        "switch TURN on",
    ),
    "an expired token": (
        verdicts.path(
            {"state": "failed", "reason": "NotAllowed", "detail": "token is expired"}, CLOUD
        ),
        "failed",
        "because of its time (expired",
        "NTP",
    ),
    "a refused token": (
        verdicts.path({"state": "failed", "reason": "NotAllowed", "status": 401}, CLOUD),
        "failed",
        "refused the token",
        "LiveKit key and secret",
    ),
    "a server that this browser cannot reach": (
        verdicts.path(
            {"state": "failed", "reason": "ServiceNotFound", "detail": "no such service"}, CLOUD
        ),
        "failed",
        "does not get through to wss://voice.example.com",
        "firewall or proxy",
    ),
    "call software that did not load": (
        verdicts.path({"state": "failed", "reason": "SDK", "detail": "503"}, CLOUD),
        "failed",
        "did not load",
        "reload the page",
    ),
    "microphone blocked": (
        verdicts.permission({"state": "denied"}, CHROME),
        "failed",
        "Microphone blocked",
        "set Microphone to Allow",
    ),
    "microphone blocked in Firefox": (
        verdicts.microphone({"state": "blocked"}, FIREFOX),
        "failed",
        "Microphone blocked",
        "crossed-out microphone",
    ),
    "no microphone": (
        verdicts.microphone({"state": "none"}, CHROME),
        "failed",
        "No microphone found",
        "Plug one in",
    ),
    "a microphone in use": (
        verdicts.microphone({"state": "busy"}, CHROME),
        "failed",
        "in use",
        "Close that program",
    ),
    "a silent microphone": (
        verdicts.microphone({"state": "ok", "level": -90, "label": "Headset"}, CHROME),
        "warning",
        "Headset is open, but silent",
        "muted",
    ),
    "a soft microphone": (
        verdicts.microphone({"state": "ok", "level": -45}, CHROME),
        "warning",
        "very soft",
        "Come closer",
    ),
    "sound held back": (
        verdicts.tone({"state": "suspended"}),
        "failed",
        "autoplay",
        "allow sound for this site",
    ),
    "no loudspeaker": (
        verdicts.tone({"state": "failed", "detail": "no device"}),
        "failed",
        "cannot play: no device",
        "plugged in",
    ),
    "a tone that nobody heard": (verdicts.heard(False), "failed", "did not hear", "volume"),
    "a silent echo": (
        verdicts.echo({"state": "ok", "level": -100}, CHROME),
        "warning",
        "silent",
        "Speak during",
    ),
    "an echo that nobody heard": (verdicts.echoed(False), "failed", "did not hear", "sound above"),
    "an old browser": (
        verdicts.browser({**PAGE, "missing": ["WebRTC"]}),
        "failed",
        "lacks WebRTC",
        "recent Chrome",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_named_with_its_remedy(name: str) -> None:
    check, state, said, remedy = FAILURES[name]
    assert check is not None
    assert check.state == state
    assert said in check.found
    assert remedy in check.fix


def test_what_is_well_needs_no_fix() -> None:
    checks = [
        verdicts.browser(PAGE),
        verdicts.secure(PAGE),
        verdicts.microphone({"state": "ok", "level": -20, "label": "Headset"}, CHROME),
        verdicts.heard(True),
        verdicts.echoed(True),
        verdicts.path(JOINED, CLOUD),
        verdicts.ways(JOINED, CLOUD),
    ]
    assert {check.id for check in checks} == set(verdicts.TITLES)
    assert {(check.state, check.fix) for check in checks} == {("ok", "")}
    assert "directly over UDP, 30 ms" in checks[5].found
    assert "TCP and a relay (TURN)" in checks[6].found


@pytest.mark.parametrize(
    ("page", "server"),
    [
        ({}, CLOUD),
        ({"protocol": "http:", "hostname": "localhost"}, OWN),
        ({"protocol": "http:", "hostname": "127.0.0.1"}, Server("ws://voice.lan", own=False)),
        ({"hostname": "localhost"}, Server("ws://localhost:7880", own=False)),
    ],
)
def test_a_way_that_may_be_open_is_tried(page: dict[str, Any], server: Server) -> None:
    assert verdicts.hindrance({**PAGE, **page}, server) is None


def test_a_private_address_is_fine_within_its_network() -> None:
    near = Server("ws://10.1.2.3:7880", own=False)
    check = verdicts.path({**PEER, "offered": [{**UDP, "address": "10.1.2.3"}]}, near)
    assert "use_external_ip" not in check.fix


def test_what_a_test_needs_of_the_user_is_asked() -> None:
    """A verdict waits for the user's ear."""
    assert verdicts.tone({"state": "running"}) is None
    assert verdicts.echo({"state": "ok", "level": -20}, CHROME) is None
    assert verdicts.permission({"state": "prompt"}, CHROME) is None
