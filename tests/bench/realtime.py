"""What this software adds to a realtime provider's own time, with a fake of Gemini Live."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.bench.figures import spread
from tests.bench.sentences import TURNS
from tests.bench.talk import VOICE, Levels
from tests.support.caller import ALLOW, Caller, browser
from tests.support.fakes.gemini import FakeGemini
from tests.support.running import RunningApp
from tests.support.speech import VOICES, sentence

SLUG = "walter-hughes"
LINE = "Well, I can tell you that I have been waiting for a long time."


def measure() -> Iterator[tuple[str, str]]:
    """Twenty spoken turns; the fake notes when it sends the first sound of each answer."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        fake = stack.enter_context(FakeGemini())
        fake.lines = [LINE]
        environ = {
            "GOOGLE_API_KEY": "test",
            "GEMINI_BASE_URL": fake.url,
            "SSL_CERT_FILE": str(fake.certificate(folder)),
        }
        app = stack.enter_context(RunningApp(folder, environ))
        caller = Caller(stack.enter_context(browser(ALLOW)), app.url)
        caller.call(SLUG)
        caller.wait_for_silence()
        added = [_added(caller, fake, text, index) for index, text in enumerate(TURNS)]
        caller.end()
    heard = [1000 * seconds for seconds in added if seconds is not None]
    yield (
        "provider's first sound to sound in the browser",
        spread(heard, "ms", 0),
    )


def _added(caller: Caller, fake: FakeGemini, text: str, index: int) -> float | None:
    known = len(fake.talk.first_audio)
    caller.play(sentence(text, VOICES[index % len(VOICES)]))
    caller.wait_for_speech()
    caller.page.wait_for_timeout(300)
    sent = fake.talk.first_audio[known:]
    seconds = _heard_after(caller.levels(), sent[0] + _ahead(caller)) if sent else None
    caller.wait_for_silence(0.8)
    return seconds


def _ahead(caller: Caller) -> float:
    """The recorder's clock minus this process's, seconds: from the quickest of some questions."""
    tries = []
    for _ in range(8):
        before = time.monotonic()
        there = caller.now()
        after = time.monotonic()
        tries.append((after - before, there - (before + after) / 2))
    return min(tries)[1]


def _heard_after(levels: Levels, moment: float) -> float | None:
    after = levels[(levels[:, 0] > moment) & (levels[:, 2] > VOICE)]
    return float(after[0, 0]) - moment if len(after) else None
