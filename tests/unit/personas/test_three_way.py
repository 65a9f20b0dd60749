"""Two people's changes of one text, put together by lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.three_way import MIDDLE, MINE, THEIRS, clashes, marked, merge, settle

TEXTS = st.lists(st.sampled_from("abcd\n"), max_size=12).map(
    lambda lines: "\n".join(lines).replace("\n\n\n", "\n\n")
)
BASE = "one\ntwo\nthree\nfour\n"


@settings(deadline=None)
@given(base=TEXTS, text=TEXTS)
def test_one_side_s_changes_come_whole(base: str, text: str) -> None:
    assert merge(base, text, base) == merge(base, base, text) == merge(base, text, text) == text


@settings(deadline=None)
@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_who_is_who_decides_only_the_order_between_marks(base: str, mine: str, theirs: str) -> None:
    ours, others = merge(base, mine, theirs), merge(base, theirs, mine)
    assert [(each.mine, each.theirs) for each in clashes(ours)] == [
        (each.theirs, each.mine) for each in clashes(others)
    ]
    assert marked(ours) == bool(clashes(ours))
    assert set(ours.split("\n")) <= {*f"{mine}\n{theirs}".split("\n"), MINE, MIDDLE, THEIRS}


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("ONE\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n", "ONE\ntwo\nthree\nFOUR\n"),
        ("two\nthree\nfour\n", "one\ntwo\nthree\n", "two\nthree\n"),
        ("one\ntwo\nnew\nthree\nfour\n", "one\ntwo\nthree\nfour", "one\ntwo\nnew\nthree\nfour"),
        (
            "one\nmine\nthree\nfour\n",
            "one\ntheirs\nthree\nfour\nfive\n",
            f"one\n{MINE}\nmine\n{MIDDLE}\ntheirs\n{THEIRS}\nthree\nfour\nfive\n",
        ),
        (
            "one\nthree\nfour\n",
            "one\nTWO\nthree\nfour\n",
            f"one\n{MINE}\n{MIDDLE}\nTWO\n{THEIRS}\nthree\nfour\n",
        ),
    ],
    ids=["other lines", "lines taken out", "the last line's end", "the same line", "taken out"],
)
def test_changes_of_other_lines_stand_together(mine: str, theirs: str, merged: str) -> None:
    assert merge(BASE, mine, theirs) == merged


@pytest.mark.parametrize(
    ("side", "text"),
    [
        ("mine", "one\nmine\nthree\nfour\n"),
        ("theirs", "one\ntheirs\nthree\nfour\n"),
        ("both", "one\nmine\ntheirs\nthree\nfour\n"),
    ],
)
def test_a_clash_is_settled_by_a_side(side: str, text: str) -> None:
    merged = merge(BASE, "one\nmine\nthree\nfour\n", "one\ntheirs\nthree\nfour\n")
    (clash,) = clashes(merged)
    assert (clash.line, clash.last) == (2, 6)
    assert settle(merged, clash, side) == text  # type: ignore[arg-type]


def test_a_mark_that_has_lost_its_others_is_still_seen() -> None:
    text = f"one\n{MINE}\nmine\n{MIDDLE}\ntwo\n"
    assert clashes(text) == []
    assert marked(text)
