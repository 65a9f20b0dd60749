"""A text read again after an edit: as if for the first time, but only where it differs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.parse import examine_parsed
from personas.parsed import ParsedPersona
from personas.pieces import LINES
from tests.support.persona_text import RICH, line_of, swap

MANY = swap(
    "- Being transferred",
    "".join(f"- Being told number {n} (+1)\n" for n in range(5 * LINES)) + "- Being transferred",
)

LINE = st.sampled_from(
    [
        "# Persona: Ann",
        "#Profile Data",
        "# Emotional State & Behavior Rules",
        "## Phase 1: Opening",
        "## Phase 2: Worse",
        "## Phase 3",
        "## Phase 4",
        "# Test Objectives",
        "# Odd section",
        "### Within",
        "#1 complaint",
        "- Account: 12",
        "-",
        '- Told to calm down (+2): "No"',
        '  - "Nested."',
        "  - nested (-1)",
        '  - like: "I am sorry."',
        '  - unlike: "I am sorry."',
        "  - then: Account: none",
        "  - only after: first",
        '  - asked: "Which one?"',
        "  - odd: words",
        "# Phrases",
        '- Why: "What for?"',
        "# Briefing",
        "- list:",
        '- "Alone."',
        '- "open',
        "- Threshold: 4/10",
        "Words.",
        "  indented",
        "```",
        "<!--",
        "-->",
        "***",
        "",
        "1. first (weight 2)",
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
TEXT = st.lists(st.tuples(LINE, ENDS), max_size=40).map(
    lambda all_: "".join(a + b for a, b in all_)
)
TYPED = st.sampled_from(["", "x", "\n", "\r", "# ", "- ", "```\n", "<!--"])


def draft_of(text: str, before: ParsedPersona | None = None) -> ParsedPersona:
    draft = examine_parsed(text, "ann", before)[1]
    assert draft is not None
    return draft


def told(text: str, before: ParsedPersona | None) -> object:
    """Everything that reading it gives."""
    found, draft = examine_parsed(text, "ann", before)
    assert draft is not None
    blocks = [
        (block.key, block.title, block.level, block.line, block.body, block.items)
        for block in [*draft.blocks.values(), *draft.unknown]
    ]
    return found, blocks, draft.contents, draft.extra


@settings(max_examples=150, deadline=None)
@given(st.one_of(TEXT, st.just(MANY)), st.data())
def test_a_text_reads_after_edits_as_it_does_the_first_time(text: str, data: st.DataObject) -> None:
    draft = draft_of(text)
    for _ in range(4):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 2, 30])))
        typed = data.draw(
            st.one_of(st.sampled_from(["x", "\n", "\r", "# ", "```\n", "<!--"]), TEXT)
        )
        text = text[:start] + typed + text[end:]
        assert told(text, draft) == told(text, None)
        draft = draft_of(text, draft)


@pytest.mark.parametrize("place", ["number 3 ", "number 80 ", "# Constraints", "Being transferred"])
def test_only_what_is_near_the_edit_is_read_again(place: str) -> None:
    before = draft_of(MANY)
    at = MANY.index(place)
    after = draft_of(f"{MANY[:at]}x{MANY[at:]}", before)
    new = [piece for piece in after.pieces if piece not in before.pieces]
    assert len(new) < len(after.pieces) / 2
    assert sum(piece.lines for piece in new) <= 3 * LINES
    kept = [rule for rule in after.all_rules if any(rule is old for old in before.all_rules)]
    assert len(kept) > len(after.all_rules) / 2


def test_an_added_line_moves_what_stands_below_it() -> None:
    before = draft_of(MANY)
    text = MANY.replace("- Being told number 3 ", "- Being hurried (+1)\n- Being told number 3 ")
    (rule,) = [r for r in draft_of(text, before).all_rules if r.text == "Being transferred"]
    assert rule.line == line_of("- Being transferred", text)


def test_an_added_line_moves_all_that_stands_below_rules_and_facts() -> None:
    wrong = '\n### Later\n  - like: "Ours."\n  - then: Account: x\n  - then: Acount: y'
    text = RICH.replace("- Owning", "- Owning up (-1)" + wrong + "\n- Owning")
    text = text.replace("A month.", "A month. I was charged twice!")
    text = text.replace("since 2016", 'since 2016\n  - asked: "A?"\n- Town: York\n  - asked: "A?"')
    before = draft_of(text)
    for place in ("# Persona", "# Profile", "- Account", "## Phase 3", "### Later", "- Owning"):
        after = text.replace(place, f"\n- More words\n{place}", 1)
        assert told(after, before) == told(after, None), place
    assert len(examine_parsed(text, "ann")[0].findings) == 3


@pytest.mark.parametrize("sign", ["```\n", "<!--\n"])
def test_what_is_opened_above_swallows_what_stands_below(sign: str) -> None:
    before = draft_of(MANY)
    text = MANY.replace("- Being told number 3 ", f"{sign}- Being told number 3 ")
    assert len(draft_of(text, before).all_rules) < len(before.all_rules) / 2
    closed = draft_of(MANY, draft_of(text, before))
    assert closed.all_rules == before.all_rules


def test_a_bullet_put_above_the_first_words_takes_them_in() -> None:
    text = "and words.\n# Profile Data\n- None\n"
    draft = draft_of(f"# Constraints\n- A bullet\n{text}", draft_of(text))
    assert draft.words("Constraints") == ("A bullet and words.",)


@pytest.mark.parametrize("above", range(LINES - 3, LINES + 1))
def test_a_reply_stays_that_of_its_rule_wherever_a_piece_ends(above: int) -> None:
    bullets = "".join(f"- Being told number {n} (+1)\n" for n in range(above))
    text = swap("- Being transferred", f'{bullets}- Intensity: 7/10\n  - "Not again."\n')
    rules = draft_of(text).rules("Phase 2")
    assert [rule.text for rule in rules if "Not again." in rule.replies] == [
        f"Being told number {above - 1}"
    ]
