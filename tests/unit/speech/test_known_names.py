"""Names of the persona's file in what was heard."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.known_names import known_names, with_names

NAMES = known_names(
    "Marcus Reid",
    [
        "410 Hollis Avenue, Raleigh",
        "the Marlowe on Wacker Drive",
        "the Bella Crema coffee machine",
        "Tuesday to Sunday",
        "my assistant Daniel called",
        "1550 Palo Verde Drive",
    ],
)


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ("Mr. Reed, you have been patient.", "Mr. Reid, you have been patient."),
        ("I asked Mr. Reed's son.", "I asked Mr. Reid's son."),
        ("The house on Holly's Avenue.", "The house on Hollis Avenue."),
        ("I rang the Marlow for you.", "I rang the Marlowe for you."),
        ("Is it the Belacrama?", "Is it the Bella Crema?"),
        ("Still on Palo Ver drive?", "Still on Palo Verde drive?"),
    ],
)
def test_what_sounds_like_a_name_is_spelt_as_the_file_has_it(heard: str, told: str) -> None:
    assert with_names(heard, NAMES) == told
    assert with_names(told, NAMES) == told


@pytest.mark.parametrize(
    "text",
    [
        "Have you read it, Mr. Reid?",
        "Reed it to me, would you?",
        "The reed by the river.",
        "Mr. Road and Mr. Red are here.",
        "I talked to Danielle.",
        "Read this. Marlow is a town.",
        "We are closed on Sundays.",
        "Marcus Reid's bill",
        "",
    ],
)
def test_what_is_another_word_or_name_stays(text: str) -> None:
    assert with_names(text, NAMES) == text


def test_the_first_word_of_a_value_is_no_name_nor_is_a_day() -> None:
    names = known_names("Ann Lee", ["Starter Business", "Slow internet", "to Sunday", "in October"])
    assert {*names.values()} == {"Ann Lee", "Starter Business", "Starter", "Business"}


@given(st.text(max_size=120))
def test_any_words_are_taken(text: str) -> None:
    assert with_names(text, {}) == text
    with_names(text, NAMES)


def test_a_long_text_takes_its_time_and_no_more() -> None:
    def took(times: int) -> float:
        began = time.thread_time()
        with_names("Mr. Reed saw Bela Crama at Palo " * times, NAMES)
        return time.thread_time() - began

    assert took(800) < 10 * took(200) + 0.1, "squared time would be 16 times"
