"""A line in a persona's own voice, as ``app.py say`` makes it, for the benchmarks that judge it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from agent.engines.offline.spec import SPEC
from agent.speech.speaking.delivery import delivery
from agent.speech.speaking.local_tts import SAMPLE_RATE, LocalTTS
from agent.speech.speaking.say import spoken
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from personas.model import Persona
from tests.bench.disturbances import RATE
from tests.bench.natural import cache_folder
from tests.support.speech import Sound, resample


@contextmanager
def voices() -> Iterator[Speaking]:
    """Voices that are warm."""
    speaking = Speaking(SpeakerModels(cache_folder() / "voices"))
    try:
        speaking.warm()
        yield speaking
    finally:
        speaking.close()


def say(speaking: Speaking, persona: Persona, text: str) -> Sound:
    """The text at the persona's opening mood: int16 mono PCM at 16 kHz, shape (samples,)."""
    pcm = asyncio.run(spoken(speaking, persona, SPEC.name, text))
    return resample(np.frombuffer(pcm, dtype=np.int16), SAMPLE_RATE, RATE)


def first_sound(speaking: Speaking, persona: Persona, text: str) -> float:
    """Seconds from the text to the first piece of its sound."""

    async def until_it_sounds() -> float:
        voice = LocalTTS(persona, speaking, SPEC.name)
        began = time.perf_counter()
        async with voice.stream() as stream:
            stream.push_text(text)
            stream.end_input()
            await anext(aiter(stream))
            return time.perf_counter() - began

    return asyncio.run(until_it_sounds())


def size_of(persona: Persona) -> float:
    """By which factor all frequencies of the recorded speaker are moved for this persona."""
    return delivery(persona, SPEC.name, persona.intensity).size
