"""Whole calls in a browser whose turns a text model observes: LiveKit server, job, offline engine,
and a server that answers as the model."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from personas.model import Persona
from personas.parse import examine
from tests.support.caller import Caller
from tests.support.fakes.text_model import KEY, Asked, TextServer, verdict
from tests.support.running import BRIEF, RunningApp

pytestmark = pytest.mark.call

TURN = "The weather is fine here."
QUOTE = "weather is fine"


@pytest.fixture(scope="module")
def model() -> Iterator[TextServer]:
    with TextServer() as server:
        yield server


@pytest.fixture(scope="module")
def observed(model: TextServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    environ = {
        "REHEARSAL_ENGINE": "offline",
        "LLM_BASE_URL": f"{model.base_url}/v1",
        "LLM_MODEL": "llama3.2",
        "LLM_API_KEY": KEY,
    }
    folder = tmp_path_factory.mktemp("observed")
    with RunningApp(folder, environ, watched=True, only=[BRIEF]) as running:
        yield running


def test_what_the_model_sees_moves_the_call_and_its_report(
    observed: RunningApp,
    model: TextServer,
    chromium: Browser,
) -> None:
    trigger = walter(observed).triggers[0]

    def script(asked: Asked) -> dict[str, object]:
        return verdict((trigger.id, QUOTE, 0.9)) if asked.latest == TURN else verdict()

    model.script, model.fault, model.delay = script, "", 0.5
    caller = Caller(chromium, observed.url)
    caller.log_in("author")
    caller.open_call(BRIEF)
    caller.wait_for_text("Nothing leaves this machine.")
    caller.start()
    caller.wait_for_silence()
    before = mood(caller)
    caller.type(TURN)
    caller.wait_for_speech()
    caller.until(lambda: mood(caller) > before, "an angrier Walter")
    assert caller.page.locator(".rh-caption-trainee").count() == 1
    caller.end()
    caller.wait_for_text("Call ended")
    caller.page.get_by_role("link", name="See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text("Judged by the text model.")
    assert caller.page.locator(".rh-turn-trainee").count() == 1
    assert [asked.latest for asked in model.asked][-1] == TURN
    assert model.asked[-1].model == "llama3.2"


def test_words_stand_in_when_the_model_refuses(
    observed: RunningApp, model: TextServer, chromium: Browser
) -> None:
    model.fault, model.delay = "wrong_key", 0.0
    caller = Caller(chromium, observed.url)
    caller.log_in("author")
    caller.open_call(BRIEF)
    caller.start()
    caller.wait_for_silence()
    before = mood(caller)
    caller.type("You are a stupid idiot.")
    caller.until(lambda: mood(caller) > before, "an angrier Walter")
    caller.wait_for_speech()
    assert "the line has trouble" not in caller.text().lower()
    caller.end()
    caller.wait_for_text("Call ended")
    caller.page.get_by_role("link", name="See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text("since the text model did not accept our key.")
    assert KEY not in observed.log.read_text().split()


def mood(caller: Caller) -> int:
    """The intensity that the page shows."""
    found = re.search(r"(\d+) of 10", caller.text())
    assert found is not None
    return int(found.group(1))


def walter(app: RunningApp) -> Persona:
    """The persona of the calls."""
    persona = examine((app.personas / f"{BRIEF}.md").read_bytes(), BRIEF).persona
    assert persona is not None
    return persona
