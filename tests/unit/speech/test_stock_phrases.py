"""What recognisers invent for noise."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.stock_phrases import SpeechSound, believed

SPOKEN = SpeechSound(0.5, 900.0)
"""What "Thank you." has."""
LONG = SpeechSound(9.0, 2_000.0)
CLICK = SpeechSound(0.03, 2_000.0)
HISS = SpeechSound(0.5, 9.0)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thank you very much!",
        "you",
        "You.",
        "Bye.",
        "Bye-bye.",
        "Okay.",
        "I'm sorry.",
        "ขอบคุณครับ",
    ],
)
def test_of_a_phrase_that_people_say_the_sound_decides(text: str) -> None:
    assert believed(text, SPOKEN) == text
    for sound in (CLICK, HISS, LONG):
        assert believed(text, sound) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you so much for watching, and I'll see you in the next video.",
        "Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "Transcribed by https://otter.ai",
        "Translated by Anna",
        "© 2019 Example Media",
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "ご視聴ありがとうございました",
        "โปรดติดตามตอนต่อไป",
        "To be continued...",
        "[Music]",
        "(silence)",
        "(upbeat music playing)",
        "[BLANK_AUDIO]",
        "<|nospeech|>",
        "*coughs*",
        "♪ ♪",
        "...",
        ".",
        "",
    ],
)
@pytest.mark.parametrize("sound", [SPOKEN, LONG, CLICK])
def test_what_no_trainee_says_is_never_believed(text: str, sound: SpeechSound) -> None:
    assert believed(text, sound) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for waiting.",
        "Thank you for watching the lights for me, now press the button.",
        "Thank you, that helps a lot.",
        "Your subscription ends today.",
        "I'll send you the transcript by mail.",
        "The subtitles on your TV are off.",
        "My number is (555) 010-0199.",
        "No, no, no, no, that's not right.",
        "It is very, very, very late.",
        "Is it the blue one (the left one)?",
        "ขอบคุณที่รอค่ะ",
    ],
)
@pytest.mark.parametrize("sound", [SpeechSound(2.5, 900.0), LONG])
def test_what_was_said_stays(text: str, sound: SpeechSound) -> None:
    assert believed(text, sound).replace(" ", "") in (
        text.replace(" ", ""),
        text.replace(" (the left one)", "").replace(" ", ""),
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[Music] Can you help me?", "Can you help me?"),
        ("Can you help me? (sighs)", "Can you help me?"),
        ("Let me look. " + "I'm sorry. " * 20, "Let me look. I'm sorry."),
        ("no " * 40, ""),
        ("I am going to call you " * 9, "I am going to call you"),
        ("you you you you you you you you", ""),
    ],
)
def test_what_was_put_beside_it_goes(text: str, left: str) -> None:
    assert believed(text, LONG) == left


def test_four_times_the_same_is_a_loop_only_where_there_was_no_time_for_it() -> None:
    text = "Are you there? " * 4
    assert believed(text, SpeechSound(4.0, 900.0)) == text.strip()
    assert believed(text, SpeechSound(0.6, 900.0)) == "Are you there?"


@given(st.text(max_size=120), st.floats(0, 60), st.floats(0, 30_000))
def test_any_words_are_taken(text: str, seconds: float, loudness: float) -> None:
    left = believed(text, SpeechSound(seconds, loudness))
    assert left == believed(left, SpeechSound(seconds, loudness)) or len(left) < len(text)


@pytest.mark.parametrize("piece", ["you ", "[", "(a ", "♪", "thank you for ", "a", "*a ", "-", '"'])
def test_long_words_take_their_time_and_no_more(piece: str) -> None:
    def took(size: int) -> float:
        began = time.thread_time()
        believed((piece * size)[:size], LONG)
        return time.thread_time() - began

    assert took(40_000) < 10 * took(10_000) + 0.1, "squared time would be 16 times"
