"""A recorded call: how near its marks are to its sound, and how soon its report plays it."""

import io
import time
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np

from agent.worker.recording.ogg import OggEncoder
from agent.worker.recording.timeline import RATE, Sound
from data.records import Speaker, Turn
from tests.bench.figures import spread
from tests.bench.gaps import gaps, levels_of, on_steps
from tests.bench.sentences import TURNS
from tests.bench.stage import stage
from tests.bench.trainee_voices import WHO, prepare, spoken
from tests.support.caller import LOUD, Caller
from tests.support.recorded import call_in, onsets
from tests.support.running import RunningApp

SLUG = "walter-hughes"
SAID = TURNS[:14]
AUDIBLE = LOUD * 2**0.5
"""Of full scale, the peak above which a voice counts as heard: that of a sine wave which has the
RMS from which on the tests of calls hear it."""
PAUSE = 0.25
"""Seconds of silence before an onset."""
ALONE = 1.0
"""Seconds from an onset beyond which a turn has none of its own: it was cut from one that went on,
or goes on with one."""
LONG = "c" * 16
SECONDS = 1200.0
STEP = 12.0
CLICKS = 20
RUNS = 5
METER = """() => {
  const context = new AudioContext();
  const source = context.createMediaElementSource(document.querySelector(".rh-player audio"));
  window.__context = context;
  window.__meter = context.createAnalyser();
  window.__meter.fftSize = 256;
  source.connect(window.__meter);
  window.__meter.connect(context.destination);
}"""
CLICK = """async (number) => {
  const audio = document.querySelector(".rh-player audio"), samples = new Float32Array(256);
  const loud = () => {
    window.__meter.getFloatTimeDomainData(samples);
    return samples.some((sample) => Math.abs(sample) > 0.01);
  };
  const pause = (ms) => new Promise((again) => setTimeout(again, ms));
  await window.__context.resume();
  audio.pause();
  while (loud()) await pause(5);
  const began = performance.now();
  document.querySelectorAll(".rh-turn .rh-play")[number].click();
  while (!loud()) {
    if (performance.now() - began > 10000) return null;
    await pause(1);
  }
  return (performance.now() - began) / 1000;
}"""
"""Seconds from a click on that line's button until its sound is there."""


def measure() -> Iterator[tuple[str, str]]:
    """Figures of a call that is spoken and recorded, and of the report of one of 20 minutes."""
    prepare(SAID)
    yield "trainees", WHO
    with stage({"REHEARSAL_RECORD": "yes"}) as (app, caller):
        yield from marks(app, caller)
        yield from report(app, caller)


def marks(app: RunningApp, caller: Caller) -> Iterator[tuple[str, str]]:
    """How far the begin of each spoken turn is from where its voice begins in the recording, and
    what is missing there of what the page heard."""
    caller.open_call(SLUG)
    caller.start()
    caller.wait_for_silence()
    for number, text in enumerate(SAID):
        caller.play(spoken(text, number))
        caller.wait_for_speech()
        caller.wait_for_silence()
    at, *heard = caller.levels().T
    caller.end()
    link = caller.page.get_by_role("link", name="See how it went")
    link.wait_for()
    address = f"{app.url}/api{link.get_attribute('href')}"
    turns = caller.page.request.get(f"{address}.json").json()["turns"]
    sound = _sound(caller.page.request.get(f"{address}.wav").body())
    found = onsets(sound, PAUSE, AUDIBLE)
    for side, speaker in enumerate(("trainee", "persona")):
        off = [_off(turn, found[side]) for turn in turns if turn["speaker"] == speaker]
        near = [seconds for seconds in off if seconds < ALONE]
        what = f"begin of a turn of the {speaker}'s to its sound (p95 at most 0.100 s)"
        yield what, spread(near, "s", 3)
        yield "turns that follow the voice's own words without a pause", str(len(off) - len(near))
        lost = gaps(on_steps(at, heard[side]), levels_of(sound[:, side]))
        what = f"longest gap in each of the {speaker}'s sounds (at most 0.060 s)"
        yield what, spread(lost, "s", 3)
    yield from cost(sound)


def cost(sound: Sound) -> Iterator[tuple[str, str]]:
    """What it takes to encode that call as its job does, and the room that it needs."""
    encoder, size, began = OggEncoder(), 0, time.process_time()
    for begin in range(0, len(sound), RATE // 2):
        size += len(encoder.encode(sound[begin : begin + RATE // 2]))
    size += len(encoder.finish())
    seconds = len(sound) / RATE
    share = (time.process_time() - began) / seconds
    yield "encoding it (at most 3 % of a core)", f"{100 * share:.2f} %"
    yield "20 minutes of such a call (at most 8 MB)", f"{size / seconds * SECONDS / 1e6:.2f} MB"


def report(app: RunningApp, caller: Caller) -> Iterator[tuple[str, str]]:
    """A report of 20 minutes: from the address to a player that can be used, and from a click on a
    line to its sound."""
    count = int(SECONDS / STEP)
    turns = [_turn(number, number * STEP + 1) for number in range(count)]
    call_in(app.data, LONG, turns, SECONDS)
    first = _open(app, caller)[1]
    yield "its waves, when nobody has drawn them yet", f"{first:.2f} s"
    opened = [_open(app, caller) for _ in range(RUNS)]
    can_play = [play for play, _ in opened]
    yield "opening its report: it can be played (at most 1 s)", spread(can_play)
    yield "opening its report: its waves are there", spread([waves for _, waves in opened])
    caller.page.evaluate(METER)
    clicks = [caller.page.evaluate(CLICK, number * 37 % count) for number in range(1, CLICKS + 1)]
    yield "click on a line to its sound (at most 0.3 s)", spread([c for c in clicks if c], "s", 3)
    yield "clicks that nothing came of (0)", str(sum(not click for click in clicks))


def _open(app: RunningApp, caller: Caller) -> tuple[float, float]:
    page = caller.page
    page.goto("about:blank")
    began = time.monotonic()
    page.goto(f"{app.url}/calls/{LONG}", wait_until="commit")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    can_play = time.monotonic() - began
    page.locator(".rh-player-wave[data-drawn]").wait_for(state="attached")
    return can_play, time.monotonic() - began


def _turn(number: int, begin: float) -> Turn:
    speaker: Speaker = "trainee" if number % 2 else "persona"
    text = TURNS[number % len(TURNS)]
    return Turn(number, speaker, text, begin, end=begin + STEP - 2)


def _off(turn: dict[str, Any], found: list[float]) -> float:
    """Seconds from that turn's begin to the nearest onset of its side."""
    return min((abs(onset - turn["begin"]) for onset in found), default=float("inf"))


def _sound(wav: bytes) -> Sound:
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getframerate() == RATE
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
