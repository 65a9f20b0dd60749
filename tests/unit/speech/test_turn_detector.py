"""The end-of-turn detector begins before it is asked, and forgets what was said after all."""

import asyncio
import time

import numpy as np
from livekit import rtc
from livekit.agents.voice.turn import TurnDetectionEvent

from agent.speech.turn_detector import EARLY, Heard, TurnEndStream
from tests.support import speech

RATE = 16_000
WHOLE = "I have found your account."


class Model:
    """The bundled model's stream; notes how many seconds it had heard at each question."""

    def __init__(self) -> None:
        self.heard = 0.0
        self.asked: list[float] = []
        self.given_up = 0

    def push_audio(self, frame: rtc.AudioFrame) -> None:
        self.heard += frame.duration

    def predict(self) -> "asyncio.Future[TurnDetectionEvent]":
        self.asked.append(self.heard)
        answer: asyncio.Future[TurnDetectionEvent] = asyncio.get_running_loop().create_future()
        answer.set_result(
            TurnDetectionEvent(
                type="eot_prediction",
                last_speaking_time=time.time(),
                end_of_turn_probability=0.9,
            )
        )
        return answer

    def cancel_inference(self, *, timed_out: bool = False) -> None:
        self.given_up += 1

    async def unlikely_threshold(self, language: object) -> float:
        return 0.5


def stream() -> tuple[TurnEndStream, Model, Heard]:
    """A detector that has the words of the turn."""
    model, heard = Model(), Heard()
    heard.take(WHOLE, True)
    return TurnEndStream(model, heard), model, heard


def push(detector: TurnEndStream, *sounds: speech.Sound) -> None:
    """Hear these, one after the other."""
    sound = np.concatenate(sounds)
    step = RATE // 50
    for at in range(0, sound.size - step, step):
        detector.push_audio(rtc.AudioFrame(sound[at : at + step].tobytes(), RATE, 1, step))


SAID = speech.sentence(WHOLE, "en-us", RATE)


async def test_the_model_begins_at_a_short_silence_and_is_not_asked_again() -> None:
    detector, model, _ = stream()
    push(detector, SAID, speech.silence(0.5, RATE))
    assert len(model.asked) == 1
    assert model.asked[0] < SAID.size / RATE + EARLY + 0.1
    verdict = await detector.predict()
    assert verdict.end_of_turn_probability == 1.0
    assert len(model.asked) == 1


async def test_its_answer_is_forgotten_when_the_trainee_goes_on() -> None:
    detector, model, _ = stream()
    push(detector, SAID, speech.silence(0.25, RATE), SAID)
    before = len(model.asked)
    await detector.predict()
    assert len(model.asked) == before + 1


async def test_an_answer_is_taken_once() -> None:
    detector, model, _ = stream()
    push(detector, SAID, speech.silence(0.5, RATE))
    await detector.predict()
    await detector.predict()
    assert len(model.asked) == 2


async def test_a_recogniser_that_waits_for_it_is_told_that_the_turn_is_over() -> None:
    """Its words count as they are, and once only."""
    model, heard = Model(), Heard()
    told: list[str] = []
    heard.on_over = lambda: told.append("over")
    detector = TurnEndStream(model, heard)
    push(detector, SAID, speech.silence(0.5, RATE))
    heard.may_end("Could you give me your")
    await detector.predict()
    assert told == []
    heard.may_end(WHOLE)
    await detector.predict()
    assert told == ["over"]
    heard.take(WHOLE, True)
    assert await heard.text() == WHOLE


async def test_a_verdict_does_not_reach_the_stretch_of_speech_after_it() -> None:
    model, heard = Model(), Heard()
    told: list[str] = []
    heard.on_over = lambda: told.append("over")
    detector = TurnEndStream(model, heard)
    push(detector, SAID, speech.silence(0.5, RATE))
    heard.may_end(WHOLE)
    verdict = detector.predict()
    await asyncio.sleep(0)
    heard.await_more()
    heard.may_end(WHOLE)
    await verdict
    assert told == []


async def test_words_that_come_after_the_verdict_are_over_at_once() -> None:
    heard = Heard()
    told: list[str] = []
    heard.on_over = lambda: told.append("over")
    heard.judged(heard.stretch, over=True)
    heard.may_end(WHOLE)
    assert told == ["over", "over"]
