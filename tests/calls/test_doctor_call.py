"""The doctor's page in Chromium, beside the running app."""

import pytest
from playwright.sync_api import Browser

from tests.support.caller import ALLOW, Browsers, Caller
from tests.support.doctor_page import NO_UDP, open_doctor, states, wait_for
from tests.support.running import RunningApp

pytestmark = pytest.mark.call


def test_all_checks_come_to_an_end(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.log_in("author")
    caller.open("/")
    caller.page.get_by_role("link", name="Doctor").click()
    caller.page.wait_for_url("**/doctor")
    wait_for(caller, {"app": "ok", "parts": "ok", "livekit": "ok", "livekit-credentials": "ok"})
    wait_for(caller, {"livekit-socket": "ok", "worker": "ok", "voice": "ok", "disk": "ok"})
    wait_for(caller, {"recogniser": "ok", "engine-offline": "ok", "engine-gemini": "skipped"})
    wait_for(caller, {"browser": "ok", "secure": "ok", "path": "ok", "ways": "skipped"})
    caller.wait_for_text("Sound goes directly over UDP")
    caller.wait_for_text("A call can work.")
    caller.wait_for_text("3 tests of this browser left to do.")
    use_the_buttons(caller)
    found = states(caller)
    del found["reader"]  # its weights may be away, and calls go on
    assert set(found.values()) <= {"ok", "skipped"}
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


def test_a_blocked_microphone_is_told(app: RunningApp, browsers: Browsers) -> None:
    with browsers.launch("--deny-permission-prompts") as chromium:
        caller = Caller(chromium, app.url, synthetic=False, allowed=False)
        caller.log_in("author")
        caller.open("/doctor")
        wait_for(caller, {"browser": "ok"})
        caller.page.get_by_role("button", name="Test the microphone").click()
        wait_for(caller, {"microphone": "failed"})
        caller.wait_for_text("set Microphone to Allow")
        caller.wait_for_text("a call would not work: Microphone")


def test_a_blocked_way_is_told(app: RunningApp, browsers: Browsers) -> None:
    """Our own server offers UDP only, and this browser has none."""
    with browsers.launch(ALLOW, NO_UDP) as chromium:
        caller = open_doctor(chromium, app)
        wait_for(caller, {"livekit": "ok", "path": "failed", "ways": "skipped"})
        caller.wait_for_text("no sound gets through")
