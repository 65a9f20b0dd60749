"""A whole call with the pipeline: a real browser, the app, and a server that speaks for all."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from agent.simulation.acting.prompt import MARK
from tests.support.caller import Caller
from tests.support.fakes.deepgram import Utterance
from tests.support.fakes.models import Message, Models
from tests.support.running import QUESTION, RunningApp
from tests.support.speech import RATE, sentence

pytestmark = pytest.mark.call

WALTER = "walter-hughes"
NUMBER = "40 77 21 58"
OPENING = "Yes, hello, this is Walter Hughes, and my internet has been gone since Wednesday."
COMPLAINT = (
    "I have told it to three of your people, and they have all promised to look at it. I have "
    "waited for days and nobody has called me back."
)


def walter(messages: Sequence[Message]) -> str:
    """Opens; afterwards tells the account number that its instructions have."""
    if not any(m["role"] == "user" and not m["content"].startswith(MARK) for m in messages):
        return f"{OPENING} {COMPLAINT}"
    found = [line for line in messages[0]["content"].splitlines() if "ccount" in line]
    return f"It is {found[0].split(':')[-1].strip()}. What else?"


@pytest.fixture
def models() -> Iterator[Models]:
    with Models(walter) as server:
        yield server


def spoken(models: Models, caller: Caller, text: str) -> tuple[float, float]:
    """Say it, and let it be heard so."""
    sound = sentence(text, "en-us", speed=110)
    models.hears.append(Utterance(text, sound.size / RATE))
    return caller.play(sound)


def test_a_whole_call(models: Models, tmp_path: Path, chromium: Browser) -> None:
    environ = {
        "REHEARSAL_ENGINE": "pipeline",
        "REHEARSAL_OBSERVER": "lexical",
        "OPENAI_API_KEY": "sk",
        "OPENAI_BASE_URL": models.url,
        "DEEPGRAM_API_KEY": "dg",
        "DEEPGRAM_BASE_URL": models.deepgram_url,
    }
    with RunningApp(tmp_path, environ, watched=True, only=[WALTER]) as app:
        caller = Caller(chromium, app.url)
        caller.log_in()
        caller.open_call(WALTER)
        caller.wait_for_text("Nothing leaves this machine")
        caller.start()

        # Into the persona's first line.
        begin, end = spoken(models, caller, QUESTION)
        assert caller.silenced(begin, end)
        caller.wait_for_text(QUESTION)
        caller.wait_for_text(NUMBER)
        caller.wait_for_silence()

        # An edit in mid-call.
        file = app.personas / f"{WALTER}.md"
        edited = file.read_text().replace(NUMBER, "99 88 77 66")
        file.write_text(edited)
        app.wait_for_edit(edited)
        caller.type("And your account number again?")
        caller.wait_for_text("99 88 77 66")
        caller.wait_for_silence()

        # A connection that breaks for a while, and a key that is refused for good.
        heard = caller.text().count("99 88 77 66")
        # Three requests: more than the first attempt makes, and fewer than all attempts do.
        models.faults["llm"], models.fails = "closed", 3
        told = caller.look_out("The line has trouble")
        caller.type("One moment please.")
        caller.until(told, "word of the trouble")
        caller.until(lambda: caller.text().count("99 88 77 66") > heard, "the answer")
        caller.wait_for_silence()
        models.faults["llm"] = "wrong_key"
        caller.type(QUESTION)
        caller.wait_for_text("The voice has changed")
        caller.wait_for_text("did not accept our key")
        caller.wait_for_speech()
        caller.end()
        caller.page.get_by_text("See how it went").click()
        caller.page.wait_for_url("**/calls/*")
        caller.wait_for_text(QUESTION)
