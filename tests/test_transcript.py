"""The recogniser's words as a transcript."""

import pytest

from agent.engines.transcript import is_backchannel, is_noise, written


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
        ("i said i'm in it", "I said I'm in it"),
        ("can i help you", "can I help you?"),
        ("which lights are on", "which lights are on?"),
        ("how long have you waited", "how long have you waited?"),
        ("what i can do is call you", "what I can do is call you"),
        ("how frustrating this must be", "how frustrating this must be"),
        ("have a nice day", "have a nice day"),
        ("do not shout", "do not shout"),
        ("no", "no"),
    ],
)
def test_words_are_written_as_they_are_read(words: str, line: str) -> None:
    assert written(words, final=True) == line


def test_words_that_are_still_coming_have_no_mark() -> None:
    assert written("can i help") == "can I help"
