"""The editor in a real browser: a merge that is refused too long a text, left, and gone on with;
Ctrl+S saves what is on top, and nothing under a dialog; outline and search answer inside the click;
an example is written and taken back.
"""

import shutil

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.editor_caller import at_editor
from tests.support.running import APOLOGY, RunningApp

pytestmark = pytest.mark.call

SLUG = "walter-merged"
MERGED = ".rh-merge-text .cm-content"
PASTE = """(element) => {
  const data = new DataTransfer();
  data.setData("text/plain", "x".repeat(10 * 1024 * 1024));
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  element.dispatchEvent(event);
}"""

CLICK = """(row) => {
  row.click();
  return document.querySelector(".cm-activeLine").textContent;
}"""
"""Where the cursor is before any answer of the server can have come."""
SEARCH = "(button) => { button.click(); return document.querySelector('.cm-search') !== null; }"


def test_outline_and_search_answer_inside_the_click(app: RunningApp, chromium: Browser) -> None:
    caller = at_editor(chromium, app, "walter-hughes")
    page = caller.page
    heading = page.get_by_role("button", name="Profile Data")
    page.locator(".cm-line", has_text="# Persona: Walter Hughes").click()
    assert heading.evaluate(CLICK) == "# Profile Data"
    assert page.get_by_role("button", name="Search (Ctrl+F)").evaluate(SEARCH)

    page.locator(".cm-line", has_text="# Persona: Walter Hughes").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Outline").click()
    heading.click()
    page.locator(".cm-focused .cm-activeLine", has_text="# Profile Data").wait_for()


def test_an_example_is_shown_where_it_was_written_and_taken_back_like_any_edit(
    app: RunningApp, chromium: Browser
) -> None:
    page = at_editor(chromium, app, "walter-hughes").page
    page.get_by_role("tab", name="Try a sentence").click()
    page.get_by_label("What the trainee says").fill(APOLOGY)
    page.get_by_role("button", name="Should not count").first.click()
    page.get_by_role("button", name="Show it").click()
    line = f'unlike: "{APOLOGY}"'
    page.locator(".cm-focused .cm-activeLine", has_text=line).wait_for()
    page.keyboard.press("Control+z")
    page.locator(".cm-line", has_text=line).wait_for(state="detached")
    page.get_by_text("Saved", exact=True).wait_for()


def test_a_merge_outlives_its_tab_and_takes_no_ten_megabytes(
    app: RunningApp, chromium: Browser
) -> None:
    path = app.personas / f"{SLUG}.md"
    shutil.copy(app.personas / "walter-hughes.md", path)
    text = path.read_text("utf-8")
    theirs = text.replace("# Persona: Walter Hughes", "# Persona: Walter Somebody")
    try:
        caller = at_editor(chromium, app, SLUG)
        page = caller.page
        page.locator(".cm-line", has_text="# Persona: Walter Hughes").click()
        page.keyboard.press("End")
        page.keyboard.insert_text(" Mine")
        caller.wait_for_text("Unsaved changes")
        path.write_text(theirs, encoding="utf-8")
        caller.wait_for_text("changed by someone else")
        page.get_by_role("button", name="Look at both now").click()
        page.get_by_role("button", name="Merge by hand").wait_for()
        page.keyboard.press("Control+s")
        page.get_by_role("button", name="Merge by hand").click()
        caller.wait_for_text("You both changed the same lines, in 1 place.")
        page.get_by_text("Someone else changed this file").wait_for(state="detached")

        page.locator(MERGED).evaluate(PASTE)
        caller.wait_for_text("Nothing was pasted: with it the text would be too long")
        caller.until(lambda: in_their_line(caller), "the cursor in their line")
        page.keyboard.press("End")
        page.keyboard.insert_text(" Else")
        page.locator(f"{MERGED} .cm-line", has_text="Walter Somebody Else").wait_for()
        page.get_by_text("Nothing was pasted").wait_for(state="detached")
        page.close(run_before_unload=False)

        caller.page = caller.context.new_page()
        caller.open(f"/studio/{SLUG}")
        page = caller.page
        page.get_by_role("button", name="Go on merging").click()
        caller.wait_for_text("You both changed the same lines, in 1 place.")
        page.locator(".rh-merge-places").get_by_role("button", name="Theirs").click()
        caller.wait_for_text("Your changes and theirs fit together.")
        page.keyboard.press("Control+s")
        caller.wait_for_text("Saved. Calls with this persona have it")
        merged = theirs.replace("Walter Somebody", "Walter Somebody Else", 1)
        assert path.read_text("utf-8") == merged
    finally:
        path.unlink()


def in_their_line(caller: Caller) -> bool:
    """Click there; False when the line was just scrolled from under the pointer."""
    caller.page.locator(f"{MERGED} .cm-line", has_text="Walter Somebody").click()
    return "Walter Somebody" in caller.page.locator(f"{MERGED} .cm-activeLine").inner_text()


def test_what_a_browser_chose_is_kept_in_the_data_folder(
    app: RunningApp, chromium: Browser
) -> None:
    caller = Caller(chromium, app.url)
    caller.log_in()
    caller.open("/")
    caller.page.get_by_role("button", name="Menu of").click()
    caller.page.get_by_role("menuitemradio", name="Dark").click()

    def kept() -> bool:
        files = (app.data / "sessions").glob("storage-user-*.json")
        return any('"dark"' in file.read_text("utf-8") for file in files)

    caller.until(kept, "a file that keeps the look")
