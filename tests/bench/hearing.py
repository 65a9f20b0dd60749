"""The product's own hearing, as ``app.py hear`` and a call have it, for the benchmarks."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from livekit import rtc
from livekit.agents.stt import SpeechEventType

from agent.speech.hearing.hear import hear
from agent.speech.hearing.hearing import Hearing, LocalSTT
from tests.bench.disturbances import RATE
from tests.support.speech import Sound, compose, write

Hear = Callable[[Sound], str]
"""Int16 mono PCM at 16 kHz, shape (samples,), one utterance: its words."""
STEP = RATE // 50
LEAD, TRAIL = 0.4, 1.2
"""Seconds of silence before and after a sentence in a call."""
LATE = 5.0
"""Seconds for which words are waited for that have not come by then."""


@dataclass(frozen=True)
class InCall:
    """What was heard of a sentence in a call, and how many seconds after its last sample the last
    words came (None when none came)."""

    text: str
    lag: float | None


@contextmanager
def recogniser() -> Iterator[Hearing]:
    """Hearing that is warm."""
    hearing = Hearing()
    try:
        hearing.warm()
        yield hearing
    finally:
        hearing.close()


@contextmanager
def listening() -> Iterator[Hear]:
    """As ``app.py hear`` hears a file."""
    with recogniser() as hearing, tempfile.TemporaryDirectory() as folder:
        process, file = hearing.take(), Path(folder) / "utterance.wav"
        yield lambda sound: hear(process, write(file, sound, RATE))[0]
        hearing.give_back(process)


def in_call(hearing: Hearing, sounds: Sequence[Sound], at_once: int) -> list[InCall]:
    """The sounds in real time, dealt out to so many calls."""

    async def calls() -> list[list[InCall]]:
        dealt = [sounds[number::at_once] for number in range(at_once)]
        return list(await asyncio.gather(*(_call(hearing, part) for part in dealt)))

    heard: list[InCall] = []
    parts = [iter(part) for part in asyncio.run(calls())]
    for number in range(len(sounds)):
        heard.append(next(parts[number % at_once]))
    return heard


async def _call(hearing: Hearing, sounds: Sequence[Sound]) -> list[InCall]:
    recogniser = LocalSTT(hearing)
    stream = recogniser.stream()
    arrived: list[tuple[float, str]] = []
    heard = asyncio.Event()

    async def read() -> None:
        async for event in stream:
            if event.type == SpeechEventType.FINAL_TRANSCRIPT:
                arrived.append((time.perf_counter(), event.alternatives[0].text))
                heard.set()

    reading = asyncio.create_task(read())
    found = []
    for sound in sounds:
        arrived.clear()
        heard.clear()
        began = time.perf_counter()
        whole = compose([sound], 0, LEAD, TRAIL, RATE)
        for at in range(0, whole.size - STEP, STEP):
            stream.push_frame(rtc.AudioFrame(whole[at : at + STEP].tobytes(), RATE, 1, STEP))
            await asyncio.sleep(max(0.0, began + (at + STEP) / RATE - time.perf_counter()))
        end = began + LEAD + sound.size / RATE
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), LATE)
        text = " ".join(words for _, words in arrived)
        found.append(InCall(text, arrived[-1][0] - end if arrived else None))
    stream.end_input()
    await reading
    await stream.aclose()
    await recogniser.aclose()
    return found
