"""The times of spoken turns, from pieces of voice."""

from agent.worker.speech_times import PAUSE, REST, SpeechTimes


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
