"""The page's measurement of a call, on sounds whose times are known to the sample."""

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from tests.support.places import ROOT
from tests.support.speech import RATE, sentence

pytestmark = pytest.mark.call

WORKLET = ROOT / "ui" / "call" / "voice" / "worklet.js"
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
  // Twelve blocks of 128 samples make a message of levels; with the last one, all others are here.
  let left = Math.floor(sides[0].length / (12 * 128));
  const complete = new Promise((done) => {
    meter.port.onmessage = ({ data }) => {
      if (data.event !== "levels") heard.push(data);
      else if (--left === 0) done();
    };
  });
  sides.forEach((side, index) => {
    const buffer = context.createBuffer(1, side.length, 48000);
    buffer.copyToChannel(side, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(meter, 0, index);
    source.start();
  });
  await context.startRendering();
  await complete;
  return heard;
}"""

Sound = NDArray[np.float32]


@pytest.fixture
def page(chromium: Browser) -> Page:
    page = chromium.new_page()
    # Worklets need a secure context; nothing is asked of any network.
    page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto("http://localhost/")
    return page


def measure(page: Page, trainee: Sound, persona: Sound) -> list[dict[str, Any]]:
    """What the worklet reports about these two sides of a call."""
    source = base64.b64encode(WORKLET.read_bytes()).decode()
    sides = [
        base64.b64encode(side.astype(np.float32).tobytes()).decode() for side in (trainee, persona)
    ]
    url = f"data:text/javascript;base64,{source}"
    return list(page.evaluate(MEASURE, [*sides, url]))


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


def last_heard(sound: Sound, noise: float) -> tuple[float, float]:
    """The earliest and the latest that the last of a voice may be heard over noise (dBFS), seconds.

    Its last sounds drown in a loud noise. The worklet follows the noise only roughly, and hears
    what is 9 dB above it.
    """
    frames = sound[: len(sound) // 256 * 256].reshape(-1, 256)
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-10)
    heard = (np.flatnonzero(levels > max(-53.0, noise + above))[-1] + 1 for above in (15.0, 5.0))
    earliest, latest = (float(frame) * 256 / RATE for frame in heard)
    return earliest, latest


@pytest.mark.parametrize("noise", [-90.0, -60.0, -52.0])
def test_answers_are_timed(page: Page, noise: float) -> None:
    trainee, persona, wanted, at = [], [], [], 1.0
    for words, voice, answer, gap in TALK:
        trainee.append((at, sound := spoken(words, voice)))
        length = len(sound) / RATE
        wanted.append([gap + length - heard for heard in reversed(last_heard(sound, noise))])
        at += length + gap
        persona.append((at, spoken(answer)))
        at += len(persona[-1][1]) / RATE + 1.0
    heard = measure(page, placed(at + 1, *trainee, noise=noise), placed(at + 1, *persona))
    answers = [each for each in heard if each["event"] == "latency"]
    assert not any(each["cut"] for each in answers)
    for each, (least, most) in zip(answers, wanted, strict=True):
        assert least - 0.03 <= each["seconds"] <= most + 0.03, (answers, wanted)


def test_a_barge_in_is_timed_to_30_ms(page: Page) -> None:
    line = spoken("I have been on the phone for forty minutes and nobody could tell me why.")
    onset, silence = 2.0, 2.31
    persona = placed(6.0, (0.5, line[: int((silence - 0.5) * RATE)]))
    trainee = placed(6.0, (onset, spoken("Let me stop you there for a moment.")))
    heard = measure(page, trainee, persona)
    seconds = [each["seconds"] for each in heard if each["event"] == "barge_in"]
    assert seconds == [pytest.approx(silence - onset, abs=0.03)]


def test_a_persona_that_talks_on_was_not_stopped(page: Page) -> None:
    line = spoken(
        "I have been on the phone for forty minutes and nobody could tell me why it is so."
    )
    trainee = placed(8.0, (0.8, spoken("Mm-hm.")))
    heard = measure(page, trainee, placed(8.0, (0.5, line)))
    assert not [each for each in heard if each["event"] == "barge_in"]


def test_a_pause_inside_the_persona_s_line_is_no_answer(page: Page) -> None:
    line = spoken("It is dead since Wednesday.")
    persona = placed(8.0, (0.5, line), (0.5 + len(line) / RATE + 1.0, line))
    heard = measure(page, placed(8.0), persona)
    assert [each["event"] for each in heard if each["event"] == "latency"] == []
