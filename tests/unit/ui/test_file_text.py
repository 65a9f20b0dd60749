"""Editing in a browser touches no line that the author did not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.kit.file_text import BOM, for_browser, for_file

TEXTS = st.lists(
    st.tuples(st.sampled_from(["", "a", "b: c", "- d"]), st.sampled_from(["\n", "\r\n", "\r"]))
).map(lambda lines: "".join(line + end for line, end in lines))


@given(TEXTS, st.booleans())
def test_what_is_not_touched_stays_byte_for_byte(text: str, mark: bool) -> None:
    original = BOM * mark + text
    assert for_file(for_browser(original), original) == original


@pytest.mark.parametrize(
    ("original", "edited", "saved"),
    [
        ("a\r\nb\r\n", "a\nx\nb\n", "a\r\nx\r\nb\r\n"),
        ("a\nb\r\nc\n", "a\nb\nx\nc\n", "a\nb\r\nx\nc\n"),
        ("", "a\nb", "a\nb"),
        (BOM + "a\r\n", "", BOM),
    ],
)
def test_new_lines_end_like_the_rest(original: str, edited: str, saved: str) -> None:
    assert for_file(edited, original) == saved
