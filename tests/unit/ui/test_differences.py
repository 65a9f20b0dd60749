"""What two texts have in common, by line and by word, and how it is folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.versions.diff import Fold, folded, summary
from ui.versions.differences import Changed, Pieces, Same, differences, words

LINES = st.lists(st.sampled_from(["", "a", "b", "a b c d", "a b c e", "- ก า"]), max_size=12)


def text(pieces: Pieces) -> str:
    return "".join(piece for _, piece in pieces)


def marked(pieces: Pieces) -> list[str]:
    return [piece for differs, piece in pieces if differs]


@given(LINES, LINES)
def test_both_texts_can_be_read_off_the_differences(before: list[str], after: list[str]) -> None:
    old: list[str] = []
    new: list[str] = []
    for part in differences("".join(f"{x}\n" for x in before), "".join(f"{x}\n" for x in after)):
        if isinstance(part, Same):
            assert (part.old, part.new) == (len(old) + 1, len(new) + 1)
            old += part.lines
            new += part.lines
            continue
        if part.old is not None:
            assert part.old == len(old) + 1
            old.append(text(part.before))
        if part.new is not None:
            assert part.new == len(new) + 1
            new.append(text(part.after))
    assert (old, new) == (before, after)


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        ("Intensity: 8/10", "Intensity: 7/10", ["8"], ["7"]),
        ("I am very angry", "I am angry", ["very "], []),
        ("says it out loud", "says it very softly", ["out loud"], ["very softly"]),
        ("ขอโทษค่ะ", "ขอโทษครับ", ["่ะ"], ["รับ"]),
        ("one two", "three four", ["one two"], ["three four"]),
    ],
)
def test_words_that_differ_are_marked(
    before: str, after: str, left: list[str], right: list[str]
) -> None:
    pieces = words(before, after)
    assert (text(pieces[0]), text(pieces[1])) == (before, after)
    if left != ["่ะ"]:
        assert (marked(pieces[0]), marked(pieces[1])) == (left, right)
    else:  # no mark may be torn from its letter
        assert not any(piece[0] in "่ะ" and piece != "ะ" for _, piece in pieces[0])


def test_a_changed_line_stands_beside_the_one_most_like_it() -> None:
    found = differences("- keep calm please\n", "- a new line\n- keep very calm please\n")
    assert [(row.old, row.new) for row in found if isinstance(row, Changed)] == [
        (None, 1),
        (1, 2),
    ]
    assert summary(found) == "1 line changed, 1 line added"


def test_long_equal_stretches_are_folded_and_short_ones_are_not() -> None:
    same = [f"line {number}" for number in range(40)]
    before = "\n".join(same)
    after = "\n".join([*same[:20], "here", *same[20:25], "there", *same[25:]])
    parts = list(folded(differences(before, after)))
    assert [type(part) for part in parts] == [Fold, Same, Changed, Same, Changed, Same, Fold]
    assert isinstance(parts[0], Fold)
    assert (parts[0].same.lines[0], len(parts[0].same.lines)) == ("line 0", 17)
    assert isinstance(parts[1], Same)
    assert (parts[1].old, parts[1].new, len(parts[1].lines)) == (18, 18, 3)


def test_nothing_and_everything() -> None:
    assert differences("", "") == []
    assert summary(differences("a\n", "a")) == ""
    assert summary(differences("", "a\nb\n")) == "2 lines added"
    assert summary(differences("a\n", "")) == "1 line removed"


def test_long_texts_that_differ_everywhere_are_compared_all_the_same() -> None:
    before = "\n".join(f"- rule {number} of the old text" for number in range(3000))
    after = "\n".join(f"- rule {number} of the new text" for number in range(3000))
    assert summary(differences(before, after)) == "3000 lines changed"
