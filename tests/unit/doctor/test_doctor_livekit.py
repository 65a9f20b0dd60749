"""Each way in which LiveKit set-ups commonly fail leads to a line that names it and the remedy."""

import asyncio
import ssl
from dataclasses import replace
from typing import Any

import pytest
import trustme

from agent.doctor import livekit
from agent.doctor.check import Check
from agent.doctor.http import Answer
from agent.doctor.livekit_seen import Seen, Socket, see
from agent.doctor.services import running, worker
from agent.platform.server.endpoint import Endpoint
from tests.support.fakes.livekit import FakeLiveKit

KEY, SECRET = "APIabcdefghijkl", "s" * 43
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2lnbmF0dXJl"
GOOD = Seen(
    Endpoint("wss://voice.example", KEY, SECRET),
    Answer(200, "OK", ahead=0.0),
    Answer(200, "success"),
    Socket("1.13.5"),
)


def refused(said: str) -> dict[str, Any]:
    """A server that answers a token so."""
    return {"ticket": Answer(401, said), "socket": Socket(answer=Answer(401))}


def unreached(trouble: Any) -> dict[str, Any]:
    """A server that cannot be reached."""
    answer = Answer(trouble=trouble, detail="Cannot connect")
    return {"root": answer, "ticket": answer, "socket": Socket(answer=answer)}


def at(url: str) -> dict[str, Any]:
    """Another address."""
    return {"endpoint": Endpoint(url, KEY, SECRET)}


def found(seen: Seen, id: str, own: bool = False) -> Check:
    """One of the four checks."""
    return {check.id: check for check in livekit.verdicts(seen, own=own)}[id]


TLS_WANTED = Answer(400, "Client sent an HTTP request to an HTTPS server.")
NOT_FOUND = {
    "root": Answer(404, "404 page not found"),
    "ticket": Answer(404),
    "socket": Socket(answer=Answer(404)),
}
COMMON = {
    "ws:// to a server with TLS": (
        {**at("ws://voice.example"), "root": TLS_WANTED, "socket": Socket()},
        "livekit",
        "has no “s”",
        "LIVEKIT_URL=wss://voice.example",
    ),
    "ws:// to LiveKit Cloud, which sends to https": (
        {
            **at("ws://voice.example"),
            "root": Answer(301, location="https://voice.example/"),
            "socket": Socket(),
        },
        "livekit",
        "wants an encrypted connection",
        "LIVEKIT_URL=wss://voice.example",
    ),
    "wss:// to a server without TLS": (
        unreached("no_tls"),
        "livekit",
        "does not speak TLS",
        "LIVEKIT_URL=ws://voice.example",
    ),
    "a self-signed certificate": (
        unreached("certificate"),
        "livekit",
        "certificate",
        "public authority",
    ),
    "a name that is misspelt": (unreached("dns"), "livekit", "voice.example", "LIVEKIT_URL"),
    "nothing listens": (unreached("refused"), "livekit", "Nothing listens", "7880"),
    "a firewall drops it": (unreached("timeout"), "livekit", "a firewall", "443"),
    "key and secret swapped": (
        {
            "endpoint": Endpoint("wss://voice.example", SECRET, KEY),
            **refused(f"invalid API key: {SECRET}"),
        },
        "livekit-credentials",
        "are swapped",
        "Exchange the two values",
    ),
    "the key of another project": (
        refused(f"invalid API key: {KEY}"),
        "livekit-credentials",
        "of another project",
        "one and the same project",
    ),
    "the secret of another key": (
        refused(f"invalid token: {TOKEN}, error: token signature is invalid"),
        "livekit-credentials",
        "LIVEKIT_API_SECRET is not the one",
        "one and the same project",
    ),
    "our clock is ahead": (
        refused(f"invalid token: {TOKEN}, error: token is not valid yet"),
        "livekit-credentials",
        "our clock is ahead",
        "NTP",
    ),
    "an expired token": (
        refused(f"invalid token: {TOKEN}, error: token is expired"),
        "livekit-credentials",
        "expired",
        "NTP",
    ),
    "clocks that differ": (
        {"root": Answer(200, "OK", ahead=-300.0)},
        "livekit-clock",
        "300 s ahead of the server's",
        "NTP",
    ),
    "an address with a path": (
        {**at("wss://voice.example/rtc"), **NOT_FOUND},
        "livekit",
        "ends in /rtc",
        "LIVEKIT_URL=wss://voice.example in",
    ),
    "an address with a question": (
        at("wss://voice.example?x=1"),
        "livekit",
        "more than scheme, host and port",
        "LIVEKIT_URL=wss://voice.example in",
    ),
    "a page that is no LiveKit server": (
        NOT_FOUND,
        "livekit",
        "no LiveKit server does",
        "LIVEKIT_URL",
    ),
    "a proxy that lets no WebSocket through": (
        {"socket": Socket(answer=Answer(426))},
        "livekit-socket",
        "a WebSocket does not open",
        "Upgrade",
    ),
}


@pytest.mark.parametrize("name", COMMON)
def test_each_common_failure_is_named_with_its_remedy(name: str) -> None:
    changes, id, said, remedy = COMMON[name]
    check = found(replace(GOOD, **changes), id)
    assert check.state == "failed"
    assert said in check.found
    assert remedy in check.fix


@pytest.mark.parametrize("name", COMMON)
def test_no_secret_and_no_token_is_told(name: str) -> None:
    for check in livekit.verdicts(replace(GOOD, **COMMON[name][0]), own=False):
        assert SECRET not in check.found + check.fix
        assert TOKEN not in check.found + check.fix


def test_a_good_server_passes() -> None:
    assert {check.state for check in livekit.verdicts(GOOD, own=False)} == {"ok"}
    assert "1.13.5" in found(GOOD, "livekit").found
    assert "external" in found(GOOD, "livekit").found
    assert "started by Rehearsal" in found(GOOD, "livekit", own=True).found


def test_an_old_server_and_a_small_difference_are_warnings() -> None:
    assert found(replace(GOOD, socket=Socket("1.5.3")), "livekit").state == "warning"
    late = replace(GOOD, root=Answer(200, "OK", ahead=40.0))
    assert found(late, "livekit-clock").state == "warning"
    assert "behind" in found(late, "livekit-clock").found


def test_a_path_that_answers_is_left_alone() -> None:
    """Some put LiveKit behind a proxy under a path."""
    assert found(replace(GOOD, **at("wss://voice.example/livekit")), "livekit").state == "ok"


# ---- the worker: "No voice from agent" ----

UP = {"worker": "registered", "models": "loaded", "calls": {"live": 1, "most": 4}}


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({}, "ok", "1 of 4 lines"),
        ({"calls": {"live": 4, "most": 4}}, "warning", "busy"),
        ({"worker": "down"}, "failed", "not registered"),
        ({"worker": "stopped"}, "failed", "no persona would come"),
        ({"worker": "starting"}, "warning", "signing on"),
        ({"worker": "stopped", "models": "loading"}, "warning", "being loaded"),
    ],
)
def test_the_worker_is_told(change: dict[str, Any], state: str, words: str) -> None:
    check = worker({**UP, **change})
    assert check.state == state
    assert words in check.found


def test_an_agent_of_ones_own_is_told_to_be_none() -> None:
    assert "agent name" in worker({**UP, "worker": "down"}).fix


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"problem": ""}, "ok"),
        ({"problem": "Go is missing.", "status": "failed"}, "failed"),
        ({"problem": "being prepared", "status": "preparing"}, "warning"),
        ({"problem": "All 4 lines are busy", "calls": {"live": 4, "most": 4}}, "warning"),
        ({"problem": "The phone lines are being connected."}, "failed"),
        ({"problem": "", "speech": {"voice": {"state": "up"}}}, "ok"),
        ({"problem": "", "speech": {"voice": {"state": "resting"}}}, "warning"),
        ({"problem": "", "speech": {"recogniser": {"state": "resting"}}}, "warning"),
    ],
)
def test_the_app_is_told(change: dict[str, Any], state: str) -> None:
    check = running({**UP, **change}, "here")
    assert check.state == state
    assert str(change["problem"]) in check.found


# ---- the requests themselves, against servers on loopback ----


async def test_a_whole_look() -> None:
    async with FakeLiveKit() as server:
        server.ahead = 300
        seen = await see(Endpoint(f"ws://{server.host}", KEY, SECRET))
    assert seen.ticket == Answer(200, "success", ahead=seen.ticket.ahead)
    assert seen.root.ahead == pytest.approx(300, abs=20)
    assert seen.socket.version == "1.13.5"
    assert server.names[0].startswith("doctor-"), "no call may ever come to this worker"
    assert found(seen, "livekit-clock").state == "warning"


@pytest.mark.parametrize(
    ("status", "said"), [(401, f"invalid API key: {KEY}"), (401, "token is expired")]
)
async def test_a_refusal_is_read(status: int, said: str) -> None:
    async with FakeLiveKit() as server:
        server.status, server.said, server.version = status, said, ""
        seen = await see(Endpoint(f"http://{server.host}/", KEY, SECRET))
    assert (seen.ticket.status, seen.ticket.text) == (status, said)
    assert seen.socket.answer.status == 426
    assert found(seen, "livekit-credentials").state == "failed"


async def test_a_websocket_that_is_not_let_through() -> None:
    async with FakeLiveKit() as server:
        server.version = ""
        seen = await see(Endpoint(f"ws://{server.host}", KEY, SECRET))
    assert "426" in found(seen, "livekit-socket").found


async def test_nobody_there(closed_port: int) -> None:
    seen = await see(Endpoint(f"ws://127.0.0.1:{closed_port}", KEY, SECRET))
    assert "Nothing listens" in found(seen, "livekit").found
    assert found(seen, "livekit-credentials").state == "skipped"


async def test_tls_where_there_is_none() -> None:
    async with FakeLiveKit() as server:
        seen = await see(Endpoint(f"wss://{server.host}", KEY, SECRET))
    assert "does not speak TLS" in found(seen, "livekit").found


def tls() -> ssl.SSLContext:
    """A certificate of an authority that nobody trusts."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_a_certificate_that_nobody_trusts() -> None:
    async with FakeLiveKit(tls=tls()) as server:
        seen = await see(Endpoint(f"wss://{server.host}", KEY, SECRET))
    assert "certificate" in found(seen, "livekit").found


async def test_no_tls_where_it_is_wanted() -> None:
    async with FakeLiveKit(tls=tls()) as server:
        host = server.host
        seen = await see(Endpoint(f"ws://{host}", KEY, SECRET))
    check = found(seen, "livekit")
    assert check.state == "failed"
    assert f"wss://{host}" in check.fix


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        seen = await see(Endpoint(f"ws://127.0.0.1:{port}", KEY, SECRET), limit=0.3)
    assert "does not answer in time" in found(seen, "livekit").found
    assert seen.socket.answer.trouble == "timeout"
