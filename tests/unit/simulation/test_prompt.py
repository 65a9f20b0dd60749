"""What a model is told of its persona."""

import re

import pytest

from agent.simulation.acting.prompt import (
    MARK,
    cut_direction,
    opening,
    persona_prompt,
    silence,
    silence_direction,
)
from agent.simulation.directing.director import State
from personas.model import Persona
from personas.parse import examine
from tests.support.persona_text import FULL, PLAIN, swap
from tests.support.places import ROOT


def persona(text: str) -> Persona:
    """The persona of that text."""
    found = examine(text, "test").persona
    assert found is not None
    return found


def test_the_whole_file_goes_in_without_its_front_matter() -> None:
    prompt = persona_prompt(persona(FULL))
    body = FULL.partition("---\n# Persona")[2]
    assert "# Persona" + body.rstrip() in prompt
    assert "difficulty: hard" not in prompt
    assert "voice:" not in prompt


def test_the_rules_are_the_persona_s() -> None:
    prompt = persona_prompt(persona(FULL))
    assert "You are Sarah Thompson, a customer" in prompt
    assert "language tagged th-TH" in prompt
    assert "to 4 of 10 or below" in prompt
    assert prompt.index("- Never agrees to be called back") < prompt.index("Your file")
    assert MARK in prompt


@pytest.mark.parametrize("closing", ["---", "..."])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_front_matter_ends_at_its_mark(closing: str, start: str) -> None:
    text = start + f"---\npatience: 7\n{closing}\n" + PLAIN
    assert "patience" not in persona_prompt(persona(text)).partition("Your file")[2]


def test_a_ruler_in_the_text_is_no_front_matter() -> None:
    text = swap("The parcel is late.", "The parcel is late.\n\n---\n\nVery late.", PLAIN)
    prompt = persona_prompt(persona(text))
    assert "Very late." in prompt
    assert "Lives in Leeds" in prompt


BRIEFED = "\n# Briefing\nYou may offer a month.\n## Constraints\n- Be quick\n"


def test_the_briefing_reaches_no_model() -> None:
    one = persona(swap("# Test Objectives", f"{BRIEFED}\n# Test Objectives"))
    told = [persona_prompt(one), opening(one), silence(one, State("opening", 8, {}))]
    assert "Your file\n# Persona: Sarah" in told[0]
    assert "# Test Objectives\n- Verifies" in told[0]
    for text in told:
        assert not re.search("briefing|offer a month|Be quick", text, re.IGNORECASE)


def test_conditions_and_changes_of_facts_are_told_in_words() -> None:
    plain = persona_prompt(persona(FULL))
    assert "keep to yourself" not in plain
    assert "new fact is true" not in plain
    text = swap("TC-88213", "TC-88213\n  - only after: Owning the mistake")
    text = swap("since 2016", "since 2016\n  - only after: Stays calm", text)
    text = swap("- A time is named", "- A time is named\n  - then: Account: closed today", text)
    prompt = persona_prompt(persona(text)).partition("Your file")[0]
    kept, changed = prompt.partition("What you keep to yourself")[2].split("What changes during")
    assert '- "Account": only after "Owning the mistake"\n' in kept
    assert '- "Has been a customer since 2016": only after "Stays calm"\n' in kept
    assert '- After "A time is named": Account: closed today\n' in changed


def test_examples_are_told_to_be_the_agent_s_and_phrases_the_persona_s() -> None:
    plain = persona_prompt(persona(FULL))
    text = swap("- Stays calm", '- Stays calm\n  - unlike: "Whatever."')
    assert '"like:" and "unlike:"' in persona_prompt(persona(text))
    assert '"like:"' not in plain
    text = swap("TC-88213", 'TC-88213\n  - asked: "Which one?"')
    assert persona_prompt(persona(text)) == plain, "a model knows what is asked for"
    text = swap("- A time is named", '- A time is named\n  - missing: "And when?"')
    assert '"missing:" below what you need' in persona_prompt(persona(text))
    assert '"missing:"' not in plain
    text = f'{FULL}\n# Phrases\n- Why: "What for?"\n'
    assert 'Under "Phrases"' in persona_prompt(persona(text))
    assert "Phrases" not in plain


def test_a_customer_that_hangs_up_is_told_when_and_another_never_to() -> None:
    hangs, stays = "the line is closed then", "Never hang up and never threaten to"
    for value in ("yes", "no"):
        prompt = persona_prompt(persona(swap("patience: 12", f"hang_up: {value}")))
        assert (hangs in prompt, stays in prompt) == (value == "yes", value == "no")
    assert hangs in persona_prompt(persona(FULL))


def test_braces_in_a_file_do_no_harm() -> None:
    text = swap("The parcel is late.", "The parcel {name} is {late}.", PLAIN)
    assert "The parcel {name} is {late}." in persona_prompt(persona(text))


def test_the_first_line_is_asked_for_in_the_persona_s_words() -> None:
    assert '"I was charged twice!"' in opening(persona(FULL))
    assert "Say something like" not in opening(persona(PLAIN))
    assert "speak first" in opening(persona(PLAIN))


def test_a_silence_tells_how_long_it_was() -> None:
    angry, settled = State("escalation", 8, {}), State("resolution", 2, {}, resolved=True)
    assert "nothing for 12 seconds. Ask whether" in silence(persona(FULL), angry)
    short = persona("---\npatience: 2.5\n---\n" + PLAIN)
    assert "nothing for 2.5 seconds. Say in one short sentence that" in silence(short, settled)
    assert "your goodbye: the line is closed" in silence(short, settled, last=True)


def test_lines_into_a_silence_and_after_a_bad_line_know_what_has_changed() -> None:
    text = swap("- A time is named", "- A time is named\n  - then: Account: closed today")
    one = persona(text)
    rule = one.criteria[1]
    before, done = State("escalation", 8, {}), State("escalation", 8, {rule.id: 1})
    for direction in (silence_direction, lambda who, state: cut_direction(who, state, "I was")):
        assert "By now: Account: closed today." in direction(one, done)
        assert "By now" not in direction(one, before)


@pytest.mark.parametrize("slug", sorted(path.stem for path in (ROOT / "personas").glob("*.md")))
def test_every_persona_that_comes_with_the_app_fits(slug: str) -> None:
    one = persona((ROOT / "personas" / f"{slug}.md").read_text(encoding="utf-8"))
    prompt = persona_prompt(one)
    assert one.name in prompt
    assert not re.search(r"\{[a-z]+\}", prompt), "nothing was left to fill in"
    assert 500 < len(prompt) < 30_000
