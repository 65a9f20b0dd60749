"""Codes and numbers in words."""

import pytest

from ui.kit import words


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("-2: a sincere apology; shown: apologizes", "Calmer by 2: a sincere apology"),
        ("+1: put on hold; -2: an apology", "Angrier by 1: put on hold; Calmer by 2: an apology"),
        ("0: an apology (again)", "No change: an apology (again)"),
        ("met: a refund is confirmed", "Met: a refund is confirmed"),
        ("shown: asks for the number", "Shown: asks for the number"),
        ("nothing matched", "No rule matched"),
        ("the resolution is accepted", "Solved"),
        (
            "+2: a hostile tone; the acceptance is taken back",
            "Angrier by 2: a hostile tone; no longer solved",
        ),
        ("+1: told to wait; again", "Angrier by 1: told to wait; again"),
        ("", ""),
    ],
)
def test_why_the_mood_moved(cause: str, said: str) -> None:
    assert words.cause(cause) == said


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("nothing matched", "No change"),
        ("met: a refund is confirmed", "You gave something they were waiting for"),
        ("met: a refund; met: a day", "You gave something they were waiting for"),
        ("-1: an apology; met: a refund", "Calmer by 1: an apology; you gave something they were "
         "waiting for"),
    ],
)  # fmt: skip
def test_a_trainee_does_not_read_what_the_customer_waits_for(cause: str, said: str) -> None:
    assert words.cause(cause, inside=False) == said


@pytest.mark.parametrize("seconds", [3e11, -3e11])
def test_a_file_of_another_age_has_a_date(seconds: float) -> None:
    """Some disks keep a file's time for years that no date of ours has."""
    assert words.when(seconds)
