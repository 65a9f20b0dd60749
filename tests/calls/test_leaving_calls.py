"""A page that is left, or loses one of its two connections, in the middle of a real call."""

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import APOLOGY, BRIEF, QUESTION, RunningApp

pytestmark = pytest.mark.call

ANSWER = "40 77 21 58"
CUT = """() => {
  window.socket.io.open = (done) => setTimeout(() => done(new Error("cut")), 100);
  window.socket.io.engine.close();
}"""
"""Takes the page's websocket away, and lets no other one be made."""


def call(caller: Caller, *, recorded: bool = False) -> None:
    """A call in which something has been said by both."""
    caller.call(BRIEF, recorded=recorded)
    caller.wait_for_silence()
    caller.type(APOLOGY)
    caller.wait_for_text(APOLOGY)
    caller.wait_for_silence()


def is_on(caller: Caller) -> bool:
    """Whether the page is in the call, by voice."""
    return caller.probe()["state"] in ("connected", "reconnected")


def test_a_reload_goes_on_a_new_tab_takes_the_call_up_and_all_of_it_is_kept(
    app: RunningApp, chromium: Browser
) -> None:
    caller = Caller(chromium, app.url)
    call(caller, recorded=True)
    caller.page.reload()
    caller.until(lambda: is_on(caller), "the call again")
    caller.wait_for_recording()
    caller.wait_for_text(APOLOGY)
    caller.type(QUESTION)
    caller.wait_for_text(ANSWER)
    caller.page.close()
    caller.page = caller.context.new_page()
    caller.open(f"/call/{BRIEF}")
    caller.page.get_by_role("button", name="Go on with Walter").click()
    caller.until(lambda: is_on(caller), "the call in the new tab")
    caller.wait_for_recording()
    caller.wait_for_text(ANSWER)
    assert app.health()["calls"]["live"] == 1
    caller.end()
    caller.wait_for_text("You hung up")
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    sound = app.data / "calls" / f"{caller.page.url.rpartition('/')[2]}.ogg"
    assert sound.stat().st_size > 0
    caller.wait_for_text(APOLOGY)
    caller.wait_for_text(ANSWER)
    caller.wait_for_text("Calmer by")
    app.wait(lambda health: health["calls"]["live"] == 0, 60)


def test_a_link_asks_before_the_call_is_left(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.call(BRIEF)
    page = caller.page
    page.get_by_role("link", name="Simulations").click()
    page.get_by_role("button", name="Stay").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    assert is_on(caller)
    page.get_by_role("link", name="Simulations").click()
    page.get_by_role("dialog").get_by_role("button", name="End call").click()
    page.wait_for_url(f"{app.url}/")
    app.wait(lambda health: health["calls"]["live"] == 0, 60)
    assert "goes on" not in caller.text()


def test_a_lost_websocket_and_a_silent_server_are_told_and_end_no_call(
    app: RunningApp, chromium: Browser
) -> None:
    caller = Caller(chromium, app.url)
    call(caller)
    told = caller.look_out("reconnecting")
    caller.page.evaluate(CUT)
    caller.until(told, "the word that the page is cut off")
    assert not caller.page.locator("#popup").is_visible(), "it would cover the buttons"
    caller.page.wait_for_timeout(5_000)  # NiceGUI itself gives a page up after 3 s
    assert is_on(caller), "the voice goes on"
    caller.page.evaluate("() => delete window.socket.io.open")
    caller.until(lambda: not caller.probe()["silent"], "the page again")
    caller.type(QUESTION)
    caller.wait_for_text(ANSWER)

    server = app.livekit_server()
    server.suspend()
    try:
        caller.until(lambda: caller.probe()["silent"], "the silence of the LiveKit server")
        caller.wait_for_text("Nothing comes through")
    finally:
        server.resume()
    caller.until(lambda: not caller.probe()["silent"], "the LiveKit server again")
    assert "are you still there" not in caller.text().lower()
    caller.until(lambda: is_on(caller), "the call again")
