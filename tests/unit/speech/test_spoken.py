"""Text as it is spoken, with and without short forms."""

import pytest

from agent.speech.contractions import lengthened, shortened
from agent.speech.spoken import number, ordinal, sentences, spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, Mr. O'Neil!", "hello mister o'neil"),
        ("It's $45, 20% off", "it's forty five dollars twenty percent off"),
        ("$12.50", "twelve dollars fifty"),
        ("$12.05 $3.00", "twelve dollars five three dollars"),
        ("$1." + "7" * 5_000, "one dollars" + " seven" * 5_000),
        ("on the 3rd of May 1950", "on the third of may nineteen fifty"),
        ("TC-88213", "tc eighty eight thousand two hundred thirteen"),
        ("call 9375550164", "call nine three seven five five five zero one six four"),
        ("the 1.5th and 5%th", "the and"),
        ("007", "zero zero seven"),
        ("2.5 hours & a bit", "two point five hours and a bit"),
        ("ใจเย็น", ""),
        ("in 2000 and 2011", "in two thousand and two thousand eleven"),
    ],
)
def test_text_becomes_the_words_that_are_said(text: str, words: str) -> None:
    assert " ".join(spoken(text)) == words


def test_a_text_is_cut_into_its_sentences() -> None:
    found = sentences('He said "no". Then he left... at 5!')
    assert found == [["he", "said"], ["no"], ["then", "he", "left"], ["at", "five"]]


def test_numbers_and_ordinals() -> None:
    assert number(1_000_321) == ["one", "million", "three", "hundred", "twenty", "one"]
    assert [ordinal(n)[-1] for n in (1, 12, 20, 21, 30)] == [
        "first",
        "twelfth",
        "twentieth",
        "first",
        "thirtieth",
    ]


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("i am sorry", "i'm sorry"),
        ("i cannot do that", "i can't do that"),
        ("yes i am", "yes i am"),
        ("i have your number", "i have your number"),
        ("i have found your account", "i've found your account"),
        ("you do not", "you don't"),
    ],
)
def test_short_forms(long: str, short: str) -> None:
    assert " ".join(shortened(long.split())) == short
    assert " ".join(lengthened(short.split())) == long
