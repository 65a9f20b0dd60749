"""Whole calls: Chromium, the real LiveKit server, the job, the offline engine."""

import re
import time
from pathlib import Path

import psutil
import pytest

from personas.parse import examine
from tests.caller import ALLOW, LOUD, Caller, browser
from tests.running import RunningApp
from tests.speech import compose, cough, sentence, write

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
APOLOGY = "I am really sorry about the trouble, Mister Hughes."
# The recogniser is not perfect, so a trainee in a test says it again in other words.
APOLOGIES = (APOLOGY, "I am very sorry.", "I apologize for the trouble.")
INSULTS = ("You are an idiot.", "That is a stupid question.", "Shut up, you are so stupid.")


def test_a_spoken_apology_is_heard_and_calms(app: RunningApp, tmp_path: Path) -> None:
    """With Chromium's own fake microphone, which plays a file."""
    words = compose([sentence(each, "en-us") for each in APOLOGIES], gap=9, lead=13, trail=20)
    with browser(ALLOW, microphone=write(tmp_path / "voice.wav", words)) as chromium:
        caller = Caller(chromium, app.url, synthetic=False)
        caller.call(WALTER)
        assert caller.levels()[:, 2].max() > LOUD
        before = mood(caller)
        caller.until(lambda: mood(caller) < before, "a calmer Walter", 60)
        assert re.search(r"You\n+[^\n]*(sorry|apologi)", caller.text())


def test_a_spoken_insult_makes_angrier(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        caller.wait_for_silence()
        before = mood(caller)
        for insult in INSULTS:
            caller.say(insult)
            caller.wait_for_speech()
            caller.wait_for_silence()
            if mood(caller) > before:
                break
        assert mood(caller) > before


def test_barge_in_silences_the_persona_and_is_answered(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        begin, end = caller.say("Excuse me, could I have your account number please?")
        caller.wait_for_text("account", 20)
        levels = caller.levels()
        during = levels[(levels[:, 0] > begin + 1.0) & (levels[:, 0] < end)]
        assert during[:, 2].max() < LOUD
        caller.wait_for_speech()
        # What it answers depends on the words, of which a busy machine may lose some.
        caller.wait_for_text("interrupted")


def test_a_cough_does_not_stop_the_persona_for_good(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        caller.play(cough())
        caller.wait_for_silence(2.0)
        assert lines(caller, "You") == 0
        assert opening(app) in caller.text()


def test_typed_turns_are_answered_aloud(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        caller.wait_for_silence()
        caller.type("What is your account number?")
        caller.wait_for_speech()
        caller.wait_for_text("40 77 21 58")


def test_thai_by_typing(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.log_in()
        caller.open_call("sarah-thompson")
        caller.wait_for_text("recognition isn't available offline in Thai")
        caller.start()
        caller.wait_for_silence()
        before = mood(caller)
        caller.type("ต้องขออภัยเป็นอย่างยิ่งนะคะ สำหรับความไม่สะดวกที่เกิดขึ้น")
        caller.until(lambda: mood(caller) < before, "a calmer Sarah")
        caller.wait_for_speech()


def test_a_file_changed_while_the_persona_speaks_is_heard_in_the_next_line(
    app: RunningApp,
) -> None:
    """On disk during the first line, in the page during the next one; neither line is cut."""
    file = app.personas / "walter-hughes.md"
    before = file.read_text()
    on_disk = before.replace("40 77 21 58", "99 88 77 66")
    with browser(ALLOW) as chromium:
        author = Caller(chromium, app.url)
        author.log_in("author")
        author.page.goto(f"{app.url}/studio/{WALTER}")
        caller = Caller(chromium, app.url)
        try:
            caller.call(WALTER)
            file.write_text(on_disk)
            caller.wait_for_silence()
            assert opening(app) in caller.text()
            caller.type("What is your account number?")
            caller.wait_for_speech()
            author.wait_for_text("99 88 77 66")
            write_over(author, before.replace("40 77 21 58", "12 34 56 70"))
            caller.wait_for_silence()
            caller.wait_for_text("99 88 77 66")
            caller.type("And your account number again, please?")
            caller.wait_for_text("12 34 56 70")
            file.write_text("no persona at all")
            author.wait_for_text("Refused")
            caller.type("And your account number again, please?")
            caller.until(lambda: caller.text().count("12 34 56 70") > 1, "the last good version")
        finally:
            file.write_text(before)


def write_over(author: Caller, text: str) -> None:
    """Put that text into the editor, and save."""
    author.page.locator(".cm-content").click()
    author.page.keyboard.press("Control+a")
    author.page.keyboard.insert_text(text)
    author.page.keyboard.press("Control+s")
    author.wait_for_text("Saved.")


def test_enable_audio_when_the_browser_holds_the_sound(app: RunningApp) -> None:
    """The call is started without a gesture of the user, as after a reload."""
    with browser(ALLOW) as chromium:
        first = Caller(chromium, app.url)
        first.log_in()
        cookies = first.context.cookies()
        first.context.close()
        caller = Caller(chromium, app.url, synthetic=False)
        caller.context.add_cookies(cookies)  # type: ignore[arg-type]
        caller.context.add_init_script(
            "setTimeout(() => document.querySelector('button.rh-start').click(), 4000)"
        )
        caller.page.goto(f"{app.url}/call/{WALTER}")
        time.sleep(8)  # a look from here would itself count as a gesture
        button = caller.page.get_by_role("button", name="Enable Audio")
        button.wait_for()
        button.click()
        caller.until(lambda: bool(caller.probe()["playback"]), "playback")
        button.wait_for(state="hidden")


def test_a_blocked_microphone_is_explained_and_typing_works(app: RunningApp) -> None:
    with browser("--deny-permission-prompts") as chromium:
        caller = Caller(chromium, app.url, synthetic=False, allowed=False)
        caller.log_in()
        caller.open_call(WALTER)
        caller.start_button.click()
        caller.wait_for_text("blocks the microphone")
        caller.page.get_by_role("button", name="Start without a microphone").click()
        caller.wait_for_text("Yes, hello")
        caller.type("What is your account number?")
        caller.wait_for_text("40 77 21 58")


def test_a_killed_livekit_server_is_survived(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        caller.wait_for_silence()
        livekit_process(app).kill()
        caller.until(lambda: "reconnect" in caller.text().lower(), "the word that it reconnects")
        caller.until(
            lambda: caller.probe()["state"] in ("reconnected", "connected"), "the room", 40
        )
        caller.until(lambda: "reconnect" not in caller.text().lower(), "the call again", 40)
        caller.type("What is your account number?")
        caller.wait_for_speech()
        caller.wait_for_text("40 77 21 58")
    app.wait(lambda health: health["ready"] and health["calls"]["live"] == 0, 40)


def test_the_call_is_kept_with_transcript_and_scorecard(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        caller.type(APOLOGY)
        caller.wait_for_text("sorry about the trouble")
        caller.end()
        caller.page.get_by_text("See how it went").click()
        caller.page.wait_for_url("**/calls/*")
        caller.wait_for_text(APOLOGY)
        caller.wait_for_text("It calmed Walter Hughes")
    app.wait(lambda health: health["calls"]["live"] == 0, 20)


def test_a_closed_page_ends_the_call(app: RunningApp) -> None:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.call(WALTER)
        app.wait(lambda health: health["calls"]["live"] == 1, 20)  # that of the last test is over
    app.wait(lambda health: health["calls"]["live"] == 0, 40)


@pytest.mark.parametrize("gently", [True, False])
def test_nothing_is_left_after_the_app(tmp_path: Path, gently: bool) -> None:
    with RunningApp(tmp_path) as own, browser(ALLOW) as chromium:
        assert own.process is not None
        children = psutil.Process(own.process.pid).children(recursive=True)
        assert any("livekit" in child.name() for child in children)
        Caller(chromium, own.url).call(WALTER)
        own.stop() if gently else own.kill()
        _, left = psutil.wait_procs(children, timeout=5)
        assert not left


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


def livekit_process(app: RunningApp) -> psutil.Process:
    """The app's LiveKit server."""
    assert app.process is not None
    children = psutil.Process(app.process.pid).children(recursive=True)
    return next(c for c in children if "livekit-server" in c.name() and c.exe() != sys_python())


def sys_python() -> str:
    """This interpreter; guards bear the server's name in their arguments only."""
    return psutil.Process().exe()
