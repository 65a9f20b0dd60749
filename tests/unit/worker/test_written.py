"""Recognised words in captions and transcripts."""

import pytest

from agent.worker.written import as_written


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
