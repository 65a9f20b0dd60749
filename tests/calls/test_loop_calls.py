"""A whole call in a browser: practise from phase 3, then go on from its report in other words."""

import re

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import APOLOGY, RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"


def test_practise_from_phase_3_and_then_a_turn_again(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.log_in("author")
    caller.open_call(WALTER)
    begin_later(caller)
    caller.start()
    caller.wait_for_text("begun in phase 3, calming down, at 5 of 10")
    caller.until(lambda: mood(caller) == 5, "the intensity that was chosen")
    caller.wait_for_silence()
    assert "This is Walter Hughes" not in caller.text()  # how he opens a call
    caller.type("You are an idiot.")
    caller.until(lambda: mood(caller) > 5, "an angrier Walter")
    caller.wait_for_speech()
    caller.end()
    report(caller)
    caller.wait_for_text("Begun in phase 3, calming down, at 5 of 10.")
    caller.wait_for_text("Not counted")
    link = caller.page.get_by_role("link", name="Change this and go on from here").last
    caller.open(str(link.get_attribute("href")))
    box = caller.page.get_by_label("What the trainee says instead")
    assert box.input_value() == "You are an idiot."
    box.fill(APOLOGY)
    caller.start()
    caller.wait_for_text("earlier call")
    caller.until(lambda: mood(caller) < 5, "a calmer Walter")
    assert "an idiot" not in caller.page.locator(".rh-talk").inner_text()
    why = caller.page.get_by_role("button", name="Why did it say that?")
    caller.until(lambda: why.count() == 2, "the whole answer")
    why.last.click()
    caller.wait_for_text(f"{APOLOGY} (turn 2)")
    caller.page.keyboard.press("Escape")
    caller.end()
    report(caller)
    caller.wait_for_text("Goes on from turn 2 of an earlier call")
    assert caller.page.locator(".rh-replayed").count() == 1
    caller.wait_for_text("calmer by")
    caller.page.get_by_role("button", name="Throw it away").click()
    try_again_and_then_practise_at_once(caller)


def try_again_and_then_practise_at_once(caller: Caller) -> None:
    """As a trainee does, from the report of an own call: its worst moment, and a whole call."""
    caller.page.locator(".rh-moment-worst").get_by_role("link", name="Try this moment").click()
    caller.wait_for_text("says once more")
    assert mood(caller) == 5  # as it stood before the insult
    caller.start()
    caller.wait_for_speech()
    caller.wait_for_silence()
    caller.type(APOLOGY)
    caller.until(lambda: mood(caller) < 5, "a calmer Walter, again")
    caller.end()
    caller.page.get_by_role("link", name="See both endings").click()
    caller.wait_for_text("The first time")
    caller.page.get_by_role("link", name="an earlier call").click()
    caller.page.get_by_role("link", name="Practise again").click()
    caller.wait_for_text("This is Walter Hughes")  # without another click
    caller.end()


def begin_later(caller: Caller) -> None:
    """Choose phase 3, at an intensity of 5."""
    caller.page.get_by_text("Begin later in the call").click()
    for label, option in (("Phase", "Phase 3, calming down"), ("Intensity", "5 of 10")):
        caller.page.get_by_label(label, exact=True).click()
        caller.page.get_by_role("option", name=option, exact=True).click()
        caller.wait_for_text("begins in phase 3, calming down")
    caller.wait_for_text("begins in phase 3, calming down, at 5 of 10")


def report(caller: Caller) -> None:
    """From the end of a call to its report."""
    caller.wait_for_text("Call ended")
    caller.page.get_by_role("link", name="See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text("Transcript")


def mood(caller: Caller) -> int:
    """The intensity that the page shows."""
    found = re.search(r"(\d+) of 10", caller.text())
    assert found is not None
    return int(found.group(1))
