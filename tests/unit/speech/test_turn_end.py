"""Whether a turn is over, from its words and the bundled model."""

import pytest

from agent.speech.turn_end import asks, finished, unfinished

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
    ("text", "model", "expected"),
    [
        ("I have found your account and it is active.", 0.4, True),
        ("I have found your account and it works,", 0.5, False),
        ("I have found your account and it works with the new router,", 0.5, True),
        ("I have found your account now.", 0.5, False),
        ("I have found your account just now.", 0.5, False),
        ("I have found your account just now.", 0.76, True),
        ("My name is Daniel.", 0.7, False),
        ("My name is Daniel.", 0.85, True),
        ("I have found your account and", 0.9, False),
        ("", 0.9, False),
    ],
)
def test_words_their_number_and_the_model(text: str, model: float, expected: bool) -> None:
    assert finished(text, model) is expected


def test_a_question_is_over_however_short_it_is() -> None:
    assert finished("What is your name?", model=0.1)
    assert not finished("What is your name", model=0.1)
    assert not finished("Right?", model=0.1)
    assert not finished("You told me that.", model=0.1)
