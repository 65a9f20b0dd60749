"""The doctor's page in Chromium, beside the running app."""

import asyncio
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from agent.doctor import livekit
from agent.doctor.livekit_seen import see
from agent.platform.process.ports import free_tcp_port
from agent.platform.server.endpoint import Endpoint
from tests.support.caller import ALLOW, Caller, browser
from tests.support.livekit_apart import LiveKitApart
from tests.support.running import RunningApp

pytestmark = pytest.mark.call


NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""Chromium sends no media over UDP then, as behind a strict firewall."""


def states(caller: Caller) -> dict[str, str]:
    """The state of each check on the page, by its id."""
    script = """() => Object.fromEntries([...document.querySelectorAll(".rh-check")].map(
        (row) => [row.querySelector(".rh-check-anchor").id, row.dataset.state]))"""
    rows: dict[str, str] = caller.page.evaluate(script)
    return {name.removeprefix("check-"): state for name, state in rows.items()}


def wait_for(caller: Caller, wanted: dict[str, str]) -> None:
    """Wait until these checks are in these states."""
    caller.until(lambda: wanted.items() <= states(caller).items(), f"{wanted}", 120)


def test_all_checks_come_to_an_end(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.log_in("author")
        caller.page.get_by_role("link", name="Doctor").click()
        caller.page.wait_for_url("**/doctor")
        wait_for(caller, {"app": "ok", "parts": "ok", "livekit": "ok", "livekit-credentials": "ok"})
        wait_for(caller, {"livekit-socket": "ok", "worker": "ok", "voice": "ok", "disk": "ok"})
        wait_for(caller, {"recogniser": "ok", "engine-offline": "ok", "engine-gemini": "skipped"})
        wait_for(caller, {"browser": "ok", "secure": "ok", "path": "ok", "ways": "skipped"})
        caller.wait_for_text("Sound goes directly over UDP")
        caller.wait_for_text("A call can work. 3 tests of this browser left to do.")
        use_the_buttons(caller)
        assert set(states(caller).values()) <= {"ok", "skipped"}
        caller.wait_for_text("A call can work.")


def use_the_buttons(caller: Caller) -> None:
    """Microphone, tone and echo, as a user with good ears does them."""
    page = caller.page
    caller.talk_on("Good morning, can you hear me? This is a test.")
    page.get_by_role("button", name="Test the microphone").click()
    wait_for(caller, {"microphone": "ok"})
    page.get_by_role("button", name="Play a tone").click()
    page.get_by_role("button", name="I heard it").click()
    page.get_by_role("button", name="Record and play back").click()
    page.get_by_role("button", name="I heard myself").click()
    wait_for(caller, {"playback": "ok", "echo": "ok"})


def test_a_blocked_microphone_is_told(app: RunningApp) -> None:
    with browser("--deny-permission-prompts") as chromium:
        caller = Caller(chromium, app.url, synthetic=False, allowed=False)
        caller.log_in("author")
        caller.open("/doctor")
        wait_for(caller, {"browser": "ok"})
        caller.page.get_by_role("button", name="Test the microphone").click()
        wait_for(caller, {"microphone": "failed"})
        caller.wait_for_text("set Microphone to Allow")
        caller.wait_for_text("a call would not work: Microphone")


def test_a_blocked_way_is_told(app: RunningApp) -> None:
    """Our own server offers UDP only, and this browser has none."""
    with browser(ALLOW, NO_UDP) as chromium:
        caller = open_doctor(chromium, app)
        wait_for(caller, {"livekit": "ok", "path": "failed", "ways": "skipped"})
        caller.wait_for_text("no sound gets through")


def test_ways_of_another_server(app: RunningApp, tmp_path: Path) -> None:
    """Over UDP, and over TCP where UDP is blocked."""
    with (
        LiveKitApart(rtc={"tcp_port": free_tcp_port()}) as server,
        RunningApp(tmp_path, server.environment, watched=True) as other,
    ):
        with browser(ALLOW) as chromium:
            caller = open_doctor(chromium, other)
            wait_for(caller, {"livekit": "ok", "livekit-clock": "ok", "worker": "ok"})
            wait_for(caller, {"path": "ok", "ways": "ok"})
            caller.wait_for_text("Sound goes directly over UDP")
            caller.wait_for_text("Beside UDP the server offers TCP.")
        with browser(ALLOW, NO_UDP) as chromium:
            caller = open_doctor(chromium, other)
            wait_for(caller, {"path": "warning"})
            caller.wait_for_text("Sound goes over TCP")
            caller.wait_for_text("UDP is blocked")


def open_doctor(chromium: Browser, app: RunningApp) -> Caller:
    """An author's page of the doctor."""
    caller = Caller(chromium, app.url)
    caller.log_in("author")
    caller.open("/doctor")
    return caller


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
    app: RunningApp, key: str, secret: str, words: str
) -> None:
    with LiveKitApart() as server:
        endpoint = Endpoint(server.url, key or server.key, secret or server.secret)
        if key == "swapped":
            endpoint = Endpoint(server.url, server.secret, server.key)
        seen = asyncio.run(see(endpoint))
    checks = {check.id: check for check in livekit.verdicts(seen, own=False)}
    assert checks["livekit-credentials"].state == ("failed" if words else "ok")
    assert words in checks["livekit-credentials"].found
    assert checks["livekit"].state == "ok"
