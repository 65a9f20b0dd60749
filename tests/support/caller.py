"""A trainee in a real browser: logs in, calls, speaks, reads and listens."""

import asyncio
import base64
import io
import json
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from tests.support.chromium import FLAGS, browser_path
from tests.support.speech import RATE, sentence

PATIENCE = 60.0
"""Seconds that anything in a call may take before a test gives up, also on a busy machine."""
BUSY = ("hearing", "thinking", "speaking")
"""Stages of a call in which the persona has something to do."""
LOUD = 0.01
"""RMS of full scale above which a side counts as heard."""


class Browsers:
    """The browsers of one process: one Playwright for all, and one Chromium for every test that
    needs no flags of its own.

    Playwright leaves its loop running in this thread, where no test with a loop of its own could
    run then: it counts as running only while a browser is in use.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._playwright: Playwright | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._shared: Browser | None = None

    @contextmanager
    def shared(self) -> Iterator[Browser]:
        """The Chromium of all, whose microphone is allowed; what was opened is closed after it."""
        with self._in_use() as playwright:
            if self._shared is None or not self._shared.is_connected():
                self._shared = _launch(playwright, ALLOW)
            try:
                yield self._shared
            finally:
                if self._shared.is_connected():
                    _hang_up(self._shared)
                    for context in self._shared.contexts:
                        context.close()

    @contextmanager
    def launch(self, *flags: str, microphone: Path | None = None) -> Iterator[Browser]:
        """One more, with a fake microphone that plays the file (48 kHz mono WAV, looped), if
        given."""
        capture = [f"--use-file-for-fake-audio-capture={microphone}"] if microphone else []
        with self._in_use() as playwright:
            chromium = _launch(playwright, *capture, *flags)
            try:
                yield chromium
            finally:
                _hang_up(chromium)
                chromium.close()

    def close(self) -> None:
        """End them."""
        if self._playwright is not None:
            with self._in_use():
                if self._shared is not None:
                    self._shared.close()
                self._open.close()

    @contextmanager
    def _in_use(self) -> Iterator[Playwright]:
        before = asyncio._get_running_loop()
        if self._playwright is None:
            self._playwright = self._open.enter_context(sync_playwright())
            self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(self._loop)
        try:
            yield self._playwright
        finally:
            asyncio._set_running_loop(before)


def _launch(playwright: Playwright, *flags: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=browser_path(),
        args=[*FLAGS, "--use-fake-device-for-media-stream", *flags],
        ignore_default_args=["--mute-audio"],
    )


@contextmanager
def browser(*flags: str, microphone: Path | None = None) -> Iterator[Browser]:
    """A browser for what is no test; see ``Browsers.launch``."""
    browsers = Browsers()
    try:
        with browsers.launch(*flags, microphone=microphone) as chromium:
            yield chromium
    finally:
        browsers.close()


def _hang_up(chromium: Browser) -> None:
    """End what goes on: a call whose page is gone would hold its line for some time."""
    for context in chromium.contexts:
        for page in context.pages:
            with suppress(Error):
                page.evaluate(HANG_UP)


HANG_UP = """async () => {
  const end = document.querySelector("button.rh-end");
  if (!end || end.offsetParent === null) return;
  end.click();
  for (let look = 0; look < 100; look++) {
    if (document.querySelector("[data-stage=ended]")) return;
    await new Promise((again) => setTimeout(again, 50));
  }
}"""
"""Presses End Call, if there is one, and waits until the page says that the call is over."""


ALLOW = "--use-fake-ui-for-media-stream"
"""Answers the question for the microphone with yes."""
LOOK_OUT = """(words) => {
  const shown = (window.__shown ??= new Set());
  const look = () => {
    if (!document.body.innerText.toLowerCase().includes(words)) return;
    shown.add(words);
    watch.disconnect();
  };
  const watch = new MutationObserver(look);
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  watch.observe(document.body, all);
  look();
}"""
"""Notes in the page that it shows these words, at the moment when it does."""


COOKIES: dict[tuple[str, str], list[Any]] = {}
"""Of those who have logged in, by the app's address and their name."""


class Caller:
    """One page of one user.

    With ``synthetic``, the microphone says what ``say`` gives it; else it is the browser's own.
    ``allowed``: the microphone was allowed before.
    """

    def __init__(
        self, chromium: Browser, url: str, *, synthetic: bool = True, allowed: bool = True
    ) -> None:
        self.context = chromium.new_context(
            viewport={"width": 1280, "height": 800},
            bypass_csp=True,
            # As in a browser that has been allowed once; else each page asks anew.
            permissions=["microphone"] if allowed else [],
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        script = (Path(__file__).parent / "microphone.js").read_text()
        flag = f"window.__syntheticMicrophone = {json.dumps(synthetic)};\n"
        self.context.add_init_script(flag + script)
        self.page: Page = self.context.new_page()
        # The browser's own question before a call is left.
        self.page.on("dialog", lambda dialog: dialog.accept())
        self._url = url
        self._since = 0.0

    def open(self, path: str) -> None:
        """Go to that page, and wait until what is done there reaches the app."""
        self.page.goto(f"{self._url}{path}")
        self.page.wait_for_function("() => window.socket?.connected && window.did_handshake")

    def log_in(self, name: str = "trainee") -> None:
        """Log in with the demo password; who has done so in this app before comes with the cookie
        of then. What is open afterwards is another page each time."""
        if cookies := COOKIES.get((self._url, name)):
            self.context.add_cookies(cookies)
            return
        self.open("/login")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(f"{name}-demo")
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.page.wait_for_url(f"{self._url}/")
        COOKIES[self._url, name] = self.context.cookies()

    def open_call(self, slug: str) -> None:
        """Go to the call page and wait until a call can be started."""
        self.open(f"/call/{slug}")
        self.start_button.wait_for()

    @property
    def start_button(self) -> Any:
        """The button before a call that starts it by voice, or typed where nobody's speech is
        understood; a typed call has one of its own beside it."""
        return self.page.locator("button.rh-start")

    def start(self) -> None:
        """Start the call and wait for the persona's first sound."""
        self._since = 0.0
        self.start_button.click()
        self.until(lambda: self.probe()["firstSound"] is not None, "the persona's first sound")

    def call(self, slug: str, *, recorded: bool = False) -> None:
        """The whole way from the login to the persona's first line, and to the red dot."""
        self.log_in()
        self.open_call(slug)
        if recorded:
            self.page.get_by_role("checkbox", name="Record my calls").click()
        self.start()
        if recorded:
            self.wait_for_recording()

    def wait_for_recording(self) -> None:
        """Wait until the page says that the call is recorded."""
        self.page.get_by_text("Recording", exact=True).wait_for()

    def end(self) -> None:
        """End the call."""
        self.page.get_by_role("button", name="End Call").click()

    def type(self, text: str) -> None:
        """A typed turn."""
        self._since = self.now()
        box = self.page.get_by_role("textbox", name="Type")
        box.fill(text)
        box.press("Enter")

    def say(self, text: str, voice: str = "en-us", speed: int = 150) -> tuple[float, float]:
        """Speak; returns begin and end on the recorder's clock, seconds."""
        return self.play(sentence(text, voice, speed=speed))

    def talk_on(self, text: str) -> None:
        """Speak, and say it again and again while other things are done."""
        self.page.evaluate("(wav) => __probe.say(wav, true)", _wav(sentence(text, "en-us")))

    def play(self, sound: NDArray[np.int16]) -> tuple[float, float]:
        """Let the microphone hear int16 mono PCM at 48 kHz."""
        begin, end = self.page.evaluate("(wav) => __probe.say(wav)", _wav(sound))
        self._since = float(end)
        return float(begin), float(end)

    def probe(self) -> dict[str, Any]:
        """What the page keeps for tests; see ``ui/call/voice/probe.js``."""
        return dict(self.page.evaluate("() => window.__rehearsal"))

    def levels(self) -> NDArray[np.float64]:
        """Rows of seconds, microphone RMS and persona RMS since the call began."""
        rows = self.page.evaluate("() => __probe.levels")
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def now(self) -> float:
        """The recorder's clock, seconds."""
        return float(self.page.evaluate("() => __probe.now()"))

    def persona_is_loud(self) -> bool:
        """Whether the persona was heard in the last quarter of a second."""
        recent = self.page.evaluate("() => __probe.levels.slice(-47).map((row) => row[2])")
        return bool(max(recent, default=0.0) > LOUD)

    def silenced(self, begin: float, end: float) -> bool:
        """Whether the persona had fallen silent before the end of what was said into its line."""
        levels = self.levels()
        at, persona = levels[:, 0], levels[:, 2]
        last = persona[(at > max(begin, end - 0.5)) & (at < end)]
        return bool(last.size and last.max() < LOUD)

    def has_spoken(self) -> bool:
        """Whether the persona was heard since the last silence that was waited for, or since the
        last thing that was said or typed."""
        script = "([since, loud]) => __probe.levels.some((row) => row[0] > since && row[2] > loud)"
        return bool(self.page.evaluate(script, [self._since, LOUD]))

    def wait_for_speech(self) -> None:
        """Wait until the persona is heard; what is over by now counts, see ``has_spoken``."""
        self.until(self.has_spoken, "the persona's voice")

    def wait_for_silence(self, seconds: float = 0.6) -> None:
        """Wait until the persona has been silent for so long, and nothing is to be answered: on a
        busy machine, what was said is still being heard while nobody speaks."""

        def silent() -> bool:
            blocks = int(seconds / 0.00533)
            recent = self.page.evaluate(
                "(n) => __probe.levels.slice(-n).map((row) => row[2])", blocks
            )
            return len(recent) == blocks and max(recent) < LOUD and self._stage() not in BUSY

        self.until(silent, "the persona's silence", 120)
        self._since = self.now()

    def _stage(self) -> str:
        return str(self.page.evaluate("() => document.querySelector('[data-stage]').dataset.stage"))

    def text(self) -> str:
        """All text of the page."""
        return self.page.locator("body").inner_text()

    def wait_for_text(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until the page says so (letter case does not matter)."""
        self.until(lambda: text.lower() in self.text().lower(), f"the words {text!r}", seconds)

    def look_out(self, words: str) -> Callable[[], bool]:
        """Whether the page has shown these words from now on, however briefly (letter case does
        not matter)."""
        self.page.evaluate(LOOK_OUT, words.lower())
        return lambda: bool(
            self.page.evaluate("(words) => window.__shown.has(words)", words.lower())
        )

    def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait for a condition; AssertionError with what the page shows."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come; the page shows:\n{self.text()}")
            self.page.wait_for_timeout(50)


def _wav(sound: NDArray[np.int16]) -> str:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return base64.b64encode(data.getvalue()).decode()
