"""What is too long for the page's websocket, in a real browser."""

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import RunningApp

pytestmark = pytest.mark.call

HALF = """(field) => {
  field.value = "half \\ud83d of it";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""Half an emoji, as a cut in its middle leaves it."""


def test_too_long_a_text_is_told_and_the_page_lives_on(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.open("/login")
    page = caller.page
    page.evaluate("window.lives = true")
    for text in ("x" * 1_200_000, "ก" * 400_000):  # the second has three bytes for each
        page.get_by_label("Password").fill(text)
        caller.wait_for_text("This is too long to be sent: 1.2 MB, and 1 MB is the most")
        page.get_by_role("button", name="Close").click()
        page.get_by_text("This is too long to be sent").wait_for(state="detached")
    page.get_by_label("Name").fill("trainee")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    caller.wait_for_text("do not belong together")
    assert page.evaluate("window.lives"), "it was loaded anew"

    page.get_by_label("Name").evaluate(HALF)
    page.get_by_label("Password").fill("wrong again")
    page.get_by_role("button", name="Log in", exact=True).click()
    caller.wait_for_text("do not belong together")
    assert "surrogate" not in app.log.read_text("utf-8")

    caller.context.clear_cookies()
    page.evaluate("window.socket.disconnect().connect()")
    caller.wait_for_text("Your browser sends no cookie")
    assert page.evaluate("window.lives"), "it was loaded anew"
