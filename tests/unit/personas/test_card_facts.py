"""Descriptions in prose, lines and shorthand come apart into facts and who somebody is."""

import pytest

from personas.card_facts import described, tagged

FACTS = (("Age", "52"), ("Job", "florist, owns a stall"))


@pytest.mark.parametrize(
    "text",
    [
        "Age: 52\nJob: florist, owns a stall\nTraits: warm",
        "- Age: 52\n- Job: florist, owns a stall\n- Traits: warm",
        "* **Age:** 52\n* **Job:** florist, owns a stall\n* **Traits:** warm",
        "**Age**: 52\n**Job**: florist, owns a stall\n**Traits**: warm",
        "age: 52; job: florist, owns a stall; traits: warm",
        "Age = 52\nJob = florist, owns a stall\nTraits = warm",
        "Age：52\nJob：florist, owns a stall\nTraits：warm",  # noqa: RUF001
        "[Ona: age(52); job(florist, owns a stall); traits(warm)]",
        '[Character("Ona")\n{\nAge("52")\nJob("florist" + "owns a stall")\nTraits("warm")\n}]',
        '[character("Ona") { age("52") job("florist" + "owns a stall") traits("warm") }]',
        "[Age: 52; Job: florist, owns a stall; Traits: warm]",
        "# Ona\n## Basics\n- Age: 52\n- Job: florist, owns a stall\n## Traits\nwarm",
        'Ona = {\n"age": "52",\n"job": "florist, owns a stall",\n"traits": "warm"\n}',
        "{Age: 52\nJob: florist, owns a stall\nTraits: warm}",
        '[Name= "Ona"; Age= "52"; Job= "florist", "owns a stall"; Traits= "warm"]',
    ],
)
def test_pairs_in_every_shorthand(text: str) -> None:
    found = described(text, ("Ona", "the agent"))
    assert found.facts == FACTS
    assert found.prose == "Traits: warm"


@pytest.mark.parametrize(
    "text",
    [
        "She runs a bakery. She hates waiting.",
        "She is 52; her shop is small.",
        "Note that she never shouts: it is not her way, and whoever says so has never met her.",
        "At 9:30 she opens.",
        "Ona: a florist of fifty-two.",
        "[She is calm.]",
        "https is not a fact",
    ],
)
def test_sentences_stay_as_they_are(text: str) -> None:
    found = described(text, ("Ona", "the agent"))
    assert found.facts == ()
    assert found.prose.strip("[]") == text.strip("[]")


def test_elements_are_pairs_and_html_is_none() -> None:
    text = "<age>52</age><b>She</b> has a stall.<job>florist</job>"
    assert tagged(text) == "\nage: 52\n<b>She</b> has a stall.\njob: florist\n"


def test_dialogue_in_a_description_is_an_example() -> None:
    text = "Age: 52\n<START>\nthe agent: Who are you?\nOna: A florist."
    found = described(text, ("Ona", "the agent"))
    assert found.facts == (("Age", "52"),)
    assert found.dialogue == "the agent: Who are you?\nOna: A florist."
    assert found.prose == ""


def test_a_label_that_is_said_twice_is_one_fact() -> None:
    assert described("Shop: candles\nshop: soap", ()).facts == (("Shop", "candles, soap"),)
