"""Scripts to begin with."""

from typing import get_args

import pytest

from personas.model import Rule
from personas.parse import examine
from personas.script_parse import parse_script
from personas.script_templates import (
    TEMPLATES,
    Template,
    early_text,
    template_text,
    text_of_call,
)
from tests.support.persona_text import FULL, PLAIN, swap
from tests.support.talk import persona_of


def _example(rule: Rule) -> str:
    return next(iter(rule.like), "")


@pytest.mark.parametrize("text", [FULL, swap("language: th-TH", "language: en-US", FULL), PLAIN])
@pytest.mark.parametrize("template", get_args(Template))
def test_each_template_is_a_script_without_findings(template: Template, text: str) -> None:
    persona = examine(text, "ann-lee").persona
    assert persona is not None
    if template == "early":
        written = early_text(persona, _example)
    else:
        written = template_text(template, persona)
    script = parse_script(written, persona, TEMPLATES[template][0])
    assert not script.findings
    assert script.at_end


def test_who_offers_too_early_calms_a_customer_to_just_above_the_threshold() -> None:
    text = FULL.replace(
        "- Owning the mistake (-3)", '- Owning the mistake (-3)\n  - like: "Our fault."'
    )
    script = early_text(persona_of(text), _example)
    assert script == (
        "# Offers the solution to a customer who is still too upset\n\n"
        "1. Our fault.\n"
        '   - expect: matched "Owning the mistake"\n'
        "2. The full refund is confirmed\n"
        '   - expect: matched "The full refund is confirmed"\n'
        "3. A time is named\n"
        '   - expect: matched "A time is named"\n\n'
        "# At the end\n- expect: not resolved; no guard broken\n"
    )


@pytest.mark.parametrize(
    ("change", "end"),
    [
        (("- Intensity: 8/10", "- Intensity: 4/10"), "resolved; no guard broken"),
        (("- Threshold: 4/10", "- Threshold: 7/10"), "not resolved; no guard broken"),
        (("- Threshold: 4/10", "- Threshold: 8/10"), "resolved; no guard broken"),
    ],
)
def test_who_offers_too_early_is_refused_only_above_the_threshold(
    change: tuple[str, str], end: str
) -> None:
    script = early_text(persona_of(swap(*change, FULL)), _example)
    assert script.endswith(f"# At the end\n- expect: {end}\n")


def test_a_rule_that_no_quotation_can_name_is_offered_without_an_expectation() -> None:
    persona = persona_of(swap("- A time is named", '- A "time" is named', FULL))
    script = parse_script(early_text(persona, _example), persona, "early")
    assert not script.findings
    assert [len(turn.expected) for turn in script.turns] == [1, 0]


def test_who_talks_a_persona_out_of_its_role_speaks_its_language() -> None:
    script = template_text("role", persona_of(FULL))
    assert "AI" in script
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in script)


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        (["I am sorry.", "It is refunded."], ["I am sorry.", "It is refunded."]),
        (["Two\nlines  of it"], ["Two lines of it"]),
        (["", "  ", "Hello"], ["Hello"]),
        (["- no bullet", "# no heading"], ["- no bullet", "# no heading"]),
        (["2. I mean it"], ["2. I mean it"]),
        (["It is <!-- never --> hidden"], ["It is never --> hidden"]),
    ],
)
def test_the_turns_of_a_call_are_said_again(said: list[str], turns: list[str]) -> None:
    persona = persona_of(FULL)
    script = parse_script(text_of_call(said, "A call", resolved=True), persona, "a-call")
    assert [turn.text for turn in script.turns] == turns
    assert script.playable


@pytest.mark.parametrize("resolved", [True, False])
def test_a_call_is_expected_to_end_as_it_did(resolved: bool) -> None:
    script = parse_script(text_of_call(["Hi"], "A call", resolved=resolved), None, "a-call")
    assert script.at_end[0].measure == "resolved"
    assert script.at_end[0].wanted is resolved
