"""Figures of how somebody talked, from the words and times of the turns."""

from dataclasses import replace

import pytest

from agent.simulation.reviewing.talk import (
    FIGURES,
    Talk,
    missing,
    questions,
    talk,
    usual,
    word_count,
)
from data.records import Turn


def turn(index: int, speaker: str, begin: float, end: float | None, text: str = "Well.") -> Turn:
    return Turn(index, speaker, text, begin, end=end)  # type: ignore[arg-type]


def customer(index: int, begin: float, end: float | None) -> Turn:
    return turn(index, "persona", begin, end)


def trainee(index: int, begin: float, end: float | None, text: str = "Well.") -> Turn:
    return turn(index, "trainee", begin, end, text)


CALL = (
    customer(0, 0.0, 10.0),
    trainee(1, 11.0, 21.0, "word " * 25),
    customer(2, 22.0, 32.0),
    trainee(3, 34.0, 39.0, "word " * 15),
    trainee(4, 40.0, 45.0, "um, er, " + "word " * 8),
    customer(5, 44.0, 54.0),
)


def test_the_figures_of_a_spoken_call() -> None:
    found = talk(CALL)
    assert (found.turns, found.typed, found.lacks) == (3, 0, "")
    assert found.share == pytest.approx(20 / 50)
    assert found.longest == 10.0, "ten seconds in one turn, and five twice in a row"
    assert found.pace == pytest.approx(60 * 50 / 20)
    assert found.answer == pytest.approx(1.5), "the middle of 1 s and 2 s"
    assert (found.cut_in, found.was_cut) == (0, 1)
    assert found.fillers == pytest.approx(100 * 2 / 50)
    assert found.questions == 0


def test_speech_in_a_row_is_one_stretch_and_a_line_of_the_customer_ends_it() -> None:
    row = [trainee(0, 0, 8), trainee(1, 9, 17), customer(2, 18, 19), trainee(3, 20, 30)]
    assert talk(row).longest == 16.0


def test_whoever_begins_while_the_other_speaks_interrupts() -> None:
    begun = [customer(0, 0, 10), trainee(1, 6, 12), customer(2, 13, 20), trainee(3, 19.9, 25)]
    assert (talk(begun).cut_in, talk(begun).was_cut) == (1, 0), "0.1 s is no interruption"
    assert talk(begun).answer is None, "who cuts in does not answer"


def test_typed_turns_have_no_speaking_time() -> None:
    typed = [replace(each, source="typed", end=each.begin) for each in CALL if each.index % 2]
    found = talk([*CALL[::2], *typed])
    assert found.typed == 2
    assert found.share is None
    assert "typed" in missing(found, "share")
    every = talk([replace(each, source="typed") for each in CALL])
    assert every.lacks
    assert (every.share, every.pace, every.answer, every.cut_in) == (None,) * 4
    assert "no speaking time" in missing(every, "pace")
    assert every.questions == 0


@pytest.mark.parametrize(
    ("turns", "word"),
    [
        ((), "said nothing"),
        ((customer(0, 0, 5),), "said nothing"),
        (tuple(replace(each, end=None) for each in CALL), "before the ends of turns"),
        ((trainee(0, 3, 3),), "too little"),
        ((trainee(0, 9, 3),), "too little"),
        ((customer(0, 0, 0.4), trainee(1, 0.5, 1.0)), "too little"),
        (tuple(replace(each, replayed=True, begin=0.0, end=0.0) for each in CALL), "said nothing"),
    ],
    ids=["nobody", "no trainee", "of before", "no time", "turned round", "a second", "replayed"],
)
def test_what_cannot_be_known_is_said_instead_of_a_number(
    turns: tuple[Turn, ...], word: str
) -> None:
    found = talk(turns)
    for key in ("share", "pace", "answer", "fillers"):
        assert getattr(found, key) is None
        assert word in missing(found, key)


def test_two_hours_are_figures_like_any_others() -> None:
    long = [each for n in range(0, 1200, 2) for each in (
        customer(n, n * 6.0, n * 6.0 + 5), trainee(n + 1, n * 6.0 + 6, n * 6.0 + 11, "word " * 15)
    )]  # fmt: skip
    found = talk(long)
    assert found.share == pytest.approx(0.5)
    assert found.pace == pytest.approx(180)
    assert found.answer == pytest.approx(1.0)
    assert (found.cut_in, found.was_cut) == (0, 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("Don't you worry, it's 12.50 a month.", 7),
        ("ขอโทษค่ะ", 2),
        ("หมายเลขอ้างอิงคือ RF-20417 ค่ะ", 5),
        ("...", 0),
    ],
)
def test_words_are_counted_also_where_no_space_parts_them(text: str, number: int) -> None:
    assert word_count(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Which lights are on? And what color is the cable", 2),
        ("Could you put it into the blue one please", 0),
        ("I see. Thank you.", 0),
        ("คุณเห็นไฟอะไรบ้างคะ ไฟเขียวติดไหมคะ", 1),
    ],
)
def test_questions_are_counted_and_requests_are_not(text: str, number: int) -> None:
    assert questions(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Um, uh, erm.", 3),
        ("I, you know, er, try.", 2),
        ("Do you know her?", 0),
        ("เอ่อ อืม ได้ค่ะ", 2),
    ],
)
def test_fillers_are_hesitations_only(text: str, number: int) -> None:
    filled = trainee(0, 0, 60, f"{text} {'word ' * 100}")
    found = talk([filled])
    assert found.fillers == pytest.approx(100 * number / word_count(filled.text))


def test_earlier_calls_give_their_middle() -> None:
    earlier = [Talk(share=0.2), Talk(share=0.6), Talk(), Talk(share=0.3)]
    assert usual(earlier, "share") == 0.3
    assert usual(earlier, "pace") is None
    assert usual([], "share") is None


def test_a_general_figure_names_its_source() -> None:
    for figure in FIGURES:
        assert getattr(Talk(), figure.key) is None
        assert not figure.usual or "(" in figure.usual
        assert figure.matters.endswith(".")
