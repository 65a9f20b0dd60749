"""Word error counts words, and no spellings."""

import pytest

from tests.bench.word_errors import WordErrors, one_spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("to morrow to day", "tomorrow today"),
        ("some one and any thing", "someone and anything"),
        ("it is all right", "it is alright"),
        ("okay", "ok"),
        ("at 9 40", "at 9.40"),
        ("2 2 7 one", "2271"),
        ("your post code", "your postcode"),
    ],
)
def test_two_spellings_are_one(one: str, other: str) -> None:
    assert one_spelling(one) == one_spelling(other)


@pytest.mark.parametrize(("one", "other"), [("all wrong", "all right"), ("to go", "two go")])
def test_two_words_are_two(one: str, other: str) -> None:
    assert one_spelling(one) != one_spelling(other)


def test_a_rate_is_told_with_its_words() -> None:
    assert str(WordErrors(3, 200)) == "0.015 (3 of 200 words)"


# The package has escapes in a text that Python warns of as it compiles it.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_words_put_in_left_out_and_exchanged_count() -> None:
    pytest.importorskip("jiwer", reason="of the group bench")
    pytest.importorskip("whisper_normalizer", reason="of the group bench")
    from tests.bench.word_errors import word_errors

    pairs = [
        ("We'll colour it gray to-morrow, Mr. Hill.", "we will color it grey tomorrow mister hill"),
        ("one two three four", "1 2 3 5"),
        ("Please hold the line.", "please hold a the line"),
        ("Please hold the line.", "hold the line"),
    ]
    assert word_errors(pairs[:1]).wrong == 0
    assert word_errors(pairs[1:]) == WordErrors(3, 9)
