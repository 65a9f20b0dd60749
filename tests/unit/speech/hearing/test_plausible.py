"""What is a turn at all: no hum, no noise, no echo, and no words that the sound cannot have."""

import pytest

from agent.speech.hearing.plausible import (
    Loudness,
    as_long_as,
    as_told,
    closed,
    is_backchannel,
    is_noise,
)
from agent.speech.hearing.utterance import Evidence

CLEAR = Evidence(speech=0.5, sure=0.95, level=-25.0)
SHORT = CLEAR._replace(speech=0.6, dark=-10.0)


@pytest.mark.parametrize("text", ["Mm-hmm.", "Uh-huh.", "Um, uh.", "Hmm.", "mhm", "Aha!", ""])
def test_who_listens_takes_no_turn(text: str) -> None:
    assert is_backchannel(text)
    assert not is_backchannel(text + " no")


@pytest.mark.parametrize(
    "text", ["Haha.", "Ha, ha, ha!", "Ahahaha!", "He, he, he!", "Ho ho, ho.", "Heh.", "Oh, ha ha!"]
)
def test_who_laughs_takes_no_turn(text: str) -> None:
    assert is_backchannel(text)
    assert is_backchannel(text, in_line=True, sound=SHORT)
    assert not is_backchannel(text + " That is funny.")


@pytest.mark.parametrize(
    "text", ["He has.", "He.", "How?", "Who?", "Hey!", "Hi.", "Here.", "Half."]
)
def test_a_short_answer_is_no_laughter(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", ["Yeah.", "Okay.", "Yes, I see.", "Right, right.", "Got it."])
def test_who_agrees_takes_one_only_when_the_other_is_silent(text: str) -> None:
    assert is_backchannel(text, in_line=True, sound=SHORT)
    assert not is_backchannel(text, in_line=True, sound=SHORT._replace(speech=2.0))
    assert not is_backchannel(text, in_line=False, sound=SHORT)


@pytest.mark.parametrize("text", ["Mamma,,", "Hammer.", "Him, Han.", "Ah, hem!"])
def test_a_hum_is_known_by_what_the_model_makes_of_it(text: str) -> None:
    assert is_backchannel(text, in_line=True, sound=SHORT)
    assert not is_backchannel(text, in_line=True, sound=SHORT._replace(speech=1.0))
    assert not is_backchannel(text, in_line=False, sound=SHORT)


@pytest.mark.parametrize("text", ["Never.", "Over.", "And?"])
def test_a_hum_is_known_by_its_sound_whatever_its_words_are(text: str) -> None:
    assert is_backchannel(text, in_line=True, sound=SHORT._replace(dark=-24.0))
    assert not is_backchannel(text, in_line=True, sound=SHORT._replace(dark=-17.0))
    assert not is_backchannel(text, in_line=False, sound=SHORT._replace(dark=-24.0))


@pytest.mark.parametrize("text", ["No.", "Stop.", "Hello.", "Hey!", "Ma'am.", "Now."])
def test_who_breaks_in_with_a_dark_voice_takes_a_turn(text: str) -> None:
    assert not is_backchannel(text, in_line=True, sound=SHORT._replace(dark=-24.0))


@pytest.mark.parametrize("text", ["Stop.", "Okay, wait.", "No.", "Sorry, one moment."])
def test_who_breaks_in_takes_one(text: str) -> None:
    assert not is_backchannel(text, in_line=True, sound=SHORT)


def test_a_stock_phrase_needs_a_voice() -> None:
    for text in ("You", "Thank you.", "The"):
        assert is_noise(text, CLEAR._replace(sure=0.7))
        assert is_noise(text, CLEAR._replace(speech=0.15))
        assert not is_noise(text, CLEAR)
    assert not is_noise("Which lights are on?", CLEAR._replace(sure=0.7))
    assert is_noise("Thanks for watching!", CLEAR), "nobody says it in a call"


def test_less_than_a_syllable_is_no_turn() -> None:
    assert is_noise("Which lights are on?", CLEAR._replace(speech=0.06))


def test_words_beyond_what_anybody_can_say_are_left_out() -> None:
    told = "It ends in 1455 is a 14 year old who was in the house of the king and the queen"
    assert as_long_as(told, 1.2).split() == told.split()[:9]
    assert as_long_as("I don't know what you want from me.", 1.2) == (
        "I don't know what you want from me."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Which lights are on,", "Which lights are on?"),
        ("Calm down,", "Calm down."),
        ("Would you like that?", "Would you like that?"),
        ("'Would you like that?'", "Would you like that?"),
        ("Stop it!,", "Stop it!"),
        ("and then", "and then."),
        ("", ""),
    ],
)
def test_what_is_final_has_its_mark(text: str, told: str) -> None:
    assert closed(text) == told


def test_a_voice_far_under_the_trainees_own_is_faint() -> None:
    loudness = Loudness()
    assert loudness.is_faint(-36.0)
    assert not loudness.is_faint(-32.0)
    loudness.learn(-45.0)
    assert not loudness.is_faint(-50.0)
    assert loudness.is_faint(-58.0)
    for _ in range(10):
        loudness.learn(-20.0)
    assert loudness.is_faint(-36.0)
    assert not loudness.is_faint(-28.0)


def test_an_echo_is_faint_beside_a_soft_voice_too() -> None:
    """The persona's voice 20 dB down has -37 dB where it is angry."""
    loudness = Loudness()
    loudness.learn(-27.0)
    assert loudness.is_faint(-37.0)
    assert not loudness.is_faint(-33.0)
    assert loudness.is_faint_moment(-29.0)
    assert not loudness.is_faint_moment(-25.0)


def test_numbers_are_told_as_people_write_them() -> None:
    sound = CLEAR._replace(speech=3.0)
    heard = "It was forty nine dollars, T C eight eight two one three"
    assert as_told(heard, sound, known=["TC-88213"]) == "It was $49, TC-88213."
    assert as_told("Ending in four four two one", sound) == "Ending in 4421."
