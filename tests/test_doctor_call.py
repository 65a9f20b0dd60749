"""The doctor's page in Chromium, beside the running app."""

import pytest

from tests.caller import ALLOW, Caller, browser
from tests.running import RunningApp

pytestmark = pytest.mark.call


def states(caller: Caller) -> dict[str, str]:
    """The state of each check on the page, by its id."""
    script = """() => Object.fromEntries([...document.querySelectorAll(".rh-check")].map(
        (row) => [row.querySelector(".rh-check-anchor").id, row.dataset.state]))"""
    rows: dict[str, str] = caller.page.evaluate(script)
    return {name.removeprefix("check-"): state for name, state in rows.items()}


def wait_for(caller: Caller, wanted: dict[str, str]) -> None:
    """Wait until these checks are in these states."""
    caller.until(lambda: wanted.items() <= states(caller).items(), f"{wanted}", 60)


def test_all_checks_come_to_an_end(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.log_in("author")
        caller.page.get_by_role("link", name="Doctor").click()
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
    page.get_by_role("button", name="Test the microphone").click()
    caller.say("Good morning, can you hear me? This is a test.")
    wait_for(caller, {"microphone": "ok"})
    page.get_by_role("button", name="Play a tone").click()
    page.get_by_role("button", name="I heard it").click()
    page.get_by_role("button", name="Record and play back").click()
    caller.say("Good morning, can you hear me? This is a test.")
    page.get_by_role("button", name="I heard myself").click()
    wait_for(caller, {"playback": "ok", "echo": "ok"})


def test_a_blocked_microphone_is_told(app: RunningApp) -> None:
    with browser("--deny-permission-prompts") as chromium:
        caller = Caller(chromium, app.url, synthetic=False, allowed=False)
        caller.log_in("author")
        caller.page.goto(f"{app.url}/doctor")
        wait_for(caller, {"browser": "ok"})
        caller.page.get_by_role("button", name="Test the microphone").click()
        wait_for(caller, {"microphone": "failed"})
        caller.wait_for_text("set Microphone to Allow")
        caller.wait_for_text("a call would not work: Microphone")
