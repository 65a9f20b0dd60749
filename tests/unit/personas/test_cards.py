"""Character cards become drafts of personas, or one says what is wrong with them."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.card_file import CardError
from personas.cards import EXAMPLES, is_card, read_card
from personas.model import Persona
from personas.parse import examine
from tests.support.cards import (
    card,
    compressed,
    embedded,
    international,
    json_card,
    png,
    png_card,
    zipped,
)


def draft(data: bytes) -> Persona:
    result = examine(read_card(data).text, "mira")
    assert [f.message for f in result.findings if "unknown section" not in f.message] == []
    assert result.persona is not None
    return result.persona


@pytest.mark.parametrize(
    "data",
    [
        json_card(1),
        json_card(2),
        json_card(3),
        b"\xef\xbb\xbf" + json_card(2),
        png_card("chara"),
        png_card("ccv3", 3),
        png_card("Chara", 1),
        png(compressed("chara", json_card(2))),
        png(international("ccv3", json_card(3))),
        png(international("ccv3", json_card(3), packed=True)),
        png((b"tEXt", b"chara\0" + json_card(2))),
        png((b"tEXt", b"ccv3\0***"), embedded("chara", json_card(2))),
        png((b"zTXt", b"ccv3\0\0***"), embedded("chara", json_card(2))),
        png((b"tEXt", b"chara\0" + base64.urlsafe_b64encode(json_card(2)).rstrip(b"="))),
        zipped(("card.json", json_card(3)), ("assets/icon/main.png", png())),
        b"\xff\xd8\xff a picture" + zipped(("card.json", json_card(3))),
        b"RIFF\x00\x00\x00\x00WEBPEXIF  \x00" + json_card(2) + b"\xff\xfe\x00",
        json_card(2).decode().encode("utf-16"),
        b"```json\n" + json_card(2) + b"\n```",
        json.dumps(json_card(2).decode()).encode(),
    ],
)
def test_a_card_of_any_version_is_a_draft(data: bytes) -> None:
    persona = draft(data)
    assert (persona.name, persona.scenario) == (
        "Mira Holt",
        "Calls the agent about a broken oven",
    )
    assert persona.character == (
        "Mira Holt runs a bakery. She hates waiting.\n- Speaks fast.\nPersonality: impatient, fair"
    )
    assert persona.context == (
        "Mira Holt calls the agent about a broken oven.",
        "It broke on Friday.",
    )
    assert persona.phases[0].lines[0] == "My oven is dead! Can you help?"
    assert persona.criteria
    assert persona.triggers


def test_greetings_are_more_opening_lines_and_none_twice() -> None:
    assert draft(json_card(2)).phases[0].lines == (
        "My oven is dead! Can you help?",
        "Hello? Mira Holt here.",
    )


def test_what_has_no_place_is_kept_and_told() -> None:
    made = read_card(json_card(2))
    (section,) = draft(json_card(2)).extra
    assert "Mira Holt: Finally." in section.text
    assert "oven, heat: The oven is a Volta 3." in section.text
    assert "Not this" not in made.text
    assert made.notes == (
        EXAMPLES,
        "What has no place in a persona is kept under “Background”.",
        "Switched-off entries of the lorebook are left out: 1.",
        "The notes of the card's author are kept in the front matter only.",
    )


def test_what_is_for_people_only_is_told_to_no_model() -> None:
    text = read_card(json_card(2)).text
    front, body = text.split("\n---\n", 1)
    for words in ("someone", "1.2", "baker, angry", "Made for (fun) enjoy"):
        assert words in front
        assert words not in body


def test_the_nickname_is_who_char_is() -> None:
    persona = draft(json_card(3, nickname="Mimi"))
    assert persona.name == "Mira Holt"
    assert persona.character.startswith("Mimi runs a bakery.")


def test_the_newer_card_in_a_picture_is_taken() -> None:
    old, new = json_card(2), json_card(3, name="Newer")
    data = png(embedded("chara", old), (b"tEXt", b"Title\0x"), embedded("ccv3", new))
    assert draft(data).name == "Newer"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png(), "no character card in this picture"),
        (png((b"tEXt", b"Title\0abc")), "no character card in this picture"),
        (png((b"tEXt", b"chara\0***")), "damaged"),
        (png((b"tEXt", b"chara\0abc")), "damaged"),
        (png(embedded("chara", b"\xff\xfe")), "damaged"),
        (png_card()[:-30], "cut off"),
        (png_card()[:20], "cut off"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xff" + b"tEXt", "cut off"),
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no character card"),
        (b'{"name": "x"}', "no character card"),
        (b'{"data": {"name": 3, "description": "x"}}', "no character card"),
        (b"\xff", "no JSON"),
    ],
)
def test_what_is_wrong_with_a_card_is_told(data: bytes, words: str) -> None:
    with pytest.raises(CardError, match=words):
        read_card(data)


def test_a_picture_of_many_chunks_is_given_up() -> None:
    with pytest.raises(CardError, match="damaged"):
        read_card(png(*[(b"tEXt", b"a\0b")] * 20_001))


def test_a_huge_card_is_cut_and_says_so() -> None:
    made = read_card(json_card(2, mes_example="word " * 400_000, system_prompt="x" * 5_000_000))
    assert len(made.text.encode()) <= 256 * 1024
    assert examine(made.text, "mira").persona is not None


@pytest.mark.parametrize(
    "change",
    [
        {"first_mes": ""},
        {"first_mes": "*waves*", "alternate_greetings": [3, None]},
        {"scenario": "", "description": "x" * 3000, "personality": None},
        {"tags": "no list", "character_book": [], "alternate_greetings": {}},
        {"character_book": {"entries": [None, {"keys": 3, "content": 5}, {"content": "plain"}]}},
        {"name": "---\n# {{user}}", "description": "---\nscenario: x\n---"},
        {"creator_notes": "[" * 3000 + ":" * 3000},
    ],
)
def test_odd_cards_are_drafts_too(change: dict[str, object]) -> None:
    assert examine(read_card(json_card(2, **change)).text, "odd").errors == ()


@settings(deadline=None, max_examples=30)
@given(
    fields=st.dictionaries(
        st.sampled_from([*card()["data"]]),
        st.one_of(st.text(max_size=80), st.none(), st.integers(), st.lists(st.text(max_size=30))),
    )
)
def test_no_card_breaks_the_file(fields: dict[str, object]) -> None:
    try:
        made = read_card(json.dumps(card(2, **fields)).encode())
    except CardError:
        return
    assert examine(made.text, "x").persona is not None


def test_which_files_are_cards() -> None:
    assert is_card(png(), ".md")  # whatever its name says
    assert is_card(b"{}", ".json")
    assert not is_card(b"# Persona: x", ".md")
