"""How well the offline recogniser hears, and how soon; how soon the offline voice sounds."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import psutil
from livekit import rtc
from livekit.agents.stt import SpeechEventType

from agent.simulation.observing.observer import LexicalObserver
from agent.speech.hearing.hearing import Hearing, LocalSTT
from agent.speech.hearing.stream import SILENCE
from agent.speech.segments import SPAN
from agent.speech.speaking import EspeakTTS
from agent.speech.voice_child import Voice
from tests.bench.figures import spread
from tests.support.heldout import Said, counted, drawn, persona_of
from tests.support.speech import BRITISH, RATE, VOICES, Sound, compose, sentence, telephone

STEP = RATE // 50
NUMBER = 20


@dataclass(frozen=True)
class Heard:
    """One sentence as it was heard: ``lag`` is in seconds from the moment at which a silence of
    the segments' length has passed to the last words."""

    said: Said
    text: str
    lag: float


def measure() -> Iterator[tuple[str, str]]:
    """Twenty sentences by three voices at once, as three calls would have them.

    They are of the part ``test`` of the held-out sentences; twenty more of ``later``.
    """
    said, later = drawn("test", NUMBER), drawn("later", NUMBER)
    hearing = Hearing()
    hearing.warm()
    try:
        yield from _hearing(hearing, said)
        heard = asyncio.run(_all(hearing, later, limited=False))
        everything = [one for voice in heard.values() for one in voice]
        yield "part later: word error", _errors(everything)
        yield "part later: triggers and de-escalation points matched", _matched(everything)
    finally:
        hearing.close()
    firsts = asyncio.run(_first_sounds(said))
    yield "voice, text to first sound", spread([1000 * first for first in firsts], "ms", 1)


def _hearing(hearing: Hearing, said: Sequence[Said]) -> Iterator[tuple[str, str]]:
    before = _used()
    clean = asyncio.run(_all(hearing, said, limited=False))
    busy = _used() - before
    everything = [heard for voice in clean.values() for heard in voice]
    yield "word error", _errors(everything)
    for voice, heard in clean.items():
        yield f"word error, {voice}", _errors(heard)
    yield "triggers and de-escalation points matched", _matched(everything)
    texts = [one.text for one in said]
    seconds = sum(sentence(text, voice).size for voice in clean for text in texts) / RATE
    yield "decoding, share of real time", f"{busy / seconds:.3f}"
    yield "last words after the end", spread([1000 * heard.lag for heard in everything], "ms", 0)
    narrow = asyncio.run(_all(hearing, said, limited=True))
    yield "word error, band-limited with noise", _errors([h for v in narrow.values() for h in v])
    british = asyncio.run(_call(hearing, said, BRITISH, limited=False))
    yield "word error, a British voice", _errors(british)


def _used() -> float:
    """Processor seconds of all recognisers so far; one that idles is not ended so soon."""
    children = psutil.Process().children(recursive=True)
    return sum(sum(child.cpu_times()[:2]) for child in children)


async def _all(hearing: Hearing, said: Sequence[Said], limited: bool) -> dict[str, list[Heard]]:
    calls = [_call(hearing, said, voice, limited) for voice in VOICES]
    return dict(zip(VOICES, await asyncio.gather(*calls), strict=True))


async def _call(hearing: Hearing, said: Sequence[Said], voice: str, limited: bool) -> list[Heard]:
    """The sentences of one voice, each in real time, in one stream for each persona."""
    found: list[Heard] = []
    for slug in dict.fromkeys(one.slug for one in said):
        recogniser = LocalSTT(hearing)
        stream = recogniser.stream()
        arrived: list[tuple[float, str]] = []

        async def read(stream: object = stream, arrived: list[tuple[float, str]] = arrived) -> None:
            async for event in stream:  # type: ignore[attr-defined]
                if event.type == SpeechEventType.FINAL_TRANSCRIPT:
                    arrived.append((time.perf_counter(), event.alternatives[0].text))

        reading = asyncio.create_task(read())
        for one in [one for one in said if one.slug == slug]:
            sound = compose([sentence(one.text, voice)], 0, 0.4, 0.8)
            arrived.clear()
            began = time.perf_counter()
            await _feed(stream, telephone(sound) if limited else sound)
            end = began + sound.size / RATE - 0.8 + SILENCE + SPAN
            words = " ".join(words for _, words in arrived)
            found.append(Heard(one, words, arrived[-1][0] - end if arrived else 0.8))
        stream.end_input()
        await reading
        await stream.aclose()
        await recogniser.aclose()
    return found


async def _feed(stream: object, sound: Sound) -> None:
    began = time.perf_counter()
    for at in range(0, sound.size - STEP, STEP):
        frame = rtc.AudioFrame(sound[at : at + STEP].tobytes(), RATE, 1, STEP)
        stream.push_frame(frame)  # type: ignore[attr-defined]
        await asyncio.sleep(max(0.0, began + (at + STEP) / RATE - time.perf_counter()))


async def _first_sounds(said: Sequence[Said]) -> list[float]:
    voice = Voice()
    tts = EspeakTTS(persona_of(said[0].slug), voice, "offline")
    firsts = []
    for one in said:
        began = time.perf_counter()
        async with tts.stream() as stream:
            stream.push_text(one.text)
            stream.end_input()
            async for _ in stream:
                firsts.append(time.perf_counter() - began)
                break
    voice.close()
    return firsts


def _errors(heard: Sequence[Heard]) -> str:
    pairs = [(_words(one.said.text), _words(one.text)) for one in heard]
    wrong, total = sum(distance(a, b) for a, b in pairs), sum(len(a) for a, _ in pairs)
    return f"{wrong / total:.2f} ({wrong} of {total} words)"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+|\d+", text.lower().replace("’", "'"))  # noqa: RUF001


def _matched(heard: Sequence[Heard]) -> str:
    """Of the rules that the sentences were written for, those the director finds in what was
    heard; and what it finds there although it is not in the sentence as it was said."""
    found = total = false = 0
    for one in heard:
        there, here = (_rules(one.said.slug, text) for text in (one.said.text, one.text))
        meant = one.said.rules & counted(one.said.slug)
        found += len(meant & here)
        total += len(meant)
        false += len(here - there - meant)
    return f"{found / total:.2f} ({found} of {total}), {false} matched falsely"


def _rules(slug: str, text: str) -> set[str]:
    observed = LexicalObserver(persona_of(slug)).observe(text)
    return {match.rule for match in observed.matches} & counted(slug)


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or exchanged (Levenshtein)."""
    row = np.arange(len(heard) + 1)
    for index, word in enumerate(said, start=1):
        before, row = row, np.empty_like(row)
        row[0] = index
        for column, other in enumerate(heard, start=1):
            row[column] = min(
                before[column] + 1, row[column - 1] + 1, before[column - 1] + (word != other)
            )
    return int(row[-1])
