"""How well the offline recogniser hears, and how soon; how soon the offline voice sounds."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import yaml
from livekit import rtc
from livekit.agents.stt import SpeechEventType

from agent.engines.contractions import lengthened
from agent.engines.hearing import Hearing, SphinxSTT
from agent.engines.segments import SPAN, Segments
from agent.engines.speaking import EspeakTTS
from agent.engines.spoken import spoken
from agent.engines.vocabulary import phrases
from agent.observing.observer import LexicalObserver
from personas.model import Persona
from personas.parse import examine
from tests.bench.figures import spread
from tests.bench.sentences import WORDS
from tests.speech import BRITISH, RATE, VOICES, Sound, compose, sentence, telephone

PERSONAS = Path(__file__).parents[2] / "personas"
PARAPHRASES = Path(__file__).parents[1] / "paraphrases.yaml"
STEP = RATE // 50


@dataclass(frozen=True)
class Heard:
    """One sentence as it was heard: ``lag`` is in seconds from the moment at which a silence of
    the segments' length has passed to the last words."""

    slug: str
    said: str
    text: str
    lag: float


def measure() -> Iterator[tuple[str, str]]:
    """Twenty sentences by three voices at once, as three calls would have them."""
    listed = {" ".join(lengthened(spoken(line))) for line in phrases()}
    assert not [text for _, text in WORDS if " ".join(lengthened(spoken(text))) in listed]
    personas = {slug: _persona(slug) for slug, _ in WORDS}
    with tempfile.TemporaryDirectory() as folder:
        hearing = Hearing(Path(folder))
        began = time.perf_counter()
        hearing.warm(personas.values())
        yield "vocabularies of four personas, first time", f"{time.perf_counter() - began:.1f} s"
        try:
            yield from _hearing(hearing, personas)
        finally:
            hearing.close()
    firsts = asyncio.run(_first_sounds(next(iter(personas.values()))))
    yield "voice, text to first sound", spread([1000 * first for first in firsts], "ms", 1)


def _hearing(hearing: Hearing, personas: dict[str, Persona]) -> Iterator[tuple[str, str]]:
    process = psutil.Process().children()[-1]
    before = sum(process.cpu_times()[:2])
    clean = asyncio.run(_all(hearing, personas, limited=False))
    busy = sum(process.cpu_times()[:2]) - before
    everything = [heard for voice in clean.values() for heard in voice]
    yield "word error", _errors(everything)
    for voice, heard in clean.items():
        yield f"word error, {voice}", _errors(heard)
    yield "triggers and de-escalation points matched", _matched(everything, personas)
    seconds = sum(sentence(text, voice).size for voice in clean for _, text in WORDS) / RATE
    yield "decoding, share of real time", f"{busy / seconds:.3f}"
    yield "last words after the end", spread([1000 * heard.lag for heard in everything], "ms", 0)
    narrow = asyncio.run(_all(hearing, personas, limited=True))
    yield "word error, band-limited with noise", _errors([h for v in narrow.values() for h in v])
    british = asyncio.run(_call(hearing, personas, BRITISH, limited=False))
    yield "word error, a British voice", _errors(british)


async def _all(
    hearing: Hearing, personas: dict[str, Persona], limited: bool
) -> dict[str, list[Heard]]:
    calls = [_call(hearing, personas, voice, limited) for voice in VOICES]
    return dict(zip(VOICES, await asyncio.gather(*calls), strict=True))


async def _call(
    hearing: Hearing, personas: dict[str, Persona], voice: str, limited: bool
) -> list[Heard]:
    """The sentences of one voice, each in real time, in one stream for each persona."""
    found: list[Heard] = []
    for slug, persona in personas.items():
        recogniser = SphinxSTT(hearing, persona)
        stream = recogniser.stream()
        arrived: list[tuple[float, str]] = []

        async def read(stream: object = stream, arrived: list[tuple[float, str]] = arrived) -> None:
            async for event in stream:  # type: ignore[attr-defined]
                if event.type == SpeechEventType.FINAL_TRANSCRIPT:
                    arrived.append((time.perf_counter(), event.alternatives[0].text))

        reading = asyncio.create_task(read())
        for text in [text for other, text in WORDS if other == slug]:
            sound = compose([sentence(text, voice)], 0, 0.4, 0.8)
            arrived.clear()
            began = time.perf_counter()
            await _feed(stream, telephone(sound) if limited else sound)
            end = began + sound.size / RATE - 0.8 + Segments().silence + SPAN
            words = " ".join(words for _, words in arrived)
            found.append(Heard(slug, text, words, arrived[-1][0] - end if arrived else 0.8))
        stream.end_input()
        await reading
        await stream.aclose()
    return found


async def _feed(stream: object, sound: Sound) -> None:
    began = time.perf_counter()
    for at in range(0, sound.size - STEP, STEP):
        frame = rtc.AudioFrame(sound[at : at + STEP].tobytes(), RATE, 1, STEP)
        stream.push_frame(frame)  # type: ignore[attr-defined]
        await asyncio.sleep(max(0.0, began + (at + STEP) / RATE - time.perf_counter()))


async def _first_sounds(persona: Persona) -> list[float]:
    tts = EspeakTTS(persona)
    firsts = []
    for _, text in WORDS:
        began = time.perf_counter()
        async with tts.stream() as stream:
            stream.push_text(text)
            stream.end_input()
            async for _ in stream:
                firsts.append(time.perf_counter() - began)
                break
    return firsts


def _errors(heard: Sequence[Heard]) -> str:
    pairs = [(spoken(one.said), spoken(one.text)) for one in heard]
    wrong, total = sum(distance(a, b) for a, b in pairs), sum(len(a) for a, _ in pairs)
    return f"{wrong / total:.2f} ({wrong} of {total} words)"


def _matched(heard: Sequence[Heard], personas: dict[str, Persona]) -> str:
    """Of the rules that the sentences were written for, those the director finds in what was
    heard; and what it finds there although it is not in the sentence as it was said."""
    found = false = 0
    for one in heard:
        persona = personas[one.slug]
        there, here = (_rules(persona, text) for text in (one.said, one.text))
        found += _meant(persona, one) in here
        false += len(here - there)
    return f"{found / len(heard):.2f} ({found} of {len(heard)}), {false} matched falsely"


def _meant(persona: Persona, one: Heard) -> str:
    """The id of the rule that the sentence was written for."""
    counted = {rule.text: rule.id for rule in (*persona.triggers, *persona.deescalations)}
    kinds = yaml.safe_load(PARAPHRASES.read_text(encoding="utf-8"))[one.slug]
    rules = {text: said for kind in kinds.values() for text, said in kind.items()}
    return next(counted[text] for text, said in rules.items() if one.said in said)


def _rules(persona: Persona, text: str) -> set[str]:
    counted = {rule.id for rule in (*persona.triggers, *persona.deescalations)}
    return {match.rule for match in LexicalObserver(persona).observe(text).matches} & counted


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


def _persona(slug: str) -> Persona:
    persona = examine((PERSONAS / f"{slug}.md").read_bytes(), slug).persona
    assert persona is not None
    return persona
