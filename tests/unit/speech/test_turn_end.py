"""Whether a turn is over, from its words and its melody."""

import numpy as np
import pytest

from agent.speech.speaking.espeak import Manner
from agent.speech.turn_end import RATE, asks, finished, pitch_ratio, unfinished
from tests.support.speech import espeak

OPEN = ["", "i am sorry and", "i can offer you a", "if you like", "could you give me", "let me"]
WHOLE = [
    "i am sorry",
    "let me check",
    "what can i help you with",
    "yes i do",
    "hold on",
    "i will look into it",
    "thank you",
]


@pytest.mark.parametrize("text", OPEN)
def test_open_ends_call_for_more(text: str) -> None:
    assert unfinished(text)


@pytest.mark.parametrize("text", WHOLE)
def test_whole_sentences_do_not(text: str) -> None:
    assert not unfinished(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("could i have your account number", True),
        ("i am sorry. what is your name", True),
        ("what happened. i will find out", False),
        ("i will refund the charge", False),
    ],
)
def test_questions(text: str, expected: bool) -> None:
    assert asks(text) is expected


@pytest.mark.parametrize(
    ("text", "ratio", "model", "expected"),
    [
        ("thank you", None, 0.4, True),
        ("thank you", None, 0.3, False),
        ("thank you", 0.8, 0.1, True),
        ("thank you", 0.95, 0.6, False),
        ("thank you", 0.95, 0.9, True),
        ("thank you and", 0.8, 0.9, False),
    ],
)
def test_words_melody_and_model(
    text: str, ratio: float | None, model: float, expected: bool
) -> None:
    assert finished(text, ratio, model, threshold=0.36) is expected


def test_a_rising_end_counts_for_questions_only() -> None:
    assert finished("what is your name", 1.05, model=0.1, threshold=0.36)
    assert not finished("you told me that already", 1.05, model=0.1, threshold=0.36)


def test_pitch_of_a_glide() -> None:
    falling = _glide(180, 110)
    rising = _glide(110, 180)
    assert (pitch_ratio(falling) or 1) < 0.85
    assert (pitch_ratio(rising) or 1) > 1.1


def test_no_pitch_in_silence_and_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 20, RATE).astype(np.int16)
    assert pitch_ratio(np.zeros(RATE, dtype=np.int16)) is None
    assert pitch_ratio(noise) is None
    assert pitch_ratio(np.zeros(0, dtype=np.int16)) is None


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "en-us+m7"])
def test_a_synthetic_voice_before_a_comma_and_at_the_end(voice: str) -> None:
    start = "Let me check what happened with your bill"
    assert (pitch_ratio(_speech(f"{start},", voice)) or 0) > 0.88
    assert (pitch_ratio(_speech(f"{start}, and send you the refund.", voice)) or 2) <= 0.88


def _glide(begin: float, end: float) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    pitch = np.linspace(begin, end, RATE)
    wave = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE))
    return (wave * 6000).astype(np.int16)


def _speech(text: str, voice: str) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    sound = np.frombuffer(espeak().render(text, Manner(voice=voice, rate=160)), dtype=np.int16)
    places = np.linspace(0, len(sound) - 1, int(len(sound) * RATE / 22_050))
    slow = np.interp(places, np.arange(len(sound)), sound)
    loud = np.nonzero(np.abs(slow) > 300)[0]
    return slow[: loud[-1] + 1].astype(np.int16)
