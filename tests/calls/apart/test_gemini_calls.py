"""Whole calls in a browser with Gemini's plugin and a server that speaks its protocol."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.fakes.gemini import FakeGemini, Talk
from tests.support.running import QUESTION, RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
OPENING = "Good morning. I am calling about my account, and I am not at all happy with it."
LONG = (
    "I have called you four times this week, and every time somebody promises me something, and "
    "then nothing happens at all. I am told to wait, I wait, and nobody calls me back. So I call "
    "again, and tell it all from the beginning, and am told to wait once more."
)
BEFORE, AFTER = "40 77 21 58", "99 88 77 66"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeGemini]:
    with FakeGemini() as server:
        yield server


@pytest.fixture(scope="module")
def gemini_app(fake: FakeGemini, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """As with one key in ``.env``; only the address of the service is another."""
    folder = tmp_path_factory.mktemp("gemini")
    environ = {
        "GOOGLE_API_KEY": "test",
        "GEMINI_BASE_URL": fake.url,
        "SSL_CERT_FILE": str(fake.certificate(folder)),
    }
    with RunningApp(folder, environ, watched=True, only=[WALTER]) as app:
        yield app


@pytest.fixture
def caller(chromium: Browser, gemini_app: RunningApp, fake: FakeGemini) -> Iterator[Caller]:
    fake.script(OPENING)
    trainee = Caller(chromium, gemini_app.url)
    yield trainee
    trainee.context.close()
    gemini_app.wait(lambda health: health["calls"]["live"] == 0, 120)


def account(talk: Talk) -> str:
    """What a model says that keeps to its instructions."""
    return f"My account number is {AFTER if AFTER in talk.instructions else BEFORE}."


def test_a_call(caller: Caller, fake: FakeGemini, gemini_app: RunningApp) -> None:
    """The opening, a spoken turn, a barge-in, a typed turn and an edit, in one call."""
    fake.script(OPENING, LONG, "Well, go on then.", account, account)
    fake.hears = [
        "I am sorry about the trouble.",
        "Wait a moment please and let me speak.",
    ]
    caller.call(WALTER)
    assert "You are Walter Hughes" in fake.talk.instructions
    caller.wait_for_text(OPENING)
    caller.wait_for_silence()

    caller.say("I am sorry about the trouble.")
    caller.wait_for_text(fake.hears[0])
    caller.wait_for_text("called you four times")
    begin, end = caller.say(fake.hears[1], speed=110)
    assert caller.silenced(begin, end)
    caller.wait_for_text(fake.hears[1])
    caller.wait_for_text("Well, go on then.")
    assert LONG not in caller.text()
    assert fake.talk.cut == 1
    caller.wait_for_silence()

    caller.type(QUESTION)
    caller.wait_for_speech()
    caller.wait_for_text(BEFORE)
    # While it sounds, the file changes.
    file = gemini_app.personas / f"{WALTER}.md"
    text = file.read_text()
    try:
        file.write_text(text.replace(BEFORE, AFTER))
        caller.wait_for_silence()
        caller.until(lambda: len(fake.talks) == 2, "another connection")
        caller.type("And again, please?")
        caller.wait_for_text(AFTER)
        caller.wait_for_speech()
    finally:
        file.write_text(text)
    assert fake.hears[1] in fake.talk.texts
    page = re.sub(r"\s+", " ", caller.text())
    assert "The line has trouble" not in page
    caller.end()


def test_a_connection_that_is_killed_is_made_again(caller: Caller, fake: FakeGemini) -> None:
    fake.script(OPENING, "Where is my money?")
    caller.call(WALTER)
    caller.wait_for_text(OPENING)
    caller.wait_for_silence()
    # The next attempt fails as well, so that the trouble lasts.
    fake.fault, fake.times = "rate_limit", 1
    told = caller.look_out("The line has trouble")
    fake.kill()
    caller.until(told, "word of the trouble")
    caller.until(lambda: "The line has trouble" not in caller.text(), "the line again")
    caller.until(lambda: OPENING in fake.talk.texts, "what was said, told to the new connection")
    fake.hears = ["I will look at that."]
    caller.say("I will look at that.")
    caller.wait_for_text(fake.hears[0])
    caller.wait_for_text("Where is my money?")
    caller.wait_for_speech()
    caller.end()


def test_a_key_that_is_refused_leaves_the_voice_of_this_machine(
    caller: Caller, fake: FakeGemini, gemini_app: RunningApp
) -> None:
    fake.fault, fake.times = "wrong_key", None
    caller.call(WALTER)
    caller.wait_for_text("The voice service did not accept our key.")
    caller.wait_for_text("The voice has changed")
    caller.wait_for_silence()
    caller.type(QUESTION)
    caller.wait_for_speech()
    caller.wait_for_text(BEFORE)
    caller.end()
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text(QUESTION)
    caller.until(lambda: "Gemini Live refused the key" in gemini_app.log.read_text(), "the log")
