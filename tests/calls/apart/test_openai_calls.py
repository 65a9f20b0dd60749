"""Whole calls with OpenAI Realtime: a real browser, the app, and a fake of the provider."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.fakes.openai_realtime import OpenAIRealtimeFake, Session
from tests.support.running import RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
NUMBER = "40 77 21 58"
OTHER = "99 88 77 66"
OPENING = "Yes, hello, this is Walter Hughes, and my internet has been gone since Wednesday."
COMPLAINT = (
    f"{OPENING} I have told it to three of your people, and they have all promised to look at it. "
    "I have waited for days and nobody has called me back about it."
)
INTERRUPTION = "Excuse me but could I have your account number please?"


def walter(session: Session, instructions: str) -> str:
    """Opens; afterwards tells the account number that its instructions have."""
    if not session.items:
        return COMPLAINT
    number = re.search(r"\d\d \d\d \d\d \d\d", instructions)
    return f"It is {number.group(0) if number else 'unknown'}. What else?"


@pytest.fixture(scope="module")
def fake() -> Iterator[OpenAIRealtimeFake]:
    with OpenAIRealtimeFake() as running:
        running.reply = walter
        yield running
    assert not running.problems


@pytest.fixture(scope="module")
def openai_app(
    fake: OpenAIRealtimeFake, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    environ = {**fake.environ, "REHEARSAL_ENGINE": "openai"}
    folder = tmp_path_factory.mktemp("openai")
    with RunningApp(folder, environ, watched=True, only=[WALTER]) as running:
        yield running


def test_a_whole_call(openai_app: RunningApp, fake: OpenAIRealtimeFake, chromium: Browser) -> None:
    file = openai_app.personas / f"{WALTER}.md"
    before = file.read_text()
    caller = Caller(chromium, openai_app.url)
    caller.log_in()
    caller.open_call(WALTER)
    caller.start()
    caller.wait_for_text("Yes, hello, this is Walter")

    # Into the persona's first line.
    fake.heard.append(INTERRUPTION)
    begin, end = caller.say(INTERRUPTION, speed=110)
    assert caller.silenced(begin, end)
    caller.wait_for_text(INTERRUPTION)
    caller.wait_for_text(NUMBER)
    assert "called me back about it" not in caller.text()
    caller.wait_for_silence()

    # An edit in mid-call, heard in the next line, over the same connection.
    file.write_text(before.replace(NUMBER, OTHER))
    caller.until(lambda: OTHER in fake.session.instructions, "the edit")
    caller.type("And your account number again?")
    caller.wait_for_text(OTHER)
    caller.wait_for_silence()
    assert len(fake.sessions) == 1

    # The connection breaks while nobody speaks, and in the middle of a line.
    told = caller.look_out("connection to the voice service broke")
    fake.cut()
    caller.until(told, "word of the trouble")
    caller.until(lambda: len(fake.sessions) == 2, "another connection")
    caller.until(lambda: "broke" not in caller.text(), "the line again")
    assert INTERRUPTION in fake.session.texts("user")
    caller.type("One moment please.")
    caller.until(lambda: caller.text().count(OTHER) > 1, "an answer")
    caller.wait_for_silence()

    caller.end()
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text(INTERRUPTION)
    caller.wait_for_text(OTHER)
    openai_app.wait(lambda health: health["calls"]["live"] == 0, 60)
