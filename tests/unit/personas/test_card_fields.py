"""A card is read whatever its editor calls its fields, and what it does not say is told."""

import json
from typing import Any

import pytest

from personas.card_fields import cards_in
from personas.card_file import CardError
from personas.cards import Card, read_card, read_cards
from personas.model import Persona
from personas.parse import examine
from tests.support.cards import card, json_card, zipped

ABOUT = "A baker whose oven broke."
HELLO = '"My oven is dead."'
CALLS = "She calls the shop."


def read(values: Any) -> tuple[Card, Persona]:
    made = read_card(json.dumps(values).encode())
    persona = examine(made.text, "x").persona
    assert persona is not None
    return made, persona


SHAPES: dict[str, Any] = {
    "V1": {"name": "Mira", "description": ABOUT, "scenario": CALLS, "first_mes": HELLO},
    "name beside data": {
        "spec": "chara_card_v2",
        "name": "Mira",
        "data": {"name": "", "description": ABOUT, "scenario": CALLS, "first_mes": HELLO},
    },
    "greeting beside data": {
        "first_mes": HELLO,
        "data": {"name": "Mira", "description": ABOUT, "scenario": CALLS, "first_mes": " "},
    },
    "data as a text": {
        "data": json.dumps(
            {"name": "Mira", "description": ABOUT, "scenario": CALLS, "first_mes": HELLO}
        )
    },
    "Pygmalion": {
        "char_name": "Mira",
        "char_persona": ABOUT,
        "char_greeting": HELLO,
        "world_scenario": CALLS,
        "example_dialogue": "",
    },
    "text-generation-webui": {"name": "Mira", "context": f"{ABOUT}\n{CALLS}", "greeting": HELLO},
    "JanitorAI": {
        "name": "Mira",
        "chat_name": "Mira",
        "description": "<p>For readers.</p>",
        "personality": ABOUT,
        "scenario": CALLS,
        "first_messages": [HELLO],
        "example_dialogs": "",
    },
    "Chub": {
        "node": {
            "name": "Mira",
            "definition": {
                "name": "Mira",
                "description": "For readers.",
                "personality": ABOUT,
                "tavern_personality": "",
                "scenario": CALLS,
                "first_message": HELLO,
                "example_dialogs": "",
            },
        }
    },
    "Agnai": {
        "kind": "character",
        "name": "Mira",
        "persona": {"kind": "text", "attributes": {"text": [ABOUT]}},
        "scenario": CALLS,
        "greeting": HELLO,
        "sampleChat": "",
        "culture": "en-us",
    },
    "Character.AI": {
        "info": {
            "character": {
                "participant__name": "Mira",
                "title": "",
                "greeting": HELLO,
                "description": ABOUT,
                "definition": CALLS,
            }
        }
    },
    "RisuAI": {
        "type": "character",
        "name": "Mira",
        "desc": ABOUT,
        "scenario": CALLS,
        "firstMessage": HELLO,
        "alternateGreetings": [],
    },
    "Backyard": {
        "character": {
            "aiName": "Mira",
            "aiDisplayName": "Mira",
            "aiPersona": ABOUT,
            "scenario": CALLS,
            "firstMessage": HELLO,
        },
        "version": 2,
    },
    "Kobold": {
        "gamestarted": True,
        "memory": f"{ABOUT} {CALLS}",
        "prompt": HELLO,
        "savedsettings": {"chatopponent": "Mira||$||Other"},
    },
    "keys as people write them": {
        "Name": "Mira",
        "Description": ABOUT,
        "Scenario": CALLS,
        "First Message": HELLO,
    },
    "a list with one card": [
        {"name": "Mira", "description": ABOUT, "scenario": CALLS, "first_mes": HELLO}
    ],
    "lists of texts": {
        "name": "Mira",
        "description": [ABOUT],
        "scenario": [CALLS],
        "first_mes": [HELLO],
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_the_same_person(shape: str) -> None:
    _, persona = read(SHAPES[shape])
    assert persona.name == "Mira"
    assert "baker" in persona.character
    assert CALLS in (*persona.context, *persona.character.splitlines(), "") or (
        CALLS in persona.character
    )
    assert persona.phases[0].lines == ("My oven is dead.",)


def test_what_is_for_readers_is_not_told() -> None:
    made, persona = read(SHAPES["Chub"])
    assert "For readers" not in persona.character
    assert "For readers" in made.text.split("\n---\n")[0]


def test_backyard_s_archive() -> None:
    person = {
        "name": "list name",
        "displayName": "Mira",
        "persona": ABOUT,
        "loreItems": [{"key": "oven", "value": "The oven is a Volta."}],
    }
    scene = {"narrative": CALLS, "firstMessages": [{"text": HELLO}], "exampleMessages": []}
    data = zipped(
        ("manifest.json", b"{}"),
        ("characters/1/character.json", json.dumps(person).encode()),
        ("characters/1/images/a.png", b"x"),
        ("scenarios/scenario1.json", json.dumps(scene).encode()),
    )
    made = read_card(data)
    persona = examine(made.text, "x").persona
    assert persona is not None
    assert persona.phases[0].lines == ("My oven is dead.",)
    assert "oven: The oven is a Volta." in made.text
    assert "Pictures and sounds of the card are left out." in made.notes


@pytest.mark.parametrize("wrap", [list, lambda cards: {"characters": list(cards)}])
def test_several_cards_in_a_file(wrap: Any) -> None:
    cards = wrap([card(1, name="Ann"), card(2, name="Ben")])
    assert [made.name for made in read_cards(json.dumps(cards).encode())] == ["Ann", "Ben"]


ENTRY = "The oven is a Volta 3."
ON = {"keys": ["oven", "heat"], "content": ENTRY, "enabled": True}
OFF = {"keys": ["secret"], "content": "Not this.", "enabled": False}
ST = {"uid": 0, "key": ["oven"], "comment": "Oven", "content": ENTRY, "disable": False}
ST_OFF = {"uid": 1, "key": ["secret"], "content": "Not this.", "disable": True}


@pytest.mark.parametrize(
    ("where", "book"),
    [
        ("character_book", {"entries": [ON, OFF]}),
        ("character_book", {"entries": {"0": ST, "1": ST_OFF}}),
        ("character_book", {"name": "Shop", "entries": [ST, ST_OFF]}),
        ("character_book", [ON, OFF]),
        ("character_book", json.dumps({"entries": [ON, OFF]})),
        ("characterBook", {"kind": "memory", "entries": [{"entry": ENTRY, "keywords": ["oven"]}]}),
        ("world_info", {"entries": {"0": ST, "1": ST_OFF}}),
        ("worldinfo", [{"key": "oven,heat", "content": ENTRY}]),
        ("lorebook", {"lorebookVersion": 4, "entries": [{"text": ENTRY, "keys": ["oven"]}]}),
        ("globalLore", [{"key": "oven, heat", "comment": "Oven", "content": ENTRY}]),
        ("loreItems", [{"key": "oven", "value": ENTRY}]),
        ("entries", [ON, OFF]),
        ("character_book", {"entries": [ON | {"content": f"@@depth 4\n@@role system\n{ENTRY}"}]}),
        ("character_book", {"entries": [ON | {"use_regex": True, "name": "oven"}]}),
        ("character_book", {"entries": [{"keys": [], "comment": "oven", "content": ENTRY}]}),
        ("character_book", {"entries": [ON, OFF | {"enabled": "false"}, ST_OFF | {"disable": 1}]}),
        ("character_book", {"entries": [ON, {"content": "@@dont_activate\nNot this."}]}),
        ("character_book", {"entries": [ON, {"content": "Not this.", "probability": 0}]}),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_lorebook_in_every_form(where: str, book: Any, inside: bool) -> None:
    values = card(2, character_book=None)
    (values["data"] if inside else values)[where] = book
    made, persona = read(values)
    (section,) = persona.extra
    assert "oven" in section.text
    assert ENTRY in section.text
    assert "@@" not in section.text
    assert "Not this" not in made.text


def test_what_is_off_or_linked_is_told() -> None:
    made, _ = read(card(2, character_book={"entries": [ON, OFF, ST_OFF]}))
    assert "Switched-off entries of the lorebook are left out: 2." in made.notes
    made, _ = read(card(2, character_book=None, extensions={"world": "Bakery"}))
    assert any("“Bakery”" in note for note in made.notes)
    many = [{"keys": [f"k{i}"], "content": f"Thing {i}."} for i in range(450)]
    made, _ = read(card(2, character_book={"entries": many}))
    assert "The lorebook is too long; so many entries are left out: 50." in made.notes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"assets": [{"type": "icon", "uri": "embeded://a.png"}]}, "Pictures and sounds"),
        ({"group_only_greetings": ["Hi all."]}, "Greetings for a group"),
        ({"extensions": {"regex_scripts": [{"findRegex": "a"}]}}, "Scripts of the card"),
        ({"scenario": ""}, "does not say why there is a call"),
        ({"first_mes": "*waves*", "alternate_greetings": []}, "says nothing"),
        ({"first_mes": "", "alternate_greetings": []}, "has no greeting"),
        ({"first_mes": "*waves*", "alternate_greetings": ["Hi."]}, "told and not spoken"),
        ({"name": "Mira 🔥 | Angry baker"}, "“Mira 🔥 | Angry baker”"),
        ({"system_prompt": "Write {{char}}'s next reply."}, "Write Mira Holt's next reply"),
        ({"description": "x " * 30_000}, "too long and are cut off"),
        (
            {"alternate_greetings": [f"Line number {i}." for i in range(9)]},
            "10 opening lines; the first 6",
        ),
    ],
)
def test_what_is_left_out_is_told(change: dict[str, Any], words: str) -> None:
    made, _ = read(card(3, **change))
    assert any(words in note for note in made.notes), made.notes


def test_a_whole_card_has_little_to_tell() -> None:
    made, _ = read(card(1))
    assert len(made.notes) == 2


@pytest.mark.parametrize("key", ["system_prompt", "post_history_instructions"])
def test_instructions_of_the_character_are_kept_and_those_of_a_chat_told_apart(key: str) -> None:
    text = "{{original}} {{char}} never shouts. Write three paragraphs in third person."
    made, persona = read(card(2, character_book=None, mes_example="", **{key: text}))
    (section,) = persona.extra
    assert section.text.strip().endswith("Mira Holt never shouts.")
    front, body = made.text.split("\n---\n", 1)
    assert "three paragraphs" in front
    assert "three paragraphs" not in body


def test_the_depth_prompt_is_kept() -> None:
    extensions = {"depth_prompt": {"prompt": "{{char}} never shouts.", "depth": 4}}
    made, _ = read(card(2, extensions=extensions))
    assert "Mira Holt never shouts." in made.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Mira 🔥", "Mira"),
        ("Mira Holt | Angry baker", "Mira Holt"),
        ("[OC] Mira Holt", "Mira Holt"),
        ("Mira Holt (V3)", "Mira Holt"),
        ("✨Mira✨", "Mira"),
        ("Dr. Mira O'Holt-Ross Jr.", "Dr. Mira O'Holt-Ross Jr."),
        ("José Müßig", "José Müßig"),
        ("山田 花子", "山田 花子"),
    ],
)
def test_the_name_as_people_say_it(name: str, said: str) -> None:
    assert read(card(2, name=name))[1].name == said


def test_a_card_without_a_name_has_the_file_s() -> None:
    made = read_card(json_card(2, name=""), "Mira from the file")
    assert made.name == "Mira from the file"
    assert any("no name" in note for note in made.notes)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"entries": {"0": ST}}, "lorebook without a character"),
        ({"name": "Bakery", "entries": [ON]}, "lorebook without a character"),
        ({"temperature": 1, "top_p": 0.9}, "settings of a chat program"),
        ({"name": "rehearsal", "version": "1.0", "description": "A package."}, "no character card"),
        ({"name": "x"}, "a name, but nothing about anyone"),
        ({"a": {"b": {"c": 1}}}, "no character card"),
        ([], "no character card"),
        ([1, "x", None], "no character card"),
        (3, "no character card"),
        ("words", "no JSON"),
    ],
)
def test_what_is_no_card_is_told(values: Any, words: str) -> None:
    with pytest.raises(CardError, match=words):
        read_card(json.dumps(values).encode())


def test_facts_of_fields_and_of_lines() -> None:
    told = "Age: 52\nJob: florist\nTraits: warm, stubborn\nShe has a stall."
    _, persona = read(card(2, description=told, gender="female", nickname="Oni"))
    assert [(fact.label, fact.value) for fact in persona.facts] == [
        ("Full name", "Mira Holt"),
        ("Nickname", "Oni"),
        ("Age", "52"),
        ("Job", "florist"),
        ("Gender", "female"),
    ]
    assert "Traits: warm, stubborn" in persona.character
    assert "She has a stall." in persona.character


def test_a_thai_card_has_thai_rules() -> None:
    _, persona = read(
        card(
            2,
            name="สมใจ",
            description="เจ้าของร้านเทียน",
            first_mes="*ถอนหายใจ* “สวัสดีค่ะ กล่องของดิฉันหาย”",
            alternate_greetings=[],
        )
    )
    assert persona.language == "th-TH"
    assert persona.triggers[0].text == "บอกให้ใจเย็น"


def test_no_values_make_the_reader_fail() -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = {"data": deep, "character": [deep], "persona": {"attributes": {"a": 1}}}
        if len(json.dumps(deep)) > 100_000:
            break
    with pytest.raises(CardError):
        cards_in(deep)
