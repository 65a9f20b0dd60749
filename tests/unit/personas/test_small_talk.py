"""An example that is said in any call is one of no rule."""

import pytest

from personas.small_talk import fits_small_talk

PASSED_ON = "Being passed on to another department"
IN_ANY_CALL = (
    "Okay, thank you.",
    "Let me check that for you.",
    "How can I help you?",
    "Could you hold on a second?",
    "I can hear you well.",
    "Thank you for calling.",
    "Is there anything else?",
    "I'll have a quick look.",
    "โอเคค่ะ ขอบคุณนะคะ",
    "สักครู่นะคะ",
)
ONLY_HERE = (
    "I'll connect you with a colleague.",
    "The technical team would have to take that over.",
    "It isn't your fault.",
    "You're really good at this.",
    "I don't believe you.",
    "ดิฉันจะโอนสายให้แผนกอื่นนะคะ",
)


@pytest.mark.parametrize("sentence", IN_ANY_CALL)
def test_it_is_small_talk(sentence: str) -> None:
    assert fits_small_talk(sentence, PASSED_ON)


@pytest.mark.parametrize("sentence", ONLY_HERE)
def test_it_says_something(sentence: str) -> None:
    assert not fits_small_talk(sentence, PASSED_ON)


def test_words_of_the_rule_make_it_an_example_of_that_rule() -> None:
    assert not fits_small_talk("Could you hold on a second?", "Being put on hold without asking")
