"""A whole call in the editor's page: Chromium, the real LiveKit server, the offline engine."""

import shutil

import pytest

from tests.caller import ALLOW, Caller, browser
from tests.running import RunningApp

pytestmark = pytest.mark.call

SLUG = "walter-in-the-studio"
OLD, NEW = "40 77 21 58", "11 22 33 44"


def test_what_is_typed_while_the_persona_speaks_is_heard_in_its_next_line(app: RunningApp) -> None:
    path = app.personas / f"{SLUG}.md"
    shutil.copy(app.personas / "walter-hughes.md", path)
    saved = path.read_text("utf-8")
    try:
        with browser(ALLOW) as chromium:
            caller = Caller(chromium, app.url)
            caller.log_in("author")
            caller.until(lambda: opened(caller, app), "the editor of the new file")
            caller.start_button.wait_for()
            caller.start()
            rewrite(caller)
            assert caller.persona_is_loud()
            caller.wait_for_text("Your text speaks from turn")
            assert path.read_text("utf-8") == saved
            caller.wait_for_silence()
            caller.type("What is your account number?")
            caller.until(lambda: NEW in said(caller), "the account number as it was rewritten")
            caller.page.keyboard.press("Control+s")
            caller.wait_for_text("Saved. Calls with this persona have it")
            assert path.read_text("utf-8") == saved.replace(OLD, NEW)
            caller.wait_for_silence()
            caller.end()
            caller.wait_for_text("Call ended")
    finally:
        path.unlink()


def opened(caller: Caller, app: RunningApp) -> bool:
    """Open the editor; False while the app has not seen the file."""
    answer = caller.page.goto(f"{app.url}/studio/{SLUG}")
    return answer is not None and answer.ok


def said(caller: Caller) -> str:
    """The captions; the same words stand in the editor as well."""
    return caller.page.locator(".rh-captions").inner_text()


def rewrite(caller: Caller) -> None:
    """Type another account number, and apply it."""
    page = caller.page
    page.get_by_role("button", name="Profile Data").click()
    page.locator(".cm-line", has_text=OLD).click()
    page.keyboard.press("End")
    for _ in OLD:
        page.keyboard.press("Backspace")
    page.keyboard.type(NEW)
    page.keyboard.press("Control+Enter")
