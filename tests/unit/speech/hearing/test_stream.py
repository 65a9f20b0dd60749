"""When words are asked for and told, with a recogniser whose words tell how much it was given."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from agent.speech.hearing.plausible import Loudness
from agent.speech.hearing.stream import LONG, LocalStream
from agent.speech.known_names import NO_NAMES
from agent.speech.segments import RATE
from agent.speech.turn_detector import Heard
from tests.support import speech
from tests.support.clock import until

SENTENCE = speech.sentence("I am so sorry about that.", "en-us", RATE)
SECONDS = SENTENCE.size / RATE
Kind = stt.SpeechEventType


class Ears:
    """Hears as many words as there are seconds of sound; ``asked`` are those of each request."""

    heard: Heard | None
    label = "ears"

    def __init__(self, heard: Heard | None = None) -> None:
        self.heard = heard
        self.asked: list[float] = []
        self.in_line: Callable[[], bool] = lambda: False
        self.text = ""
        self.known = ()
        self.names = NO_NAMES
        self.loudness = Loudness()
        self._stt = self
        self.model = self.provider = "ears"

    def emit(self, *event: object) -> None:
        """Metrics are nobody's concern here."""

    async def words(self, pcm: bytes) -> str:
        seconds = len(pcm) / 2 / RATE
        self.asked.append(seconds)
        return self.text or " ".join(["word"] * max(1, round(seconds)))


async def listen(ears: Ears, *sounds: speech.Sound) -> list[stt.SpeechEvent]:
    """All that is told of these sounds, given as fast as they are taken."""
    stream = LocalStream(ears, ears.words, DEFAULT_API_CONNECT_OPTIONS)  # type: ignore[arg-type]
    await give(stream, *sounds)
    stream.end_input()
    events = [event async for event in stream]
    await stream.aclose()
    return events


async def give(stream: LocalStream, *sounds: speech.Sound) -> None:
    sound = np.concatenate(sounds)
    for at in range(0, sound.size, 320):
        piece = sound[at : at + 320]
        stream.push_frame(rtc.AudioFrame(piece.tobytes(), RATE, 1, piece.size))
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def texts(events: list[stt.SpeechEvent], kind: stt.SpeechEventType) -> list[str]:
    return [event.alternatives[0].text for event in events if event.type == kind]


def silence(seconds: float) -> speech.Sound:
    return speech.silence(seconds, RATE)


async def test_words_are_asked_for_before_the_utterance_is_over_and_once_only() -> None:
    ears = Ears()
    events = await listen(ears, silence(0.5), SENTENCE, silence(1.0))
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) == 1
    whole = [seconds for seconds in ears.asked if seconds > SECONDS + 0.2]
    assert len(whole) == 1
    assert whole[0] == pytest.approx(SECONDS + 0.4, abs=0.25)


async def test_what_goes_on_is_asked_for_anew_as_a_whole() -> None:
    ears = Ears(Heard())
    events = await listen(ears, silence(0.5), SENTENCE, silence(0.4), SENTENCE, silence(1.5))
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) == 1
    assert max(ears.asked) == pytest.approx(2 * SECONDS + 0.8, abs=0.3)


async def test_without_a_judge_each_pause_ends_an_utterance() -> None:
    ears = Ears()
    events = await listen(ears, silence(0.5), SENTENCE, silence(0.4), SENTENCE, silence(1.5))
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) == 2


async def test_a_long_utterance_waits_for_no_judge() -> None:
    ears = Ears(Heard())
    many = [SENTENCE] * (int(LONG / SECONDS) + 2)
    events = await listen(ears, silence(0.5), *many, silence(0.4), SENTENCE, silence(1.5))
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) == 2


class Judge(Heard):
    """Notes the words that may be a turn's last."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def may_end(self, words: str) -> None:
        self.told.append(words)
        super().may_end(words)


async def test_the_judge_is_told_of_a_comma_and_the_turn_ends_without_it() -> None:
    judge = Judge()
    ears = Ears(judge)
    ears.text = "I am so sorry about that,"
    events = await listen(ears, silence(0.5), SENTENCE, silence(0.4))
    assert judge.told == ["I am so sorry about that,"]
    assert texts(events, Kind.PREFLIGHT_TRANSCRIPT) == ["I am so sorry about that."]
    assert texts(events, Kind.FINAL_TRANSCRIPT) == ["I am so sorry about that."]


async def test_the_verdict_that_a_turn_is_over_ends_the_utterance_at_once() -> None:
    heard = Heard()
    ears = Ears(heard)
    ears.text = "I am so sorry about that."
    stream = LocalStream(ears, ears.words, DEFAULT_API_CONNECT_OPTIONS)  # type: ignore[arg-type]
    told: list[stt.SpeechEvent] = []

    async def read() -> None:
        async for event in stream:
            told.append(event)

    reading = asyncio.create_task(read())
    await give(stream, silence(0.5), SENTENCE, silence(0.35))
    await until(lambda: texts(told, Kind.PREFLIGHT_TRANSCRIPT))
    assert await heard.text() == ears.text
    assert not texts(told, Kind.FINAL_TRANSCRIPT)
    heard.judged(heard.stretch, over=True)
    await until(lambda: texts(told, Kind.FINAL_TRANSCRIPT) == [ears.text])
    await give(stream, silence(0.5), SENTENCE, silence(1.0))
    await until(lambda: len(texts(told, Kind.FINAL_TRANSCRIPT)) == 2)
    stream.end_input()
    await reading
    await stream.aclose()


async def test_words_that_call_for_more_are_no_end() -> None:
    heard = Heard()
    ears = Ears(heard)
    ears.text = "I will send you the"
    events = await listen(ears, silence(0.5), SENTENCE, silence(0.4), SENTENCE, silence(1.0))
    assert texts(events, Kind.PREFLIGHT_TRANSCRIPT) == []
    assert texts(events, Kind.FINAL_TRANSCRIPT) == ["I will send you the."]


@pytest.mark.parametrize(("in_line", "turns"), [(True, 0), (False, 1)])
async def test_yeah_is_a_turn_only_where_the_persona_is_silent(in_line: bool, turns: int) -> None:
    ears = Ears()
    ears.text = "Yeah."
    ears.in_line = lambda: in_line
    yes = speech.sentence("Yeah.", "en-us", RATE)
    events = await listen(ears, silence(0.5), yes, silence(1.0))
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) == turns


@pytest.mark.parametrize("learned", [False, True])
async def test_the_personas_own_voice_20_db_down_is_no_turn(learned: bool) -> None:
    ears = Ears()
    speaking = False
    ears.in_line = lambda: speaking
    stream = LocalStream(ears, ears.words, DEFAULT_API_CONNECT_OPTIONS)  # type: ignore[arg-type]
    told: list[stt.SpeechEvent] = []

    async def read() -> None:
        async for event in stream:
            told.append(event)

    reading = asyncio.create_task(read())
    if learned:
        await give(stream, silence(0.5), SENTENCE, silence(1.0))
    await until(lambda: len(texts(told, Kind.FINAL_TRANSCRIPT)) == int(learned))
    speaking = True
    await give(stream, silence(0.5), (SENTENCE * 0.1).astype(np.int16), silence(1.0))
    await give(stream, SENTENCE, silence(1.0))
    await until(lambda: len(texts(told, Kind.FINAL_TRANSCRIPT)) == int(learned) + 1)
    stream.end_input()
    await reading
    await stream.aclose()
    assert len(texts(told, Kind.FINAL_TRANSCRIPT)) == int(learned) + 1


async def test_three_minutes_without_a_pause_stay_bounded() -> None:
    ears = Ears()
    many = [SENTENCE] * int(180 / SECONDS)
    events = await listen(ears, silence(0.5), *many, silence(1.0))
    assert max(ears.asked) <= 15.5
    assert len(texts(events, Kind.FINAL_TRANSCRIPT)) >= 12


async def test_ten_minutes_of_silence_ask_for_nothing() -> None:
    ears = Ears()
    assert await listen(ears, silence(600.0)) == []
    assert ears.asked == []
