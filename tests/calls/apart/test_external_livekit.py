"""LIVEKIT_URL: a whole call through a server that is not ours, what the doctor says of it, and what
is wrong with one."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser

from agent.doctor import livekit
from agent.doctor.livekit_seen import see
from agent.platform.process.ports import free_tcp_port
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.livekit_config import new_key, new_secret
from tests.support.caller import ALLOW, Browsers, Caller
from tests.support.doctor_page import NO_UDP, open_doctor, wait_for
from tests.support.livekit_apart import LiveKitApart
from tests.support.running import BRIEF, QUESTION, RunningApp

pytestmark = pytest.mark.call


@pytest.fixture(scope="module")
def open_server(binary: Path) -> Iterator[LiveKitApart]:
    """One that offers TCP beside UDP, as servers elsewhere do."""
    with LiveKitApart(binary, rtc={"tcp_port": free_tcp_port()}) as server:
        yield server


@pytest.fixture(scope="module")
def guest(
    open_server: LiveKitApart, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """An app that uses that server."""
    folder = tmp_path_factory.mktemp("guest")
    with RunningApp(folder, open_server.environment, watched=True, only=[BRIEF]) as app:
        yield app


def test_a_whole_call_through_a_server_that_is_not_ours(
    open_server: LiveKitApart, guest: RunningApp, chromium: Browser
) -> None:
    assert guest.health()["livekit"] == {"own": False, "state": "external"}
    assert guest.process is not None
    for child in psutil.Process(guest.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # some live for a moment only
            assert "livekit-server" not in " ".join(child.cmdline())
    caller = Caller(chromium, guest.url)
    tickets = []
    caller.page.on("websocket", lambda socket: tickets.append(socket.url))
    caller.call(BRIEF)
    assert any(url.startswith(open_server.url) for url in tickets)
    caller.wait_for_silence()
    caller.say("What is your account number please?")
    # Which words they are depends on how busy the machine is.
    caller.until(lambda: re.search(r"You\n+\w", caller.text()) is not None, "words")
    caller.wait_for_speech()
    caller.wait_for_silence()
    caller.type(QUESTION)
    caller.wait_for_text("40 77 21 58")
    caller.wait_for_speech()
    caller.end()
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text("40 77 21 58")
    guest.wait(lambda health: health["calls"]["live"] == 0, 60)


def test_a_server_that_does_not_take_us_is_named_with_the_remedy(
    apart: LiveKitApart, tmp_path: Path, chromium: Browser
) -> None:
    wrong = {
        "LIVEKIT_API_SECRET": (new_secret(), "LIVEKIT_API_SECRET is not the one of it"),
        "LIVEKIT_API_KEY": (new_key(), "does not know LIVEKIT_API_KEY"),
        "LIVEKIT_URL": (f"ws://127.0.0.1:{free_tcp_port()}", "Nothing listens at"),
    }
    apps = {
        words: RunningApp(tmp_path / setting, {**apart.environment, setting: value}, only=[BRIEF])
        for setting, (value, words) in wrong.items()
    }
    try:
        for app in apps.values():
            app.start()
        for words, app in apps.items():
            _tells(app, words, Caller(chromium, app.url))
            for secret in (wrong["LIVEKIT_API_SECRET"][0], apart.secret):
                assert secret not in app.log.read_text()
    finally:
        for app in apps.values():
            app.stop()


def _tells(app: RunningApp, words: str, caller: Caller) -> None:
    """Both the app's health and the page of a call say this."""

    def told(health: dict[str, Any]) -> bool:
        return words in health.get("problem", "")

    health = app.wait(told, 240)
    assert (health["ready"], health["status"]) == (False, "unavailable")
    caller.log_in()
    caller.open(f"/call/{BRIEF}")
    caller.wait_for_text(words)


def test_ways_of_another_server(guest: RunningApp, browsers: Browsers, chromium: Browser) -> None:
    """Over UDP, and over TCP where UDP is blocked."""
    caller = open_doctor(chromium, guest)
    wait_for(caller, {"livekit": "ok", "livekit-clock": "ok", "worker": "ok"})
    wait_for(caller, {"path": "ok", "ways": "ok"})
    caller.wait_for_text("Sound goes directly over UDP")
    caller.wait_for_text("Beside UDP the server offers TCP.")
    with browsers.launch(ALLOW, NO_UDP) as chromium:
        caller = open_doctor(chromium, guest)
        wait_for(caller, {"path": "warning"})
        caller.wait_for_text("Sound goes over TCP")
        caller.wait_for_text("UDP is blocked")


@pytest.mark.filterwarnings("ignore:The HMAC key")
@pytest.mark.parametrize(
    ("key", "secret", "words"),
    [
        ("", "", ""),
        ("APIanother", "", "of another project"),
        ("", "x" * 43, "LIVEKIT_API_SECRET is not the one"),
        ("swapped", "", "are swapped"),
    ],
)
def test_what_a_real_server_says_is_understood(
    apart: LiveKitApart, key: str, secret: str, words: str
) -> None:
    endpoint = Endpoint(apart.url, key or apart.key, secret or apart.secret)
    if key == "swapped":
        endpoint = Endpoint(apart.url, apart.secret, apart.key)
    seen = asyncio.run(see(endpoint))
    checks = {check.id: check for check in livekit.verdicts(seen, own=False)}
    assert checks["livekit-credentials"].state == ("failed" if words else "ok")
    assert words in checks["livekit-credentials"].found
    assert checks["livekit"].state == "ok"
