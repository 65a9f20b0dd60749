"""Whole utterances are asked for at the first silence: with the real plugin, a server that copies
OpenAI's."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions
from livekit.agents.metrics import STTMetrics
from livekit.agents.stt import SpeechEvent, SpeechEventType
from livekit.local_inference import VAD

from agent.engines.whole_words import MOST, SILENCE, heard
from agent.providers.endpoints import ProviderEndpoint
from agent.providers.plugins import make_stt
from agent.speech.segments import WINDOW, Segments
from personas.parse import examine
from tests.support import speech
from tests.support.clock import PATIENCE, hurried, until
from tests.support.fakes.deepgram import Utterance
from tests.support.fakes.models import Models
from tests.support.persona_text import PLAIN

RATE = 16_000
TEXT = "Let me have a look at | your account before we start."
WORDS = TEXT.replace("| ", "")
SHORT = 0.15
"""Seconds of a pause in which it is asked, and which ends nothing."""


@pytest.fixture
async def fake() -> AsyncIterator[Models]:
    async with Models() as server:
        yield server


class Listening:
    """All that is told about a sound, and what was counted."""

    def __init__(self) -> None:
        self.events: list[SpeechEvent] = []
        self.counted: list[float] = []
        self._asked = 0

    async def to(self, fake: Models, sound: speech.Sound) -> "Listening":
        """Hear it no faster than it sounds; the server has had each question before it goes on."""
        persona = examine(PLAIN, "sarah").persona
        assert persona is not None
        source = ProviderEndpoint("stt", "openai", fake.url, "whisper-1", "sk")
        recogniser = make_stt(source, persona, lambda: None)
        recogniser.on("metrics_collected", self._count)
        recognize = recogniser.recognize

        def counted(*values: Any, **options: Any) -> Any:
            self._asked += 1
            return recognize(*values, **options)

        recogniser.recognize = counted  # type: ignore[method-assign]
        patience = APIConnectOptions(max_retry=0, timeout=PATIENCE)
        try:
            with hurried():
                async for event in heard(recogniser, self._frames(fake, sound), patience):
                    self.events.append(event)
        finally:
            await recogniser.aclose()
        return self

    @property
    def finals(self) -> list[str]:
        """The texts."""
        final = SpeechEventType.FINAL_TRANSCRIPT
        return [event.alternatives[0].text for event in self.events if event.type == final]

    def _count(self, used: STTMetrics) -> None:
        self.counted.append(used.audio_duration)

    async def _frames(self, fake: Models, sound: speech.Sound) -> AsyncIterator[rtc.AudioFrame]:
        step = RATE // 50
        for at in range(0, sound.size - step, step):
            await asyncio.sleep(0.02)
            await until(lambda: len(fake.asked("stt")) >= self._asked)
            yield rtc.AudioFrame(sound[at : at + step].tobytes(), RATE, 1, step)


def said(*sounds: speech.Sound, gap: float = 0.8) -> speech.Sound:
    """These, with silences between."""
    return speech.compose(sounds, gap, 0.3, 0.8, RATE)


def whole(sound: speech.Sound) -> float:
    """Seconds of its first utterance, with the silence that ends it."""
    vad, segments, seconds = VAD(), Segments(silence=SILENCE), 0.0
    for at in range(0, sound.size - WINDOW, WINDOW):
        window = sound[at : at + WINDOW]
        for kind, part in segments.push(window.tobytes(), vad.predict(window)):
            seconds += len(part) / 2 / RATE
            if kind == "end":
                return seconds
    raise AssertionError("no utterance ended")


async def test_it_is_asked_before_the_utterance_is_over(fake: Models) -> None:
    fake.hears.append(Utterance(WORDS))
    sound = said(speech.sentence(WORDS, "en-us", RATE))
    listening = await Listening().to(fake, sound)
    assert listening.finals == [WORDS]
    (asked,) = fake.asked("stt")
    assert asked.seconds < whole(sound) - 0.05


async def test_who_goes_on_is_heard_as_a_whole_and_the_question_in_vain_is_counted(
    fake: Models,
) -> None:
    sound = speech.paused(TEXT, "en-us", SHORT, RATE)
    seconds = sound.size / RATE
    fake.hears.append(Utterance(WORDS, seconds))
    fake.delays.stt = 0.3
    listening = await Listening().to(fake, said(sound))
    assert listening.finals == [WORDS]
    early, whole = fake.asked("stt")
    assert early.seconds < 0.7 * seconds
    assert whole.seconds > seconds
    assert sum(listening.counted) == pytest.approx(early.seconds + whole.seconds, abs=0.01)


async def test_questions_in_vain_are_few(fake: Models) -> None:
    words = [speech.sentence(word, "en-us", RATE) for word in ("one", "two", "four", "six", "ten")]
    sound = said(*words, gap=0.17)
    fake.hears.append(Utterance("all of it", (sound.size / RATE) - 1.2))
    fake.delays.stt = 0.3
    listening = await Listening().to(fake, sound)
    assert listening.finals == ["all of it"]
    assert len(fake.asked("stt")) == MOST + 1


async def test_utterances_come_in_their_order(fake: Models) -> None:
    fake.hears.extend([Utterance("First."), Utterance("Second.")])
    fake.delays.stt = 1.0
    sentences = [speech.sentence(text, "en-us", RATE) for text in ("Hello there.", "How are you?")]
    listening = await Listening().to(fake, said(*sentences))
    assert listening.finals == ["First.", "Second."]


def hum(seconds: float) -> speech.Sound:
    """A machine's deep hum that rises and falls; the voice detector takes its start for speech."""
    at = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 120 * part * at) / part for part in range(1, 8))
    return np.asarray(tone * 3000 * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)), dtype=np.int16)


@pytest.mark.parametrize("words", ["Thank you.", "you", "Thanks for watching!", "[Music]"])
async def test_a_stock_phrase_for_noise_is_no_turn(fake: Models, words: str) -> None:
    fake.hears.append(Utterance(words, 0.1))
    listening = await Listening().to(fake, said(hum(1.2)))
    assert fake.asked("stt"), "the noise was taken for speech"
    assert listening.finals == []


async def test_who_says_thank_you_is_heard(fake: Models) -> None:
    fake.hears.append(Utterance("Thank you."))
    listening = await Listening().to(fake, said(speech.sentence("Thank you.", "en-us", RATE)))
    assert listening.finals == ["Thank you."]


async def test_a_failure_reaches_the_call(fake: Models) -> None:
    fake.faults["stt"] = "closed"
    with pytest.raises(APIConnectionError):
        await Listening().to(fake, said(speech.sentence(WORDS, "en-us", RATE)))


def test_a_silence_may_end_an_utterance_before_it_does() -> None:
    segments = Segments(silence=0.2, pause=0.09)
    window = b"\0" * WINDOW * 2
    told = [kind for kind, _ in segments.push(window, 0.9)]
    for likely in (0.1, 0.1, 0.1, 0.1, 0.9, *[0.1] * 7):
        told += [kind for kind, _ in segments.push(window, likely) if kind != "audio"]
    assert told == ["begin", "audio", "pause", "resume", "pause", "end"]
