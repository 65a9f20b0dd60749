"""The recogniser's words as a transcript."""

import pytest

from agent.speech.transcript import is_backchannel, is_noise, mended, punctuated


@pytest.mark.parametrize("text", ["mm-hm", "uh-huh", "Um, uh.", "hmm", ""])
def test_listening_sounds_are_told_from_words(text: str) -> None:
    assert is_backchannel(text)
    assert not is_backchannel(text + " yes")


def test_a_doubtful_word_is_a_noise_and_a_doubtful_sentence_is_not() -> None:
    assert is_noise("is it", 0.3)
    assert is_noise("hello", 0.001)
    assert not is_noise("no", 0.2)
    assert not is_noise("the elephant danced", 0.001)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("i said i'm in it", "i said i'm in it"),
        ("can i help you", "can i help you?"),
        ("which lights are on", "which lights are on?"),
        ("how long have you waited", "how long have you waited?"),
        ("what i can do is call you", "what i can do is call you"),
        ("how frustrating this must be", "how frustrating this must be"),
        ("have a nice day", "have a nice day"),
        ("do not shout", "do not shout"),
        ("no", "no"),
    ],
)
def test_a_question_has_its_mark(words: str, line: str) -> None:
    assert punctuated(words) == line


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("i can neither call you or write", "i can either call you or write"),
        (
            "i can neither confirm nor deny it or anything",
            "i can neither confirm nor deny it or anything",
        ),
        ("neither of them", "neither of them"),
        ("i be annoyed too", "i'd be annoyed too"),
        ("i will be there", "i will be there"),
    ],
)
def test_what_nobody_says_is_put_right(heard: str, meant: str) -> None:
    assert mended(heard) == meant
