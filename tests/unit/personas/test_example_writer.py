"""An example is written below its rule, and nothing else of the text changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.example_writer import LONGEST, ExampleNotWritten, as_example, with_example
from personas.model import Persona, Rule
from personas.parse import examine
from personas.submarks import ExampleMark
from tests.support.persona_text import FULL
from tests.support.studio import persona_text

SAID = "That must have been a long week for you."


def read(text: str) -> Persona:
    found = examine(text, "sarah")
    assert found.persona is not None, found.findings
    return found.persona


def rule(text: str, words: str) -> Rule:
    return next(each for each in read(text).rules if each.text.casefold() == words.casefold())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["like", "unlike"])
def test_one_line_more_and_the_rest_byte_for_byte(mark: ExampleMark, end: str) -> None:
    text = FULL.replace("\n", end)
    for each in read(text).rules:
        made = with_example(text, each.id, mark, SAID)
        lines = made.text.split(end)
        assert lines.pop(made.line - 1).strip() == f'- {mark}: "{SAID}"'
        assert end.join(lines) == text
        assert made.remark == ""
        found = read(made.text).rule(each.id)
        assert found is not None
        assert getattr(found, mark)[-1] == SAID


@pytest.mark.parametrize(
    ("below", "after"),
    [
        ('  - like: "One."', '  - like: "One."\n  - unlike: "New."'),
        ('\t- "A reply."', '\t- "A reply."\n\t- unlike: "New."'),
        ('    - like:\n      - "One."', '    - like:\n      - "One."\n    - unlike: "New."'),
        ('  - unlike:\n    - "One."', '  - unlike:\n    - "One."\n  - unlike: "New."'),
        ("  and more of it", '  and more of it\n  - unlike: "New."'),
        ("<!-- a remark -->", '  - unlike: "New."\n<!-- a remark -->'),
    ],
)
def test_it_stands_behind_what_is_there_and_is_indented_like_it(below: str, after: str) -> None:
    own = "- A refund is confirmed"
    text = persona_text().replace(own, f"{own}\n{below}")
    criterion = read(text).criteria[0]
    made = with_example(text, criterion.id, "unlike", "New.")
    assert made.text == persona_text().replace(own, f"{own}\n{after}")
    assert read(made.text).criteria[0].unlike[-1] == "New."


def objectives_last() -> str:
    head, tail = persona_text().rstrip().split("# Test Objectives")
    objectives, constraints = tail.split("# Constraints")
    return f"{head}# Constraints{constraints}\n\n# Test Objectives{objectives.rstrip()}"


def test_the_last_line_of_a_file_needs_no_end() -> None:
    text = objectives_last()
    last = read(text).objectives[-1]
    assert with_example(text, last.id, "like", SAID).text == f'{text}\n  - like: "{SAID}"'


def test_it_is_not_written_where_nobody_would_read_it() -> None:
    code = "  ```\n  a code block that never ends"
    text = objectives_last()
    last = read(text).objectives[-1]
    made = with_example(f"{text}\n{code}", last.id, "like", SAID)
    assert made.text == f'{text}\n  - like: "{SAID}"\n{code}'


def test_what_stands_there_already_is_told() -> None:
    calm = read(persona_text()).deescalations[0]
    once = with_example(persona_text(), calm.id, "like", SAID)
    with pytest.raises(ExampleNotWritten, match=f"already, on line {once.line}"):
        with_example(once.text, calm.id, "like", SAID.upper() + "!")
    with pytest.raises(ExampleNotWritten, match=f"like: of this very rule, on line {once.line}"):
        with_example(once.text, calm.id, "unlike", SAID)


def test_what_contradicts_another_rule_is_written_with_the_checker_s_remark() -> None:
    persona = read(persona_text())
    once = with_example(persona_text(), persona.deescalations[0].id, "like", SAID)
    twice = with_example(once.text, persona.triggers[0].id, "like", SAID)
    assert "cannot anger and help at once" in twice.remark
    assert read(twice.text).triggers[0].like == (SAID,)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("", "no words"),
        ("…!?", "no words"),
        ("\N{GRINNING FACE}", "no words"),
        ("far too long " * 40, f"at most {LONGEST} characters"),
    ],
)
def test_what_is_no_example(sentence: str, words: str) -> None:
    text = persona_text()
    with pytest.raises(ExampleNotWritten, match=words):
        with_example(text, read(text).triggers[0].id, "like", sentence)


def test_a_rule_that_is_gone_is_told() -> None:
    with pytest.raises(ExampleNotWritten, match="not in the text any more"):
        with_example(persona_text(), "t-00000000", "like", SAID)


def test_where_rules_are_paragraphs_it_says_what_to_write_by_hand() -> None:
    text = persona_text().replace("- A refund is confirmed", "A refund is confirmed")
    with pytest.raises(ExampleNotWritten, match=f'by hand .* - like: "{SAID}"'):
        with_example(text, rule(text, "A refund is confirmed").id, "like", SAID)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_said_reads_back_as_it_was_written(sentence: str) -> None:
    text = persona_text()
    trigger = read(text).triggers[0]
    try:
        made = with_example(text, trigger.id, "like", sentence)
    except ExampleNotWritten:
        return
    assert read(made.text).triggers[0].like == (as_example(sentence),)
    lines = made.text.split("\n")
    del lines[made.line - 1]
    assert "\n".join(lines) == text
