"""Text to word pieces and their numbers."""

import tracemalloc

import pytest

from agent.reader.tokens import CLS, LONGEST_WORD, SEP, UNKNOWN, Tokens

VOCABULARY = [
    "[PAD]",
    UNKNOWN,
    CLS,
    SEP,
    "?",
    "un",
    "unhappy",
    "##hap",
    "##py",
    "cafe",
    "的",
    "##的",
]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("Unhappy?", ["unhappy", "?"]),
        ("unhap unpy", ["un", "##hap", "un", "##py"]),
        ("Café  的的", ["cafe", "的", "##的"]),
        ("unhappier py", [UNKNOWN, UNKNOWN]),  # the longest beginning is taken, and no other tried
        ("un" + "hap" * LONGEST_WORD, [UNKNOWN]),
        ("\x00 \ud800 zebra", [UNKNOWN, UNKNOWN, UNKNOWN]),
    ],
)
def test_words_are_cut_into_the_longest_pieces_that_are_known(text: str, pieces: list[str]) -> None:
    assert Tokens(VOCABULARY).pieces(text) == [VOCABULARY.index(piece) for piece in pieces]


def test_a_text_stands_between_marks_and_is_cut_to_what_fits() -> None:
    numbers = Tokens(VOCABULARY).encode("unhappy? unhappy? un", 5)
    assert [VOCABULARY[number] for number in numbers] == [CLS, "unhappy", "?", "unhappy", SEP]


def test_a_large_vocabulary_takes_little_memory() -> None:
    """A dict of 30,000 pieces and numbers takes 2 MB, and keeps the words alive, 2 MB more."""
    vocabulary = [*VOCABULARY, *(f"##{number}" for number in range(30_000))]
    tracemalloc.start()
    try:
        tokens = Tokens(vocabulary)
        now = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert now < 1_000_000
    assert tokens.pieces("un29999") == [vocabulary.index("un"), len(vocabulary) - 1]
