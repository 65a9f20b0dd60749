"""Edits of one rule: the rest of the file stays as it is, to the byte."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from personas.edit import set_rule
from personas.model import Persona
from personas.parse import examine
from tests.support.persona_text import FULL, swap

WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzÄéกขคงมาเ้0123456789',.!?()-", min_size=1, max_size=12),
    min_size=1,
    max_size=8,
).map(" ".join)
END = st.sampled_from(["\n", "\r\n"])


def read(text: str) -> Persona:
    persona = examine(text, "sarah").persona
    assert persona is not None
    return persona


def rule_id(words: str, text: str = FULL) -> str:
    return next(rule.id for rule in read(text).rules if rule.text == words)


@settings(deadline=None)
@given(index=st.integers(0, 7), words=WORDS, end=END)
def test_only_the_words_of_one_rule_change(index: int, words: str, end: str) -> None:
    text = FULL.replace("\n", end)
    old = read(text).rules[index]
    try:
        changed = set_rule(text, old.id, words)
    except ValueError:
        # Only words that look like marks or would be trimmed may be refused.
        assert not words.replace(" ", "").isalnum()
        return
    new_lines, old_lines = changed.split(end), text.split(end)
    line = old.line - 1
    assert new_lines[line] == old_lines[line].replace(old.text, words)
    assert new_lines[:line] + new_lines[line + 1 :] == old_lines[:line] + old_lines[line + 1 :]
    result = examine(changed, "sarah")
    assume(result.persona is not None)
    assert result.persona is not None
    rule = result.persona.rules[index]
    assert (rule.text, rule.change, rule.weight, rule.replies) == (
        words,
        old.change,
        old.weight,
        old.replies,
    )


@settings(deadline=None)
@given(words=WORDS)
def test_there_and_back_again_gives_the_same_bytes(words: str) -> None:
    text = "\ufeff" + FULL.replace("\n", "\r\n")
    try:
        changed = set_rule(text, rule_id("Being transferred"), words)
    except ValueError:
        return
    persona = examine(changed, "sarah").persona
    assume(persona is not None)
    assert persona is not None
    assert set_rule(changed, persona.triggers[1].id, "Being transferred") == text


def test_marks_replies_and_line_breaks_stay() -> None:
    text = swap(
        '- A sincere apology (-2): "Well. Thank you."',
        '* [ ] A\n  sincere apology (-2):\n  "Well. Thank you."',
    )
    changed = set_rule(text, rule_id("A sincere apology", text), "A plain\napology")
    assert '* [ ] A plain apology (-2):\n  "Well. Thank you."\n' in changed


def test_words_on_both_sides_of_a_mark() -> None:
    text = swap("down (+2):", "(+2) down:")
    assert "Being told to calm (+2) down:" in text
    changed = set_rule(text, rule_id("Being told to calm down", text), "Being mocked")
    assert '- Being mocked (+2): "Do not tell me to calm down!"\n' in changed


@pytest.mark.parametrize(
    "words", ["", "Being mocked (+3)", 'Says: "No!"', "Being mocked:", "- ", "*loud*"]
)
def test_words_that_would_be_read_differently_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="read differently"):
        set_rule(FULL, rule_id("Being told to calm down"), words)


def test_an_unknown_rule() -> None:
    with pytest.raises(KeyError):
        set_rule(FULL, "t-00000000", "Being mocked")


def test_a_rule_of_a_broken_file_can_be_changed() -> None:
    text = swap("difficulty: hard", "difficulty: brutal")
    changed = set_rule(text, rule_id("Being transferred"), "Being ignored")
    assert changed == swap("Being transferred", "Being ignored", text)
