"""The trainee's spoken turns: their times from pieces of voice, their words in pieces or late."""

import pytest

from agent.worker.trainee_speech import PAUSE, REST, SpeechTimes, TurnTranscripts, as_written


def spoken(*pieces: tuple[float, float]) -> SpeechTimes:
    speech = SpeechTimes()
    for begin, end in pieces:
        speech.begins(begin)
        speech.ends(end)
    return speech


def test_a_turn_with_pauses_begins_with_its_first_word() -> None:
    speech = spoken((1.0, 2.0), (2.6, 3.5))
    assert speech.take(4.0, 4.0) == (1.0, 3.5)
    assert speech.take(5.0, 5.0) is None, "each piece is of one turn"


def test_what_lies_further_back_than_a_turn_waits_is_no_part_of_it() -> None:
    speech = spoken((1.0, 1.2), (1.3 + PAUSE, 9.0))
    assert speech.take(10.0, 10.0) == (1.3 + PAUSE, 9.0)


def test_what_was_forgotten_belongs_to_no_turn() -> None:
    speech = spoken((1.0, 1.2))
    speech.begins(2.0)
    speech.forget(2.5)
    speech.ends(3.0)
    assert speech.take(3.1, 3.1) == (2.0, 3.0)


def test_words_that_come_while_the_answer_sounds_leave_what_is_said_into_it() -> None:
    speech = spoken((1.0, 2.0), (3.5, 4.0))
    assert speech.take(3.0, 4.1) == (1.0, 2.0)
    assert speech.take(5.0, 5.0) == (3.5, 4.0)


def test_what_broke_into_a_line_is_a_turn_of_its_own() -> None:
    speech = spoken((3.5, 4.0))
    assert speech.take(3.0, 4.1) == (3.5, 4.0)


def test_a_turn_that_ends_before_the_detector_is_sure() -> None:
    speech = spoken()
    speech.begins(1.0)
    assert speech.take(2.0, 2.0) == (1.0, 2.0)
    speech.ends(2.0 + REST / 2)
    assert speech.take(3.0, 3.0) is None, "that was its end"


def test_who_talks_on_has_begun_the_next_turn() -> None:
    speech = spoken()
    speech.begins(1.0)
    speech.take(2.0, 2.0)
    speech.ends(4.0)
    assert speech.take(4.5, 4.5) == (2.0, 4.0)


def test_a_turn_is_given_out_when_its_last_word_is_there() -> None:
    late = TurnTranscripts()
    assert late.take("a", "I am", False) == ""
    assert late.take("a", "I am sorry", False) == ""
    assert late.pending
    assert not late.is_over("a")
    assert late.take("a", "I am sorry.", True) == "I am sorry."
    assert late.settle() == ""
    assert not late.pending
    assert late.is_over("a")


def test_an_answer_that_stands_ends_the_wait() -> None:
    late = TurnTranscripts()
    late.take("a", " I am sorry ", False)
    assert late.settle() == "I am sorry"
    assert late.settle() == ""


@pytest.mark.parametrize("final", [True, False])
def test_nothing_is_given_out_twice(final: bool) -> None:
    late = TurnTranscripts()
    late.take("a", "I am", False)
    assert late.settle() == "I am"
    assert late.take("a", "I am sorry.", final) == ""
    assert late.settle() == ""


def test_a_turn_with_no_word_yet_still_gets_its_words() -> None:
    late = TurnTranscripts()
    assert late.take("a", "", False) == ""
    assert late.settle() == ""
    assert late.take("a", "I am sorry.", True) == "I am sorry."


def test_noise_without_words_is_no_turn() -> None:
    late = TurnTranscripts()
    assert late.take("a", "", True) == ""
    assert late.take("a", "ghost", True) == ""
    assert late.settle() == ""


def test_a_turn_that_begins_does_not_cost_the_one_before_it() -> None:
    late = TurnTranscripts()
    late.take("a", "I am", False)
    late.take("b", "And", False)
    assert late.take("a", "I am sorry.", True) == "I am sorry."
    assert late.take("b", "And when?", True) == "And when?"


def test_turns_are_given_out_in_the_order_in_which_they_began() -> None:
    late = TurnTranscripts()
    late.take("a", "I am sorry", False)
    assert late.take("b", "And when?", True) == "I am sorry And when?"
    assert late.take("a", "I am sorry.", True) == ""


def test_an_answer_takes_all_that_was_said_before_it() -> None:
    late = TurnTranscripts()
    late.take("a", "I am sorry", False)
    late.take("b", "And when?", False)
    late.take("c", "", False)
    assert late.settle() == "I am sorry And when?"
    assert late.take("c", "Hello?", True) == "Hello?"


def test_a_model_that_does_not_name_its_turns_may_go_on() -> None:
    late = TurnTranscripts()
    assert late.take("", "One.", True) == "One."
    late.take("", "Two", False)
    assert late.settle() == "Two"
    assert late.take("", "Three.", True) == "Three."


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("i am sorry", "I am sorry"),
        ("well i'm sorry and i'll check it", "Well I'm sorry and I'll check it"),
        ("the fiji iris is it", "The fiji iris is it"),
        ("Already written. i stay", "Already written. i stay"),
        ("ขอโทษค่ะ", "ขอโทษค่ะ"),
        ("", ""),
    ],
)
def test_as_written(heard: str, written: str) -> None:
    assert as_written(heard) == written
