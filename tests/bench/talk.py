"""A warm call: first sound, answers, pauses and barge-ins, from the recording of both sides."""

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.bench import timed_app
from tests.bench.figures import spread
from tests.bench.sentences import INTERRUPTIONS, PAUSED, TURNS
from tests.bench.stage import stage
from tests.bench.trainee_voices import WHO, prepare, spoken, spoken_with_pause
from tests.support.caller import LOUD, Caller
from tests.support.running import RunningApp
from tests.support.stalls import Stall
from tests.support.watched_app import LEAST

SLUG = "walter-hughes"
PAUSE = 0.6
CALLS = 10
VOICE = 10 ** (-50 / 20)
"""RMS of full scale above which a side is heard: -50 dBFS, as in the page's own measurement."""

Levels = NDArray[np.float64]


def measure() -> Iterator[tuple[str, str]]:
    """Figures for ten calls' beginnings, twenty turns, twenty pauses and twenty barge-ins."""
    prepare(TURNS, PAUSED)
    prepare(INTERRUPTIONS)
    yield "trainees", WHO
    with stage(timed=True) as (app, caller):
        begin(caller)  # warms the browser; not counted
        caller.end()
        known = len(app.stalls())
        yield "click to the persona's first sound (median at most 0.60 s)", first_sounds(caller)
        yield from answers(app, caller)
        yield "turns cut at a pause of 0.6 s (at most 5 %)", cuts(caller)
        yield "speech onset to the persona's silence (median at most 0.25 s)", barge_ins(caller)
        yield "longest work in one piece on a loop (50 ms at most)", longest(app.stalls()[known:])


def longest(stalls: list[Stall]) -> str:
    """The most that the loop of the app, and those of jobs, worked without a pause."""
    most = {
        name: max((stall.worked for stall in stalls if stall.loop == name), default=0.0)
        for name in ("app", "job")
    }
    return ", ".join(
        f"{name} {seconds * 1000:.0f} ms" if seconds else f"{name} under {LEAST * 1000:.0f} ms"
        for name, seconds in most.items()
    )


def begin(caller: Caller) -> None:
    """A new call, up to the end of the persona's first line."""
    caller.open_call(SLUG)
    time.sleep(1)
    caller.start()
    caller.wait_for_silence()


def first_sounds(caller: Caller) -> str:
    """Click on "Start Voice Call" to the persona's first sound."""
    seconds = []
    for _ in range(CALLS):
        caller.open_call(SLUG)
        time.sleep(1)
        caller.start()
        seconds.append(caller.probe()["firstSound"] / 1000)
        caller.end()
        time.sleep(1)
    return spread(seconds)


def answers(app: RunningApp, caller: Caller) -> Iterator[tuple[str, str]]:
    """End of the trainee's speech to the persona's first sound, where that time went, and the
    page's error in it."""
    begin(caller)
    recorded, errors = [], []
    parts: list[tuple[float, timed_app.Answer]] = []
    for index, text in enumerate(TURNS):
        known, since = len(caller.probe()["latencies"]), time.time()
        span = caller.play(spoken(text, index))
        caller.wait_for_speech()
        caller.page.wait_for_timeout(300)
        seconds = answer_time(caller.levels(), *span)
        shown = [each["seconds"] for each in caller.probe()["latencies"][known:]]
        if seconds is not None:
            recorded.append(seconds)
            errors += [abs(shown[-1] - seconds)] if shown else []
            told = timed_app.answer(timed_app.read(app.stalls_file), since)
            parts += [(seconds, told)] if told is not None else []
        caller.wait_for_silence(0.8)
    caller.end()
    yield (
        "end of speech to the persona's first sound (median at most 0.55 s, p95 0.90 s)",
        spread(recorded),
    )
    yield "  of it, until the words were there", spread([told.words for _, told in parts])
    yield "  of it, until the turn was taken (silence)", spread([told.taken for _, told in parts])
    yield "  of it, the voice's first sound", spread([told.voice for _, told in parts])
    rest = [seconds - told.taken - told.voice for seconds, told in parts]
    yield "  of it, network, browser and the voice detector's error", spread(rest)
    yield "latency shown and recorded differ by", spread([e * 1000 for e in errors], "ms", 0)


def cuts(caller: Caller) -> str:
    """How many turns the persona took while the trainee only paused."""
    begin(caller)
    cut = 0
    late = []
    for index, text in enumerate(PAUSED):
        begin_at, end_at = caller.play(spoken_with_pause(text, index, PAUSE))
        caller.wait_for_speech()
        caller.page.wait_for_timeout(300)
        levels = caller.levels()
        during = levels[(levels[:, 0] > begin_at) & (levels[:, 0] < end_at)]
        if during[:, 2].max(initial=0.0) > LOUD:
            cut += 1
        elif (seconds := answer_time(levels, begin_at, end_at)) is not None:
            late.append(seconds)
        caller.wait_for_silence(0.8)
    caller.end()
    share = 100 * cut / len(PAUSED)
    return f"{cut} of {len(PAUSED)}, {share:.0f} %; the others were answered after {spread(late)}"


def barge_ins(caller: Caller) -> str:
    """The trainee speaks into the persona's line, half of them in its first second."""
    begin(caller)
    seconds = []
    for index in range(20):
        caller.type("What is wrong?" if index % 2 else "Please tell me what happened.")
        caller.wait_for_speech()
        time.sleep(0.2 if index % 2 else 0.9)
        if not caller.persona_is_loud():
            continue
        number = index % len(INTERRUPTIONS)
        span = caller.play(spoken(INTERRUPTIONS[number], number))
        caller.page.wait_for_timeout(200)
        silence = silence_time(caller.levels(), *span)
        seconds += [silence] if silence is not None else []
        caller.wait_for_speech()
        caller.wait_for_silence(0.8)
    caller.end()
    return spread(seconds)


def answer_time(levels: Levels, begin: float, end: float) -> float | None:
    """Seconds between the trainee's last and the persona's first loud block; None if none."""
    mine = levels[(levels[:, 0] >= begin) & (levels[:, 0] <= end + 0.1)]
    spoken = mine[mine[:, 1] > VOICE]
    if not len(spoken):
        return None
    last = float(spoken[-1, 0])
    after = levels[(levels[:, 0] > last) & (levels[:, 2] > VOICE)]
    return float(after[0, 0]) - last if len(after) else None


def silence_time(levels: Levels, begin: float, end: float) -> float | None:
    """Seconds from the trainee's first loud block to the persona's last one before a silence."""
    mine = levels[(levels[:, 0] >= begin) & (levels[:, 1] > VOICE)]
    if not len(mine):
        return None
    onset = float(mine[0, 0])
    loud = levels[(levels[:, 0] > onset) & (levels[:, 0] < end) & (levels[:, 2] > LOUD)][:, 0]
    if not len(loud):
        return 0.0
    gaps = np.flatnonzero(np.diff(loud) > 0.35)
    return float(loud[gaps[0]] if len(gaps) else loud[-1]) - onset
