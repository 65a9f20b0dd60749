"""Codes and numbers in words."""

import pytest

from ui import words


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("-2: a sincere apology; shown: apologizes", "Calmer by 2: a sincere apology"),
        ("+1: put on hold; -2: an apology", "Angrier by 1: put on hold; Calmer by 2: an apology"),
        ("0: an apology (again)", "No change: an apology (again)"),
        ("met: a refund is confirmed", "Met: a refund is confirmed"),
        ("shown: asks for the number", "Shown: asks for the number"),
        ("nothing matched", "Nothing matched"),
        ("the resolution is accepted", "The resolution is accepted"),
        ("", ""),
    ],
)
def test_why_the_mood_moved(cause: str, said: str) -> None:
    assert words.cause(cause) == said
