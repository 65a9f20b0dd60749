"""What the console shows of failures: a provider's in words, a bug with its traceback."""

import asyncio
import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from livekit.agents import APIConnectionError, APIStatusError

from agent.platform.process import console
from agent.platform.process.console import told_in_words
from tests.support.booth import booth, settings_of
from tests.support.fakes.models import Models
from tests.support.persona_text import PLAIN
from tests.support.places import ROOT


def raised(error: BaseException, cause: BaseException | None = None) -> logging.LogRecord:
    """What a plugin logs of it."""
    error.__cause__ = cause
    info = (type(error), error, None)
    return logging.LogRecord("livekit.plugins.x", logging.ERROR, "", 1, "Error", (), info)


REFUSED = APIStatusError("Incorrect API key provided: sk-12", status_code=401)
CLOSED = aiohttp.ClientConnectionError("closed")


@pytest.mark.parametrize(
    ("error", "cause", "printed"),
    [
        (REFUSED, None, False),
        (APIConnectionError(), CLOSED, False),
        (APIConnectionError(), TimeoutError(), False),
        (ConnectionResetError(), None, False),
        (RuntimeError("livekit.plugins.deepgram.stt.SpeechStream is closed"), None, False),
        (APIConnectionError(), AttributeError("no such thing"), True),
        (APIConnectionError(), KeyError("type"), True),
        (RuntimeError("no decoder"), None, True),
        (ZeroDivisionError(), None, True),
    ],
)
def test_only_what_a_provider_did_is_not_printed_with_its_traceback(
    error: Exception, cause: Exception | None, printed: bool
) -> None:
    assert told_in_words(raised(error, cause)) is printed


def test_what_has_no_traceback_or_is_logged_by_us_is_printed() -> None:
    ours = raised(REFUSED)
    ours.name = "agent.worker.job"
    plain = logging.LogRecord("livekit.agents", logging.ERROR, "", 1, "Closing", (), None)
    assert told_in_words(ours)
    assert told_in_words(plain)


def test_tracebacks_are_there_for_who_asks() -> None:
    console.log.setLevel(logging.DEBUG)
    try:
        assert told_in_words(raised(REFUSED))
    finally:
        console.log.setLevel(logging.NOTSET)


@pytest.mark.parametrize(("flag", "prints"), [("", False), ("tracebacks=True", True)])
def test_the_console_is_set_up_once_for_every_handler(flag: str, prints: bool) -> None:
    code = (
        "import logging\n"
        "from agent.platform.process.console import start_console\n"
        f"start_console({flag})\n"
        "try:\n"
        "    raise ConnectionResetError('gone')\n"
        "except OSError:\n"
        "    logging.getLogger('livekit.plugins.x').exception('failed')\n"
        "logging.getLogger('agent').warning('in words')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("Traceback" in done.stderr) is prints
    assert "in words" in done.stderr


class Elsewhere(dict[str, object]):
    """The names of a module called ``name``, as far as a traceback shows them."""

    def __init__(self, name: str) -> None:
        super().__init__({"asyncio": asyncio, "__name__": name})


TASK = """
async def work():
    raise TimeoutError("too late")

def call():
    raise TimeoutError("too late")
"""


@pytest.mark.parametrize(
    ("owner", "traceback"),
    [
        ("agent.calls.livekit_rooms", True),
        ("ui.call.controller", True),
        ("app", True),
        ("livekit.plugins.openai.stt", False),
        ("websockets.asyncio.client", False),
    ],
)
async def test_a_task_that_nobody_waited_for_is_never_swallowed(
    owner: str, traceback: bool, printed: list[logging.LogRecord]
) -> None:
    module = Elsewhere(owner)
    exec(TASK, module)
    task = asyncio.create_task(module["work"]())  # type: ignore[operator]
    await asyncio.wait((task,))
    del task
    gc.collect()
    (record,) = [each for each in printed if each.name == "asyncio"]
    assert (record.exc_info is not None) is traceback
    shown = logging.Formatter().format(record)
    assert "TimeoutError" in shown
    assert ("\n" in shown) is traceback
    assert (f"({owner}: TimeoutError('too late'))" in shown) is not traceback


@pytest.mark.parametrize(
    ("raiser", "shown"), [("agent.engines.turns", True), ("livekit.plugins.openai.stt", False)]
)
def test_a_plugin_does_not_hide_what_we_raised_into_it(raiser: str, shown: bool) -> None:
    module = Elsewhere(raiser)
    exec(TASK, module)
    with pytest.raises(TimeoutError) as caught:
        module["call"]()  # type: ignore[operator]
    assert told_in_words(raised(caught.value)) is shown


@pytest.fixture
def printed() -> Iterator[list[logging.LogRecord]]:
    """What the console would show of a call."""
    kept: list[logging.LogRecord] = []

    class Console(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    handler = Console(logging.WARNING)
    handler.addFilter(told_in_words)
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)


async def test_a_refused_key_is_one_line_in_words(
    printed: list[logging.LogRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Models() as fake:
        fake.faults["llm"] = "wrong_key"
        given = {"OPENAI_API_KEY": "sk", "OPENAI_BASE_URL": fake.url, "REHEARSAL_FALL_BACK": "no"}
        settings = settings_of(tmp_path, given)
        async with booth("pipeline", settings, PLAIN, monkeypatch) as call:
            await call.wait(lambda: call.end)
        await asyncio.sleep(0)
    told = [record.getMessage() for record in printed if record.name.startswith("agent.worker")]
    assert told == [
        "call c1: The voice service did not accept our key. "
        "Pipeline refused the key: copy it again into .env.local and restart."
    ]
    assert [record for record in printed if record.exc_info] == []
