"""The player of a recording as somebody at a report uses it: by mouse, by keys, on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from data.records import Turn
from tests.support.caller import Caller
from tests.support.recorded import call_in
from tests.support.running import RunningApp

pytestmark = pytest.mark.call

CALL = "a" * 16
LONG = "I have been waiting for three days now and nobody has called me back. " * 2
TURNS = (
    Turn(0, "persona", LONG, 1.0, end=8.0, phase="opening", intensity=6),
    Turn(1, "trainee", "Calm down please.", 9.0, end=11.0, phase="escalation", intensity=8,
         cause="+2: being told to calm down", quotes=("Calm down",)),
    Turn(2, "persona", "Do not tell me that!", 12.0, end=14.0, phase="escalation", intensity=8),
    Turn(3, "trainee", "I am so sorry.", 15.0, end=17.0, phase="escalation", intensity=6,
         cause="-2: a sincere apology", quotes=("I am so sorry",)),
)  # fmt: skip
SECONDS = 19.0
AUDIO = ".rh-player audio"
HEARD = """async (side) => {
  window.__context ??= new AudioContext();
  const context = window.__context;
  await context.resume();
  const audio = document.querySelector(".rh-player audio");
  window.__source ??= context.createMediaElementSource(audio);
  const split = context.createChannelSplitter(2), meter = context.createAnalyser();
  window.__source.connect(split); split.connect(meter, side);
  const samples = new Float32Array(meter.fftSize);
  for (let look = 0; look < 600; look++) {
    meter.getFloatTimeDomainData(samples);
    if (Math.max(...samples.map(Math.abs)) > 0.05) return true;
    await new Promise((again) => setTimeout(again, 50));
  }
  return false;
}"""
"""Whether that side (0 the trainee) comes to be heard."""
NO_OGG = """
const able = HTMLMediaElement.prototype.canPlayType;
HTMLMediaElement.prototype.canPlayType = function (type) {
  return type.includes("ogg") ? "" : able.call(this, type);
};
"""


@pytest.fixture(scope="module", autouse=True)
def call(app: RunningApp) -> None:
    call_in(app.data, CALL, TURNS, SECONDS)


@pytest.fixture
def caller(app: RunningApp, chromium: Browser) -> Iterator[Caller]:
    made = Caller(chromium, app.url)
    made.log_in()
    yield made
    made.context.close()


def report(caller: Caller) -> Page:
    caller.open(f"/calls/{CALL}")
    caller.page.locator(".rh-player-wave[data-drawn]").wait_for(state="attached")
    return caller.page


def at(page: Page) -> float:
    return float(page.evaluate(f"document.querySelector('{AUDIO}').currentTime"))


def test_every_moment_of_the_report_is_played(caller: Caller) -> None:
    page = report(caller)
    page.get_by_role("button", name="Play turn 2, at 0:09").last.click()
    assert page.evaluate(HEARD, 0), "the trainee's words sound"
    expect(page.locator(".rh-player-captions")).to_contain_text("You: Calm down please.")
    expect(page.locator("#turn-1")).to_have_class("rh-turn rh-turn-trainee rh-turn-now")
    page.get_by_role("button", name="Play turn 3, at 0:12").click()
    assert page.evaluate(HEARD, 1), "the customer's words sound"
    expect(page.locator(".rh-player-captions")).to_contain_text("Walter Hughes: Do not tell")
    page.get_by_role("button", name="Play turn 1, at 0:01").click()
    expect(page.locator(".rh-player-captions")).to_contain_text("I have been waiting")
    assert len(page.locator(".rh-player-captions").inner_text()) < len(LONG), "a piece at a time"
    page.get_by_role("button", name="Play turn 1, at 0:01").click()  # once more ends it
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_player_is_used_by_keys(caller: Caller) -> None:
    page = report(caller)
    seek = page.get_by_role("slider", name="Position in the recording")
    seek.focus()
    expect(seek).to_have_attribute("aria-valuetext", "0:00 of 0:19")
    page.keyboard.press("n")
    caller.until(lambda: 9.0 <= at(page) < 15.0, "the first mark")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".rh-player-told")).to_contain_text("0:09: Angrier by 2")
    before = at(page)
    page.keyboard.press("ArrowRight")
    assert at(page) == pytest.approx(before + 5, abs=0.1)
    page.keyboard.press("ArrowLeft")
    assert at(page) == pytest.approx(before, abs=0.1)
    page.keyboard.press("n")
    caller.until(lambda: at(page) >= 15.0, "the second mark")
    expect(page.locator(".rh-player-told")).to_contain_text("Calmer by 2")
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="Speed").select_option("1.5")
    rate = page.evaluate(f"document.querySelector('{AUDIO}').playbackRate")
    assert rate == 1.5


def test_a_browser_without_ogg_plays_the_other_format(caller: Caller) -> None:
    caller.page.add_init_script(NO_OGG)
    asked: list[str] = []
    caller.page.on("request", lambda request: asked.append(request.url))
    page = report(caller)
    page.get_by_role("button", name="Play turn 2, at 0:09").last.click()
    assert page.evaluate(HEARD, 0)
    assert at(page) >= 9.0
    assert any(url.endswith(f"{CALL}.m4a") for url in asked)
    assert not any(url.endswith(f"{CALL}.ogg") for url in asked)


def test_it_fits_a_phone_and_stays_off_paper(caller: Caller) -> None:
    caller.page.set_viewport_size({"width": 360, "height": 740})
    page = report(caller)
    width: Any = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    stage = page.locator(".rh-player-stage").bounding_box()
    assert stage is not None
    assert stage["width"] > 250
    page.emulate_media(media="print")
    expect(page.locator(".rh-sound")).to_be_hidden()
    expect(page.locator(".rh-exports")).to_be_hidden()
    expect(page.locator(".rh-turn .rh-play").first).to_be_hidden()
    expect(page.locator("#turn-1")).to_be_visible()
