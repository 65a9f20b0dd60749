"""Whole calls: Chromium, the real LiveKit server, the job, the offline engine."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from agent.protocol.messages import LONGEST_TURN
from personas.parse import examine
from personas.source import version_of
from tests.support.caller import ALLOW, LOUD, Browsers, Caller
from tests.support.running import APOLOGY, BRIEF, QUESTION, RunningApp
from tests.support.speech import compose, cough, sentence, write

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
# The recogniser is not perfect, so a trainee in a test says it again in other words.
APOLOGIES = (
    APOLOGY,
    "I am so sorry that you had to wait this long.",
    "I am very sorry that this has been so hard for you.",
)
INSULTS = ("You are an idiot.", "That is a stupid question.", "Shut up, you are so stupid.")

HELD = "the sound is held back"
FAR = """
(() => {
  // What the server says comes late, as over a network.
  const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    get,
    set(hear) {
      set.call(this, (event) => setTimeout(() => hear(event), 300));
    },
  });
})();
"""
START = """
let pressed = false;
const watch = setInterval(() => {
  const button = document.querySelector("button.rh-start:not([disabled])");
  if (!pressed && button && window.socket?.connected) {
    pressed = true;
    button.click();
  }
  if (window.__rehearsal?.playback !== false) return;
  clearInterval(watch);
  console.log("HELD");
}, 100);
""".replace("HELD", HELD)
"""Presses the button that starts a call, and tells the console when there is no sound."""


def test_a_spoken_apology_is_heard_and_calms(
    app: RunningApp, browsers: Browsers, tmp_path: Path
) -> None:
    """With Chromium's own fake microphone, which plays a file."""
    words = compose([sentence(each, "en-us") for each in APOLOGIES], gap=6, lead=6, trail=15)
    with browsers.launch(ALLOW, microphone=write(tmp_path / "voice.wav", words)) as chromium:
        caller = Caller(chromium, app.url, synthetic=False)
        caller.call(BRIEF)
        caller.wait_for_speech()
        before = mood(caller)
        caller.until(lambda: mood(caller) < before, "a calmer Walter", 120)
        said = re.compile(r"You\n+[^\n]*(sorry|apologi)")
        caller.until(lambda: said.search(caller.text()) is not None, "the apology's words")


def test_barge_in_silences_the_persona_and_is_answered(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.call(WALTER)
    begin, end = caller.say("Excuse me but could I have your account number please?", speed=110)
    assert caller.silenced(begin, end)
    # What it answers depends on the words, of which a busy machine may lose some.
    caller.wait_for_text("interrupted")
    caller.until(lambda: lines(caller, "You") > 0, "words of the interruption")
    caller.wait_for_speech()
    caller.wait_for_silence()
    at, mine, persona = caller.levels().T
    caller.end()
    opening, turn = turns(caller)[:2]
    # The page's recorder has another zero: the persona's first sound is what both clocks know.
    zero = at[persona > LOUD][0] - opening["begin"]
    voice = at[(at >= begin) & (at <= end + 0.2) & (mine > LOUD)] - zero
    # Of a second, since sound comes late where other tests have the cores; what is wrong by a line
    # is wrong by more, and the tests of the engines look closer.
    assert turn["begin"] == pytest.approx(voice[0], abs=1.0)
    assert turn["end"] == pytest.approx(voice[-1], abs=1.0)
    assert opening["interrupted"]
    # Where words come late, the line goes on once more before it is given up.
    sounds = at[persona > LOUD] - zero
    falls_silent = [last for last, following in pairwise(sounds) if following - last > 0.3]
    assert min(abs(opening["end"] - moment) for moment in falls_silent) < 1.0, "where it was cut"


def test_a_cough_does_not_stop_the_persona_and_a_spoken_insult_makes_it_angrier(
    app: RunningApp, chromium: Browser
) -> None:
    caller = Caller(chromium, app.url)
    caller.call(WALTER)
    caller.play(cough())
    caller.wait_for_silence(2.0)
    caller.wait_for_text(opening(app))
    assert lines(caller, "You") == 0
    before = mood(caller)
    for insult in INSULTS * 2:
        caller.say(insult)
        caller.wait_for_speech()
        caller.wait_for_silence()
        if mood(caller) > before:
            break
    assert mood(caller) > before


def test_thai_by_typing(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.context.add_init_script(FAR)
    caller.log_in()
    caller.open_call("sarah-thompson")
    caller.wait_for_text("recognition isn't available offline in Thai")
    caller.start()
    caller.wait_for_silence()
    before = mood(caller)
    caller.type("ต้องขออภัยเป็นอย่างยิ่งนะคะ สำหรับความไม่สะดวกที่เกิดขึ้น")
    caller.until(lambda: mood(caller) < before, "a calmer Sarah")
    caller.wait_for_speech()
    # What is typed while a turn is on its way stays in the field.
    box = caller.page.get_by_label("Type to Sarah")
    box.press_sequentially("หนึ่ง")
    for more in ("สอง", "สาม"):
        box.press("Enter")
        box.press_sequentially(more, delay=40)
    for said in ("หนึ่ง", "สอง"):
        caller.page.locator(".rh-caption-trainee p", has_text=said).wait_for()
    assert box.input_value() == "สาม"
    # What is refused comes back whole.
    too_long = "x" * (LONGEST_TURN + 1)
    box.fill(too_long)
    box.press("Enter")
    caller.wait_for_text("A turn may have 2,000 characters")
    caller.until(lambda: box.input_value() == too_long, "what was refused")


def test_a_file_changed_while_the_persona_speaks_is_heard_in_the_next_line(
    app: RunningApp,
    chromium: Browser,
) -> None:
    """On disk during the first line, in the page during the next one; neither line is cut."""
    file = app.personas / "walter-hughes.md"
    before = file.read_text()
    on_disk = before.replace("40 77 21 58", "99 88 77 66")
    in_page = before.replace("40 77 21 58", "12 34 56 70")
    author = Caller(chromium, app.url)
    author.log_in("author")
    author.open(f"/studio/{WALTER}")
    caller = Caller(chromium, app.url)
    try:
        caller.call(WALTER)
        file.write_text(on_disk)
        author.wait_for_text(spoken_from(on_disk))
        caller.wait_for_silence()
        caller.wait_for_text(opening(app))
        caller.type(QUESTION)
        caller.wait_for_speech()
        author.wait_for_text("99 88 77 66")
        write_over(author, in_page)
        author.wait_for_text(spoken_from(in_page))
        caller.wait_for_silence()
        caller.wait_for_text("99 88 77 66")
        caller.type(QUESTION)
        caller.wait_for_text("12 34 56 70")
        file.write_text("no persona at all")
        author.wait_for_text("Refused")
        caller.type(QUESTION)
        caller.until(lambda: caller.text().count("12 34 56 70") > 1, "the last good version")
    finally:
        file.write_text(before)


def spoken_from(text: str) -> str:
    """The beginning of what the editor says of a text that a call has taken over."""
    return f"Version {version_of(text.encode())}, from turn"


def write_over(author: Caller, text: str) -> None:
    """Put that text into the editor, and save."""
    author.page.locator(".cm-content").click()
    author.page.keyboard.press("Control+a")
    author.page.keyboard.insert_text(text)
    author.page.keyboard.press("Control+s")
    author.wait_for_text("Saved.")


def test_enable_audio_when_the_browser_holds_the_sound(app: RunningApp, chromium: Browser) -> None:
    """The call is started without a gesture of the user, as after a reload."""
    first = Caller(chromium, app.url)
    first.log_in()
    cookies = first.context.cookies()
    first.context.close()
    caller = Caller(chromium, app.url, synthetic=False)
    caller.context.add_cookies(cookies)  # type: ignore[arg-type]
    caller.context.add_init_script(START)
    # A look from here would itself count as a gesture, so the page says when it is time.
    with caller.page.expect_console_message(lambda message: message.text == HELD):
        caller.page.goto(f"{app.url}/call/{WALTER}")
    button = caller.page.get_by_role("button", name="Enable Audio")
    button.wait_for()
    button.click()
    caller.until(lambda: bool(caller.probe()["playback"]), "playback")
    button.wait_for(state="hidden")


def test_a_blocked_microphone_is_explained_and_typing_works(
    app: RunningApp, browsers: Browsers
) -> None:
    with browsers.launch("--deny-permission-prompts") as chromium:
        caller = Caller(chromium, app.url, synthetic=False, allowed=False)
        caller.log_in()
        caller.open_call(BRIEF)
        caller.wait_for_text("blocks the microphone")
        typing = caller.page.get_by_role("button", name="Start without a microphone")
        typing.evaluate("(button) => { window.__first = button; }")
        caller.start_button.click()
        caller.until(lambda: "click" in caller.probe()["marks"], "the click")
        caller.page.wait_for_timeout(1000)
        # It was not taken from under a finger by a question whose answer is known.
        assert caller.page.evaluate("() => window.__first.isConnected")
        typing.click()
        caller.wait_for_text("Yes, hello")
        caller.type(QUESTION)
        caller.wait_for_text("40 77 21 58")


def test_a_killed_livekit_server_is_survived(app: RunningApp, chromium: Browser) -> None:
    caller = Caller(chromium, app.url)
    caller.call(BRIEF)
    caller.wait_for_silence()
    told = caller.look_out("reconnect")
    app.livekit_server().kill()
    caller.until(told, "the word that it reconnects")
    caller.until(lambda: caller.probe()["state"] in ("reconnected", "connected"), "the room")
    caller.until(lambda: "reconnect" not in caller.text().lower(), "the call again")
    caller.type(QUESTION)
    caller.wait_for_speech()
    caller.wait_for_text("40 77 21 58")
    caller.end()
    app.wait(lambda health: health["ready"] and health["calls"]["live"] == 0, 120)


def mood(caller: Caller) -> int:
    """The intensity that the page shows."""
    found = re.search(r"(\d+) of 10", caller.text())
    assert found is not None
    return int(found.group(1))


def opening(app: RunningApp) -> str:
    """The end of Walter's first line, which is heard only when it is not cut off."""
    persona = examine((app.personas / f"{WALTER}.md").read_bytes(), WALTER).persona
    assert persona is not None
    return persona.phases[0].lines[0][-30:]


def lines(caller: Caller, speaker: str) -> int:
    """How many captions of that speaker the page shows."""
    return caller.text().splitlines().count(speaker)


def turns(caller: Caller) -> list[dict[str, Any]]:
    """The turns of a call that has ended, as they are exported."""
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    script = "() => fetch(`/api${location.pathname}.json`).then((answer) => answer.json())"
    return list(caller.page.evaluate(script)["turns"])
