"""An author in a browser, at the editor of one persona."""

from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import RunningApp


def at_editor(chromium: Browser, app: RunningApp, slug: str) -> Caller:
    """An author at the editor of that file, once the app has seen that it is there."""
    caller = Caller(chromium, app.url)
    caller.log_in("author")
    page = f"/studio/{slug}"
    caller.until(lambda: caller.page.request.get(app.url + page).ok, "the editor of the new file")
    caller.open(page)
    return caller
