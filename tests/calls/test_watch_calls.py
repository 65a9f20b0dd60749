"""A whole call that a coach listens to: two browsers, the real LiveKit server, one job."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import QUESTION, RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
HINT = "Read the number back to him."
HELD = "the sound is held back"
TELL = """
const watch = setInterval(() => {
  const { state, playback } = window.__listening ?? {};
  if (state !== "connected" || playback !== false) return;
  clearInterval(watch);
  console.log("HELD");
}, 100);
""".replace("HELD", HELD)
"""Tells the console when a coach's page is in the room and cannot be heard."""
HEARD = -40.0
"""dBFS above which a voice counts as heard by the coach."""
OTHERS = """() => {
  const elements = Object.values(document.getElementById("app")._vnode.component.refs);
  const { room } = elements.find((each) => each?.room?.remoteParticipants);
  return [...room.remoteParticipants.values()].map((each) => [each.identity, each.isAgent]);
}"""
"""Who is in the trainee's room, as the trainee's own browser knows it."""


def test_a_coach_hears_both_unseen_and_whispers_to_one(app: RunningApp, chromium: Browser) -> None:
    app.wait(lambda health: health["calls"]["live"] == 0, 120)  # those of other tests are over
    trainee, author = Caller(chromium, app.url), Caller(chromium, app.url)
    author.log_in("author")
    trainee.call(WALTER)
    trainee.wait_for_text("Coaches may listen to calls")
    coach = listen_in(author, chromium, app)
    trainee.wait_for_text("A coach is listening.")
    coach.wait_for_text("my internet's been dead")
    coach.wait_for_text("Sound is off")
    coach.page.get_by_role("button", name="Enable Audio").click()
    trainee.wait_for_silence()
    forget_levels(coach)
    trainee.say("What is your account number please?")
    trainee.wait_for_speech()
    coach.until(lambda: quieter(coach) > HEARD, "both voices")
    coach.until(lambda: "sound is off" not in coach.text().lower(), "the sound")
    whisper(coach, HINT)
    trainee.wait_for_text("Hint from your coach")
    trainee.wait_for_text(HINT)
    assert [agent for _, agent in trainee.page.evaluate(OTHERS)] == [True]
    coach.until(lambda: len(heard(coach)["others"]) == 2, "both people in the room")
    coach.page.reload()
    coach.wait_for_text("You whispered")
    trainee.wait_for_silence()
    trainee.type(QUESTION)
    coach.wait_for_text("40 77 21 58")
    trainee.wait_for_speech()
    assert HINT not in "".join(said(trainee))
    trainee.end()
    coach.wait_for_text("The call is over")
    coach.page.get_by_role("link", name="See the report").click()
    coach.page.wait_for_url(re.compile(r"/calls/[0-9a-f]+$"))
    coach.wait_for_text("author whispered to the trainee")
    coach.wait_for_text(HINT)
    app.wait(lambda health: health["calls"]["live"] == 0, 60)


def listen_in(author: Caller, chromium: Browser, app: RunningApp) -> Caller:
    """The page in a browser of its own, in which nobody has clicked yet."""
    author.page.goto(f"{app.url}/calls")
    address = author.page.get_by_role("link", name="Listen in").last.get_attribute("href")
    cookies = author.context.cookies()
    author.context.close()
    coach = Caller(chromium, app.url, synthetic=False, allowed=False)
    coach.context.add_cookies(cookies)  # type: ignore[arg-type]
    coach.context.add_init_script(TELL)
    # A look from here would itself count as a gesture, so the page says when it is time.
    with coach.page.expect_console_message(lambda message: message.text == HELD):
        coach.page.goto(f"{app.url}{address}")
    coach.page.get_by_role("button", name="Enable Audio").wait_for()
    coach.until(lambda: heard(coach)["state"] == "connected", "the coach's connection")
    return coach


def whisper(coach: Caller, text: str) -> None:
    """Type a hint."""
    field = coach.page.get_by_role("textbox", name="Whisper")
    field.fill(text)
    field.press("Enter")


def heard(coach: Caller) -> dict[str, Any]:
    """What the coach's page keeps for tests; see ``ui/watch/listening.js``."""
    return dict(coach.page.evaluate("() => window.__listening ?? { state: '' }"))


def quieter(coach: Caller) -> float:
    """The loudest moment of that of the two voices which the coach heard less of, dBFS."""
    loudest = heard(coach)["loudest"]
    return min(float(loudest.get(who, -100)) for who in ("trainee", "persona"))


def forget_levels(coach: Caller) -> None:
    """Begin to measure anew."""
    coach.page.evaluate("() => { window.__listening.loudest = {}; }")


def said(caller: Caller) -> list[str]:
    """The captions."""
    return list(caller.page.locator(".rh-caption p").all_inner_texts())
