"""Rules as what the trainee is to do, and how to say it."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.simulation.reviewing.example import example_of
from agent.simulation.reviewing.imperative import imperative
from personas.model import Kind, Persona
from personas.parse import examine
from tests.support.personas import make_persona, rule

ROOT = Path(__file__).parents[3]
PERSONAS = [
    persona
    for path in sorted((ROOT / "personas").glob("*.md"))
    if (persona := examine(path.read_bytes(), path.stem).persona) is not None
]
SAM = make_persona([])


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("objective", "Asks which lights are on", "Ask which lights are on."),
        ("objective", "Verifies identity.", "Verify identity."),
        ("objective", "Addresses her by name", "Address her by name."),
        ("objective", "Is polite", "Be polite."),
        ("objective", "Does not promise a date", "Do not promise a date."),
        ("objective", "Politely asks for the name", "Politely ask for the name."),
        ("objective", "The agent apologizes", "Apologize."),
        ("objective", "Flabbergasts the duke", "Flabbergast the duke."),
        ("objective", "Verify the identity", "Verify the identity."),
        ("objective", "Empathy", "Show empathy."),
        (
            "objective",
            "Asks for the reason for leaving and listens to it",
            "Ask for the reason for leaving and listen to it.",
        ),
        (
            "objective",
            "Recommends a plan that fits, names the price",
            "Recommend a plan that fits, name the price.",
        ),
        (
            "objective",
            "Repeats the names and numbers of the accounts",
            "Repeat the names and numbers of the accounts.",
        ),
        ("deescalation", "A sincere apology", "Offer a sincere apology."),
        ("deescalation", "A calm voice", "Try this: a calm voice."),
        ("deescalation", "Freezing or blocking the card", "Freeze or block the card."),
        ("deescalation", "Believing her or not needing a photo", "Believe her."),
        ("deescalation", "Praise for calling", "Give praise for calling."),
        ("deescalation", "Being called by name", "Call the customer by name."),
        ("deescalation", "Summing up in their own words", "Sum up in your own words."),
        ("trigger", "Being told to calm down", "Don't tell the customer to calm down."),
        ("trigger", "Being put on hold", "Don't put the customer on hold."),
        ("trigger", "Being passed on to others", "Don't pass the customer on to others."),
        ("trigger", "Being lied to", "Don't lie to the customer."),
        ("trigger", "Being vague", "Don't be vague."),
        ("trigger", "Being on hold", "Avoid being on hold."),
        ("trigger", "Hearing that it is policy", "Don't say that it is policy."),
        ("trigger", "Having to wait", "Don't make the customer wait."),
        ("trigger", "Not apologizing", "Apologize."),
        ("trigger", "Pressure to decide", "Avoid pressure to decide."),
        ("trigger", "Flimflamming her", "Avoid flimflamming her."),
        ("trigger", "When the trainee laughs", "Avoid this: when the trainee laughs."),
        (
            "trigger",
            "Putting her on hold without asking or waiting",
            "Don't put her on hold without asking or waiting.",
        ),
        ("criterion", "The card is blocked", "Make sure that the card is blocked."),
        ("criterion", "He is told to wait", "Tell him to wait."),
        ("criterion", "No cost for it", "Make sure of this: no cost for it."),
        ("objective", "ขอโทษอย่างจริงใจ", "ขอโทษอย่างจริงใจ"),
        ("trigger", "บอกให้ใจเย็น", "อย่าบอกให้ใจเย็น"),
        ("trigger", "ไม่ขอโทษ", "ขอโทษ"),
        ("trigger", "ถูกโอนสาย", "หลีกเลี่ยง: ถูกโอนสาย"),
        ("deescalation", "การขอโทษ", "ขอโทษ"),
    ],
)
def test_a_rule_becomes_what_to_do(kind: Kind, text: str, said: str) -> None:
    assert imperative(rule(kind, text), SAM) == said


def test_a_name_keeps_its_capital() -> None:
    persona = replace(SAM, text="- Her assistant Daniel has it.\n")
    assert imperative(rule("criterion", "Daniel is told", 0), persona).endswith(
        "that Daniel is told."
    )
    assert imperative(rule("criterion", "Money is back", 0), persona).endswith(
        "that money is back."
    )


def test_words_of_other_languages_stay_as_they_are() -> None:
    german = make_persona([], language="de-DE")
    assert imperative(rule("objective", "Fragt nach dem Namen"), german) == (
        "Try this: \u201cFragt nach dem Namen\u201d."
    )


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_no_rule_of_our_files_is_told_in_the_third_person_or_left_a_noun(persona: Persona) -> None:
    """All 190 were read by a person; this holds what can be held: each begins with a verb."""
    for each in persona.rules:
        said = imperative(each, persona)
        first, second, *_ = [*said.rstrip(".").replace(":", "").split(" "), "", ""]
        if persona.language.startswith("th"):
            assert said == ("อย่า" if each.kind == "trigger" else "") + each.text
        elif each.kind == "trigger":
            assert first == "Avoid" or (first == "Don't" and not second.endswith(("ing", "es")))
        else:
            assert not first.endswith("ing"), said
            assert first.lower() in ("pass", "address", "express", "discuss") or first[-1] != "s"
            assert first not in ("A", "The", "No"), said
        assert said.count(".") == (not persona.language.startswith("th"))


def test_most_rules_fall_into_no_neutral_form() -> None:
    said = [imperative(each, persona) for persona in PERSONAS for each in persona.rules]
    neutral = [words for words in said if words.startswith(("Try this", "Avoid", "Make sure of"))]
    assert len(neutral) <= 4, neutral


def test_an_example_is_the_rule_s_own_before_any_other() -> None:
    ask = replace(rule("objective", "Asks which lights are on"), like=("What lights up?",))
    assert example_of(ask, make_persona([ask])) == "What lights up?"
    assert example_of(replace(ask, like=()), SAM) == "Could you tell me which lights are on?"
    other = rule("deescalation", "A sincere apology for the delay")
    sorry = replace(rule("objective", "Apologizes"), like=("We owe you an apology.",))
    assert example_of(other, make_persona([other, sorry])) == "We owe you an apology."
    assert "sorry" in example_of(other, make_persona([other]))


@pytest.mark.parametrize(
    "text",
    ["Names the day", "States the price", "Greets her by name", "Asks what she needs", "Sings"],
)
def test_no_example_is_better_than_an_invented_one(text: str) -> None:
    """The built-in trainee's sentences for these name a day, a price or a name of its own."""
    assert example_of(rule("objective", text), SAM) == ""
