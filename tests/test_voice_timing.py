"""The page's measurement of a call, on sounds whose times are known to the sample."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.async_api import Page, async_playwright

from tests.chromium import FLAGS, browser_path
from tests.speech import RATE, sentence

pytestmark = pytest.mark.call

WORKLET = Path(__file__).parents[1] / "ui" / "voice" / "worklet.js"
TALK = (
    ("I am so sorry about this, let me help you.", "en+f4", "Yes hello, this is Walter.", 0.40),
    ("Which light is red on your router?", "en-us", "I waited for forty minutes.", 0.55),
    ("Please give me your account number.", "en-us+m2", "Hold on, not so fast.", 0.70),
    ("Your refund will be there on Friday.", "en-us", "Speak up, I can't hear you.", 0.95),
)
"""What the trainee says and in which voice, the persona's answer, seconds between the two."""

MEASURE = """async ([trainee, persona, worklet]) => {
  const samples = (text) =>
    new Float32Array(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer);
  const sides = [samples(trainee), samples(persona)];
  const context = new OfflineAudioContext(1, sides[0].length, 48000);
  await context.audioWorklet.addModule(worklet);
  const meter = new AudioWorkletNode(context, "voice-meter", { numberOfInputs: 2 });
  meter.connect(context.destination);
  const heard = [];
  meter.port.onmessage = ({ data }) => data.event !== "levels" && heard.push(data);
  sides.forEach((side, index) => {
    const buffer = context.createBuffer(1, side.length, 48000);
    buffer.copyToChannel(side, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(meter, 0, index);
    source.start();
  });
  await context.startRendering();
  await new Promise((resolve) => setTimeout(resolve, 300));
  return heard;
}"""

Sound = NDArray[np.float32]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        page = await browser.new_page()
        # Worklets need a secure context; nothing is asked of any network.
        await page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        await page.goto("http://localhost/")
        yield page
        await browser.close()


async def measure(page: Page, trainee: Sound, persona: Sound) -> list[dict[str, Any]]:
    """What the worklet reports about these two sides of a call."""
    source = base64.b64encode(WORKLET.read_bytes()).decode()
    sides = [
        base64.b64encode(side.astype(np.float32).tobytes()).decode() for side in (trainee, persona)
    ]
    url = f"data:text/javascript;base64,{source}"
    return list(await page.evaluate(MEASURE, [*sides, url]))


def placed(length: float, *sounds: tuple[float, Sound], noise: float = -90.0) -> Sound:
    """Sounds at their seconds over a noise floor in dBFS."""
    random = np.random.default_rng(1)
    side = random.normal(0, 10 ** (noise / 20), int(length * RATE)).astype(np.float32)
    for at, sound in sounds:
        side[int(at * RATE) : int(at * RATE) + len(sound)] += sound
    return side


def spoken(text: str, voice: str = "en-us") -> Sound:
    """A sentence with nothing before and after it, -1 to 1."""
    return (sentence(text, voice, RATE) / 32768).astype(np.float32)


@pytest.mark.parametrize(
    ("noise", "most"),
    # In the loudest noise the last sounds of a sentence drown, and the voice's own noise is never
    # the same: nobody could say when it ended.
    [(-90.0, 0.03), (-60.0, 0.03), (-52.0, 0.08)],
)
async def test_answers_are_timed(page: Page, noise: float, most: float) -> None:
    trainee, persona, at = [], [], 1.0
    for words, voice, answer, gap in TALK:
        trainee.append((at, spoken(words, voice)))
        at += len(trainee[-1][1]) / RATE + gap
        persona.append((at, spoken(answer)))
        at += len(persona[-1][1]) / RATE + 1.0
    heard = await measure(page, placed(at + 1, *trainee, noise=noise), placed(at + 1, *persona))
    answers = [each for each in heard if each["event"] == "latency"]
    assert not any(each["cut"] for each in answers)
    errors = [each["seconds"] - gap for each, (*_, gap) in zip(answers, TALK, strict=True)]
    assert max(map(abs, errors)) <= most, errors


async def test_a_barge_in_is_timed_to_30_ms(page: Page) -> None:
    line = spoken("I have been on the phone for forty minutes and nobody could tell me why.")
    onset, silence = 2.0, 2.31
    persona = placed(6.0, (0.5, line[: int((silence - 0.5) * RATE)]))
    trainee = placed(6.0, (onset, spoken("Let me stop you there for a moment.")))
    heard = await measure(page, trainee, persona)
    seconds = [each["seconds"] for each in heard if each["event"] == "barge_in"]
    assert seconds == [pytest.approx(silence - onset, abs=0.03)]


async def test_a_persona_that_talks_on_was_not_stopped(page: Page) -> None:
    line = spoken(
        "I have been on the phone for forty minutes and nobody could tell me why it is so."
    )
    trainee = placed(8.0, (0.8, spoken("Mm-hm.")))
    heard = await measure(page, trainee, placed(8.0, (0.5, line)))
    assert not [each for each in heard if each["event"] == "barge_in"]


async def test_a_pause_inside_the_persona_s_line_is_no_answer(page: Page) -> None:
    line = spoken("It is dead since Wednesday.")
    persona = placed(8.0, (0.5, line), (0.5 + len(line) / RATE + 1.0, line))
    heard = await measure(page, placed(8.0), persona)
    assert [each["event"] for each in heard if each["event"] == "latency"] == []
