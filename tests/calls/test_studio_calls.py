"""A whole call in the editor's page: Chromium, the real LiveKit server, the offline engine."""

import pytest
from playwright.sync_api import Browser

from tests.support.caller import LOUD, Caller
from tests.support.editor_caller import at_editor
from tests.support.running import QUESTION, RunningApp

pytestmark = pytest.mark.call

SLUG = "walter-in-the-studio"
OLD, NEW = "40 77 21 58", "11 22 33 44"
HELLO = '- "Yes, hello? This is Walter Hughes.'
LONG = f"{HELLO}{' And I have told all of it to three of your colleagues before.' * 3}"
"""Time enough to type in, also on a busy machine."""


def test_what_is_typed_while_the_persona_speaks_is_heard_in_its_next_line(
    app: RunningApp, chromium: Browser
) -> None:
    path = app.personas / f"{SLUG}.md"
    walter = (app.personas / "walter-hughes.md").read_text("utf-8")
    assert HELLO in walter
    saved = walter.replace(HELLO, LONG)
    path.write_text(saved, encoding="utf-8")
    try:
        caller = at_editor(chromium, app, SLUG)
        caller.start_button.wait_for()
        caller.start()
        rewrite(caller)
        typed = caller.now()
        caller.wait_for_text("Your text speaks from turn")
        caller.wait_for_silence()
        levels = caller.levels()
        assert levels[levels[:, 0] > typed, 2].max() > LOUD, "it spoke on while this was typed"
        assert path.read_text("utf-8") == saved
        caller.type(QUESTION)
        caller.until(lambda: NEW in said(caller), "the account number as it was rewritten")
        caller.page.keyboard.press("Control+s")
        caller.wait_for_text("Saved. Calls with this persona have it")
        assert path.read_text("utf-8") == saved.replace(OLD, NEW, 1)  # the briefing has it, too
        caller.wait_for_silence()
        caller.end()
        caller.wait_for_text("Call ended")
    finally:
        path.unlink()


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
