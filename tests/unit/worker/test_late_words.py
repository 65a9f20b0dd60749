"""Words that come in pieces, late, or while another turn has begun."""

import pytest

from agent.worker.late_words import LateWords


def test_a_turn_is_given_out_when_its_last_word_is_there() -> None:
    late = LateWords()
    assert late.take("a", "I am", False) == ""
    assert late.take("a", "I am sorry", False) == ""
    assert late.pending
    assert not late.is_over("a")
    assert late.take("a", "I am sorry.", True) == "I am sorry."
    assert late.settle() == ""
    assert not late.pending
    assert late.is_over("a")


def test_an_answer_that_stands_ends_the_wait() -> None:
    late = LateWords()
    late.take("a", " I am sorry ", False)
    assert late.settle() == "I am sorry"
    assert late.settle() == ""


@pytest.mark.parametrize("final", [True, False])
def test_nothing_is_given_out_twice(final: bool) -> None:
    late = LateWords()
    late.take("a", "I am", False)
    assert late.settle() == "I am"
    assert late.take("a", "I am sorry.", final) == ""
    assert late.settle() == ""


def test_a_turn_with_no_word_yet_still_gets_its_words() -> None:
    late = LateWords()
    assert late.take("a", "", False) == ""
    assert late.settle() == ""
    assert late.take("a", "I am sorry.", True) == "I am sorry."


def test_noise_without_words_is_no_turn() -> None:
    late = LateWords()
    assert late.take("a", "", True) == ""
    assert late.take("a", "ghost", True) == ""
    assert late.settle() == ""


def test_a_turn_that_begins_does_not_cost_the_one_before_it() -> None:
    late = LateWords()
    late.take("a", "I am", False)
    late.take("b", "And", False)
    assert late.take("a", "I am sorry.", True) == "I am sorry."
    assert late.take("b", "And when?", True) == "And when?"


def test_turns_are_given_out_in_the_order_in_which_they_began() -> None:
    late = LateWords()
    late.take("a", "I am sorry", False)
    assert late.take("b", "And when?", True) == "I am sorry And when?"
    assert late.take("a", "I am sorry.", True) == ""


def test_an_answer_takes_all_that_was_said_before_it() -> None:
    late = LateWords()
    late.take("a", "I am sorry", False)
    late.take("b", "And when?", False)
    late.take("c", "", False)
    assert late.settle() == "I am sorry And when?"
    assert late.take("c", "Hello?", True) == "Hello?"


def test_a_model_that_does_not_name_its_turns_may_go_on() -> None:
    late = LateWords()
    assert late.take("", "One.", True) == "One."
    late.take("", "Two", False)
    assert late.settle() == "Two"
    assert late.take("", "Three.", True) == "Three."
