"""Which examples of a persona's text hold the words of somebody's turns."""

import pytest

from personas.example_writer import with_example
from personas.held_examples import Held, TurnWords, examples_of, held
from personas.parse import examine
from tests.support.studio import persona_text

NAMES = ("anna", "Anna Berg")
TURNS = (
    "This is Anna Berg. I am truly sorry for the long wait, Mrs. Hughes.",
    "Okay.",
    'You said "never again", and I will note that on your account 88213.',
    "ดิฉันต้องขอโทษเป็นอย่างมากสำหรับเรื่องที่เกิดขึ้นค่ะ",
)


@pytest.mark.parametrize(
    ("example", "is_held"),
    [
        ("This is [name]. I am truly sorry for the long wait, Mrs. [name].", True),
        ("this is anna berg, i am truly sorry for the long wait mrs hughes", True),
        ("I am truly sorry for the long wait", True),
        ("You said 'never again', and I will note that on your account [number].", True),
        ("ดิฉันต้องขอโทษเป็นอย่างมากสำหรับเรื่องที่เกิดขึ้นค่ะ", True),
        ("Okay.", False),
        ("the long wait", False),
        ("I am truly sorry for the long wait at the airport", False),
        ("m truly sorry for the long wai", False),
    ],
)
def test_an_example_is_held_in_whole_turns_and_long_parts(example: str, is_held: bool) -> None:
    assert (example in TurnWords(TURNS, NAMES)) is is_held


def test_what_the_editor_writes_of_a_turn_is_found_again_on_its_line() -> None:
    text = persona_text()
    persona = examine(text, "ann-lee").persona
    assert persona is not None
    said = "This is [name]. I am truly sorry for the long wait, Mrs. [name]."
    made = with_example(text, persona.deescalations[0].id, "like", said)
    assert Held(made.line, "like", said) in list(examples_of(made.text))
    assert held(made.text, TurnWords(TURNS, NAMES)) == [Held(made.line, "like", said)]
    assert held(text, TurnWords(TURNS, NAMES)) == []


def test_a_text_that_cannot_be_parsed_is_looked_through_as_well() -> None:
    text = '---\nbroken: [\n---\n* **unlike** : "I am truly sorry for the long wait"\n- likely: "x"'
    found = held(text, TurnWords(TURNS, NAMES))
    assert found == [Held(4, "unlike", "I am truly sorry for the long wait")]
