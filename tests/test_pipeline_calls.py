"""A whole call with the pipeline: a real browser, the app, and a server that speaks for all."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.acting.prompt import MARK
from tests.caller import ALLOW, LOUD, Caller, browser
from tests.fakes.deepgram import Utterance
from tests.fakes.models import Message, Models
from tests.running import RunningApp
from tests.speech import RATE, sentence

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
NUMBER = "40 77 21 58"
OPENING = "Yes, hello, this is Walter Hughes, and my internet has been gone since Wednesday."
QUESTION = "Could you tell me your account number please?"


def walter(messages: Sequence[Message]) -> str:
    """Opens; afterwards tells the account number that its instructions have."""
    if not any(m["role"] == "user" and not m["content"].startswith(MARK) for m in messages):
        return f"{OPENING} I have waited for days and nobody has called me back."
    found = [line for line in messages[0]["content"].splitlines() if "ccount" in line]
    return f"It is {found[0].split(':')[-1].strip()}. What else?"


@pytest.fixture
def models() -> Iterator[Models]:
    with Models(walter) as server:
        yield server


def spoken(models: Models, caller: Caller, text: str) -> tuple[float, float]:
    """Say it, and let it be heard so."""
    sound = sentence(text, "en-us")
    models.hears.append(Utterance(text, sound.size / RATE))
    return caller.play(sound)


def test_a_whole_call(models: Models, tmp_path: Path) -> None:
    environ = {
        "REHEARSAL_ENGINE": "pipeline",
        "REHEARSAL_OBSERVER": "lexical",
        "OPENAI_API_KEY": "sk",
        "OPENAI_BASE_URL": models.url,
        "DEEPGRAM_API_KEY": "dg",
        "DEEPGRAM_BASE_URL": models.deepgram_url,
    }
    with RunningApp(tmp_path, environ) as app, browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.log_in()
        caller.open_call(WALTER)
        caller.wait_for_text("Nothing leaves this machine")
        caller.start()

        # Into the persona's first line.
        begin, end = spoken(models, caller, QUESTION)
        caller.wait_for_text(QUESTION)
        levels = caller.levels()
        during = levels[(levels[:, 0] > begin + 1.0) & (levels[:, 0] < end)]
        assert during[:, 2].max() < LOUD
        caller.wait_for_text(NUMBER)
        caller.wait_for_silence()

        # An edit in mid-call.
        file = app.personas / f"{WALTER}.md"
        before = file.read_text()
        file.write_text(before.replace(NUMBER, "99 88 77 66"))
        caller.until(lambda: file.read_text() != before, "the edit")
        time.sleep(1)
        caller.type("And your account number again?")
        caller.wait_for_text("99 88 77 66")
        caller.wait_for_silence()

        # A connection that breaks for a while, and a key that is refused for good.
        heard = caller.text().count("99 88 77 66")
        models.faults["llm"] = "closed"
        caller.type("One moment please.")
        caller.wait_for_text("The line has trouble", 30)
        models.faults.clear()
        caller.until(lambda: caller.text().count("99 88 77 66") > heard, "the answer", 30)
        caller.wait_for_silence()
        models.faults["llm"] = "wrong_key"
        caller.type("What is your account number?")
        caller.wait_for_text("The voice has changed", 30)
        caller.wait_for_text("did not accept our key")
        caller.wait_for_speech()
        caller.end()
        caller.page.get_by_text("See how it went").click()
        caller.page.wait_for_url("**/calls/*")
        caller.wait_for_text(QUESTION)
